// What officers put over a derived colour, disputes, and the tracing of contacts.
import {useState} from "preact/hooks";
import {colourNames} from "../parts/colours";
import type {Colour} from "../parts/marks";
import {There} from "../parts/there";
import {BarChart} from "../staff/chart";
import {useSay, useTongue} from "../words/tongue";
import {look, type Given, type Value} from "./asks";
import {CommandForm, Facts, Listed, useMay, type Row} from "./desk";

const words = {
  title: {id: "Penetapan, sengketa, kontak", en: "Overrides, disputes, contacts"},
  overrides: {id: "Penetapan warna", en: "Overrides"},
  counts: {id: "Penetapan per bulan", en: "Overrides by month"},
  set: {id: "ditetapkan", en: "set"},
  ended: {id: "diakhiri", en: "ended"},
  citizen: {id: "Rujukan warga", en: "Reference of the citizen"},
  colour: {id: "Warna", en: "Colour"},
  basis: {id: "Dasar hukum", en: "Legal basis"},
  until: {id: "Sampai", en: "Until"},
  case: {id: "Nomor perkara", en: "Case"},
  ask: {id: "Tetapkan (dua petugas)", en: "Set (two officers)"},
  id: {id: "Nomor penetapan", en: "Id of the override"},
  reason: {id: "Alasan", en: "Reason"},
  end: {id: "Akhiri (dua petugas)", en: "End it (two officers)"},
  disputes: {id: "Sengketa yang menunggu", en: "Disputes that wait"},
  show: {id: "Tampilkan", en: "Show them"},
  dispute: {id: "Nomor sengketa", en: "Id of the dispute"},
  deadline: {id: "Tenggat", en: "Deadline"},
  outcome: {id: "Putusan", en: "Outcome"},
  decide: {id: "Putuskan", en: "Decide"},
  contacts: {id: "Pelacakan kontak", en: "Tracing of contacts"},
  trace: {id: "Pelacakan", en: "Trace"},
  cause: {id: "Sebab", en: "Cause"},
  state: {id: "Keadaan", en: "State"},
  since: {id: "Sejak", en: "Since"},
  persons: {id: "Orang", en: "Persons"},
  venues: {id: "Tempat", en: "Venues"},
} as const;

interface Counts {
  months: readonly {month: string; counts: readonly {set: number; ended: number}[]}[];
}
interface Bases {
  bases: readonly {basis: string; id: string; en: string}[];
}

function CountsChart() {
  const say = useSay();
  return (
    <There load={(stop) => look<Counts>("override/counts", {}, stop)}>
      {({months}) => {
        const sum = (counts: readonly {set: number; ended: number}[], of: "set" | "ended") => counts.reduce((all, each) => all + each[of], 0);
        return (
          <BarChart
            title={say(words.counts)}
            names={[say(words.set), say(words.ended)]}
            bars={months.map((month) => ({label: month.month, parts: [sum(month.counts, "set"), sum(month.counts, "ended")]}))}
          />
        );
      }}
    </There>
  );
}

function Overrides() {
  const say = useSay();
  const {tongue} = useTongue();
  return (
    <section class="sheet" aria-label={say(words.overrides)}>
      <h2>{say(words.overrides)}</h2>
      <CountsChart />
      <There load={(stop) => look<Bases>("override/bases", {}, stop)}>
        {({bases}) => (
          <CommandForm
            command="override/set"
            button={words.ask}
            fields={[
              {name: "citizen", label: words.citizen},
              {name: "colour", label: words.colour, options: (Object.keys(colourNames) as Colour[]).map((each) => [each, say(colourNames[each])])},
              {name: "basis", label: words.basis, options: bases.map((each) => [each.basis, each[tongue]])},
              {name: "until", label: words.until, type: "datetime-local"},
              {name: "case", label: words.case},
            ]}
          />
        )}
      </There>
      <CommandForm
        command="override/end"
        button={words.end}
        quiet
        fields={[
          {name: "citizen", label: words.citizen},
          {name: "id", label: words.id},
          {name: "reason", label: words.reason},
        ]}
      />
    </section>
  );
}

function Disputes() {
  const say = useSay();
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const take = (given: Given<Value>) => setRows((given.result as {disputes?: readonly Row[]} | undefined)?.disputes ?? null);
  return (
    <section class="sheet" aria-label={say(words.disputes)}>
      <h2>{say(words.disputes)}</h2>
      <CommandForm command="dispute/list" fields={[]} button={words.show} quiet then={take} />
      {rows && (
        <Listed
          rows={rows}
          label={words.disputes}
          columns={[
            ["dispute", words.dispute],
            ["citizen", words.citizen],
            ["deadline", words.deadline],
          ]}
        />
      )}
      <CommandForm
        command="dispute/resolve"
        button={words.decide}
        fields={[
          {name: "citizen", label: words.citizen},
          {name: "id", label: words.dispute},
          {
            name: "outcome",
            label: words.outcome,
            options: [
              ["upheld", "upheld"],
              ["rejected", "rejected"],
            ],
          },
          {name: "reason", label: words.reason},
        ]}
        show={(value) => <Facts of={value} />}
      />
    </section>
  );
}

export function HandsPage() {
  const say = useSay();
  const may = useMay();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <Overrides />
      {may("dispute/list") && <Disputes />}
      {may("trace/list") && (
        <>
          <h2>{say(words.contacts)}</h2>
          <There load={(stop) => look<{traces: readonly Row[]}>("trace/list", {}, stop)}>
            {({traces}) => (
              <Listed
                rows={traces}
                label={words.contacts}
                columns={[
                  ["trace", words.trace],
                  ["cause", words.cause],
                  ["state", words.state],
                  ["queued_at", words.since],
                  ["venues", words.venues],
                  ["persons", words.persons],
                ]}
              />
            )}
          </There>
        </>
      )}
    </>
  );
}
