// Partners: state, quota, traffic by the hour, what is unusual about them, and the cut.
import {useEffect, useRef, useState} from "preact/hooks";
import {Field} from "../parts/field";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {BarChart} from "../staff/chart";
import {AsTable, noHead, Rows} from "../staff/table";
import {useSay} from "../words/tongue";
import {look} from "./asks";
import {CommandForm, Listed, useGive, useMay, type Row} from "./desk";
import {wholeDay} from "./hours";
import {valueName} from "./names";

interface Partner {
  partner: string;
  state: string;
  profile: string;
  per_minute: number;
  keys: number;
  links: number;
  epoch: number;
  cut_log_index?: number;
}
interface Traffic {
  partners: readonly {partner: string; hours: readonly {at: string; questions: number; unlinked: number; denied: number}[]}[];
}
interface CutReport {
  log_index: number;
  effective: boolean;
  effective_after_us?: number;
  logged_after_us: number;
  cut_before: boolean;
}

const words = {
  title: {id: "Mitra", en: "Partners"},
  partner: {id: "Mitra", en: "Partner"},
  state: {id: "Keadaan", en: "State"},
  profile: {id: "Profil", en: "Profile"},
  quota: {id: "Kuota per menit", en: "Quota a minute"},
  keys: {id: "Kunci", en: "Keys"},
  links: {id: "Tautan", en: "Links"},
  open: {id: "Lihat", en: "Look at it"},
  traffic: {id: "Pertanyaan per jam, 24 jam terakhir", en: "Questions by the hour, the last 24 hours"},
  other: {id: "dijawab", en: "answered"},
  denied: {id: "ditolak di pintu", en: "denied at a door"},
  unlinked: {id: "tanpa tautan", en: "without a link"},
  hour: {id: "Jam", en: "Hour"},
  asTable: {id: "Angka yang sama sebagai tabel", en: "The same figures as a table"},
  canaries: {id: "Kenari", en: "Canaries"},
  planted: {id: "Ditanam (detik Unix)", en: "Planted (Unix seconds)"},
  asked: {id: "Ditanyakan", en: "Asked about"},
  found: {id: "Ditemukan di luar", en: "Found outside"},
  cut: {id: "Putuskan", en: "Cut"},
  cutTitle: {id: "Putuskan mitra ini sekarang", en: "Cut this partner now"},
  cutWhy: {
    id: "Sejak saat ini tidak ada satu jawaban pun yang keluar untuk mitra ini. Dua petugas diperlukan untuk menyambungkannya lagi.",
    en: "From this moment not one answer leaves for this partner. It takes two officers to connect it again.",
  },
  type: {id: "Ketik nama mitra untuk memastikan", en: "Type the partner’s name to be sure"},
  was: {id: "Diputuskan. Berlaku setelah", en: "It is cut. It was effective after"},
  notYet: {
    id: "Diputuskan dan tercatat, tetapi satu simpul belum memastikan. Putuskan sekali lagi untuk memeriksa.",
    en: "It is cut and logged, but one node has not confirmed. Cut again to look.",
  },
  index: {id: "Nomor dalam log", en: "Index in the log"},
  steps: {id: "Langkah lain", en: "Other steps"},
  suspend: {id: "Hentikan sementara", en: "Suspend"},
  resume: {id: "Jawab lagi", en: "Resume"},
  activate: {id: "Aktifkan", en: "Activate"},
  uncut: {id: "Sambungkan lagi", en: "Undo the cut"},
} as const;

function Chart({partner}: {partner: string}) {
  const say = useSay();
  const {clock} = useMoments();
  return (
    <There load={(stop) => look<Traffic>("partner/traffic", {partner, hours: 24}, stop)}>
      {(traffic) => {
        const none = (at: string) => ({at, questions: 0, unlinked: 0, denied: 0});
        const hours = wholeDay(traffic.partners[0]?.hours ?? [], none);
        const names = [say(words.other), say(words.denied), say(words.unlinked)];
        const parts = hours.map((hour) => [hour.questions - hour.denied - hour.unlinked, hour.denied, hour.unlinked]);
        return (
          <>
            <BarChart
              title={say(words.traffic)}
              names={names}
              bars={hours.map((hour, i) => ({label: clock(hour.at), parts: parts[i] ?? []}))}
            />
            <AsTable
              name={say(words.asTable)}
              head={[say(words.hour), ...names]}
              rows={hours.flatMap((hour, i) => (hour.questions > 0 ? [[clock(hour.at), ...(parts[i] ?? [])]] : []))}
            />
          </>
        );
      }}
    </There>
  );
}

