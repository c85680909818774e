// What a caller gets. Every ordinary outcome is a value: a union over `kind`, which the compiler makes a caller tell apart.
// Nothing in here that describes a fault holds a token, a key or what was asked.

import type {Colour} from "./answer.js";
import type {ProblemCode} from "./problem.js";
import type {Again} from "./question.js";
import type {Receipt} from "./receipt.js";
import type {Bytes} from "./bytes.js";

/** What every answer says, whatever it is. */
export interface Answered {
  /** Ask with it again and the same answer comes again. */
  readonly again: Again;
  readonly answeredAt: Date;
  /** Show nothing of this answer after this moment: ask again. */
  readonly validUntil: Date;
  /** It was given before; this is the same one again: no second check-in, no second count. */
  readonly repeated: boolean;
  /** null only for a repetition whose link has ended meanwhile: its leaf cannot be computed any more. */
  readonly receipt: Receipt | null;
}

interface Told {
  /** null after a check-out, and for partners that get decisions only. */
  readonly colour: Colour | null;
  /** Keep it in the old token's place; the old one works for 24 hours more once the new one was used. */
  readonly nextToken: Bytes | null;
}

/** The person may pass. A check-in or check-out has been recorded. */
export interface Allow extends Answered, Told {
  readonly kind: "allow";
}
/** The person may not pass. Nothing of a visit was recorded. */
export interface Deny extends Answered, Told {
  readonly kind: "deny";
}
/** No citizen stands behind this token for you, or not any more: ask the person to link again. */
export interface Unlinked extends Answered {
  readonly kind: "unlinked";
}
/** The venue's code is forged, too old or revoked: scan it again. */
export interface VenueRefused extends Answered {
  readonly kind: "venue-refused";
}
/** Nobody more may come in now. */
export interface VenueFull extends Answered {
  readonly kind: "venue-full";
}
/** This person was asked about too often today. */
export interface OverQuota extends Answered {
  readonly kind: "over-quota";
}

/** A fault as code and cause, for programs and for people. */
export interface Fault<Code extends string> {
  readonly code: Code;
  readonly cause: string;
}

/** The gateway answers this request with a problem. */
export interface Refused extends Fault<ProblemCode> {
  readonly kind: "refused";
  readonly status: number;
  readonly again: Again;
  /** An earlier attempt's reply was lost: `again` may still find a recorded answer. */
  readonly mayBeRecorded: boolean;
  /** Seconds to wait, with quota and busy. */
  readonly retryAfter?: number;
  /** With clock-skew: how many seconds this machine's clock is ahead of what the server said; negative: behind. */
  readonly clockAheadBy?: number;
  /** With partner-cut: where the cut stands in the log. */
  readonly cutLogIndex?: number;
}

export type UnknownCode = "no-reply" | "outcome-unknown" | "aborted" | "not-an-answer" | "gateway-fault";
/** No answer arrived in time, and it may have been recorded. Ask again with `again`: nothing is done twice. */
export interface Unknown extends Fault<UnknownCode> {
  readonly kind: "unknown";
  readonly again: Again;
}

export type NotAskedCode =
  | "bad-question"
  | "directory-unreachable"
  | "directory-untrusted"
  | "no-gateway-key"
  | "pact-not-signed"
  | "sealing-failed"
  | "signing-failed"
  | "aborted"
  | "deadline";
/** Nothing was sent. */
export interface NotAsked extends Fault<NotAskedCode> {
  readonly kind: "not-asked";
}

export type UntrustedCode = "shape" | "request-id" | "repeated" | "evidence" | "leaf-hash";
/** The gateway's answer opens and contradicts itself or its log: do not act on it, keep this, and tell the operator. */
export interface Untrusted extends Fault<UntrustedCode> {
  readonly kind: "untrusted";
  readonly again: Again;
}

export type Result =
  | Allow
  | Deny
  | Unlinked
  | VenueRefused
  | VenueFull
  | OverQuota
  | Refused
  | Unknown
  | NotAsked
  | Untrusted;
