// Linking a citizen (docs/consent.md of the server): the pushed request, the browser that comes back, the redeemed code, and
// the webhook that says that a consent has ended.

import {base64url, fromBase64, fromBase64url, hex} from "./base_n.js";
import {bytesOf, concat, equal, randomBytes, readU64, textOf, type Bytes} from "./bytes.js";
import {sha256} from "./digest.js";
import {verifies} from "./ed25519.js";
import {longestLifetimeSeconds, type EnvelopeProfile} from "./envelope.js";
import {membersOf} from "./problem.js";
import {digestField, type SignatureProfile} from "./signature.js";

export const pushSignature: SignatureProfile = {
  path: "/v1/partner/par",
  contentType: "application/json",
  tag: "lindung-par",
};
export const tokenEnvelope: EnvelopeProfile = {
  signature: {path: "/v1/partner/token", contentType: "application/vnd.lindung.redemption", tag: "lindung-token"},
  answerType: "application/vnd.lindung.token",
  requestLabel: bytesOf("lindung redemption v1\0"),
  responseLabel: bytesOf("lindung redemption response v1"),
};
export const consentKeysPath = "/.well-known/lindung-consent-keys";

/** What the partner keeps between push and return, in the session of the browser that it is for. Holds a secret. */
export interface PendingLink {
  readonly state: string;
  /** RFC 7636. */
  readonly verifier: string;
  /** Hex: so that a redemption that was lost can be repeated. */
  readonly requestId: string;
}
export function newPendingLink(): PendingLink {
  return {state: base64url(randomBytes(16)), verifier: base64url(randomBytes(32)), requestId: hex(randomBytes(16))};
}

export interface LinkRequest {
  /** Of the list in docs/consent.md: "venue-entry", "event", "transport", "workplace", "own-status". */
  readonly purposes: readonly string[];
  readonly profile: "colour" | "decision_only";
  /** 1 to 366. */
  readonly days: number;
  readonly redirectUri: string;
}

export async function pushBody(partner: string, request: LinkRequest, pending: PendingLink): Promise<Bytes> {
  return bytesOf(
    JSON.stringify({
      response_type: "code",
      client_id: partner,
      code_challenge: base64url(await sha256(bytesOf(pending.verifier))),
      code_challenge_method: "S256",
      redirect_uri: request.redirectUri,
      state: pending.state,
      purposes: request.purposes,
      profile: request.profile,
      days: request.days,
    }),
  );
}

export interface Pushed {
  readonly kind: "pushed";
  readonly requestUri: string;
  /** For the citizen: as a link, or as a QR. */
  readonly openAt: string;
  readonly expiresIn: number;
}
export function pushedOf(body: Bytes): Pushed | undefined {
  try {
    const members = membersOf(JSON.parse(textOf(body)));
    const {request_uri: requestUri, open_at: openAt, expires_in: expiresIn} = members;
    if (typeof requestUri !== "string" || typeof openAt !== "string" || typeof expiresIn !== "number") return undefined;
    return {kind: "pushed", requestUri, openAt, expiresIn};
  } catch {
    return undefined;
  }
}

/** What the browser came back with. */
export type Returned =
  | {readonly kind: "code"; readonly code: Bytes}
  /** The citizen said no. */
  | {readonly kind: "refused"}
  /** Another browser's state, another server's `iss`, or no such address: redeem nothing. */
  | {readonly kind: "forged"; readonly cause: "state" | "iss" | "form"};

/** `issuer`: the origin of the portal, as `openAt` begins. */
export function returnedOf(url: string, pending: PendingLink, issuer: string): Returned {
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  if ([...new Set(query.keys())].some((name) => query.getAll(name).length !== 1)) return {kind: "forged", cause: "form"};
  if (!equal(bytesOf(query.get("state") ?? ""), bytesOf(pending.state))) return {kind: "forged", cause: "state"};
  if (query.get("iss") !== issuer) return {kind: "forged", cause: "iss"};
  if (query.has("error")) return {kind: "refused"};
  const code = fromBase64url(query.get("code") ?? "");
  return code?.length === 32 ? {kind: "code", code} : {kind: "forged", cause: "form"};
}

const redemptionSize = 256;
const outcomes = ["granted", "unknown-code", "late-code", "used-code", "wrong-verifier"] as const;

