// Charts as SVG, drawn here: bars over time, one after the other or on top of each other. What a chart shows stands in a table
// beside it for who cannot see it.
import type {ComponentChildren} from "preact";
import {Empty} from "../parts/waits";
import {useSay, useTongue} from "../words/tongue";

export interface Bar {
  label: string; // "10:00"
  parts: readonly number[]; // from below, in the order of `names`
}

const words = {
  nothing: {id: "Belum ada yang dihitung.", en: "Nothing was counted yet."},
} as const;

const width = 720;
const height = 200;
const foot = 22;
const side = 44;

/** The next of 1, 2, 5, 10, 20, … at or above. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((each) => each >= value) ?? value;
}

export function BarChart({
  bars,
  names,
  title,
  limit,
  limitName,
}: {
  bars: readonly Bar[];
  names: readonly string[];
  title: string;
  limit?: number; // a line across
  limitName?: string;
}) {
  const say = useSay();
  const most = roundUp(Math.max(limit ?? 0, ...bars.map((bar) => bar.parts.reduce((sum, part) => sum + part, 0)), 1));
  const room = height - foot;
  const y = (value: number) => room - (value / most) * (room - 8);
  const step = (width - side) / Math.max(bars.length, 1);
  const every = Math.max(1, Math.ceil(bars.length / 8));
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {names.length > 1 && (
          <span class="legend">
            {names.map((name, i) => (
              <span key={name} class={"part-" + i}>
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      {bars.every((bar) => bar.parts.every((part) => part === 0)) ? (
        <Empty>{say(words.nothing)}</Empty>
      ) : (
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line x1={side} x2={width} y1={y(most * share)} y2={y(most * share)} class="grid" />
              <text x={side - 6} y={y(most * share) + 4} text-anchor="end">
                {Math.round(most * share * 10) / 10}
              </text>
            </g>
          ))}
          {bars.map((bar, i) => {
            let below = 0;
            return (
              <g key={bar.label}>
                {bar.parts.map((part, p) => {
                  const from = below;
                  below += part;
                  return part > 0 ? (
                    <rect
                      key={p}
                      class={"part-" + p}
                      x={side + i * step + step * 0.12}
                      width={step * 0.76}
                      y={y(below)}
                      height={Math.max(y(from) - y(below), 1)}
                      rx="1.5"
                    />
                  ) : null;
                })}
                {i % every === 0 && (
                  <text x={side + (i + 0.5) * step} y={height - 5} text-anchor="middle">
                    {bar.label}
                  </text>
                )}
              </g>
            );
          })}
          {limit !== undefined && limit > 0 && (
            <g class="limit">
              <line x1={side} x2={width} y1={y(limit)} y2={y(limit)} />
              <text x={width - 4} y={y(limit) - 5} text-anchor="end">
                {limitName}
              </text>
            </g>
          )}
        </svg>
      )}
    </figure>
  );
}

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
  // A table that is wider than the page is scrolled, by the keyboard too.
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((each, i) => (
              <th key={each} scope="col" class={typeof rows[0]?.[i] === "number" ? "number" : undefined}>
                {each}
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
