// A light pass judged in this browser: "LP1:" + base45 of a COSE_Sign1 over a CWT, signed by a key of the week
// (docs/adr/0027-light-passes.md). Nothing of the pass leaves the device.
import {concat, fromBase45, fromBase64, utf8, type Bytes} from "./bytes";
import {entry, header, readCbor, Tagged, type Cbor} from "./cbor";

/** Of GET /v1/passes/keys. */
export interface PassKey {
  kid: string;
  x: string;
  y: string;
  nbf: number;
  exp: number;
  lnd?: string;
}
export interface PassKeys {
  iss: string;
  keys: readonly PassKey[];
}

export type PassFinding = "valid" | "expired" | "not-yet" | "unknown-signer" | "altered" | "unreadable";

export interface JudgedPass {
  finding: PassFinding;
  /** Only of a pass whose signature holds. */
  holder?: {name: string; birthYear: number; until: Date};
}

const prefix = "LP1:";
const longest = 1024;
const passLength = 12 * 3600; // seconds that every pass holds
const claimHolder = -65537;

interface Signed {
  protectedHeader: Bytes;
  kid: Bytes;
  payload: Bytes;
  signature: Bytes;
  issuer: string;
  name: string;
  birthYear: number;
  from: number;
  until: number;
}

function bytesIn(item: Cbor | undefined): Bytes {
  if (!(item instanceof Uint8Array)) throw new Error("no bytes");
  return item;
}

function numberIn(item: Cbor | undefined): number {
  if (typeof item !== "number") throw new Error("no number");
  return item;
}

function read(text: string): Signed {
  if (!text.startsWith(prefix) || text.length > longest) throw new Error("no pass");
  const tagged = readCbor(fromBase45(text.slice(prefix.length)));
  if (!(tagged instanceof Tagged) || tagged.tag !== 18) throw new Error("no COSE_Sign1");
  const item = tagged.value;
  if (!Array.isArray(item) || item.length !== 4) throw new Error("no COSE_Sign1");
  if (!(item[1] instanceof Map) || item[1].size > 0) throw new Error("a loose header");
  const protectedHeader = bytesIn(item[0]);
  const payload = bytesIn(item[2]);
  const tied = readCbor(protectedHeader);
  if (entry(tied, 1) !== -7) throw new Error("no ES256");
  const claims = readCbor(payload);
  const holder = entry(claims, claimHolder);
  const [name, birthYear] = Array.isArray(holder) ? holder : [];
  const issuer = entry(claims, 1);
  if (typeof name !== "string" || typeof issuer !== "string") throw new Error("no pass");
  const from = numberIn(entry(claims, 5));
  const until = numberIn(entry(claims, 4));
  if (until - from !== passLength || bytesIn(entry(claims, 7)).length !== 16) throw new Error("no pass");
  return {
    protectedHeader,
    kid: bytesIn(entry(tied, 4)),
    payload,
    signature: bytesIn(item[3]),
    issuer,
    name,
    birthYear: numberIn(birthYear),
    from,
    until,
  };
}

/** The key whose thumbprint begins with the pass's eight bytes. */
function keyOf(signed: Signed, keys: PassKeys): PassKey | undefined {
  if (signed.kid.length !== 8 || signed.issuer !== keys.iss) return undefined;
  return keys.keys.find((key) => key.lnd === "light-pass" && fromBase64(key.kid).slice(0, 8).every((byte, i) => byte === signed.kid[i]));
}

async function verifies(signed: Signed, key: PassKey): Promise<boolean> {
  const made = await crypto.subtle.importKey(
    "jwk",
    {kty: "EC", crv: "P-256", x: key.x, y: key.y},
    {name: "ECDSA", namedCurve: "P-256"},
    false,
    ["verify"],
  );
  const context = utf8("Signature1");
  const toBeSigned = concat(
    header(4, 4),
    header(3, context.length),
    context,
    header(2, signed.protectedHeader.length),
    signed.protectedHeader,
    header(2, 0),
    header(2, signed.payload.length),
    signed.payload,
  );
  return crypto.subtle.verify({name: "ECDSA", hash: "SHA-256"}, made, signed.signature, toBeSigned);
}

export async function judgePass(text: string, keys: PassKeys, now: Date): Promise<JudgedPass> {
  let signed: Signed;
  try {
    signed = read(text.replace(/^\s+|[\r\n\t]+$/g, "")); // a space is a digit of base45
  } catch {
    return {finding: "unreadable"};
  }
  const key = keyOf(signed, keys);
  if (!key) return {finding: "unknown-signer"};
  if (signed.signature.length !== 64 || !(await verifies(signed, key).catch(() => false))) return {finding: "altered"};
  // A key of a week speaks for the passes of that week only.
  if (signed.from < key.nbf || signed.until > key.exp) return {finding: "altered"};
  const holder = {
    name: signed.name.replaceAll("<", " ").trim(),
    birthYear: signed.birthYear,
    until: new Date(signed.until * 1000),
  };
  const seconds = now.getTime() / 1000;
  if (seconds < signed.from) return {finding: "not-yet", holder};
  if (seconds >= signed.until) return {finding: "expired", holder};
  return {finding: "valid", holder};
}