function Cut({partner, done}: {partner: string; done: () => void}) {
  const say = useSay();
  const may = useMay();
  const [typed, setTyped] = useState("");
  const {runs, start, given, outcome} = useGive<CutReport>();
  if (!may("partner/cut")) return null;
  const submit = (event: Event) => {
    event.preventDefault();
    void start("partner/cut", {partner}, done);
  };
  const report = given?.result;
  return (
    <form class="sheet cut" onSubmit={submit} aria-label={say(words.cutTitle)}>
      <h3>{say(words.cutTitle)}</h3>
      <p>{say(words.cutWhy)}</p>
      <div class="line">
        <Field name={`${say(words.type)}: ${partner}`} value={typed} set={setTyped} autocomplete="off" required />
        <button class="button alarming" disabled={runs || typed !== partner}>
          {say(words.cut)}
        </button>
      </div>
      {report ? (
        <p role="status" data-effective={report.effective}>
          {report.effective && report.effective_after_us !== undefined ? (
            <>
              {say(words.was)} <strong class="digits">{(report.effective_after_us / 1000).toFixed(2)} ms</strong>.{" "}
            </>
          ) : (
            say(words.notYet) + " "
          )}
          {say(words.index)} <span class="digits">{report.log_index}</span>.
        </p>
      ) : (
        outcome
      )}
    </form>
  );
}

function Detail({partner, again}: {partner: Partner; again: () => void}) {
  const say = useSay();
  const may = useMay();
  // It stands below a long list: whoever chose it is taken there.
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <section class="sheet" aria-label={partner.partner}>
      <h2 ref={head} tabIndex={-1}>
        {partner.partner}
      </h2>
      {may("partner/traffic") && <Chart partner={partner.partner} />}
      {may("partner/canary-list") && (
        <>
          <h3>{say(words.canaries)}</h3>
          <There load={(stop) => look<{canaries: readonly Row[]}>("partner/canary-list", {partner: partner.partner}, stop)}>
            {(list) => (
              <Listed
                rows={list.canaries}
                label={words.canaries}
                columns={[
                  ["planted_at", words.planted],
                  ["questions", words.asked],
                  ["found", words.found],
                ]}
              />
            )}
          </There>
        </>
      )}
      <Cut partner={partner.partner} done={again} />
      <h3>{say(words.steps)}</h3>
      {(["suspend", "resume", "activate", "uncut"] as const).map((step) => (
        <CommandForm key={step} command={"partner/" + step} fields={[]} also={{partner: partner.partner}} button={words[step]} quiet then={again} />
      ))}
    </section>
  );
}

export function PartnersPage() {
  const say = useSay();
  const [chosen, setChosen] = useState("");
  const [turn, setTurn] = useState(0);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <List turn={turn} choose={setChosen} />
      {chosen && <Chosen key={chosen} partner={chosen} again={() => setTurn(turn + 1)} />}
    </>
  );
}

function List({turn, choose}: {turn: number; choose: (partner: string) => void}) {
  const say = useSay();
  return (
    <There load={(stop) => look<{partners: readonly Partner[]}>("partner/list", {}, stop)} turn={turn}>
      {({partners}) => (
        <Rows
          label={say(words.title)}
          head={[say(words.partner), say(words.state), say(words.profile), say(words.quota), say(words.keys), say(words.links), noHead]}
          rows={partners.map((each) => [
            each.partner,
            <span class={each.state === "cut" ? "alarm-word" : ""} data-state={each.partner + ":" + each.state}>
              {say(valueName("state", each.state))}
            </span>,
            say(valueName("profile", each.profile)),
            each.per_minute,
            each.keys,
            each.links,
            <button type="button" class="button quiet" aria-label={`${say(words.open)}: ${each.partner}`} onClick={() => choose(each.partner)}>
              {say(words.open)}
            </button>,
          ])}
        />
      )}
    </There>
  );
}

/** Stays while the list is loaded again, so that what the cut said stays too. */
function Chosen({partner, again}: {partner: string; again: () => void}) {
  return (
    <There load={(stop) => look<{partners: readonly Partner[]}>("partner/list", {}, stop)}>
      {({partners}) => {
        const found = partners.find((each) => each.partner === partner);
        return found ? <Detail partner={found} again={again} /> : null;
      }}
    </There>
  );
}

