// Who looked at me: every answer to a partner and every view of an officer, each with the log's proof of it.
import {useState} from "preact/hooks";
import {colourNames} from "../parts/colours";
import {useMoments} from "../parts/moments";
import {roleNames} from "../parts/roles";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {useSay, useTongue, type Text} from "../words/tongue";
import {looked, type Proven} from "./looked";
import {partnerName} from "./partner_names";

const words = {
  title: {id: "Siapa yang melihat", en: "Who looked"},
  lead: {
    id: "Setiap jawaban tentang Anda dan setiap petugas yang membuka data Anda. Buktinya dihitung ulang di peramban ini.",
    en: "Every answer about you, and every officer who opened your data. The proofs are computed again in this browser.",
  },
  none: {
    id: "Belum ada yang melihat. Begitu sebuah aplikasi atau petugas bertanya, itu muncul di sini.",
    en: "Nobody has looked so far. As soon as an app or an officer asks, it appears here.",
  },
  own: {id: "Anda sendiri, lewat portal ini", en: "You yourself, by this portal"},
  decision: {id: "hanya boleh atau tidak", en: "yes or no only"},
  officer: {id: "Petugas", en: "Officer"},
  purpose: {id: "tujuan", en: "purpose"},
  proven: {id: "Terbukti di log, baris", en: "Proven in the log, entry"},
  unproven: {id: "TIDAK terbukti: laporkan, baris", en: "NOT proven: report this, entry"},
  newer: {id: "lebih baru muncul dalam beberapa detik.", en: "newer will appear in a few seconds."},
  older: {id: "Yang lebih lama", en: "Older ones"},
  newest: {id: "Yang terbaru", en: "The newest"},
  kept: {id: "Yang sebelum ini sudah dilupakan:", en: "What was before this is forgotten:"},
} as const;

const operations: Readonly<Record<string, Text>> = {
  status: {id: "menanyakan status", en: "asked for the status"},
  "check-in": {id: "masuk di sebuah tempat", en: "check-in at a place"},
  check_in: {id: "masuk di sebuah tempat", en: "check-in at a place"},
  "check-out": {id: "keluar dari sebuah tempat", en: "check-out of a place"},
  check_out: {id: "keluar dari sebuah tempat", en: "check-out of a place"},
};
const outcomes: Readonly<Record<string, Text>> = {
  allow: {id: "boleh", en: "allowed"},
  deny: {id: "tidak boleh", en: "not allowed"},
  venue_full: {id: "penuh", en: "full"},
  venue_refused: {id: "kode ditolak", en: "code refused"},
  over_quota: {id: "terlalu sering", en: "too often"},
  unlinked: {id: "tanpa hubungan", en: "not linked"},
};

const purposes: Readonly<Record<string, Text>> = {
  "citizen-request": {id: "permintaan Anda", en: "your request"},
  dispute: {id: "sanggahan", en: "a dispute"},
  correction: {id: "perbaikan catatan", en: "a correction"},
  outbreak: {id: "wabah", en: "an outbreak"},
  incident: {id: "insiden", en: "an incident"},
  legal: {id: "permintaan hukum", en: "a legal request"},
  audit: {id: "pemeriksaan", en: "an audit"},
};
const actions: Readonly<Record<string, Text>> = {
  why: {id: "melihat alasan warna Anda", en: "looked at the reason for your colour"},
  "citizen/find": {id: "mencari Anda dengan NIK", en: "looked you up by your national number"},
  "citizen/print": {id: "mencetak kartu dan pas Anda", en: "printed your card and pass"},
  "account/list": {id: "melihat perangkat akun Anda", en: "looked at the devices of your account"},
  "account/recover": {id: "mencetak kode pemulihan", en: "printed a code of recovery"},
  "certificate/list": {id: "melihat catatan dan sertifikat Anda", en: "looked at your records and certificates"},
  "delegation/list": {id: "melihat siapa bertindak untuk Anda", en: "looked at who acts for you"},
  "dispute/list": {id: "membaca sanggahan Anda", en: "read your dispute"},
  "override/list": {id: "melihat penetapan warna Anda", en: "looked at colours that were set for you"},
  "notice/list": {id: "melihat pemberitahuan Anda", en: "looked at your notices"},
  "trace/list": {id: "melihat pelacakan kontak", en: "looked at the tracing of contacts"},
};

function LookRow({look}: {look: Proven}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {both} = useMoments();
  const word = (table: Readonly<Record<string, Text>>, name: string) => (table[name] ? say(table[name]) : name);
  return (
    <li data-proven={look.isProven}>
      <span>
        {look.kind === "answer" ? (
          <>
            <strong>{look.own ? say(words.own) : partnerName(look.partner)}</strong>
            <span>
              {" "}
              · {word(operations, look.operation)}, {word(outcomes, look.outcome)}
              {look.colour ? ` · ${say(colourNames[look.colour])}` : ` · ${say(words.decision)}`}
            </span>
          </>
        ) : (
          <>
            <strong>
              {say(words.officer)} {look.officer.split(",").map((role) => word(roleNames, role)).join(", ")}
            </strong>
            <span>
              {" "}
              · {word(actions, look.action)} · {say(words.purpose)}: {word(purposes, look.purpose)}
            </span>
          </>
        )}
        <small>{both(look.at)}</small>
        <small class={look.isProven ? "proven" : "trouble"}>
          {say(look.isProven ? words.proven : words.unproven)} {new Intl.NumberFormat(tongue).format(look.index)}
        </small>
      </span>
    </li>
  );
}

export function LooksPage() {
  const say = useSay();
  const {day} = useMoments();
  const [before, setBefore] = useState<number | null>(null);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <There load={(stop) => looked(before, stop)} turn={before ?? -1}>
        {(page) => (
          <section class="sheet">
            {page.newer > 0 && (
              <p role="status">
                {page.newer} {say(words.newer)}
              </p>
            )}
            {page.looks.length === 0 && <Empty>{say(words.none)}</Empty>}
            <ul class="rows">
              {page.looks.map((look) => (
                <LookRow key={look.index} look={look} />
              ))}
            </ul>
            {(before !== null || page.more) && (
              <p class="choices">
                {before !== null && (
                  <button type="button" class="button quiet" onClick={() => setBefore(null)}>
                    {say(words.newest)}
                  </button>
                )}
                {page.more && (
                  <button
                    type="button"
                    class="button quiet"
                    onClick={() => setBefore(page.looks[page.looks.length - 1]?.index ?? null)}
                  >
                    {say(words.older)}
                  </button>
                )}
              </p>
            )}
            {!page.more && (
              <p class="soft">
                {say(words.kept)} {day(page.kept_from)}
              </p>
            )}
          </section>
        )}
      </There>
    </>
  );
}
