// How many are inside now and over the day; from a share of the capacity on the page alarms.
import {useEffect, useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {useMoments} from "../parts/moments";
import {Failed, Waits} from "../parts/waits";
import {kindOf} from "../parts/problems";
import {BarChart} from "../staff/chart";
import {AsTable} from "../staff/table";
import {useSay, useTongue} from "../words/tongue";
import * as asks from "./asks";

const words = {
  title: {id: "Keramaian", en: "Occupancy"},
  back: {id: "Tempat saya", en: "My places"},
  inside: {id: "di dalam", en: "inside"},
  of: {id: "dari", en: "of"},
  old: {id: "Sambungan terputus. Angka ini dari pukul", en: "The connection is gone. This figure is of"},
  full: {id: "Hampir penuh. Tahan pintu.", en: "Nearly full. Hold the door."},
  chart: {id: "Di dalam hari ini, tertinggi tiap lima menit", en: "Inside today, the highest of each five minutes"},
  limit: {id: "kapasitas", en: "capacity"},
  people: {id: "orang", en: "people"},
  time: {id: "Pukul", en: "Time"},
  last: {id: "Terakhir", en: "Last"},
  peak: {id: "Tertinggi", en: "Highest"},
  table: {id: "Angka yang sama sebagai tabel", en: "The same figures as a table"},
  alarm: {id: "Peringatkan mulai dari (persen kapasitas, 0: tidak)", en: "Alarm from (percent of the capacity, 0: never)"},
  set: {id: "Simpan", en: "Save"},
  saved: {id: "Tersimpan.", en: "Saved."},
} as const;

const every = 5_000; // milliseconds between two looks

function useOccupancy(venue: string, turn: number) {
  const [value, setValue] = useState<asks.Occupancy | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const look = async () => {
      try {
        setValue(await asks.occupancy(venue, stop.signal));
        setProblem("");
      } catch (error) {
        if (!stop.signal.aborted) setProblem(kindOf(error));
      }
      if (!stop.signal.aborted) timer = window.setTimeout(look, every);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [venue, turn]);
  return {value, problem};
}

function AlarmAt({venue, percent}: {venue: string; percent: number}) {
  const say = useSay();
  const [value, setValue] = useState(String(percent));
  const [isSaved, setIsSaved] = useState(false);
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.alarm(venue, Number(value));
      setIsSaved(true);
    });
  };
  return (
    <form onSubmit={submit}>
      <div class="line">
        <Field name={say(words.alarm)} value={value} set={(text) => (setValue(text), setIsSaved(false))} type="number" min="0" max="100" required />
        <button class="button quiet" disabled={runs}>
          {say(words.set)}
        </button>
      </div>
      {isSaved && <p role="status">{say(words.saved)}</p>}
      {trouble}
    </form>
  );
}

/** Every slot from the first on: in one that is not there nobody came or went. */
function withoutGaps({series, slot}: asks.Occupancy): asks.Occupancy["series"] {
  const out: {at: string; inside: number; peak: number}[] = [];
  for (const each of series) {
    const before = out[out.length - 1];
    const from = before ? Date.parse(before.at) + slot * 1000 : Infinity;
    for (let at = from; before && at < Date.parse(each.at); at += slot * 1000)
      out.push({at: new Date(at).toISOString(), inside: before.inside, peak: before.inside});
    out.push(each);
  }
  return out;
}

export function LivePage({venue}: {venue: string}) {
  const say = useSay();
  const {clock} = useMoments();
  const {tongue} = useTongue();
  const [turn, setTurn] = useState(0);
  const {value, problem} = useOccupancy(venue, turn);
  return (
    <>
      <h1>{value?.name ?? say(words.title)}</h1>
      <p>
        <a href="#/">{say(words.back)}</a>
      </p>
      {!value && (problem ? <Failed again={() => setTurn(turn + 1)} reason={problem} /> : <Waits />)}
      {value && (
        <>
          <section class={"sheet" + (value.alarm ? " alarm" : "")} data-inside={value.inside} data-alarm={value.alarm}>
            <p class="count-now">
              {value.inside.toLocaleString(tongue)}{" "}
              <small>
                {value.capacity > 0 && `${say(words.of)} ${value.capacity.toLocaleString(tongue)} `}
                {say(words.inside)}
              </small>
            </p>
            <div role="alert">{value.alarm && <p class="alarm-word">{say(words.full)}</p>}</div>
            {problem && (
              <p class="trouble">
                {say(words.old)} {clock(value.at)}.
              </p>
            )}
          </section>
          <BarChart
            title={say(words.chart)}
            names={[say(words.people)]}
            bars={withoutGaps(value).map((slot) => ({label: clock(slot.at), parts: [slot.peak]}))}
            {...(value.capacity > 0 ? {limit: value.capacity, limitName: say(words.limit)} : {})}
          />
          <AsTable
            name={say(words.table)}
            head={[say(words.time), say(words.last), say(words.peak)]}
            rows={value.series.map((slot) => [clock(slot.at), slot.inside, slot.peak])}
          />
          <AlarmAt venue={venue} percent={value.alarm_percent} />
        </>
      )}
    </>
  );
}
