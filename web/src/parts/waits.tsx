// What stands where something is not there yet, or could not be fetched: said in words, and with a way on.
import type {ComponentChildren} from "preact";
import {meaningOf} from "./problems";
import {useSay} from "../words/tongue";

const words = {
  waits: {id: "Sedang dimuat …", en: "Loading …"},
  failed: {id: "Tidak dapat dimuat. Periksa sambungan Anda.", en: "This could not be loaded. Check your connection."},
  again: {id: "Coba lagi", en: "Try again"},
  enter: {id: "Masuk", en: "Sign in"},
} as const;

export function Waits() {
  const say = useSay();
  return (
    <p class="waits" role="status">
      {say(words.waits)}
    </p>
  );
}

/** `reason`: of a load that failed, a problem's kind; none: the connection. */
export function Failed({again, reason}: {again: () => void; reason?: string}) {
  const say = useSay();
  return (
    <div class="sheet" role="alert">
      <p>{say(reason ? meaningOf(reason) : words.failed)}</p>
      {reason === "signed-out" ? (
        <a class="button" href="/#/enter">
          {say(words.enter)}
        </a>
      ) : (
        <button type="button" class="button quiet" onClick={again}>
          {say(words.again)}
        </button>
      )}
    </div>
  );
}

/** A list that has nothing in it yet: says so, and what would fill it. */
export function Empty({children}: {children: ComponentChildren}) {
  return <p class="empty">{children}</p>;
}
