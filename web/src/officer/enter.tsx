// How an officer comes in: by a passkey; the first time by the code that two officers had made.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {ask} from "../wire/portal";
import {ByPasskey, Wrong} from "../staff/enrol";
import {addPasskey, deviceName, enterByPasskey, leave, useSession} from "../staff/session";
import {useSay} from "../words/tongue";

const words = {
  title: {id: "Konsol petugas", en: "Officers’ console"},
  lead: {
    id: "Setiap perintah ditandatangani dengan passkey Anda dan tercatat dalam log publik.",
    en: "Your passkey signs each command, and each stands in the public log.",
  },
  known: {id: "Masuk", en: "Sign in"},
  knownWhy: {id: "Dengan passkey yang sudah ada di perangkat ini.", en: "With the passkey that is on this device."},
  first: {id: "Pertama kali di perangkat ini", en: "The first time on this device"},
  firstWhy: {
    id: "Dua petugas membuat kode untuk Anda. Kode berlaku satu jam, sekali pakai.",
    en: "Two officers make a code for you. It is good for an hour, once.",
  },
  code: {id: "Kode", en: "Code"},
  bind: {id: "Buat passkey", en: "Make the passkey"},
  wrong: {id: "Kode itu tidak berlaku, atau sudah dipakai.", en: "That code does not hold, or it was used."},
  other: {id: "Anda masuk sebagai orang lain di situs ini.", en: "You are signed in as somebody else on this site."},
  out: {id: "Keluar", en: "Sign out"},
} as const;

function FirstTime() {
  const say = useSay();
  const {look} = useSession();
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await ask("POST", "officer/enrol", {body: {code, device: deviceName()}});
      await addPasskey();
      await enterByPasskey("officer/login");
      look();
    });
  };
  return (
    <section class="sheet" aria-label={say(words.first)}>
      <h2>{say(words.first)}</h2>
      <p>{say(words.firstWhy)}</p>
      <form onSubmit={submit}>
        <Field name={say(words.code)} value={code} set={setCode} autocomplete="off" spellcheck={false} required />
        <button class="button quiet" disabled={runs}>
          {say(words.bind)}
        </button>
      </form>
      {problem === "denied" ? <Wrong>{say(words.wrong)}</Wrong> : trouble}
    </section>
  );
}

export function EnterPage() {
  const say = useSay();
  const {session, look} = useSession();
  const {runs, run, trouble} = useAct();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      {session.signed_in && (
        <p class="note">
          {say(words.other)}{" "}
          <button type="button" class="button quiet" disabled={runs} onClick={() => run(async () => (await leave(), look()))}>
            {say(words.out)}
          </button>
        </p>
      )}
      {trouble}
      <div class="pair">
        <section class="sheet" aria-label={say(words.known)}>
          <h2>{say(words.known)}</h2>
          <p>{say(words.knownWhy)}</p>
          <ByPasskey route="officer/login" />
        </section>
        <FirstTime />
      </div>
    </>
  );
}
