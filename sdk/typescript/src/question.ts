// A question and its 256 bytes (protocol.md section 4, the table of the plaintext).

import {fromHex} from "./base_n.js";
import {copyOf, randomBytes, u16, u64, type Bytes} from "./bytes.js";
import {venueCodeBytes, venueCodeMax} from "./venue_code.js";

export const questionSize = 256;
export const requestIdSize = 16;
export const tokenSize = 28;
const questionVersion = 1;

export type Operation = "status" | "check_in" | "check_out";
const operationNumbers: Readonly<Record<Operation, number>> = {status: 1, check_in: 2, check_out: 3};

export interface Question {
  readonly operation: Operation;
  readonly requestId: Bytes;
  readonly token: Bytes;
  /** Unix seconds: when it was first asked. */
  readonly clientTime: number;
  /** Empty: no venue. */
  readonly venueCode: Bytes;
}

/** What asks the same question again: keep it until the answer is there, also over a crash. Holds no secret. */
export interface Again {
  /** 16 bytes, hex. */
  readonly requestId: string;
  /** Unix seconds. */
  readonly clientTime: number;
}

/** A question as a caller puts it. Privacy: the token stands for one citizen at this partner. */
export interface Asking {
  /** The link token: 28 bytes, or their hex. */
  readonly token: Uint8Array | string;
  /** The code at the door: the text of the QR, or its bytes. Not needed by `ask`. */
  readonly venueCode?: Uint8Array | string;
  /** To ask a question again whose answer did not arrive, in this process or another. */
  readonly again?: Again;
}

/** One of the questions of a bundle: what it asks, and what that needs. */
export type BundledAsking =
  | (Asking & {readonly operation: "status"})
  | (Asking & {readonly operation: "check_in" | "check_out"; readonly venueCode: Uint8Array | string});

/** A gateway takes no question that was first asked longer ago (section 4), less what two clocks may differ by. */
const oldestSeconds = 24 * 3600 - 60;
const leadSeconds = 30;

/** As questionOf; a bundle is refused whole for one question of another time, so such a one is kept out of it. */
export function bundledQuestionOf(asking: BundledAsking, now: number): Question | string {
  if (!Object.hasOwn(operationNumbers, asking.operation)) return "operation: status, check_in or check_out is needed";
  const question = questionOf(asking.operation, asking, now);
  if (typeof question === "string") return question;
  const age = now - question.clientTime;
  return age > oldestSeconds || age < -leadSeconds ? "again.clientTime: not within the last 24 hours" : question;
}

/** The question, or the name of the field that is none. */
export function questionOf(operation: Operation, asking: Asking, now: number): Question | string {
  const token = typeof asking.token === "string" ? fromHex(asking.token) : copyOf(asking.token);
  if (token?.length !== tokenSize) return "token: 28 bytes are needed, or their hex";
  let venueCode: Bytes | undefined = new Uint8Array(0);
  if (asking.venueCode !== undefined) {
    venueCode = typeof asking.venueCode === "string" ? venueCodeBytes(asking.venueCode) : copyOf(asking.venueCode);
  }
  if (venueCode === undefined || venueCode.length > venueCodeMax) return "venueCode: not the code of a venue";
  if (venueCode.length === 0 && operation !== "status") return "venueCode: a check-in or check-out needs one";
  if (asking.again === undefined) {
    return {operation, requestId: randomBytes(requestIdSize), token, clientTime: now, venueCode};
  }
  const requestId = fromHex(asking.again.requestId);
  if (requestId?.length !== requestIdSize) return "again.requestId: the hex of 16 bytes is needed";
  const clientTime = asking.again.clientTime;
  if (!Number.isSafeInteger(clientTime) || clientTime < 0) return "again.clientTime: Unix seconds are needed";
  return {operation, requestId, token, clientTime, venueCode};
}

/** The 256 bytes that are sealed; what is not named is zero. */
export function encodeQuestion(question: Question): Bytes {
  const out = new Uint8Array(questionSize);
  out[0] = questionVersion;
  out[1] = operationNumbers[question.operation];
  out.set(u16(question.venueCode.length), 2);
  out.set(question.requestId, 4);
  out.set(question.token, 20);
  out.set(u64(question.clientTime), 48);
  out.set(question.venueCode, 56);
  return out;
}

