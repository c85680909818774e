// A certificate's text, judged in this browser by the signers and the list of revocations that the server publishes.
import {useState} from "preact/hooks";
import {ColourMark, type Colour} from "../parts/marks";
import {codeName, dayOf} from "./codes";
import {useSay, useTongue, type Text} from "../words/tongue";
import {fetchJson} from "../wire/fetched";
import {judge, type Finding, type Judged, type Signer} from "../wire/hc1";

const words = {
  title: {id: "Periksa sertifikat", en: "Verify a certificate"},
  lead: {
    id: "Tempel teks di balik kode QR sertifikat kesehatan Indonesia (HC1). Pemeriksaan berlangsung di peramban ini; isinya tidak dikirim.",
    en: "Paste the text behind the QR code of an Indonesian health certificate (HC1). It is judged in this browser; nothing of it is sent.",
  },
  text: {id: "Teks sertifikat", en: "Text of the certificate"},
  starts: {id: "Dimulai dengan HC1:", en: "It begins with HC1:"},
  check: {id: "Periksa", en: "Verify"},
  offline: {
    id: "Daftar penanda tangan tidak dapat dimuat. Periksa sambungan Anda.",
    en: "The list of signers could not be loaded. Check your connection.",
  },
  name: {id: "Nama", en: "Name"},
  born: {id: "Tanggal lahir", en: "Date of birth"},
  until: {id: "Berlaku sampai", en: "Valid until"},
  compare: {
    id: "Bandingkan nama dengan kartu identitas orangnya.",
    en: "Compare the name with the person’s identity card.",
  },
} as const;

const findings: Readonly<Record<Finding, {colour: Colour; title: Text; why: Text}>> = {
  valid: {
    colour: "green",
    title: {id: "Sah", en: "Valid"},
    why: {
      id: "Ditandatangani oleh penerbit kami, tidak diubah, tidak dicabut.",
      en: "Signed by one of our signers, unchanged, not taken back.",
    },
  },
  expired: {
    colour: "red",
    title: {id: "Kedaluwarsa", en: "Expired"},
    why: {
      id: "Sertifikat ini asli, tetapi masa berlakunya sudah lewat.",
      en: "This certificate is genuine, but its time is over.",
    },
  },
  "not-yet": {
    colour: "yellow",
    title: {id: "Belum berlaku", en: "Not valid yet"},
    why: {
      id: "Masa berlakunya belum mulai. Periksa jam perangkat ini.",
      en: "Its time has not begun. Check the clock of this device.",
    },
  },
  revoked: {
    colour: "red",
    title: {id: "Dicabut", en: "Taken back"},
    why: {id: "Penerbit telah mencabut sertifikat ini.", en: "Its issuer has taken this certificate back."},
  },
  "unknown-signer": {
    colour: "yellow",
    title: {id: "Penanda tangan tidak dikenal", en: "Unknown signer"},
    why: {
      id: "Bukan dari penerbit kami. Sertifikat negara lain diperiksa di pintu.",
      en: "Not one of our signers. Certificates of other countries are verified at the door.",
    },
  },
  altered: {
    colour: "red",
    title: {id: "Palsu atau diubah", en: "Forged or altered"},
    why: {id: "Tanda tangannya tidak cocok dengan isinya.", en: "The signature does not fit what it says."},
  },
  unreadable: {
    colour: "yellow",
    title: {id: "Tidak terbaca", en: "Not readable"},
    why: {id: "Teks ini bukan sertifikat HC1 yang utuh.", en: "This text is no complete HC1 certificate."},
  },
};

const lineNames: Readonly<Record<string, Text>> = {
  mp: {id: "Vaksin", en: "Vaccine"},
  dn: {id: "Dosis", en: "Dose"},
  sd: {id: "dari", en: "of"},
  dt: {id: "Tanggal", en: "Date"},
  co: {id: "Negara", en: "Country"},
  tt: {id: "Jenis tes", en: "Kind of test"},
  tr: {id: "Hasil", en: "Result"},
  sc: {id: "Waktu sampel", en: "Time of the sample"},
  fr: {id: "Positif pertama", en: "First positive"},
  df: {id: "Berlaku dari", en: "Valid from"},
  du: {id: "Berlaku sampai", en: "Valid until"},
};

async function verify(text: string): Promise<Judged> {
  const stop = AbortSignal.timeout(10_000);
  const [signers, revoked] = await Promise.all([
    fetchJson<Signer[]>("/v1/certificates/signers", stop),
    fetchJson<{entries: {hash: string}[]}>("/v1/certificates/revocations", stop),
  ]);
  return judge(
    text,
    signers,
    revoked.entries.map((entry) => entry.hash),
    new Date(),
  );
}

function Verdict({judged}: {judged: Judged}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {colour, title, why} = findings[judged.finding];
  const day = (value: Date) => new Intl.DateTimeFormat(tongue, {dateStyle: "long"}).format(value);
  return (
    <div role="status" class="appears">
      <div class={"plate " + colour} data-finding={judged.finding}>
        <ColourMark colour={colour} />
        <div>
          <strong>{say(title)}</strong>
          <p>{say(why)}</p>
        </div>
      </div>
      {judged.facts && judged.finding !== "unknown-signer" && (
        <section class="sheet">
          <dl class="facts">
            <dt>{say(words.name)}</dt>
            <dd>{judged.facts.name}</dd>
            <dt>{say(words.born)}</dt>
            <dd>{dayOf(judged.facts.born, tongue) ?? judged.facts.born}</dd>
            {judged.facts.lines.map(([key, value]) => (
              <>
                <dt>{say(lineNames[key] ?? {id: key, en: key})}</dt>
                <dd>{dayOf(value, tongue) ?? say(codeName(value))}</dd>
              </>
            ))}
            <dt>{say(words.until)}</dt>
            <dd>{day(judged.facts.expires)}</dd>
          </dl>
          <p>{say(words.compare)}</p>
        </section>
      )}
    </div>
  );
}

export function VerifyPage() {
  const say = useSay();
  const [text, setText] = useState("");
  const [judged, setJudged] = useState<Judged | "offline" | "waits" | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setJudged("waits");
    verify(text).then(setJudged, () => setJudged("offline"));
  };
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <form class="sheet" onSubmit={submit}>
        <label class="field">
          <span>{say(words.text)}</span>
          <textarea
            name="certificate"
            spellcheck={false}
            autocomplete="off"
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <small>{say(words.starts)}</small>
        </label>
        <button class="button" disabled={judged === "waits"}>
          {say(words.check)}
        </button>
      </form>
      {judged === "offline" && (
        <div class="sheet" role="alert">
          <p>{say(words.offline)}</p>
        </div>
      )}
      {judged !== null && typeof judged === "object" && <Verdict judged={judged} />}
    </>
  );
}
