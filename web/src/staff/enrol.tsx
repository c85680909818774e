// The way in for staff: a passkey, and for who has none yet what each kind of account begins with.
import type {ComponentChildren} from "preact";
import {useAct} from "../parts/act";
import {useSay} from "../words/tongue";
import {enterByPasskey, useSession} from "./session";

const words = {
  passkey: {id: "Masuk dengan passkey", en: "Sign in with a passkey"},
  unknown: {
    id: "Passkey itu tidak dikenal di sini.",
    en: "That passkey is not known here.",
  },
} as const;

export function ByPasskey({route}: {route: string}) {
  const say = useSay();
  const {look} = useSession();
  const {runs, run, problem, trouble} = useAct();
  const go = () =>
    run(async () => {
      await enterByPasskey(route);
      look();
    });
  return (
    <>
      <button type="button" class="button wide" disabled={runs} onClick={go}>
        {say(words.passkey)}
      </button>
      {problem === "denied" ? <Wrong>{say(words.unknown)}</Wrong> : trouble}
    </>
  );
}

export function Wrong({children}: {children: ComponentChildren}) {
  return (
    <p class="trouble" role="alert">
      {children}
    </p>
  );
}
