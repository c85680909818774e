// The receipt of an answer: its place in the transparency log, and the leaf that must stand there.

import {hex} from "./base_n.js";
import type {Answer} from "./answer.js";

/** JSON as it stands, to be kept. It names no person, and the log shows the same to everybody. */
export interface Receipt {
  readonly index: number;
  /** Hex, 32 bytes. */
  readonly leafHash: string;
}

export function receiptOf(answer: Answer): Receipt {
  return {index: answer.index, leafHash: hex(answer.leafHash)};
}
