// The gateway's end of the exchange and of bundles, small: what a request must be (protocol.md section 4, the order of checks of section 8)
// and how an answer is sealed (section 5). The worked examples are held against it before it may judge the client. Only it
// can answer wrongly on purpose.

import {suite, responseKeys} from "../../dist/hpke.js";
import {bytesOf, concat, equal, randomBytes, u64, type Bytes} from "../../dist/bytes.js";
import {base64url, fromBase64, fromBase64url, hex} from "../../dist/base_n.js";
import {sha256} from "../../dist/digest.js";
import {verifies} from "../../dist/ed25519.js";
import {bundleEnvelope, exchangeEnvelope, hpkeAad, hpkeInfo} from "../../dist/envelope.js";
import {digestField, isKeyId, signatureBase, signatureInput} from "../../dist/signature.js";

export interface Keys {
  readonly authority: string;
  readonly gateway: {readonly keyId: number; readonly privateKey: Bytes; readonly publicKey: Bytes};
  readonly partner: {readonly keyId: string; readonly publicKey: Bytes};
  readonly pacts: readonly Bytes[];
}

export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Bytes;
}

export interface Opened {
  readonly plaintext: Bytes;
  /** The questions in it, each of 256 bytes. */
  readonly questions: readonly Bytes[];
  readonly evidence: Bytes;
  seal(answer: Bytes, responseNonce?: Bytes): Promise<Bytes>;
}

const dummyKey = new Uint8Array(32).fill(9);

/** An X25519 key pair out of raw bytes, as WebCrypto wants it. */
export async function keyPair(privateKey: Uint8Array, publicKey: Uint8Array): Promise<CryptoKeyPair> {
  const jwk = {kty: "OKP", crv: "X25519", x: base64url(publicKey)};
  const secret = {...jwk, d: base64url(privateKey)};
  return {
    publicKey: await crypto.subtle.importKey("jwk", jwk, "X25519", true, []),
    privateKey: await crypto.subtle.importKey("jwk", secret, "X25519", true, ["deriveBits"]),
  };
}

function only(request: HttpRequest, name: string): string | undefined {
  const found = request.fields.filter(([field]) => field.toLowerCase() === name);
  return found.length === 1 ? found[0]?.[1].trim() : undefined;
}

function authorityOf(host: string): string {
  return host.toLowerCase().replace(/:443$/, "");
}

/** The opened question, or the name of the first problem. now: Unix seconds. */
export async function admit(request: HttpRequest, keys: Keys, now: number): Promise<Opened | string> {
  const {body} = request;
  const isBundle = request.target === "/v1/partner/bundle";
  const envelope = isBundle ? bundleEnvelope : exchangeEnvelope;
  const profile = envelope.signature;
  if (request.method !== "POST" || request.target !== profile.path) return "malformed";
  if (!(isBundle ? [4_159, 16_447] : [311]).includes(body.length)) return "malformed";
  if (only(request, "content-type") !== profile.contentType) return "malformed";

  const [digest, pact] = [only(request, "content-digest"), only(request, "lindung-pact")];
  const [input, signed] = [only(request, "signature-input"), only(request, "signature")];
  const form = /;created=(\d{1,12});expires=(\d{1,12});nonce="([A-Za-z0-9_-]{22})";keyid="([^"]*)"/.exec(input ?? "");
  const signature = fromBase64(/^lindung=:([^:]*):$/.exec(signed ?? "")?.[1] ?? "");
  const pactDigest = fromBase64(/^sha-256=:([^:]*):$/.exec(pact ?? "")?.[1] ?? "");
  const nonce = fromBase64url(form?.[3] ?? "");
  if (!digest || !pact || !form || signature?.length !== 64 || pactDigest?.length !== 32) return "bad-signature";
  if (nonce?.length !== 16 || !isKeyId(form[4] ?? "") || digestField(pactDigest) !== pact) return "bad-signature";
  const [created, expires, keyId] = [Number(form[1]), Number(form[2]), form[4] ?? ""];
  // One spelling: what would be written for these values is what must stand there.
  if (input !== `lindung=${signatureInput(profile, {created, expires, nonce, keyId})}`) return "bad-signature";
  if (authorityOf(request.host) !== keys.authority) return "bad-signature";

  const isFresh = created + 60 >= now && created <= now + 30 && now <= expires && expires > created && expires - created <= 60;
  if (!isFresh) return "clock-skew";
  if (digest !== digestField(await sha256(body))) return "bad-signature";
  const base = bytesOf(signatureBase(profile, keys.authority, digest, pact, input.slice("lindung=".length)));
  const publicKey = keyId === keys.partner.keyId ? keys.partner.publicKey : dummyKey;
  if (!(await verifies(publicKey, base, signature))) return "bad-signature";
  if (!keys.pacts.some((accepted) => equal(accepted, pactDigest))) return "pact-outdated";

  const header = body.slice(0, 7);
  const known = concat(Uint8Array.of(keys.gateway.keyId), Uint8Array.of(0, 0x20, 0, 1, 0, 1));
  if (!equal(header, known)) return "unsupported-key";
  const enc = body.slice(7, 39);
  let plaintext: Bytes;
  let secret: Bytes;
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey: await keyPair(keys.gateway.privateKey, keys.gateway.publicKey),
      enc,
      info: hpkeInfo(envelope, header, keyId, pactDigest),
    });
    plaintext = new Uint8Array(await recipient.open(body.slice(39), hpkeAad(nonce, created)));
    secret = new Uint8Array(await recipient.export(envelope.responseLabel, 16));
  } catch {
    return "malformed";
  }
  const questions = isBundle ? questionsOf(plaintext) : [plaintext];
  if (!questions?.every((question) => hasShape(question, now))) return "malformed";
  return {
    plaintext,
    questions,
    evidence: await sha256(base, signature),
    seal: async (answer, responseNonce = randomBytes(16)) => {
      const {key, iv} = await responseKeys(secret, enc, responseNonce);
      return concat(responseNonce, new Uint8Array(await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, answer)));
    },
  };
}

