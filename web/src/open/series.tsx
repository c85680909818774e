// One number a day as a line, with gaps where a day was hidden or not published, and the same as a table.
import {useMoments} from "../parts/moments";
import {useSay, useTongue} from "../words/tongue";

const words = {
  chart: {id: "Laporan per hari, seluruh negeri", en: "Reports by day, the whole country"},
  table: {id: "Sebagai tabel", en: "As a table"},
  day: {id: "Hari", en: "Day"},
  reports: {id: "Laporan", en: "Reports"},
  hidden: {id: "kurang dari 5", en: "fewer than 5"},
} as const;

export interface Point {
  day: string; // 2026-11-21
  count: number | null;
}

const width = 720;
const height = 220;
const left = 48;
const bottom = 28;
const top = 12;
const dayLength = 86_400_000;

/** A number above `most` whose halves are round too. */
function roof(most: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return Math.max(10, [1, 2, 4, 5, 8, 10].map((each) => each * step).find((each) => each >= most) ?? most);
}

function lines(points: readonly Point[], x: (point: Point) => number, y: (count: number) => number): string[] {
  const out: string[] = [];
  let last = Number.NaN;
  for (const point of points) {
    const at = Date.parse(point.day);
    if (point.count === null) continue;
    const step = `${x(point).toFixed(1)} ${y(point.count).toFixed(1)}`;
    const goesOn = at - last === dayLength;
    if (goesOn) out[out.length - 1] += " L" + step;
    else out.push("M" + step);
    last = at;
  }
  return out;
}

export function Series({points}: {points: readonly Point[]}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {day} = useMoments();
  const number = new Intl.NumberFormat(tongue);
  const short = new Intl.DateTimeFormat(tongue, {day: "numeric", month: "short", timeZone: "UTC"});
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return null;
  const from = Date.parse(first.day);
  const span = Math.max(dayLength, Date.parse(last.day) - from);
  const most = roof(Math.max(...points.map((each) => each.count ?? 0)));
  const x = (point: Point) => left + ((Date.parse(point.day) - from) / span) * (width - left - 16);
  const y = (count: number) => top + (1 - count / most) * (height - top - bottom);
  return (
    <figure class="series">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={say(words.chart)}>
        {[0, most / 2, most].map((each) => (
          <g key={each} class="grid">
            <path d={`M${left} ${y(each)}H${width - 16}`} />
            <text x={left - 8} y={y(each) + 4} text-anchor="end">
              {number.format(each)}
            </text>
          </g>
        ))}
        {[first, last].map((each, i) => (
          <text key={i} class="day" x={x(each)} y={height - 6} text-anchor={i === 0 ? "start" : "end"}>
            {short.format(new Date(each.day))}
          </text>
        ))}
        {lines(points, x, y).map((path) => (
          <path key={path} class="line" d={path} />
        ))}
        {points.map(
          (each) =>
            each.count !== null && <circle key={each.day} class="dot" cx={x(each)} cy={y(each.count)} r="3.500" />,
        )}
      </svg>
      <details>
        <summary>{say(words.table)}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{say(words.day)}</th>
              <th scope="col" class="number">
                {say(words.reports)}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...points].reverse().map((each) => (
              <tr key={each.day}>
                <td>{day(each.day + "T00:00:00")}</td>
                <td class="number">{each.count === null ? say(words.hidden) : number.format(each.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
