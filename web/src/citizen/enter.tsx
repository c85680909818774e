// Signing in: by a passkey, or by a code that goes to the telephone; whoever is new goes on to register with the same code.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {Icon} from "../parts/icons";
import {hasPasskeys, usePasskey} from "../wire/passkey";
import {Problem} from "../wire/portal";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {deviceName} from "./device";
import {Register} from "./register";
import {useWho} from "./who";

const words = {
  title: {id: "Masuk", en: "Sign in"},
  passkey: {id: "Masuk dengan passkey", en: "Sign in with a passkey"},
  or: {id: "atau dengan nomor telepon", en: "or with your phone number"},
  phone: {id: "Nomor telepon", en: "Phone number"},
  send: {id: "Kirim kode", en: "Send a code"},
  sent: {
    id: "Kode sudah dikirim ke nomor itu, jika nomor itu dapat menerima pesan. Berlaku 10 menit.",
    en: "A code is on its way to that number, if it can receive messages. It is good for 10 minutes.",
  },
  code: {id: "Kode dari pesan", en: "Code from the message"},
  enter: {id: "Masuk", en: "Sign in"},
  other: {id: "Nomor lain", en: "Another number"},
  wrong: {
    id: "Kode itu tidak cocok atau sudah lewat. Periksa pesannya, atau minta kode baru.",
    en: "That code does not fit, or its time is over. Look at the message, or ask for a new one.",
  },
  unknownKey: {
    id: "Passkey itu tidak dikenal di sini. Masuk dengan nomor telepon Anda.",
    en: "That passkey is not known here. Sign in with your phone number.",
  },
  lost: {id: "Ponsel hilang atau nomor berganti?", en: "Lost your phone, or a new number?"},
} as const;

function ByPasskey() {
  const say = useSay();
  const {enter} = useWho();
  const {runs, run, problem, trouble} = useAct();
  if (!hasPasskeys()) return null;
  const go = () =>
    run(async () => {
      const {publicKey} = await asks.passkeyToEnter();
      enter(await asks.enterByPasskey(await usePasskey(publicKey), deviceName()));
    });
  return (
    <>
      <button type="button" class="button wide" disabled={runs} onClick={go}>
        <Icon name="key" />
        {say(words.passkey)}
      </button>
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.unknownKey)}
        </p>
      ) : (
        trouble
      )}
    </>
  );
}

function ByCode({phone, back}: {phone: string; back: () => void}) {
  const say = useSay();
  const {enter} = useWho();
  const [code, setCode] = useState("");
  const [isNew, setIsNew] = useState(false);
  const {runs, run, problem, trouble} = useAct();
  if (isNew) return <Register code={code} />;
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      try {
        enter(await asks.enterByCode(code.replace(/\D/g, ""), deviceName()));
      } catch (error) {
        if (!(error instanceof Problem && error.kind === "conflict")) throw error;
        setIsNew(true);
      }
    });
  };
  return (
    <form onSubmit={submit}>
      <p role="status">
        {say(words.sent)} <strong class="digits">{phone}</strong>
      </p>
      <Field
        name={say(words.code)}
        value={code}
        set={setCode}
        inputMode="numeric"
        autocomplete="one-time-code"
        pattern="[0-9 ]{6,15}"
        class="code"
        required
        autoFocus
      />
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.wrong)}
        </p>
      ) : (
        trouble
      )}
      <div class="choices">
        <button class="button" disabled={runs}>
          {say(words.enter)}
        </button>
        <button type="button" class="button quiet" onClick={back}>
          {say(words.other)}
        </button>
      </div>
    </form>
  );
}

/** The card in which one signs in, wherever it stands. */
export function Enter() {
  const say = useSay();
  const [phone, setPhone] = useState("");
  const [isSent, setIsSent] = useState(false);
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.sendCode(phone);
      setIsSent(true);
    });
  };
  return (
    <section class="sheet enter" aria-label={say(words.title)}>
      <h2>{say(words.title)}</h2>
      {isSent ? (
        <ByCode phone={phone} back={() => setIsSent(false)} />
      ) : (
        <>
          <ByPasskey />
          <p class="or">{say(words.or)}</p>
          <form onSubmit={submit}>
            <Field
              name={say(words.phone)}
              value={phone}
              set={setPhone}
              type="tel"
              autocomplete="tel"
              placeholder="0812 3456 7890"
              required
            />
            {trouble}
            <button class="button quiet wide" disabled={runs}>
              {say(words.send)}
            </button>
          </form>
          <p class="aside">
            <a href="#/recover">{say(words.lost)}</a>
          </p>
        </>
      )}
    </section>
  );
}
