// Where the citizen was, by day, as far back as days are kept.
import {Empty} from "../parts/waits";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {categoryName} from "./categories";

const words = {
  title: {id: "Kunjungan", en: "Visits"},
  lead: {
    id: "Hanya Anda yang melihat daftar ini. Kunci tiap hari dimusnahkan; yang lebih lama dari ini tidak terbaca siapa pun.",
    en: "Only you see this list. The key of each day is destroyed; what is older than this nobody can read.",
  },
  from: {id: "Ada sejak", en: "Kept since"},
  none: {
    id: "Belum ada kunjungan. Pindai kode di pintu, dan tempatnya muncul di sini.",
    en: "No visits yet. Scan the code at a door, and the place appears here.",
  },
  unnamed: {id: "Tempat yang sudah tidak terdaftar", en: "A place that is not registered any more"},
  inside: {id: "masih di dalam", en: "still inside"},
} as const;

function byDay(visits: readonly asks.Visit[], day: (moment: string) => string): [string, asks.Visit[]][] {
  const days = new Map<string, asks.Visit[]>();
  for (const visit of visits) {
    const name = day(visit.in);
    days.set(name, [...(days.get(name) ?? []), visit]);
  }
  return [...days];
}

export function VisitsPage() {
  const say = useSay();
  const {day, clock} = useMoments();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <There load={asks.visits}>
        {(value) => (
          <>
            {value.visits.length === 0 && <Empty>{say(words.none)}</Empty>}
            {byDay(value.visits, day).map(([name, visits]) => (
              <section key={name} class="sheet">
                <h2>{name}</h2>
                <ul class="rows">
                  {visits.map((visit) => (
                    <li key={visit.in}>
                      <span class="time digits">
                        {clock(visit.in)} – {visit.out ? clock(visit.out) : say(words.inside)}
                      </span>
                      <span>
                        <strong>{visit.name ?? say(words.unnamed)}</strong>
                        <small>{say(categoryName(visit.category))}</small>
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
            <p class="soft">
              {say(words.from)} {day(value.from)}.
            </p>
          </>
        )}
      </There>
    </>
  );
}
