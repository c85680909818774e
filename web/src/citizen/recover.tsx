// Back into an account with the code that a health office printed, and a telephone that is to be its own from now on.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {deviceName} from "./device";
import {useWho} from "./who";

const words = {
  title: {id: "Memulihkan akun", en: "Recover an account"},
  lead: {
    id: "Datanglah ke kantor kesehatan dengan KTP Anda. Petugas mencetak kode pemulihan dua bagian; kode itu berlaku tujuh hari. Semua passkey dan sesi lama berakhir.",
    en: "Come to a health office with your identity card. They print a recovery code in two halves; it is good for seven days. All old passkeys and sessions end.",
  },
  phone: {id: "Nomor telepon yang baru", en: "Your new phone number"},
  send: {id: "Kirim kode", en: "Send a code"},
  sms: {id: "Kode dari pesan", en: "Code from the message"},
  halves: {id: "Kode pemulihan, kedua bagian", en: "Recovery code, both halves"},
  go: {id: "Pulihkan", en: "Recover"},
  wrong: {id: "Salah satu kode itu tidak benar.", en: "One of the two codes is not right."},
} as const;

export function RecoverPage() {
  const say = useSay();
  const {enter} = useWho();
  const [phone, setPhone] = useState("");
  const [isSent, setIsSent] = useState(false);
  const [sms, setSms] = useState("");
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      if (!isSent) {
        await asks.sendCode(phone);
        setIsSent(true);
        return;
      }
      enter(await asks.recover({sms: sms.replace(/\D/g, ""), code, device: deviceName()}));
      location.hash = "/";
    });
  };
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <form class="sheet enter" onSubmit={submit}>
        <Field
          name={say(words.phone)}
          value={phone}
          set={setPhone}
          type="tel"
          autocomplete="tel"
          required
          disabled={isSent}
        />
        {isSent && (
          <>
            <Field
              name={say(words.sms)}
              value={sms}
              set={setSms}
              inputMode="numeric"
              autocomplete="one-time-code"
              required
            />
            <Field
              name={say(words.halves)}
              value={code}
              set={setCode}
              autocomplete="off"
              autocapitalize="characters"
              required
            />
          </>
        )}
        {problem === "denied" ? (
          <p class="trouble" role="alert">
            {say(words.wrong)}
          </p>
        ) : (
          trouble
        )}
        <button class="button wide" disabled={runs}>
          {say(isSent ? words.go : words.send)}
        </button>
      </form>
    </>
  );
}
