// Problems of the gateway outside the envelope (RFC 9457, protocol.md section 8): their names, what each means to a partner,
// and what is to be done. They are not authenticated: no stored state follows from one.

import {textOf, type Bytes} from "./bytes.js";

const causes = {
  malformed: "The gateway cannot read the request: another version of the protocol, or a proxy that changes requests.",
  "unsupported-key": "The gateway does not know the key that the request is sealed to, also after its keys were fetched anew.",
  "bad-signature": "The signature does not hold: the signing key, its key id and the gateway's authority must be those registered.",
  "clock-skew": "This machine's clock is not the gateway's: put it right; it may be 60 seconds behind and 30 ahead.",
  "pact-outdated": "The integrity pact in force is another one: sign it, then add its digest to `pacts`.",
  "partner-suspended": "This partner is not active: ask the operator.",
  "partner-cut": "This partner was cut off: ask the operator.",
  "not-found": "There is no gateway at this address.",
  method: "There is no gateway at this address, or a proxy changes requests.",
  timeout: "The request took too long to arrive at the gateway.",
  "too-large": "The gateway says that the request is too large: a proxy adds to it.",
  "replay-conflict": "This request id was used for another question: token, venue, operation and time must be as they were.",
  quota: "This partner asks more than its quota.",
  busy: "The gateway has too much to do; nothing was recorded.",
  "outcome-unknown": "The gateway cannot say whether it was recorded: ask again with the same request id.",
  unavailable: "The gateway is not available.",
  sealed: "The gateway is waiting to be unsealed by its operator.",
  unexpected: "What answers is not a Lindung gateway: a proxy, or another address.",
} as const;

export type ProblemCode = keyof typeof causes;

export function causeOf(code: ProblemCode): string {
  return causes[code];
}

export interface Problem {
  readonly code: ProblemCode;
  readonly cause: string;
  readonly status: number;
  readonly serverTime?: number;
  readonly cutLogIndex?: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

const prefix = "urn:lindung:problem:";

const isCode = (text: string): text is ProblemCode => text !== "unexpected" && Object.hasOwn(causes, text);

/** The members of a JSON object; none for anything else. */
export function membersOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};
}

function parsed(body: Bytes): Readonly<Record<string, unknown>> {
  try {
    return membersOf(JSON.parse(textOf(body)));
  } catch {
    return {};
  }
}

/** A whole number of seconds; dates, which section 8 does not have, are not read. */
function secondsOf(field: string | null): number | undefined {
  return field !== null && /^[0-9]{1,6}$/.test(field) ? Number(field) : undefined;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Any response but an answer. What carries no name of section 8 is `unexpected`. Privacy: no text of the wire is taken over. */
export function problemOf(status: number, headers: Headers, body: Bytes): Problem {
  const isProblem = headers.get("content-type") === "application/problem+json";
  const members = isProblem ? parsed(body) : {};
  const type = typeof members["type"] === "string" ? members["type"] : "";
  const name = type.startsWith(prefix) ? type.slice(prefix.length) : "";
  const code = isCode(name) ? name : "unexpected";
  const serverTime = numberOf(members["server_time"]);
  const cutLogIndex = numberOf(members["cut_log_index"]);
  const retryAfter = secondsOf(headers.get("retry-after"));
  return {
    code,
    cause: causes[code],
    status,
    ...(serverTime !== undefined && {serverTime}),
    ...(cutLogIndex !== undefined && {cutLogIndex}),
    ...(retryAfter !== undefined && {retryAfter}),
  };
}
