// Bytes and their spellings.
export type Bytes = Uint8Array<ArrayBuffer>;

export function fromBase64(text: string): Bytes {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Throws for a text that is none. */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error("hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const text = new TextEncoder();
export function utf8(value: string): Bytes {
  return text.encode(value);
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

const base45Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** RFC 9285. Throws for what it could not have written. */
export function fromBase45(value: string): Bytes {
  if (value.length % 3 === 1) throw new Error("base45: length");
  const out: number[] = [];
  for (let i = 0; i < value.length; i += 3) {
    const digits = [...value.slice(i, i + 3)].map((digit) => base45Digits.indexOf(digit));
    if (digits.includes(-1)) throw new Error("base45: digit");
    const [a = 0, b = 0, c] = digits;
    const number = a + b * 45 + (c ?? 0) * 2025;
    if (number > (c === undefined ? 0xff : 0xffff)) throw new Error("base45: value");
    if (c !== undefined) out.push(number >> 8);
    out.push(number & 0xff);
  }
  return Uint8Array.from(out);
}

/** zlib (RFC 1950), at most `limit` bytes. Throws beyond it, and for damaged data. */
export async function inflate(bytes: Bytes, limit: number): Promise<Bytes> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return concat(...parts);
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new Error("zlib: too large");
    }
    parts.push(value);
  }
}
