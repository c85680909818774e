// The health records behind the colour, the certificates made out of them, and the way to say that one is wrong.
import {useState} from "preact/hooks";
import {Act, useAct} from "../parts/act";
import {Empty} from "../parts/waits";
import {useMoments} from "../parts/moments";
import {QrCode} from "../parts/qr";
import {There} from "../parts/there";
import {askBytes, keepFile} from "../wire/portal";
import {useSay, type Text} from "../words/tongue";
import * as asks from "./asks";

const words = {
  title: {id: "Catatan dan sertifikat", en: "Records and certificates"},
  records: {id: "Catatan kesehatan", en: "Health records"},
  none: {
    id: "Belum ada catatan. Fasilitas kesehatan mengirimnya setelah vaksin atau tes.",
    en: "No records yet. Health facilities send them after a vaccination or a test.",
  },
  back: {id: "ditarik kembali", en: "taken back"},
  dose: {id: "dosis", en: "dose"},
  until: {id: "sampai", en: "until"},
  make: {id: "Buat sertifikat", en: "Make a certificate"},
  certificates: {id: "Sertifikat", en: "Certificates"},
  noCertificates: {
    id: "Belum ada. Buatlah dari salah satu catatan di atas.",
    en: "None yet. Make one out of a record above.",
  },
  show: {id: "Tunjukkan kode", en: "Show the code"},
  hide: {id: "Tutup kode", en: "Hide the code"},
  label: {id: "Kode QR sertifikat", en: "QR code of the certificate"},
  pdf: {id: "Unduh PDF", en: "Download as PDF"},
  valid: {id: "Berlaku sampai", en: "Valid until"},
  wrong: {id: "Ada yang salah?", en: "Is something wrong?"},
  wrongWhy: {
    id: "Katakan catatan mana dan apa yang salah. Penerbit dan petugas menjawab dalam tujuh hari; sampai saat itu aturan yang berlaku tidak berubah.",
    en: "Say which record, and what is wrong with it. Its issuer and an officer answer within seven days; until then nothing changes.",
  },
  about: {id: "Apa yang salah", en: "What is wrong"},
  send: {id: "Kirim sanggahan", en: "Send the dispute"},
  deadline: {id: "Dijawab paling lambat", en: "Answered at the latest by"},
} as const;

const kinds: Readonly<Record<string, Text>> = {
  vaccination: {id: "Vaksinasi", en: "Vaccination"},
  test: {id: "Tes", en: "Test"},
  recovery: {id: "Sembuh", en: "Recovery"},
  exemption: {id: "Pengecualian", en: "Exemption"},
  contact: {id: "Kontak erat", en: "Close contact"},
};
const details: Readonly<Record<string, Text>> = {
  naat: {id: "PCR", en: "PCR"},
  antigen: {id: "Antigen", en: "Antigen"},
  antibody: {id: "Antibodi", en: "Antibody"},
  positive: {id: "positif", en: "positive"},
  negative: {id: "negatif", en: "negative"},
  inconclusive: {id: "tidak jelas", en: "inconclusive"},
  pending: {id: "sedang dibuat", en: "being made"},
  issued: {id: "berlaku", en: "valid"},
  revoked: {id: "dicabut", en: "taken back"},
  replaced: {id: "diganti", en: "replaced"},
  open: {id: "sedang diperiksa", en: "being looked into"},
  ended: {id: "sudah dijawab", en: "answered"},
  expired: {id: "lewat waktu", en: "over its time"},
};
/** As they are written on the vial; the record has them in small letters. */
const products: Readonly<Record<string, string>> = {
  coronavac: "CoronaVac",
  "bbibp-corv": "BBIBP-CorV",
  vaxzevria: "Vaxzevria",
  comirnaty: "Comirnaty",
  spikevax: "Spikevax",
  nuvaxovid: "Nuvaxovid",
  jcovden: "Jcovden",
  convidecia: "Convidecia",
  "sputnik-v": "Sputnik V",
  zifivax: "Zifivax",
  indovac: "IndoVac",
  inavac: "InaVac",
  covaxin: "Covaxin",
};
const formats: Readonly<Record<string, string>> = {hc1: "EU DCC", shc: "SMART Health Card"};