/** Undefined for a code, an id or a verifier that is none. */
export function encodeRedemption(code: Bytes, requestId: Bytes, verifier: string): Bytes | undefined {
  if (code.length !== 32 || requestId.length !== 16 || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return undefined;
  const out = new Uint8Array(redemptionSize);
  out[0] = 1;
  out[1] = verifier.length;
  out.set(requestId, 4);
  out.set(code, 20);
  out.set(bytesOf(verifier), 52);
  return out;
}

export type Redeemed =
  | {
      readonly kind: "linked";
      /** 28 bytes: what questions are asked with. Stands for one citizen at this partner. */
      readonly token: Bytes;
      /** 32 digits of hex: what webhooks name. */
      readonly consent: string;
      readonly profile: "colour" | "decision_only";
      /** The token dies then. */
      readonly until: Date;
      readonly logIndex: number;
    }
  | {readonly kind: "not-linked"; readonly code: Exclude<(typeof outcomes)[number], "granted">};

/** Undefined when it is no reply to this request. */
export function redeemedOf(plaintext: Bytes, requestId: Bytes): Redeemed | undefined {
  const outcome = outcomes[(plaintext[1] ?? 0) - 1];
  if (plaintext[0] !== 1 || outcome === undefined || !equal(plaintext.slice(4, 20), requestId)) return undefined;
  if (outcome !== "granted") return {kind: "not-linked", code: outcome};
  const until = readU64(plaintext, 64);
  const logIndex = readU64(plaintext, 72);
  const profile = plaintext[2] === 1 ? "colour" : plaintext[2] === 2 ? "decision_only" : undefined;
  if (until === undefined || logIndex === undefined || profile === undefined) return undefined;
  return {
    kind: "linked",
    token: plaintext.slice(20, 48),
    consent: hex(plaintext.slice(48, 64)),
    profile,
    until: new Date(until * 1000),
    logIndex,
  };
}

/** What verifies webhooks and receipts. */
export interface ConsentKey {
  readonly id: string;
  readonly publicKey: Bytes;
}
/** The document of consentKeysPath; undefined unless the directory key vouches for it. */
export async function consentKeysOf(body: Bytes, directoryKey: Bytes): Promise<readonly ConsentKey[] | undefined> {
  try {
    const document = membersOf(JSON.parse(textOf(body)));
    const payload = fromBase64url(String(document["payload"]));
    const signature = fromBase64url(String(document["signature"]));
    if (payload === undefined || signature === undefined) return undefined;
    const isSigned = await verifies(directoryKey, concat(bytesOf("lindung consent keys v1\0"), payload), signature);
    const keys = membersOf(JSON.parse(textOf(payload)))["keys"];
    if (!isSigned || !Array.isArray(keys)) return undefined;
    return keys.map(membersOf).flatMap((key) => {
      const publicKey = fromBase64url(String(key["x"]));
      return publicKey?.length === 32 ? [{id: String(key["kid"]), publicKey}] : [];
    });
  } catch {
    return undefined;
  }
}

export interface ReceivedWebhook {
  /** As Host says it, lower-case, without the scheme's own port. */
  readonly authority: string;
  readonly path: string;
  /** By lower-case name, each once. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Bytes;
}
export interface WebhookEvent {
  /** The same at every delivery: do nothing twice. */
  readonly id: string;
  readonly consent: string;
  readonly reason: string;
  readonly at: Date;
  readonly logIndex: number;
}

const webhookInput =
  /^lindung=(\("@method" "@authority" "@path" "content-type" "content-digest"\);created=(\d+);expires=(\d+);nonce="[A-Za-z0-9_-]{22}";keyid="([a-z0-9.-]{1,64})";alg="ed25519";tag="lindung-webhook")$/;
const oldestSeconds = 60;
const leadSeconds = 30;

/** The event, or what is wrong: then nothing is done and 401 answered. `now`: Unix seconds. */
export async function verifiedWebhook(
  received: ReceivedWebhook,
  keys: readonly ConsentKey[],
  now: number,
): Promise<WebhookEvent | "signature" | "time" | "digest" | "form"> {
  const {headers} = received;
  const [, input, createdText, expiresText, keyId] = webhookInput.exec(headers["signature-input"] ?? "") ?? [];
  if (input === undefined) return "form";
  const created = Number(createdText);
  const expires = Number(expiresText);
  const isFresh =
    created >= now - oldestSeconds && created <= now + leadSeconds && now <= expires && expires - created <= longestLifetimeSeconds;
  if (!isFresh) return "time";
  const digest = headers["content-digest"] ?? "";
  if (digest !== digestField(await sha256(received.body))) return "digest";
  const base = [
    '"@method": POST',
    `"@authority": ${received.authority}`,
    `"@path": ${received.path}`,
    `"content-type": ${headers["content-type"] ?? ""}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${input}`,
  ].join("\n");
  const signature = fromBase64(/^lindung=:(.*):$/.exec(headers["signature"] ?? "")?.[1] ?? "");
  const key = keys.find((each) => each.id === keyId);
  if (key === undefined || signature === undefined || !(await verifies(key.publicKey, bytesOf(base), signature))) return "signature";
  return eventOf(received.body) ?? "form";
}

function eventOf(body: Bytes): WebhookEvent | undefined {
  try {
    const {event, id, consent, reason, at, log_index: logIndex} = membersOf(JSON.parse(textOf(body)));
    const isWhole = typeof id === "string" && typeof consent === "string" && typeof reason === "string";
    if (event !== "consent.ended" || !isWhole || typeof at !== "number" || typeof logIndex !== "number") return undefined;
    return {id, consent, reason, at: new Date(at * 1000), logIndex};
  } catch {
    return undefined;
  }
}
