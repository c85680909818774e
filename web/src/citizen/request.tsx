// What a partner asks of me, in our words: who learns what, why, until when and how to stop it; then yes by passkey, or no.
import {useState} from "preact/hooks";
import {Act} from "../parts/act";
import {useMoments} from "../parts/moments";
import {kindOf} from "../parts/problems";
import {There} from "../parts/there";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {partnerName} from "./partner_names";
import {Prove} from "./prove";
import {useWho} from "./who";

const words = {
  title: {id: "meminta izin Anda", en: "asks for your consent"},
  why: {id: "Untuk apa", en: "What for"},
  learns: {id: "Yang akan diketahuinya", en: "What it will learn"},
  never: {id: "Yang tidak pernah diketahuinya", en: "What it will never learn"},
  until: {id: "Sampai kapan", en: "Until when"},
  days: {id: "hari", en: "days"},
  stop: {id: "Cara menghentikannya", en: "How to stop it"},
  yes: {id: "Izinkan", en: "Allow"},
  no: {id: "Tidak", en: "No"},
  forWhom: {id: "Anda menjawab untuk", en: "You answer for"},
  sandbox: {id: "Ini lingkungan percobaan: tidak ada yang sungguhan.", en: "This is a sandbox: nothing in it is real."},
  allowed: {id: "Diizinkan. Anda dibawa kembali ke aplikasi …", en: "Allowed. You are taken back to the app …"},
  refused: {
    id: "Tidak diizinkan. Aplikasi itu tidak mengetahui apa pun. Anda dibawa kembali …",
    en: "Not allowed. The app has learnt nothing. You are taken back …",
  },
  open: {id: "Ke aplikasi", en: "To the app"},
  over: {id: "Permintaan ini sudah tidak berlaku", en: "This request is over"},
  overWhy: {
    id: "Permintaan berlaku sepuluh menit dan dijawab satu kali. Mulai lagi di aplikasi yang memintanya.",
    en: "A request stands for ten minutes and is answered once. Begin again in the app that asked.",
  },
  partners: {id: "Mitra saya", en: "My partners"},
} as const;

type Answered = {is: "allowed" | "refused"; to: string};

/** To a place of the web or into an app, whose own scheme has a dot in it; an address of another kind could be a script. */
function goTo(address: string): void {
  const {protocol} = new URL(address);
  if (/^(https?|[a-z][a-z0-9+-]*\.[a-z0-9.+-]*):$/.test(protocol)) location.assign(address);
}

/** Null: it is over, or was answered already. */
async function requestOrOver(reference: string, stop: AbortSignal): Promise<asks.LinkRequest | null> {
  return asks.linkRequest(reference)(stop).catch((error: unknown) => {
    if (kindOf(error) === "not-found") return null;
    throw error;
  });
}

function Over() {
  const say = useSay();
  return (
    <>
      <h1>{say(words.over)}</h1>
      <p class="lead">{say(words.overWhy)}</p>
      <p>
        <a class="button quiet" href="#/partners">
          {say(words.partners)}
        </a>
      </p>
    </>
  );
}

export function RequestPage({reference}: {reference: string}) {
  const say = useSay();
  const {both} = useMoments();
  const {principal} = useWho();
  const [answered, setAnswered] = useState<Answered | null>(null);
  const answer = (is: Answered["is"], to: string) => {
    setAnswered({is, to});
    goTo(to);
  };
  if (answered) {
    return (
      <section class="plate plain" role="status" data-answered={answered.is}>
        <div>
          <strong>{say(words[answered.is])}</strong>
          <p>
            <button type="button" class="button" onClick={() => goTo(answered.to)}>
              {say(words.open)}
            </button>
          </p>
        </div>
      </section>
    );
  }
  return (
    <There load={(stop) => requestOrOver(reference, stop)}>
      {(request) =>
        request ? (
          <article class="request" data-partner={request.partner}>
            <h1>
              {partnerName(request.partner)} {say(words.title)}
            </h1>
            {request.is_sandbox && <p class="note">{say(words.sandbox)}</p>}
            {principal && (
              <p class="note">
                {say(words.forWhom)} <strong>{principal.name}</strong>
              </p>
            )}
            <section class="sheet">
              <h2>{say(words.why)}</h2>
              <ul>
                {request.purposes.map((each) => (
                  <li key={each.name}>{say(each.text)}</li>
                ))}
              </ul>
              <h2>{say(words.learns)}</h2>
              <ul class="yes">
                {request.learns.map((each) => (
                  <li key={each.text.en}>{say(each.text)}</li>
                ))}
              </ul>
              <h2>{say(words.never)}</h2>
              <ul class="no">
                {request.never.map((each) => (
                  <li key={each.text.en}>{say(each.text)}</li>
                ))}
              </ul>
              <h2>{say(words.until)}</h2>
              <p>
                {both(request.until)} ({request.days} {say(words.days)})
              </p>
              <h2>{say(words.stop)}</h2>
              <p>{say(request.stop)}</p>
            </section>
            <div class="decide">
              <Prove
                kind="wide"
                challenge={() => asks.linkChallenge(reference)}
                act={async (proof) => answer("allowed", (await asks.approveLink(reference, proof)).redirect_to)}
              >
                {say(words.yes)}
              </Prove>
              <div>
                <Act kind="quiet" act={async () => answer("refused", (await asks.refuseLink(reference)).redirect_to)}>
                  {say(words.no)}
                </Act>
              </div>
            </div>
          </article>
        ) : (
          <Over />
        )
      }
    </There>
  );
}
