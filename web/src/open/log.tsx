// The log's newest checkpoint, checked here by the key that the server publishes, and how to do it without this page.
import {useState} from "preact/hooks";
import {useLoaded} from "../parts/loaded";
import {Failed, Waits} from "../parts/waits";
import type {Checkpoint} from "../wire/checkpoint";
import {fetchText} from "../wire/fetched";
import {verifiedCheckpoint} from "../wire/log_key";
import {compareWithSeen, type Growth} from "./seen";
import {useSay, useTongue} from "../words/tongue";

const words = {
  title: {id: "Log publik", en: "The public log"},
  lead: {
    id: "Setiap jawaban, setiap kunci, dan setiap tindakan petugas adalah satu baris. Baris yang sudah ada tidak dapat diubah atau dihapus tanpa ketahuan.",
    en: "Every answer, every key and every act of an officer is an entry. What is in it cannot be changed or taken out unnoticed.",
  },
  signed: {id: "Tanda tangan cocok", en: "The signature holds"},
  signedWhy: {
    id: "Diperiksa di peramban ini dengan kunci log.",
    en: "Checked in this browser with the key of the log.",
  },
  unsigned: {id: "Tanda tangan TIDAK cocok", en: "The signature does NOT hold"},
  unsignedWhy: {id: "Laporkan halaman ini kepada otoritas.", en: "Report this page to the authority."},
  first: {
    id: "Peramban ini melihat log ini untuk pertama kali, dan mengingatnya.",
    en: "This browser sees this log for the first time, and remembers it.",
  },
  grown: {id: "Melanjutkan log yang dilihat peramban ini:", en: "It continues the log that this browser saw:"},
  broken: {
    id: "Log ini TIDAK melanjutkan yang dilihat sebelumnya",
    en: "This log does NOT continue the one seen before",
  },
  brokenWhy: {
    id: "Sejarahnya diubah, atau Anda diperlihatkan log lain. Simpan halaman ini dan laporkan.",
    en: "Its history was changed, or you are shown another one. Keep this page and report it.",
  },
  entries: {id: "baris", en: "entries"},
  origin: {id: "Nama log", en: "Name of the log"},
  size: {id: "Jumlah baris", en: "Entries"},
  root: {id: "Akar pohon", en: "Root of the tree"},
  witnesses: {id: "Saksi", en: "Witnesses"},
  nobody: {id: "belum ada", en: "none so far"},
  again: {id: "Muat ulang", en: "Load again"},
  yourself: {id: "Periksa sendiri", en: "Check it yourself"},
  how: {
    id: "Simpan titik periksa hari ini, dan minta besok bukti bahwa log yang baru melanjutkan yang lama. Kunci log jangan diambil dari halaman ini saja: bandingkan dengan yang diumumkan di tempat lain.",
    en: "Keep the checkpoint of today, and ask tomorrow for the proof that the new log continues the old one. Do not take the log’s key from this page alone: compare it with what was published elsewhere.",
  },
} as const;

interface Checked {
  checkpoint: Checkpoint;
  growth: Growth | null; // null: the signature does not hold, and nothing more is believed
}

async function load(stop: AbortSignal): Promise<Checked> {
  const checkpoint = await verifiedCheckpoint(await fetchText("/log/checkpoint", stop), stop);
  return {checkpoint, growth: checkpoint.isSigned ? await compareWithSeen(checkpoint, stop) : null};
}

function Plate({checked}: {checked: Checked}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {growth} = checked;
  const [kind, title, why] =
    growth === null
      ? ["red", words.unsigned, words.unsignedWhy]
      : growth.kind === "broken"
        ? ["red", words.broken, words.brokenWhy]
        : ["plain", words.signed, words.signedWhy];
  return (
    <div class={"plate " + kind} data-growth={growth?.kind ?? "unsigned"}>
      <div>
        <strong>{say(title)}</strong>
        <p>{say(why)}</p>
        {growth?.kind === "first" && <p>{say(words.first)}</p>}
        {growth?.kind === "grown" && (
          <p>
            {say(words.grown)}{" "}
            {new Intl.DateTimeFormat(tongue, {dateStyle: "medium", timeStyle: "short"}).format(growth.at)},{" "}
            {new Intl.NumberFormat(tongue).format(growth.size)} {say(words.entries)}
          </p>
        )}
      </div>
    </div>
  );
}

function Facts({checkpoint}: {checkpoint: Checkpoint}) {
  const say = useSay();
  const {tongue} = useTongue();
  return (
    <dl class="facts">
      <dt>{say(words.origin)}</dt>
      <dd>
        <code>{checkpoint.origin}</code>
      </dd>
      <dt>{say(words.size)}</dt>
      <dd>{new Intl.NumberFormat(tongue).format(checkpoint.size)}</dd>
      <dt>{say(words.root)}</dt>
      <dd>
        <code>{checkpoint.root}</code>
      </dd>
      <dt>{say(words.witnesses)}</dt>
      <dd>{checkpoint.cosigners.join(", ") || say(words.nobody)}</dd>
    </dl>
  );
}

export function LogPage() {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const checked = useLoaded(load, turn);
  const again = () => setTurn(turn + 1);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      {checked.state === "waits" && <Waits />}
      {checked.state === "failed" && <Failed again={again} />}
      {checked.state === "there" && (
        <section class="sheet" aria-live="polite">
          <Plate checked={checked.value} />
          <Facts checkpoint={checked.value.checkpoint} />
          <button type="button" class="button quiet" onClick={again}>
            {say(words.again)}
          </button>
        </section>
      )}
      {checked.state !== "waits" && (
        <section class="sheet">
          <h2>{say(words.yourself)}</h2>
          <p>{say(words.how)}</p>
          <p>
            <code>GET /log/checkpoint</code>
            <br />
            <code>GET /log/proof/consistency?from=…&to=…</code>
          </p>
        </section>
      )}
    </>
  );
}
