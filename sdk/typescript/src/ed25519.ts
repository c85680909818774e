// Ed25519 signatures: checking the gateway's, and making the partner's with a key that may live elsewhere.

import {concat, copyOf, type Bytes} from "./bytes.js";
import type {WebKey} from "./web_key.js";

/**
 * Signs one message with the partner's Ed25519 key; 64 bytes. A function, so that the key can stay in an HSM, a key service
 * or a CryptoKey that cannot be exported.
 */
export type Signer = (message: Bytes) => Promise<Uint8Array>;

// RFC 8410: what stands in front of the 32 bytes of a private key in PKCS #8.
const pkcs8Head = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20);

export function signerOf(key: WebKey): Signer {
  return async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
}

/** Shape: the 32 bytes of the private key (RFC 8032). Errors: TypeError for another length. */
export async function signerFromSeed(seed: Uint8Array): Promise<Signer> {
  if (seed.length !== 32) throw new TypeError("an Ed25519 private key has 32 bytes");
  return signerOf(await crypto.subtle.importKey("pkcs8", concat(pkcs8Head, seed), "Ed25519", false, ["sign"]));
}

/** False also for a key that is none. */
export async function verifies(publicKey: Uint8Array, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", copyOf(publicKey), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return false;
  }
}
