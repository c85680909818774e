// How often officers set colours by hand, by month and law: every time counts, and small numbers are not broken down.
import {useState} from "preact/hooks";
import {colourNames} from "../parts/colours";
import {useLoaded} from "../parts/loaded";
import {Failed, Waits} from "../parts/waits";
import {fetchJson} from "../wire/fetched";
import type {Colour} from "../parts/marks";
import {Reports} from "./reports";
import {useSay, useTongue} from "../words/tongue";

interface Counts {
  months: readonly {
    month: string;
    counts: readonly {basis: string; colour?: Colour; set: number; ended: number}[];
  }[];
}

const words = {
  title: {id: "Angka", en: "Figures"},
  hands: {id: "Warna yang ditetapkan petugas", en: "Colours set by officers"},
  why: {
    id: "Warna berasal dari catatan kesehatan dan aturan. Dua petugas boleh menetapkannya untuk sementara, hanya dengan dasar hukum. Setiap kali dihitung di sini.",
    en: "Colours follow from health records and rules. Two officers may set one for a while, on a legal basis only. Each time is counted here.",
  },
  none: {id: "Belum ada satu pun.", en: "There has been none so far."},
  month: {id: "Bulan", en: "Month"},
  basis: {id: "Dasar hukum", en: "Legal basis"},
  colour: {id: "Warna", en: "Colour"},
  hidden: {id: "tidak dirinci", en: "not broken down"},
  set: {id: "Ditetapkan", en: "Set"},
  ended: {id: "Diakhiri", en: "Ended"},
} as const;

export function FiguresPage() {
  const say = useSay();
  const {tongue} = useTongue();
  const [turn, setTurn] = useState(0);
  const counts = useLoaded((stop) => fetchJson<Counts>("/v1/public/overrides", stop), turn);
  const month = (value: string) =>
    new Intl.DateTimeFormat(tongue, {month: "long", year: "numeric", timeZone: "UTC"}).format(
      new Date(value + "-01T00:00:00Z"),
    );
  return (
    <>
      <h1>{say(words.title)}</h1>
      <Reports />
      <section class="sheet">
        <h2>{say(words.hands)}</h2>
        <p>{say(words.why)}</p>
        {counts.state === "waits" && <Waits />}
        {counts.state === "failed" && <Failed again={() => setTurn(turn + 1)} />}
        {counts.state === "there" && counts.value.months.length === 0 && <p>{say(words.none)}</p>}
        {counts.state === "there" && counts.value.months.length > 0 && (
          <div class="table" role="region" aria-label={say(words.hands)} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{say(words.month)}</th>
                  <th scope="col">{say(words.basis)}</th>
                  <th scope="col">{say(words.colour)}</th>
                  <th scope="col" class="number">
                    {say(words.set)}
                  </th>
                  <th scope="col" class="number">
                    {say(words.ended)}
                  </th>
                </tr>
              </thead>
              <tbody>
                {counts.value.months.flatMap((each) =>
                  each.counts.map((row) => (
                    <tr key={each.month + row.basis + row.colour}>
                      <td>{month(each.month)}</td>
                      <td>{row.basis}</td>
                      <td>{row.colour ? say(colourNames[row.colour]) : say(words.hidden)}</td>
                      <td class="number">{row.set}</td>
                      <td class="number">{row.ended}</td>
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}
