// An answer's 256 bytes (protocol.md section 5), and what its reader can check by itself.

import {allZero, copyOf, readU64, type Bytes} from "./bytes.js";
import type {Operation} from "./question.js";

export const answerSize = 256;
const answerVersion = 1;
const answeredBefore = 1;

const outcomes = ["unlinked", "allow", "deny", "venue_refused", "venue_full", "over_quota"] as const;
export type Outcome = (typeof outcomes)[number];

export type Colour = "green" | "yellow" | "red" | "black";
const colours = [null, "green", "yellow", "red", "black"] as const;

export interface Answer {
  readonly bytes: Bytes;
  readonly outcome: Outcome;
  /** null: none is told, as with the profile that gets decisions only. */
  readonly colour: Colour | null;
  /** This request id was answered before; the same answer again. */
  readonly repeated: boolean;
  readonly requestId: Bytes;
  /** Unix seconds. */
  readonly answeredAt: number;
  readonly validUntil: number;
  readonly index: number;
  readonly leafHash: Bytes;
  readonly nextToken: Bytes | null;
  readonly opening: Bytes;
  readonly evidence: Bytes;
}

/** The answer, or what is wrong with it. Source: the table of section 5, and its rules for colour and valid until. */
export function parseAnswer(bytes: Bytes, operation: Operation): Answer | string {
  if (bytes.length !== answerSize || bytes[0] !== answerVersion) return "not an answer of version 1";
  const outcome = outcomes[bytes[1] ?? -1];
  if (outcome === undefined) return "an outcome that version 1 does not have";
  const colour = colours[bytes[2] ?? -1];
  if (colour === undefined) return "a colour that version 1 does not have";
  const tellsColour = (outcome === "allow" || outcome === "deny") && operation !== "check_out";
  if (colour !== null && !tellsColour) return "a colour where none may be told";
  const answeredAt = readU64(bytes, 20);
  const validUntil = readU64(bytes, 28);
  const index = readU64(bytes, 36);
  if (answeredAt === undefined || validUntil === undefined || index === undefined) return "a number above 2^53";
  if (validUntil !== 10 * Math.floor((answeredAt + 60) / 10)) return "another time of validity than version 1 has";
  const nextToken = bytes.slice(76, 104);
  return {
    bytes: copyOf(bytes),
    outcome,
    colour,
    repeated: ((bytes[3] ?? 0) & answeredBefore) !== 0,
    requestId: bytes.slice(4, 20),
    answeredAt,
    validUntil,
    index,
    leafHash: bytes.slice(44, 76),
    nextToken: allZero(nextToken) ? null : nextToken,
    opening: bytes.slice(104, 120),
    evidence: bytes.slice(120, 152),
  };
}

