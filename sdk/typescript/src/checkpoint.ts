// The log's signed head: a C2SP tlog-checkpoint in a C2SP signed-note.

import {fromBase64} from "./base_n.js";
import {bytesOf, equal, textOf, type Bytes} from "./bytes.js";
import {sha256} from "./digest.js";
import type {LogKey} from "./directory.js";
import {verifies} from "./ed25519.js";
import type {Tree} from "./merkle.js";

const ed25519Type = 0x01; // signed-note, "Signature types"
const keyIdSize = 4;

/** A tree that the log has signed for. */
export interface Checkpoint extends Tree {
  /** The note as the log published it: keep it to show later what the log said. */
  readonly note: string;
}

async function isSigned(text: string, lines: readonly string[], key: LogKey): Promise<boolean> {
  const origin = bytesOf(key.origin);
  const keyId = (await sha256(origin, Uint8Array.of(0x0a, ed25519Type), key.publicKey)).slice(0, keyIdSize);
  for (const line of lines) {
    const [dash, name, data, ...more] = line.split(" ");
    if (dash !== "\u2014" || name !== key.origin || data === undefined || more.length > 0) continue;
    const bytes = fromBase64(data);
    if (bytes === undefined || !equal(bytes.slice(0, keyIdSize), keyId)) continue;
    if (await verifies(key.publicKey, bytesOf(text), bytes.slice(keyIdSize))) return true;
  }
  return false;
}

/** The checkpoint in a note; undefined when this log's key did not sign it, or it is none of this log. */
export async function openCheckpoint(bytes: Bytes, key: LogKey): Promise<Checkpoint | undefined> {
  let note: string;
  try {
    note = textOf(bytes);
  } catch {
    return undefined;
  }
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) return undefined;
  const text = note.slice(0, split + 1);
  if (!(await isSigned(text, note.slice(split + 2, -1).split("\n"), key))) return undefined;
  const [origin, size, root] = text.split("\n");
  const rootBytes = fromBase64(root ?? "");
  if (origin !== key.origin || size === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(size)) return undefined;
  if (rootBytes?.length !== 32 || !Number.isSafeInteger(Number(size))) return undefined;
  return {size: Number(size), root: rootBytes, note};
}

