// HPKE (RFC 9180, mode_base) with the one suite of protocol.md section 2, and the key schedule of the response
// (RFC 9458 section 4.4).

import {Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256} from "@hpke/core";

import {bytesOf, concat, type Bytes} from "./bytes.js";
import {hkdfSha256} from "./digest.js";
import type {WebKey, WebKeyPair} from "./web_key.js";

export const encSize = 32;
export const tagSize = 16;
export const responseNonceSize = 16;

/** kem(2) | kdf(2) | aead(2), as they stand in a request's header. */
export const suiteBytes = Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x01);

export const suite = new CipherSuite({kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm()});

export interface Sealed {
  readonly enc: Bytes;
  readonly ciphertext: Bytes;
  readonly responseSecret: Bytes;
}

/**
 * Seals one message to the gateway; what opens the response is exported under that label. `ephemeral` is for the worked examples only: used twice it would give the plaintext away.
 * Errors: throws for a public key that gives an all-zero secret (section 4).
 */
export async function seal(
  publicKey: Bytes,
  info: Bytes,
  aad: Bytes,
  plaintext: Bytes,
  responseLabel: Bytes,
  ephemeral?: WebKeyPair,
): Promise<Sealed> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const sender = await suite.createSenderContext({recipientPublicKey, info, ...(ephemeral && {ekm: ephemeral})});
  return {
    enc: new Uint8Array(sender.enc),
    ciphertext: new Uint8Array(await sender.seal(plaintext, aad)),
    responseSecret: new Uint8Array(await sender.export(responseLabel, 16)),
  };
}

/** Key and nonce of one response; the gateway's end of it in the tests uses the same. */
export async function responseKeys(secret: Bytes, enc: Bytes, responseNonce: Bytes): Promise<{key: WebKey; iv: Bytes}> {
  const salt = concat(enc, responseNonce);
  const key = await hkdfSha256(salt, secret, bytesOf("key"), 16);
  const iv = await hkdfSha256(salt, secret, bytesOf("nonce"), 12);
  return {key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]), iv};
}

/** The plaintext of response_nonce(16) | ct; undefined when it does not open. */
export async function openResponse(secret: Bytes, enc: Bytes, body: Bytes): Promise<Bytes | undefined> {
  if (body.length < responseNonceSize + tagSize) return undefined;
  const {key, iv} = await responseKeys(secret, enc, body.slice(0, responseNonceSize));
  try {
    return new Uint8Array(await crypto.subtle.decrypt({name: "AES-GCM", iv}, key, body.slice(responseNonceSize)));
  } catch {
    return undefined;
  }
}
