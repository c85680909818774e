// The first page of an officer: whether the installation answers, what waits, what is wrong, how much is asked.
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {BarChart} from "../staff/chart";
import {AsTable} from "../staff/table";
import {useSay, useTongue} from "../words/tongue";
import {approvals, look} from "./asks";
import {Listed, useMay, type Row} from "./desk";
import {wholeDay} from "./hours";

interface Status {
  answering: boolean;
  closed_by: readonly string[];
  nodes: number;
  questions: number;
  refused: number;
  log_published: number;
  sandbox: boolean;
}
interface Traffic {
  partners: readonly {partner: string; hours: readonly {at: string; questions: number; denied: number; unlinked: number}[]}[];
}

const words = {
  title: {id: "Ikhtisar", en: "Overview"},
  answers: {id: "Menjawab", en: "Answering"},
  stopped: {id: "BERHENTI", en: "STOPPED"},
  state: {id: "Keadaan", en: "State"},
  waits: {id: "Menunggu persetujuan", en: "Wait for approval"},
  nodes: {id: "Simpul", en: "Nodes"},
  questions: {id: "Pertanyaan sejak mulai", en: "Questions since the start"},
  log: {id: "Entri log terbit", en: "Entries published"},
  why: {id: "Sebabnya", en: "Why"},
  incidents: {id: "Insiden terbuka", en: "Open incidents"},
  incident: {id: "Insiden", en: "Incident"},
  kind: {id: "Jenis", en: "Kind"},
  subject: {id: "Tentang", en: "About"},
  in24: {id: "24 jam", en: "24 hours"},
  in72: {id: "72 jam", en: "72 hours"},
  traffic: {id: "Pertanyaan semua mitra, 24 jam terakhir", en: "Questions of all partners, the last 24 hours"},
  all: {id: "pertanyaan", en: "questions"},
  hour: {id: "Jam", en: "Hour"},
  asTable: {id: "Angka yang sama sebagai tabel", en: "The same figures as a table"},
} as const;

function Numbers() {
  const say = useSay();
  const {tongue} = useTongue();
  return (
    <There load={async (stop) => ({status: await look<Status>("status", {}, stop), waiting: (await approvals(stop)).approvals})}>
      {({status, waiting}) => (
        <>
          <ul class="numbers">
            <li>
              <strong class={status.answering ? "" : "alarm-word"}>{say(status.answering ? words.answers : words.stopped)}</strong>
              <span>{say(words.state)}</span>
            </li>
            <li>
              <strong>{waiting.length}</strong>
              <span>
                <a href="#/approvals">{say(words.waits)}</a>
              </span>
            </li>
            <li>
              <strong>{status.questions.toLocaleString(tongue)}</strong>
              <span>{say(words.questions)}</span>
            </li>
            <li>
              <strong>{status.log_published.toLocaleString(tongue)}</strong>
              <span>{say(words.log)}</span>
            </li>
            <li>
              <strong>{status.nodes}</strong>
              <span>{say(words.nodes)}</span>
            </li>
          </ul>
          {status.closed_by.length > 0 && (
            <section class="sheet alarm" role="alert">
              <h2>{say(words.why)}</h2>
              <ul>
                {status.closed_by.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </There>
  );
}

function TrafficOfAll() {
  const say = useSay();
  const {clock} = useMoments();
  return (
    <There load={(stop) => look<Traffic>("partner/traffic", {hours: 24}, stop)}>
      {({partners}) => {
        const hours = new Map<string, number>();
        for (const {hours: own} of partners) for (const hour of own) hours.set(hour.at, (hours.get(hour.at) ?? 0) + hour.questions);
        const rows = wholeDay(
          [...hours].map(([at, count]) => ({at, count})),
          (at) => ({at, count: 0}),
        );
        return (
          <>
            <BarChart title={say(words.traffic)} names={[say(words.all)]} bars={rows.map(({at, count}) => ({label: clock(at), parts: [count]}))} />
            <AsTable name={say(words.asTable)} head={[say(words.hour), say(words.all)]} rows={rows.filter(({count}) => count > 0).map(({at, count}) => [clock(at), count])} />
          </>
        );
      }}
    </There>
  );
}

export function OverviewPage() {
  const say = useSay();
  const may = useMay();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <Numbers />
      {may("partner/traffic") && <TrafficOfAll />}
      <h2>{say(words.incidents)}</h2>
      <There load={(stop) => look<{incidents: readonly Row[]}>("incident/list", {}, stop)}>
        {({incidents}) => (
          <Listed
            rows={incidents}
            label={words.incidents}
            columns={[
              ["title", words.incident],
              ["state", words.state],
              ["kind", words.kind],
              ["subject", words.subject],
              ["24h", words.in24],
              ["72h", words.in72],
            ]}
          />
        )}
      </There>
    </>
  );
}
