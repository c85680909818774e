// Bytes written as text: hex, base64, base64url (RFC 4648) and the base32 of venue codes. Readers take one spelling only:
// right padding or none, pad bits zero, no space. They answer undefined for everything else.

import type {Bytes} from "./bytes.js";

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base64urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encode(bytes: Uint8Array, alphabet: string, bitsPerLetter: number): string {
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= bitsPerLetter) {
      bits -= bitsPerLetter;
      out += alphabet.charAt(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  if (bits > 0) out += alphabet.charAt(held << (bitsPerLetter - bits));
  return out;
}

function decode(text: string, alphabet: string, bitsPerLetter: number): Bytes | undefined {
  const out = new Uint8Array(Math.floor((text.length * bitsPerLetter) / 8));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    held = (held << bitsPerLetter) | value;
    bits += bitsPerLetter;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  // A last letter that brings no byte, or pad bits that are not zero, are a second spelling.
  return bits < bitsPerLetter && held === 0 ? out : undefined;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return Uint8Array.from({length: text.length / 2}, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function base64(bytes: Uint8Array): string {
  const out = encode(bytes, base64Alphabet, 6);
  return out.padEnd(Math.ceil(out.length / 4) * 4, "=");
}

export function fromBase64(text: string): Bytes | undefined {
  const bare = text.replace(/={1,2}$/, "");
  if (text.length % 4 !== 0 || Math.ceil(bare.length / 4) * 4 !== text.length) return undefined;
  return decode(bare, base64Alphabet, 6);
}

export function base64url(bytes: Uint8Array): string {
  return encode(bytes, base64urlAlphabet, 6);
}

export function fromBase64url(text: string): Bytes | undefined {
  return decode(text, base64urlAlphabet, 6);
}

export function fromBase32(text: string): Bytes | undefined {
  return decode(text, base32Alphabet, 5);
}
