// One request on its way: a plaintext sealed to a gateway key, signed by the partner (protocol.md section 4), and what
// opens the reply to it.

import {bytesOf, concat, copyOf, randomBytes, u64, type Bytes} from "./bytes.js";
import {sha256} from "./digest.js";
import type {Signer} from "./ed25519.js";
import {openResponse, responseNonceSize, seal, suiteBytes, tagSize} from "./hpke.js";
import {
  bundleSignature,
  digestField,
  exchangeSignature,
  requestFields,
  signatureBase,
  signatureInput,
  type SignatureParameters,
  type SignatureProfile,
} from "./signature.js";
import type {WebKeyPair} from "./web_key.js";

/** 0 < expires - created <= 60 (section 4). */
export const longestLifetimeSeconds = 60;

/** Every endpoint has its own signature tag, media types, HPKE info label and export label. */
export interface EnvelopeProfile {
  readonly signature: SignatureProfile;
  readonly answerType: string;
  readonly requestLabel: Bytes;
  readonly responseLabel: Bytes;
}
export const exchangeEnvelope: EnvelopeProfile = {
  signature: exchangeSignature,
  answerType: "application/vnd.lindung.answer",
  requestLabel: bytesOf("lindung request v1\0"),
  responseLabel: bytesOf("lindung response v1"),
};
export const bundleEnvelope: EnvelopeProfile = {
  signature: bundleSignature,
  answerType: "application/vnd.lindung.bundle-answer",
  requestLabel: bytesOf("lindung bundle v1\0"),
  responseLabel: bytesOf("lindung bundle response v1"),
};

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
  /** The reply's plaintext, as long as the request's; undefined when the body is no reply to this request. */
  open(body: Bytes): Promise<Bytes | undefined>;
}

/** What the worked examples fix; fresh otherwise. */
export interface FixedRandom {
  readonly nonce?: Bytes;
  readonly ephemeral?: WebKeyPair;
  readonly expires?: number;
}

/** The head of a request whose body is not sealed. */
export async function signedFields(profile: SignatureProfile, sender: Sender, body: Bytes, now: number): Promise<[string, string][]> {
  const contentDigest = digestField(await sha256(body));
  const pact = digestField(sender.pact);
  const input = signatureInput(profile, {
    created: now,
    expires: now + longestLifetimeSeconds,
    nonce: randomBytes(16),
    keyId: sender.keyId,
  });
  const base = bytesOf(signatureBase(profile, sender.authority, contentDigest, pact, input));
  return requestFields(profile, contentDigest, pact, input, copyOf(await sender.signer(base)));
}

export function hpkeInfo(profile: EnvelopeProfile, header: Uint8Array, keyId: string, pact: Uint8Array): Bytes {
  return concat(profile.requestLabel, header, Uint8Array.of(keyId.length), bytesOf(keyId), pact);
}

export function hpkeAad(nonce: Uint8Array, created: number): Bytes {
  return concat(nonce, u64(created));
}

/** Errors: throws for a gateway key of small order, and what the signer throws. */
export async function sealRequest(
  profile: EnvelopeProfile,
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
  const info = hpkeInfo(profile, header, sender.keyId, sender.pact);
  const aad = hpkeAad(parameters.nonce, now);
  const sealed = await seal(gateway.publicKey, info, aad, plaintext, profile.responseLabel, fixed.ephemeral);
  const body = concat(header, sealed.enc, sealed.ciphertext);

  const contentDigest = digestField(await sha256(body));
  const pact = digestField(sender.pact);
  const input = signatureInput(profile.signature, parameters);
  const base = bytesOf(signatureBase(profile.signature, sender.authority, contentDigest, pact, input));
  const signature = copyOf(await sender.signer(base));
  const replySize = responseNonceSize + plaintext.length + tagSize;
  return {
    fields: requestFields(profile.signature, contentDigest, pact, input, signature),
    body,
    evidence: await sha256(base, signature),
    created: now,
    open: async (reply) => (reply.length === replySize ? openResponse(sealed.responseSecret, sealed.enc, reply) : undefined),
  };
}
