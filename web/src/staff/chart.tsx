// Charts as SVG, drawn here: bars over time, one after the other or on top of each other. What a chart shows stands in a table
// beside it for who cannot see it.
import {useEffect, useRef, useState} from "preact/hooks";
import {Empty} from "../parts/waits";
import {useSay, useTongue} from "../words/tongue";

export interface Bar {
  label: string; // "10:00"
  parts: readonly number[]; // from below, in the order of `names`
}

const words = {
  nothing: {id: "Belum ada yang dihitung.", en: "Nothing was counted yet."},
} as const;

const height = 200;
const head = 18; // for what stands above the highest line
const foot = 22;
const side = 44;
const edge = 18; // half of the last label
const perLabel = 56; // pixels that the word below a bar needs
const widest = 896;
const shownFrom = 0.4; // of a limit: below, its line would press all bars to the floor

/** The width that there is, so that letters keep their size on a phone. */
function useWidth() {
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(360);
  useEffect(() => {
    const at = figure.current;
    if (!at) return;
    const watch = new ResizeObserver(() => setWidth(Math.min(widest, Math.max(240, at.clientWidth))));
    watch.observe(at);
    return () => watch.disconnect();
  }, []);
  return {figure, width};
}

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
  const {tongue} = useTongue();
  const {figure, width} = useWidth();
  const highest = Math.max(...bars.map((bar) => bar.parts.reduce((sum, part) => sum + part, 0)), 1);
  const isNear = limit !== undefined && limit > 0 && highest >= shownFrom * limit;
  const most = roundUp(isNear ? Math.max(limit, highest) : highest);
  const room = height - foot;
  const y = (value: number) => room - (value / most) * (room - head);
  const step = (width - side - edge) / Math.max(bars.length, 1);
  const every = Math.max(1, Math.ceil((bars.length * perLabel) / (width - side - edge)));
  return (
    <figure class="chart" ref={figure}>
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
        {limit !== undefined && limit > 0 && !isNear && (
          <span class="legend">
            {limitName} {limit.toLocaleString(tongue)}
          </span>
        )}
      </figcaption>
      {bars.every((bar) => bar.parts.every((part) => part === 0)) ? (
        <Empty>{say(words.nothing)}</Empty>
      ) : (
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
          {(most % 2 === 0 ? [0, most / 2, most] : [0, most]).map((value) => (
            <g key={value}>
              <line x1={side} x2={width} y1={y(value)} y2={y(value)} class="grid" />
              <text x={side - 6} y={y(value) + 4} text-anchor="end">
                {value.toLocaleString(tongue)}
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
                      x={side + i * step + step * 0.08}
                      width={step * 0.84}
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
          {isNear && (
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
