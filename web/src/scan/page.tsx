// From a code at a door to being inside: look, show what was found, and only then send. Nothing is sent without a tap.
import {useState} from "preact/hooks";
import * as asks from "../citizen/asks";
import {Enter} from "../citizen/enter";
import {useWho} from "../citizen/who";
import {useAct} from "../parts/act";
import {Icon} from "../parts/icons";
import {kindOf} from "../parts/problems";
import {toHex} from "../wire/bytes";
import {Scanner} from "../scanner/scanner";
import {useSay, type Text} from "../words/tongue";
import {FoundVenue, Result} from "./found";
import {shortCode} from "./short_code";

const words = {
  title: {id: "Masuk ke tempat", en: "Check in"},
  aim: {id: "Arahkan ke kode QR di pintu", en: "Point it at the QR code at the door"},
  signIn: {
    id: "Masuklah dulu; setelah itu kode ini dapat dipindai.",
    en: "Sign in first; then you can scan the code.",
  },
  looks: {id: "Memeriksa kode …", en: "Checking the code …"},
  forWhom: {id: "Untuk", en: "For"},
  again: {id: "Pindai kode lain", en: "Scan another code"},
  send: {id: "Masuk di sini", en: "Check in here"},
  noCamera: {id: "Tanpa kamera", en: "Without a camera"},
  text: {id: "Teks kode di pintu", en: "Text of the code at the door"},
  look: {id: "Periksa kode", en: "Look at the code"},
} as const;

const others: readonly {sign: RegExp; text: Text}[] = [
  {
    sign: /^HC1:/,
    text: {
      id: "Ini sertifikat kesehatan, bukan kode tempat.",
      en: "This is a health certificate, not the code of a place.",
    },
  },
  {
    sign: /^LP1:/,
    text: {id: "Ini pas seseorang, bukan kode tempat.", en: "This is somebody’s pass, not the code of a place."},
  },
  {
    sign: /./s,
    text: {
      id: "Ini bukan kode tempat Lindung. Carilah kode dengan tulisan Lindung.",
      en: "This is no code of a place with Lindung. Look for the one that says Lindung.",
    },
  },
];

type Found = asks.Venue & {opens: boolean};
type Step =
  | {is: "looks"}
  | {is: "asks"}
  | {is: "other"; text: Text}
  | {is: "found"; code: string; venue: Found; short: string; request: string}
  | {is: "done"; result: asks.Entered};

const notGenuine: Text = {
  id: "Kode ini tidak asli atau sudah lewat. Di layar pintu, tunggu kode yang berikutnya.",
  en: "This code is not genuine, or its time is over. At a door screen, wait for the next one.",
};
const notNow: Text = {
  id: "Kode ini belum dapat diperiksa. Periksa sambungan Anda dan pindai lagi.",
  en: "This code could not be checked. Look at your connection and scan again.",
};

async function lookUp(code: string): Promise<Step> {
  try {
    const venue = await asks.venue(code);
    const short = await shortCode(code);
    return {is: "found", code, venue, short, request: toHex(crypto.getRandomValues(new Uint8Array(16)))};
  } catch (error) {
    const kind = kindOf(error);
    if (kind === "signed-out") throw error;
    return {is: "other", text: kind === "not-found" || kind === "malformed" ? notGenuine : notNow};
  }
}

/** The request of a partner, where a code is the address of one on this site. */
function requestIn(text: string): string | null {
  const start = location.origin + "/#consent/";
  return text.startsWith(start) && /^[\w-]{43}$/.test(text.slice(start.length)) ? text.slice(start.length) : null;
}

/** For who has no camera, or cannot aim one: what the code says, as text. */
function ByText({take}: {take: (text: string) => void}) {
  const say = useSay();
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    take(text.trim());
  };
  return (
    <details class="by-text">
      <summary>{say(words.noCamera)}</summary>
      <form onSubmit={submit}>
        <label class="field">
          <span>{say(words.text)}</span>
          <textarea
            value={text}
            required
            spellcheck={false}
            autocomplete="off"
            placeholder="LINDUNG:1:…"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button class="button quiet">{say(words.look)}</button>
      </form>
    </details>
  );
}

export function ScanPage() {
  const say = useSay();
  const {presence, session, principal} = useWho();
  const [step, setStep] = useState<Step>({is: "looks"});
  const [refused, setRefused] = useState<asks.Session | null>(null); // the session that was found to be over
  const {runs, run, trouble} = useAct();
  const take = (text: string) => {
    if (step.is !== "looks" && step.is !== "other") return;
    const request = requestIn(text);
    if (request) return location.assign("/#consent/" + request);
    if (!text.startsWith("LINDUNG:")) {
      const other = others.find(({sign}) => sign.test(text));
      if (other) setStep({is: "other", text: other.text});
      return;
    }
    setStep({is: "asks"});
    lookUp(text).then(setStep, () => (setStep({is: "looks"}), setRefused(session)));
  };
  const send = (code: string, request: string) =>
    run(async () => setStep({is: "done", result: await asks.checkIn(code, request, new Date().toISOString())}));
  const again = () => setStep({is: "looks"});
  if (presence === "out" || session?.signed_in === false || (refused !== null && refused === session)) {
    return (
      <>
        <h1>{say(words.title)}</h1>
        <p class="lead">{say(words.signIn)}</p>
        <Enter />
      </>
    );
  }
  return (
    <>
      <h1>{say(words.title)}</h1>
      {principal && (
        <p class="note">
          {say(words.forWhom)} <strong>{principal.name}</strong>
        </p>
      )}
      {(step.is === "looks" || step.is === "asks" || step.is === "other") && (
        <section class="sheet">
          <Scanner onText={take} aim={words.aim} />
          {step.is === "asks" && <p role="status">{say(words.looks)}</p>}
          {step.is === "other" && (
            <p class="trouble" role="alert">
              {say(step.text)}
            </p>
          )}
          <ByText take={take} />
        </section>
      )}
      {step.is === "found" && (
        <FoundVenue venue={step.venue} short={step.short}>
          <button type="button" class="button big" disabled={runs} onClick={() => send(step.code, step.request)}>
            <Icon name="scan" />
            <span>{say(words.send)}</span>
          </button>
          {trouble}
          <button type="button" class="button quiet wide" onClick={again}>
            {say(words.again)}
          </button>
        </FoundVenue>
      )}
      {step.is === "done" && (
        <Result result={step.result}>
          <button type="button" class="button quiet" onClick={again}>
            {say(words.again)}
          </button>
        </Result>
      )}
    </>
  );
}
