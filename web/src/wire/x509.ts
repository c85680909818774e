// The public key of an X.509 certificate, found by walking its DER (RFC 5280 section 4.1).
import type {Bytes} from "./bytes";

interface Item {
  tag: number;
  from: number; // of its head
  inside: number;
  end: number;
}

function item(der: Bytes, from: number): Item {
  const tag = der[from];
  const first = der[from + 1];
  if (tag === undefined || first === undefined) throw new Error("DER: ends early");
  let inside = from + 2;
  let size = first;
  if (first >= 0x80) {
    const digits = first & 0x7f;
    if (digits === 0 || digits > 3) throw new Error("DER: length");
    size = 0;
    for (let i = 0; i < digits; ++i) size = size * 256 + (der[inside + i] ?? NaN);
    inside += digits;
  }
  const end = inside + size;
  if (!(end <= der.length)) throw new Error("DER: ends early");
  return {tag, from, inside, end};
}

export function subjectPublicKeyInfo(certificate: Bytes): Bytes {
  const signed = item(certificate, item(certificate, 0).inside);
  let at = signed.inside;
  // [0] version, serialNumber, signature, issuer, validity, subject: the key is what follows.
  const first = item(certificate, at);
  if (first.tag === 0xa0) at = first.end;
  for (let skipped = 0; skipped < 5; ++skipped) at = item(certificate, at).end;
  const key = item(certificate, at);
  if (key.tag !== 0x30) throw new Error("X.509: no key");
  return certificate.slice(key.from, key.end);
}
