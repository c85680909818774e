// The day's figures of reports by province, and the days before: as they were published, with their noise and what is hidden.
import {useState} from "preact/hooks";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {fetchJson} from "../wire/fetched";
import {useSay, useTongue, type Text} from "../words/tongue";
import {ProvinceMap, type Cells} from "./map";
import {Series} from "./series";

interface SeriesBody {
  days: readonly {day: string; totals: Readonly<Record<string, number | null>>}[];
}
interface DayBody {
  day: string;
  epsilon_milli: number;
  hidden_below: number;
  syndromes: Readonly<Record<string, {name: Text; provinces: Cells; total: number | null}>>;
}

const words = {
  title: {id: "Laporan kasus suspek", en: "Reports of suspected cases"},
  why: {
    id: "Dari dokter dan laboratorium, tanpa nama. Setiap angka diberi derau agar tidak seorang pun dapat dikenali; yang kurang dari 5 disembunyikan.",
    en: "By doctors and laboratories, without names. Each number carries noise, so that nobody can be recognised; below 5 it is hidden.",
  },
  none: {
    id: "Belum ada hari yang diumumkan. Angka diumumkan setelah harinya selesai.",
    en: "No day has been published yet. Figures are published when their day is over.",
  },
  day: {id: "Hari", en: "Day"},
  what: {id: "Gejala", en: "Syndrome"},
  country: {id: "Seluruh negeri", en: "The whole country"},
  hidden: {id: "kurang dari 5", en: "fewer than 5"},
  noise: {id: "Derau Laplace diskret, epsilon", en: "Discrete Laplace noise, epsilon"},
  before: {id: "Hari-hari sebelumnya", en: "The days before"},
} as const;

function Figures({body, id, series}: {body: DayBody; id: string; series: SeriesBody}) {
  const say = useSay();
  const {tongue} = useTongue();
  const number = new Intl.NumberFormat(tongue);
  const row = body.syndromes[id];
  if (!row) return null;
  return (
    <>
      <p>
        <strong class="figure">{row.total === null ? say(words.hidden) : number.format(row.total)}</strong>{" "}
        {say(words.country)}
      </p>
      <ProvinceMap cells={row.provinces} />
      <p class="soft">
        {say(words.noise)} {number.format(body.epsilon_milli / 1000)}
      </p>
      <h3>{say(words.before)}</h3>
      <Series points={series.days.map((each) => ({day: each.day, count: each.totals[id] ?? null}))} />
    </>
  );
}

function Pick({
  name,
  value,
  all,
  choose,
}: {
  name: string;
  value: string;
  all: readonly (readonly [string, string])[];
  choose: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{name}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {all.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Days({series}: {series: SeriesBody}) {
  const say = useSay();
  const {day} = useMoments();
  const days = series.days.map((each) => each.day).reverse();
  const [chosen, setChosen] = useState(days[0] ?? "");
  const [syndrome, setSyndrome] = useState("");
  return (
    <There key={chosen} load={(stop) => fetchJson<DayBody>("/v1/surveillance/figures?day=" + chosen, stop)}>
      {(body) => {
        const ids = Object.keys(body.syndromes);
        const id = ids.includes(syndrome) ? syndrome : (ids[0] ?? "");
        const names = ids.map((each) => [each, say(body.syndromes[each]?.name ?? {id: each, en: each})] as const);
        return (
          <>
            <div class="picks">
              <Pick
                name={say(words.day)}
                value={chosen}
                all={days.map((each) => [each, day(each + "T00:00:00")])}
                choose={setChosen}
              />
              <Pick name={say(words.what)} value={id} all={names} choose={setSyndrome} />
            </div>
            <Figures body={body} id={id} series={series} />
          </>
        );
      }}
    </There>
  );
}

export function Reports() {
  const say = useSay();
  return (
    <section class="sheet">
      <h2>{say(words.title)}</h2>
      <p>{say(words.why)}</p>
      <There load={(stop) => fetchJson<SeriesBody>("/v1/surveillance/series", stop)}>
        {(series) => (series.days.length === 0 ? <Empty>{say(words.none)}</Empty> : <Days series={series} />)}
      </There>
    </section>
  );
}
