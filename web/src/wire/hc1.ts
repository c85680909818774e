// An EU digital COVID certificate judged in this browser: text -> COSE_Sign1 -> signature by one of our signers -> facts.
// Nothing of the certificate leaves the device.
import {concat, fromBase45, fromBase64, inflate, same, sha256, toBase64, utf8, type Bytes} from "./bytes";
import {entry, header, readCbor, Tagged, type Cbor} from "./cbor";
import {subjectPublicKeyInfo} from "./x509";

export interface Signer {
  kid: string;
  certificateType: "CSCA" | "DSC";
  rawData: string;
}

export type Finding = "valid" | "expired" | "not-yet" | "revoked" | "unknown-signer" | "altered" | "unreadable";

export interface Judged {
  finding: Finding;
  /** Present once the text could be read, whatever the signature says: show it beside the finding only. */
  facts?: Facts;
}

export interface Facts {
  name: string;
  born: string;
  kind: "v" | "t" | "r";
  lines: readonly (readonly [string, string])[];
  expires: Date;
}

const largest = 64 * 1024;

function textOf(value: Cbor | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function factsOf(claims: Cbor): Facts & {uvci: string; from: Date} {
  const content = entry(entry(claims, -260), 1);
  const name = entry(content, "nam");
  const kind = (["v", "t", "r"] as const).find((each) => Array.isArray(entry(content, each)));
  const rows = kind && entry(content, kind);
  const row = Array.isArray(rows) ? rows[0] : undefined;
  const expires = entry(claims, 4);
  const from = entry(claims, 6);
  if (!kind || !row || typeof expires !== "number" || typeof from !== "number") throw new Error("no certificate");
  const given = textOf(entry(name, "gn")) || textOf(entry(name, "gnt"));
  const family = textOf(entry(name, "fn")) || textOf(entry(name, "fnt"));
  const keys = {v: ["mp", "dn", "sd", "dt", "co"], t: ["tt", "tr", "sc", "co"], r: ["fr", "df", "du", "co"]}[kind];
  return {
    name: [given, family].filter(Boolean).join(" "),
    born: textOf(entry(content, "dob")),
    kind,
    lines: keys.map((key) => [key, textOf(entry(row, key))] as const),
    expires: new Date(expires * 1000),
    from: new Date(from * 1000),
    uvci: textOf(entry(row, "ci")),
  };
}

interface Signed {
  protectedHeader: Bytes;
  kid: Bytes;
  payload: Bytes;
  signature: Bytes;
}

async function open(text: string): Promise<Signed> {
  const trimmed = text.replace(/^\s+|[\r\n\t]+$/g, ""); // a space is a digit of base45
  if (!trimmed.startsWith("HC1:") || trimmed.length > 8192) throw new Error("no HC1");
  const packed = fromBase45(trimmed.slice(4));
  const bytes = packed[0] === 0x78 ? await inflate(packed, largest) : packed;
  let item = readCbor(bytes);
  while (item instanceof Tagged) item = item.value;
  if (!Array.isArray(item) || item.length !== 4) throw new Error("no COSE_Sign1");
  const [protectedHeader, loose, payload, signature] = item;
  if (
    !(protectedHeader instanceof Uint8Array) ||
    !(payload instanceof Uint8Array) ||
    !(signature instanceof Uint8Array)
  ) {
    throw new Error("no COSE_Sign1");
  }
  const tied = readCbor(protectedHeader);
  if (entry(tied, 1) !== -7) throw new Error("no ES256");
  const kid = entry(tied, 4) ?? entry(loose, 4);
  if (!(kid instanceof Uint8Array)) throw new Error("no kid");
  return {protectedHeader, kid, payload, signature};
}

async function verifies(signed: Signed, signer: Signer): Promise<boolean> {
  const key = await crypto.subtle.importKey(
    "spki",
    subjectPublicKeyInfo(fromBase64(signer.rawData)),
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
  return crypto.subtle.verify({name: "ECDSA", hash: "SHA-256"}, key, signed.signature, toBeSigned);
}

/** `revoked`: base64 of the first 16 bytes of SHA-256 of identifiers that were taken back. */
export async function judge(
  text: string,
  signers: readonly Signer[],
  revoked: readonly string[],
  now: Date,
): Promise<Judged> {
  let signed: Signed;
  let facts: ReturnType<typeof factsOf>;
  try {
    signed = await open(text);
    facts = factsOf(readCbor(signed.payload));
  } catch {
    return {finding: "unreadable"};
  }
  const signer = signers.find((each) => each.certificateType === "DSC" && same(fromBase64(each.kid), signed.kid));
  if (!signer) return {finding: "unknown-signer", facts};
  if (!(await verifies(signed, signer))) return {finding: "altered"};
  const hash = toBase64((await sha256(utf8(facts.uvci))).subarray(0, 16));
  if (revoked.includes(hash)) return {finding: "revoked", facts};
  if (facts.from > now) return {finding: "not-yet", facts};
  return {finding: facts.expires <= now ? "expired" : "valid", facts};
}
