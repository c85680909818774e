// Rules in force and proposed, and what a document would change: how many people move from which colour to which, day by day.
// Small counts never leave the server.
import {useState} from "preact/hooks";
import {colourNames} from "../parts/colours";
import type {Colour} from "../parts/marks";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {BarChart} from "../staff/chart";
import {AsTable} from "../staff/table";
import {useSay} from "../words/tongue";
import {look, type Value} from "./asks";
import {CommandForm, Facts, Listed, useGive, useMay, type Row} from "./desk";

interface Move {
  from: Colour;
  to: Colour;
  citizens: number | null;
}
interface Impact {
  rules: string;
  compared_with: string;
  citizens: number;
  days: readonly {at: string; moves: readonly Move[]}[];
}
interface Part {
  citizens: number;
  finished?: Impact;
}

const words = {
  title: {id: "Aturan", en: "Rules"},
  sets: {id: "Kumpulan aturan", en: "Rule sets"},
  rules: {id: "Aturan", en: "Rules"},
  state: {id: "Keadaan", en: "State"},
  since: {id: "Sejak", en: "Since"},
  next: {id: "Berlaku mulai", en: "In force from"},
  now: {id: "Yang berlaku sekarang", en: "In force now"},
  impact: {id: "Dampak suatu dokumen", en: "What a document would change"},
  impactWhy: {
    id: "Dihitung dari catatan hari ini tanpa mengubah apa pun. Angka 1 sampai 9 disembunyikan.",
    en: "Counted from the records of today; nothing is changed. Counts of 1 to 9 are hidden.",
  },
  document: {id: "Dokumen aturan (JSON bertanda tangan)", en: "Rule document (signed JSON)"},
  file: {id: "Pilih berkas", en: "Pick a file"},
  days: {id: "Hari ke depan", en: "Days ahead"},
  count: {id: "Hitung dampak", en: "Count the impact"},
  counting: {id: "Dihitung", en: "Counted"},
  people: {id: "orang", en: "people"},
  chart: {id: "Orang yang warnanya berubah, menurut hari dan warna barunya", en: "People whose colour changes, by day and new colour"},
  hidden: {id: "disembunyikan", en: "hidden"},
  day: {id: "Hari", en: "Day"},
  table: {id: "Perubahan sebagai tabel", en: "The changes as a table"},
  none: {id: "Tidak ada warna yang berubah.", en: "No colour changes."},
  name: {id: "Nama aturan", en: "Name of the rules"},
  at: {id: "Berlaku mulai (boleh kosong)", en: "In force from (may be empty)"},
  propose: {id: "Usulkan", en: "Propose"},
  activate: {id: "Berlakukan", en: "Activate"},
  cancel: {id: "Batalkan usulan", en: "Cancel the proposal"},
  rollback: {id: "Kembali ke aturan sebelumnya", en: "Roll back to the rules before"},
} as const;

const colours: readonly Colour[] = ["green", "yellow", "red", "black"];

export function ImpactChart({impact}: {impact: Impact}) {
  const say = useSay();
  const {day} = useMoments();
  const bars = impact.days.map((each) => ({
    label: each.at.slice(5, 10),
    parts: colours.map((to) => each.moves.filter((move) => move.to === to).reduce((sum, move) => sum + (move.citizens ?? 0), 0)),
  }));
  const moves = impact.days.flatMap((each) => each.moves.map((move) => ({at: each.at, ...move})));
  return (
    <section data-impact={impact.rules}>
      <BarChart title={say(words.chart)} names={colours.map((colour) => say(colourNames[colour]))} bars={bars} />
      {moves.length === 0 && <p class="empty">{say(words.none)}</p>}
      <AsTable
        name={say(words.table)}
        head={[say(words.day), "", say(words.people)].map((name) => name || "→")}
        rows={moves.map((move) => [
          day(move.at),
          `${say(colourNames[move.from])} → ${say(colourNames[move.to])}`,
          move.citizens ?? say(words.hidden),
        ])}
      />
    </section>
  );
}

function ImpactOf() {
  const say = useSay();
  const [document, setDocument] = useState("");
  const [days, setDays] = useState("30");
  const [counted, setCounted] = useState(0);
  const [impact, setImpact] = useState<Impact | null>(null);
  const {runs, start, outcome} = useGive<{impact: string; of: number}>();
  const goOn = async (id: string) => {
    for (;;) {
      const part = await look<Part>("rules/impact-part", {impact: id});
      setCounted(part.citizens);
      if (part.finished) return setImpact(part.finished);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setImpact(null);
    void start("rules/impact", {document, days: Number(days)}, (given) => given.result && void goOn(given.result.impact));
  };
  const pick = async (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) setDocument(await file.text());
  };
  return (
    <form class="sheet" onSubmit={submit} aria-label={say(words.impact)}>
      <h2>{say(words.impact)}</h2>
      <p>{say(words.impactWhy)}</p>
      <label class="field">
        <span>{say(words.file)}</span>
        <input type="file" accept=".json,application/json" onChange={(event) => void pick(event)} />
      </label>
      <label class="field">
        <span>{say(words.document)}</span>
        <textarea value={document} required onInput={(event) => setDocument(event.currentTarget.value)} />
      </label>
      <div class="line">
        <label class="field">
          <span>{say(words.days)}</span>
          <input type="number" min="1" max="90" value={days} onInput={(event) => setDays(event.currentTarget.value)} />
        </label>
        <button class="button" disabled={runs}>
          {say(words.count)}
        </button>
      </div>
      {counted > 0 && !impact && (
        <p role="status">
          {say(words.counting)}: {counted.toLocaleString()} {say(words.people)}
        </p>
      )}
      {outcome}
      {impact && <ImpactChart impact={impact} />}
    </form>
  );
}

export function RulesPage() {
  const say = useSay();
  const may = useMay();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  const named = [{name: "rules", label: words.name}] as const;
  return (
    <>
      <h1>{say(words.title)}</h1>
      <h2>{say(words.sets)}</h2>
      <There load={(stop) => look<{rule_sets: readonly Row[]}>("rules/list", {}, stop)} turn={turn}>
        {({rule_sets}) => (
          <Listed
            rows={rule_sets}
            label={words.sets}
            columns={[
              ["rules", words.rules],
              ["state", words.state],
              ["since", words.since],
              ["announced_for", words.next],
            ]}
          />
        )}
      </There>
      <CommandForm command="rules/propose" fields={[{name: "document", label: words.document, isLong: true}]} button={words.propose} quiet then={again} />
      <CommandForm
        command="rules/activate"
        fields={[...named, {name: "at", label: words.at, type: "datetime-local", isOptional: true}]}
        button={words.activate}
        quiet
        then={again}
      />
      <CommandForm command="rules/cancel" fields={named} button={words.cancel} quiet then={again} />
      <CommandForm command="rules/rollback" fields={[]} button={words.rollback} quiet then={again} />
      {may("rules/impact") && <ImpactOf />}
      <h2>{say(words.now)}</h2>
      <There load={(stop) => look<{readonly [name: string]: Value}>("rules/show", {}, stop)} turn={turn}>
        {(shown) => <Facts of={shown} />}
      </There>
    </>
  );
}
