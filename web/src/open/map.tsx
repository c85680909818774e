// The provinces of a day's figures: a shade and its number in every tile, and the same as a table for whoever reads that way.
import {useMemo} from "preact/hooks";
import {useSay, useTongue} from "../words/tongue";
import {columns, provinces, rows, type Province} from "./provinces";

const words = {
  map: {id: "Peta provinsi", en: "Map of the provinces"},
  equal: {
    id: "Setiap provinsi satu petak yang sama besar.",
    en: "Each province is a tile of the same size.",
  },
  hidden: {id: "kurang dari 5, disembunyikan", en: "fewer than 5, hidden"},
  shades: {id: "Sedikit ke banyak", en: "Few to many"},
  table: {id: "Sebagai tabel", en: "As a table"},
  province: {id: "Provinsi", en: "Province"},
  reports: {id: "Laporan", en: "Reports"},
} as const;

export type Cells = Readonly<Record<string, number | null>>;

const isNarrow = () => matchMedia("(max-width: 47.99rem)").matches; // tiles without letters there, and the table below them

const tile = 60;
const shades = 5;

function shadeOf(count: number | null, most: number): string {
  return count === null ? "none" : String(Math.min(shades - 1, Math.floor((count * shades) / (most + 1))));
}

function Tile({province, count, shade}: {province: Province; count: number | null; shade: string}) {
  const {tongue} = useTongue();
  return (
    <g transform={`translate(${province.column * tile} ${province.row * tile})`} class={"tile shade-" + shade}>
      <rect x="1.500" y="1.500" width={tile - 3} height={tile - 3} rx="7" />
      <text x={tile / 2} y="24" class="place">
        {province.label}
      </text>
      <text x={tile / 2} y="44" class="count">
        {count === null ? "< 5" : new Intl.NumberFormat(tongue).format(count)}
      </text>
    </g>
  );
}

export function ProvinceMap({cells}: {cells: Cells}) {
  const say = useSay();
  const {tongue} = useTongue();
  const countOf = (province: Province) => cells[province.code] ?? null;
  const most = Math.max(0, ...provinces.map((each) => countOf(each) ?? 0));
  const ordered = useMemo(() => [...provinces].sort((a, b) => (countOf(b) ?? 0) - (countOf(a) ?? 0)), [cells]);
  return (
    <figure class="map">
      <div class="table" role="region" aria-label={say(words.map)} tabIndex={0}>
        <svg viewBox={`0 0 ${columns * tile} ${rows * tile}`} role="img" aria-label={say(words.map)}>
          {provinces.map((each) => (
            <Tile key={each.code} province={each} count={countOf(each)} shade={shadeOf(countOf(each), most)} />
          ))}
        </svg>
      </div>
      <figcaption class="soft">
        <span class="scale" aria-hidden="true">
          {Array.from({length: shades}, (_, i) => (
            <i key={i} class={"shade-" + i} />
          ))}
        </span>
        {say(words.shades)}. {say(words.equal)}
      </figcaption>
      <details open={isNarrow()}>
        <summary>{say(words.table)}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{say(words.province)}</th>
              <th scope="col" class="number">
                {say(words.reports)}
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((each) => (
              <tr key={each.code}>
                <td>{each.name}</td>
                <td class="number">
                  {countOf(each) === null
                    ? say(words.hidden)
                    : new Intl.NumberFormat(tongue).format(countOf(each) ?? 0)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
