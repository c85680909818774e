// The integrity pact under which a partner asks. The directory says which one is in force; only the partner knows which it
// has signed, and nothing else is ever put into a request.

import {hex} from "./base_n.js";
import {equal, type Bytes} from "./bytes.js";

/** The pacts of the directory. */
export interface Pacts {
  readonly current: Bytes;
  readonly next?: Bytes;
  /** Unix seconds: from when on only the next one counts. */
  readonly nextRequiredAt?: number;
}

/** How a partner stands towards the pacts: what to show to whoever signs. Digests are hex. */
export type PactStanding =
  | {readonly kind: "signed"; readonly current: string}
  /** A next one is announced: sign it before that day, and add its digest to `pacts`. */
  | {readonly kind: "sign-next"; readonly current: string; readonly next: string; readonly requiredAt: Date}
  /** Neither the pact in force nor the next one is signed: no question can be asked. */
  | {readonly kind: "sign-current"; readonly current: string};

/** The signed pacts that the gateway takes at that moment, the one to use first in front. */
export function usablePacts(pacts: Pacts, signed: readonly Bytes[], now: number): Bytes[] {
  const isSigned = (pact: Bytes): boolean => signed.some((mine) => equal(mine, pact));
  const {current, next, nextRequiredAt} = pacts;
  if (next === undefined) return [current].filter(isSigned);
  const nextCounts = nextRequiredAt !== undefined && now >= nextRequiredAt;
  return (nextCounts ? [next, current] : [current, next]).filter(isSigned);
}

export function standingOf(pacts: Pacts, signed: readonly Bytes[], now: number): PactStanding {
  const current = hex(pacts.current);
  if (usablePacts(pacts, signed, now).length === 0) return {kind: "sign-current", current};
  const next = pacts.next;
  if (next === undefined || signed.some((mine) => equal(mine, next))) return {kind: "signed", current};
  return {kind: "sign-next", current, next: hex(next), requiredAt: new Date(1000 * (pacts.nextRequiredAt ?? now))};
}
