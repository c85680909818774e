// How whoever runs a venue comes in: a passkey, or a code that goes to their telephone.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {ask} from "../wire/portal";
import {ByPasskey, Wrong} from "../staff/enrol";
import {deviceName, leave, useSession} from "../staff/session";
import {useSay} from "../words/tongue";

const words = {
  title: {id: "Untuk pengelola tempat", en: "For who runs a place"},
  lead: {
    id: "Daftarkan tempat, cetak posternya, dan lihat berapa orang di dalam.",
    en: "Register a place, print its poster, and see how many are inside.",
  },
  phone: {id: "Nomor telepon", en: "Phone number"},
  send: {id: "Kirim kode", en: "Send a code"},
  code: {id: "Kode dari pesan", en: "Code from the message"},
  enter: {id: "Masuk", en: "Sign in"},
  wrong: {id: "Kode itu tidak cocok atau sudah lewat.", en: "That code does not fit, or its time is over."},
  or: {id: "atau dengan nomor telepon", en: "or with your phone number"},
  sent: {id: "Kode sudah dikirim ke", en: "A code is on its way to"},
  other: {id: "Anda masuk sebagai orang lain di situs ini.", en: "You are signed in as somebody else on this site."},
  out: {id: "Keluar", en: "Sign out"},
} as const;

function ByPhone() {
  const say = useSay();
  const {look} = useSession();
  const [phone, setPhone] = useState("");
  const [isSent, setIsSent] = useState(false);
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const send = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await ask("POST", "codes", {body: {phone}});
      setIsSent(true);
    });
  };
  const enter = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await ask("POST", "venue/login", {body: {code: code.replace(/\D/g, ""), device: deviceName()}});
      look();
    });
  };
  if (!isSent) {
    return (
      <form onSubmit={send}>
        <Field name={say(words.phone)} value={phone} set={setPhone} type="tel" autocomplete="tel" placeholder="0812 3456 7890" required />
        {trouble}
        <button class="button quiet wide" disabled={runs}>
          {say(words.send)}
        </button>
      </form>
    );
  }
  return (
    <form onSubmit={enter}>
      <p role="status">
        {say(words.sent)} <strong class="digits">{phone}</strong>
      </p>
      <Field name={say(words.code)} value={code} set={setCode} inputMode="numeric" autocomplete="one-time-code" required autoFocus />
      {problem === "denied" ? <Wrong>{say(words.wrong)}</Wrong> : trouble}
      <button class="button wide" disabled={runs}>
        {say(words.enter)}
      </button>
    </form>
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
      <section class="sheet enter" aria-label={say(words.enter)}>
        <ByPasskey route="venue/login/passkey" />
        <p class="or">{say(words.or)}</p>
        <ByPhone />
      </section>
    </>
  );
}