/** docs/adr/0015-bundles.md. */
function questionsOf(plaintext: Bytes): Bytes[] | undefined {
  const [version, count = 0] = plaintext;
  const size = (plaintext.length - 8) / 256;
  if (version !== 1 || count < 1 || count > size || (size === 64 && count <= 16)) return undefined;
  if ([...plaintext.slice(2, 8), ...plaintext.slice(8 + 256 * count)].some((byte) => byte !== 0)) return undefined;
  const questions = Array.from({length: count}, (_, i) => plaintext.slice(8 + 256 * i, 264 + 256 * i));
  return new Set(questions.map((question) => hex(question.slice(4, 20)))).size === count ? questions : undefined;
}

function hasShape(plaintext: Bytes, now: number): boolean {
  const view = new DataView(plaintext.buffer);
  const [version, operation, length] = [plaintext[0], plaintext[1] ?? 0, view.getUint16(2)];
  const clientTime = Number(view.getBigUint64(48));
  if (version !== 1 || operation < 1 || operation > 3 || length > 160) return false;
  if (length === 0 && operation !== 1) return false;
  if (plaintext.slice(56 + length).some((byte) => byte !== 0)) return false;
  return clientTime >= now - 24 * 3600 && clientTime <= now + 30;
}

export interface AnswerParts {
  readonly outcome: number;
  readonly colour?: number;
  readonly flags?: number;
  readonly requestId: Bytes;
  /** Unix seconds. */
  readonly answeredAt: number;
  readonly validUntil?: number;
  readonly index: number;
  readonly leafHash?: Bytes;
  readonly nextToken?: Bytes;
  readonly opening?: Bytes;
  readonly evidence?: Bytes;
}

/** The 256 bytes of an answer, right or wrong. */
export function answerBytes(parts: AnswerParts): Bytes {
  const out = new Uint8Array(256);
  out.set([1, parts.outcome, parts.colour ?? 0, parts.flags ?? 0]);
  out.set(parts.requestId, 4);
  out.set(u64(parts.answeredAt), 20);
  out.set(u64(parts.validUntil ?? 10 * Math.floor((parts.answeredAt + 60) / 10)), 28);
  out.set(u64(parts.index), 36);
  if (parts.leafHash) out.set(parts.leafHash, 44);
  if (parts.nextToken) out.set(parts.nextToken, 76);
  if (parts.opening) out.set(parts.opening, 104);
  if (parts.evidence) out.set(parts.evidence, 120);
  return out;
}

