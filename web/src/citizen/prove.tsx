// What needs a fresh proof: one button, then the passkey, or for an account without one a code that goes to its telephone.
import type {ComponentChildren} from "preact";
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {sha256, toHex, utf8} from "../wire/bytes";
import {usePasskey} from "../wire/passkey";
import {useSay} from "../words/tongue";
import * as asks from "./asks";

const words = {
  code: {id: "Kode dari pesan", en: "Code from the message"},
  sent: {id: "Sebuah kode dikirim ke telepon Anda.", en: "A code went to your telephone."},
  confirm: {id: "Konfirmasi", en: "Confirm"},
  wrong: {
    id: "Bukti itu tidak cocok. Mulai lagi.",
    en: "That proof did not fit. Begin again.",
  },
} as const;

/** A challenge over the digest of a text, as the descriptions of most routes say. */
export async function challengeOver(kind: string, text: string): Promise<asks.Challenge> {
  return asks.challenge(kind, toHex(await sha256(utf8(text))));
}

export function Prove({
  challenge,
  act,
  kind = "",
  children,
}: {
  challenge: () => Promise<asks.Challenge>;
  act: (proof: asks.Proof) => Promise<void>;
  kind?: "" | "quiet" | "alarming" | "wide";
  children: ComponentChildren;
}) {
  const say = useSay();
  const [nonce, setNonce] = useState("");
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const start = () =>
    run(async () => {
      const asked = await challenge();
      if (asked.by === "code" || !asked.publicKey) {
        setNonce(asked.nonce);
        return;
      }
      await act({assertion: {nonce: asked.nonce, credential: await usePasskey(asked.publicKey)}});
    });
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const proof = {code: {nonce, code: code.replace(/\D/g, "")}};
      setNonce("");
      setCode("");
      await act(proof);
    });
  };
  return (
    <div class="prove">
      {nonce ? (
        <form onSubmit={submit}>
          <p role="status">{say(words.sent)}</p>
          <Field
            name={say(words.code)}
            value={code}
            set={setCode}
            inputMode="numeric"
            autocomplete="one-time-code"
            class="code"
            required
            autoFocus
          />
          <button class={"button " + kind} disabled={runs}>
            {say(words.confirm)}
          </button>
        </form>
      ) : (
        <button type="button" class={"button " + kind} disabled={runs} onClick={start}>
          {children}
        </button>
      )}
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.wrong)}
        </p>
      ) : (
        trouble
      )}
    </div>
  );
}
