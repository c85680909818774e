// One request on its way: a question sealed to a gateway key, signed by the partner (protocol.md section 4), and what
// opens its answer.

import {bytesOf, concat, copyOf, randomBytes, u64, type Bytes} from "./bytes.js";
import {sha256} from "./digest.js";
import type {Signer} from "./ed25519.js";
import {openResponse, seal, suiteBytes} from "./hpke.js";
import {digestField, requestFields, signatureBase, signatureInput, type SignatureParameters} from "./signature.js";
import type {WebKeyPair} from "./web_key.js";

/** 0 < expires - created <= 60 (section 4). */
export const longestLifetimeSeconds = 60;
export const responseSize = 288;
const requestLabel = bytesOf("lindung request v1\0");

export interface GatewayKey {
  readonly keyId: number;
  readonly publicKey: Bytes;
}

export interface Sender {
  readonly keyId: string;
  readonly signer: Signer;
  readonly authority: string;
  /** Digest of the pact under which is asked. */
  readonly pact: Bytes;
}

export interface SealedRequest {
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Bytes;
  /** SHA-256(signature base | signature): what the log's leaf commits to. */
  readonly evidence: Bytes;
  readonly created: number;
  /** The answer's plaintext; undefined when the body is no answer to this request. */
  open(body: Bytes): Promise<Bytes | undefined>;
}

/** What the worked examples fix; fresh otherwise. */
export interface FixedRandom {
  readonly nonce?: Bytes;
  readonly ephemeral?: WebKeyPair;
  readonly expires?: number;
}

export function hpkeInfo(header: Uint8Array, keyId: string, pact: Uint8Array): Bytes {
  return concat(requestLabel, header, Uint8Array.of(keyId.length), bytesOf(keyId), pact);
}

export function hpkeAad(nonce: Uint8Array, created: number): Bytes {
  return concat(nonce, u64(created));
}

/** Errors: throws for a gateway key of small order, and what the signer throws. */
export async function sealRequest(
  sender: Sender,
  gateway: GatewayKey,
  plaintext: Bytes,
  now: number,
  fixed: FixedRandom = {},
): Promise<SealedRequest> {
  const parameters: SignatureParameters = {
    created: now,
    expires: fixed.expires ?? now + longestLifetimeSeconds,
    nonce: fixed.nonce ?? randomBytes(16),
    keyId: sender.keyId,
  };
  const header = concat(Uint8Array.of(gateway.keyId), suiteBytes);
  const info = hpkeInfo(header, sender.keyId, sender.pact);
  const sealed = await seal(gateway.publicKey, info, hpkeAad(parameters.nonce, now), plaintext, fixed.ephemeral);
  const body = concat(header, sealed.enc, sealed.ciphertext);

  const contentDigest = digestField(await sha256(body));
  const pact = digestField(sender.pact);
  const input = signatureInput(parameters);
  const base = bytesOf(signatureBase(sender.authority, contentDigest, pact, input));
  const signature = copyOf(await sender.signer(base));
  return {
    fields: requestFields(contentDigest, pact, input, signature),
    body,
    evidence: await sha256(base, signature),
    created: now,
    open: async (answer) =>
      answer.length === responseSize ? openResponse(sealed.responseSecret, sealed.enc, answer) : undefined,
  };
}
