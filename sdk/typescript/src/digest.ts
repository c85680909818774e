// SHA-256, HMAC-SHA256 and HKDF-SHA256 (RFC 5869) by WebCrypto.

import {concat, type Bytes} from "./bytes.js";

export const hashSize = 32;

export async function sha256(...pieces: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...pieces)));
}

/** Shape: the key has at least one byte. */
export async function hmacSha256(key: Bytes, message: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", key, {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}

/** Extract and expand in one: `length` bytes for this label. */
export async function hkdfSha256(salt: Bytes, secret: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({name: "HKDF", hash: "SHA-256", salt, info}, imported, 8 * length));
}
