// What the gateway publishes for partners at /.well-known/lindung-keys (protocol.md section 3): exchange keys, the log's key,
// the pacts. Signed by the directory key, which a partner pins at onboarding; nothing of it counts before that is checked.

import {fromBase64url} from "./base_n.js";
import {bytesOf, concat, textOf, type Bytes} from "./bytes.js";
import {hashSize} from "./digest.js";
import {verifies} from "./ed25519.js";
import type {GatewayKey} from "./envelope.js";
import type {Pacts} from "./pact.js";
import {membersOf} from "./problem.js";

export const directoryPath = "/.well-known/lindung-keys";
const signedLabel = bytesOf("lindung keys v1\0");

export interface ExchangeKey extends GatewayKey {
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface LogKey {
  readonly origin: string;
  readonly publicKey: Bytes;
}

export interface Directory {
  /** Of the suite that this client speaks; others are left out. */
  readonly keys: readonly ExchangeKey[];
  readonly log: LogKey;
  readonly pacts: Pacts;
}

class Malformed extends Error {}

function bytesIn(value: unknown, size: number): Bytes {
  const bytes = typeof value === "string" ? fromBase64url(value) : undefined;
  if (bytes?.length !== size) throw new Malformed();
  return bytes;
}

function numberIn(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new Malformed();
  return value;
}

function isOurs(key: Readonly<Record<string, unknown>>): boolean {
  return key["use"] === "exchange" && key["kem"] === 0x20 && key["kdf"] === 1 && key["aead"] === 1;
}

function exchangeKey(key: Readonly<Record<string, unknown>>): ExchangeKey {
  const keyId = numberIn(key["key_id"]);
  if (keyId > 255) throw new Malformed();
  return {
    keyId,
    publicKey: bytesIn(key["public_key"], 32),
    notBefore: numberIn(key["not_before"]),
    notAfter: numberIn(key["not_after"]),
  };
}

function contentOf(payload: Bytes): Directory {
  const members = membersOf(JSON.parse(textOf(payload)));
  const keys = members["keys"];
  const log = membersOf(members["log"]);
  const pact = membersOf(members["pact"]);
  const origin = log["origin"];
  if (!Array.isArray(keys) || typeof origin !== "string" || origin === "") throw new Malformed();
  return {
    keys: keys.map(membersOf).filter(isOurs).map(exchangeKey),
    log: {origin, publicKey: bytesIn(log["public_key"], 32)},
    pacts: {
      current: bytesIn(pact["current"], hashSize),
      ...(pact["next"] !== undefined && {
        next: bytesIn(pact["next"], hashSize),
        nextRequiredAt: numberIn(pact["next_required_at"]),
      }),
    },
  };
}

/** The directory in a document; undefined when the pinned key did not sign it, or it is none. */
export async function openDirectory(document: Bytes, directoryKey: Bytes): Promise<Directory | undefined> {
  try {
    const members = membersOf(JSON.parse(textOf(document)));
    const payload = typeof members["payload"] === "string" ? fromBase64url(members["payload"]) : undefined;
    if (payload === undefined) return undefined;
    const signature = bytesIn(members["signature"], 64);
    if (!(await verifies(directoryKey, concat(signedLabel, payload), signature))) return undefined;
    return contentOf(payload);
  } catch {
    return undefined;
  }
}

/** The newest key that may be used at that moment (Unix seconds). */
export function exchangeKeyAt(directory: Directory, now: number): ExchangeKey | undefined {
  return directory.keys
    .filter((key) => key.notBefore <= now && now < key.notAfter)
    .reduce<ExchangeKey | undefined>((best, key) => (best && best.notBefore >= key.notBefore ? best : key), undefined);
}
