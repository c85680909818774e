// Dense tables of venues and officers.
import type {ComponentChildren} from "preact";
import {useSay, useTongue} from "../words/tongue";

const words = {
  act: {id: "Tindakan", en: "What can be done"},
} as const;

/** The head of a column of buttons: there is nothing to read over them for who sees them. */
export const noHead = "";

/** The same as rows, folded away. */
export function AsTable({
  name,
  head,
  rows,
}: {
  name: string;
  head: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
}) {
  return (
    <details class="as-table">
      <summary>{name}</summary>
      <Rows head={head} rows={rows} label={name} />
    </details>
  );
}

export function Rows({
  head,
  rows,
  label,
}: {
  head: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
  label: string;
}) {
  const {tongue} = useTongue();
  const say = useSay();
  // A table that is wider than the page is scrolled, by the keyboard too.
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((each, i) => (
              <th key={each} scope="col" class={typeof rows[0]?.[i] === "number" ? "number" : undefined}>
                {each === noHead ? <span class="hidden">{say(words.act)}</span> : each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (j === 0 ? <th scope="row">{cell}</th> : <td class={typeof cell === "number" ? "number" : undefined}>{typeof cell === "number" ? cell.toLocaleString(tongue) : cell}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
