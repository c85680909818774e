// The short code that stands on a place's poster and screen, out of the code that was scanned: somebody can compare the two by
// eye. The first 5 bytes of SHA-256("lindung venue short v1" | 0 | venue | key id), as base32.
import {concat, sha256, utf8, type Bytes} from "../wire/bytes";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const prefix = "LINDUNG:1:";
const venueAt = 2; // behind version and kind
const keyEnd = 20; // venue (16) and key id (2)

function fromBase32(text: string): Bytes {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const digit of text) {
    held = ((held << 5) | digits.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(out);
}

export async function shortCode(text: string): Promise<string> {
  const code = fromBase32(text.slice(prefix.length));
  const digest = await sha256(concat(utf8("lindung venue short v1"), Uint8Array.of(0), code.slice(venueAt, keyEnd)));
  const number = [...digest.slice(0, 5)].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const letters = Array.from({length: 8}, (_, i) => digits[Number((number >> BigInt(35 - 5 * i)) & 31n)]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