function RecordRow({record, made}: {record: asks.HealthRecord; made: () => void}) {
  const say = useSay();
  const {day} = useMoments();
  const name = (word: string | undefined) => (word ? (details[word] ? say(details[word]) : word) : "");
  const told = [
    record.vaccine && (products[record.vaccine] ?? record.vaccine),
    record.dose && `${say(words.dose)} ${record.dose}`,
    name(record.test),
    name(record.result),
    record.until && `${say(words.until)} ${day(record.until)}`,
  ].filter(Boolean);
  const canCertify = record.counts && ["vaccination", "test", "recovery"].includes(record.kind);
  return (
    <li class={record.counts ? "" : "void"}>
      <span>
        <strong>{say(kinds[record.kind] ?? {id: record.kind, en: record.kind})}</strong>
        {told.length > 0 && <span> · {told.join(", ")}</span>}
        <small>
          {day(record.at)}, {record.issuer_name}
          {!record.counts && `, ${say(words.back)}`}
        </small>
        {canCertify && (
          <Act
            kind="quiet"
            act={async () => {
              await asks.makeCertificate("hc1", record.id);
              made();
            }}
          >
            {say(words.make)}
          </Act>
        )}
      </span>
    </li>
  );
}

function CertificateRow({certificate}: {certificate: asks.Certificate}) {
  const say = useSay();
  const {day} = useMoments();
  const [isShown, setIsShown] = useState(false);
  const isIssued = certificate.state === "issued";
  return (
    <li>
      <span>
        <strong>{formats[certificate.format] ?? certificate.format}</strong> ·{" "}
        {say(details[certificate.state] ?? {id: certificate.state, en: certificate.state})}
        <small>
          {say(words.valid)} {day(certificate.expires)}
        </small>
        <code class="soft">{certificate.name}</code>
        {isIssued && (
          <span class="choices">
            <button type="button" class="button quiet" aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
              {say(isShown ? words.hide : words.show)}
            </button>
            <Act
              kind="quiet"
              act={async () => keepFile(await askBytes(`certificates/${certificate.id}.pdf`), "lindung-sertifikat.pdf")}
            >
              {say(words.pdf)}
            </Act>
          </span>
        )}
        {isShown && <QrCode text={certificate.text} label={say(words.label)} />}
      </span>
    </li>
  );
}

function DisputeList({disputes}: {disputes: readonly asks.Dispute[]}) {
  const say = useSay();
  const {day} = useMoments();
  return (
    <ul class="rows">
      {disputes.map((each) => (
        <li key={each.id}>
          <span>
            <strong>{say(details[each.state] ?? {id: each.state, en: each.state})}</strong>
            <span> · {each.about}</span>
            <small>
              {each.decided ? `${day(each.decided)}: ${each.outcome}` : `${say(words.deadline)} ${day(each.deadline)}`}
            </small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Disputes({first}: {first: readonly asks.Dispute[]}) {
  const say = useSay();
  const [about, setAbout] = useState("");
  const [turn, setTurn] = useState(0);
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.dispute(about.trim());
      setAbout("");
      setTurn(turn + 1);
    });
  };
  return (
    <section class="sheet">
      <h2>{say(words.wrong)}</h2>
      <p>{say(words.wrongWhy)}</p>
      {turn === 0 ? (
        <DisputeList disputes={first} />
      ) : (
        <There load={asks.disputes} turn={turn}>
          {({disputes}) => <DisputeList disputes={disputes} />}
        </There>
      )}
      <form onSubmit={submit}>
        <label class="field">
          <span>{say(words.about)}</span>
          <textarea
            class="prose"
            required
            maxLength={500}
            value={about}
            onInput={(event) => setAbout(event.currentTarget.value)}
          />
        </label>
        {trouble}
        <button class="button quiet" disabled={runs}>
          {say(words.send)}
        </button>
      </form>
    </section>
  );
}

function CertificateList({certificates}: {certificates: readonly asks.Certificate[]}) {
  const say = useSay();
  if (certificates.length === 0) return <Empty>{say(words.noCertificates)}</Empty>;
  return (
    <ul class="rows">
      {certificates.map((each) => (
        <CertificateRow key={each.id} certificate={each} />
      ))}
    </ul>
  );
}

/** All of the page at once, so that nothing is pushed down by what comes later. */
const all = (stop: AbortSignal) => Promise.all([asks.records(stop), asks.certificates(stop), asks.disputes(stop)]);

export function RecordsPage() {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <There load={all}>
        {([{records}, {certificates}, {disputes}]) => (
          <>
            <section class="sheet">
              <h2>{say(words.records)}</h2>
              {records.length === 0 ? (
                <Empty>{say(words.none)}</Empty>
              ) : (
                <ul class="rows">
                  {[...records].reverse().map((record) => (
                    <RecordRow key={record.id} record={record} made={() => setTurn(turn + 1)} />
                  ))}
                </ul>
              )}
            </section>
            <section class="sheet">
              <h2>{say(words.certificates)}</h2>
              {turn === 0 ? (
                <CertificateList certificates={certificates} />
              ) : (
                <There load={asks.certificates} turn={turn}>
                  {(now) => <CertificateList certificates={now.certificates} />}
                </There>
              )}
            </section>
            <Disputes first={disputes} />
          </>
        )}
      </There>
    </>
  );
}
