// Linking a citizen: PKCE, the browser that comes back, the bytes of a redemption, and webhooks.

import assert from "node:assert/strict";
import {test} from "node:test";

import {base64, base64url, hex} from "../dist/base_n.js";
import {bytesOf, concat, randomBytes, type Bytes} from "../dist/bytes.js";
import {sha256} from "../dist/digest.js";
import {newPendingLink, returnedOf, verifiedWebhook, type ConsentKey} from "../dist/index.js";
import {consentKeysOf, encodeRedemption, pushBody, redeemedOf} from "../dist/linking.js";

const issuer = "https://lindung.example";
const now = 1_795_262_400;

test("the challenge of a pushed request is that of RFC 7636, appendix B", async () => {
  const pending = {...newPendingLink(), verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
  const request = {purposes: ["venue-entry"], profile: "colour", days: 90, redirectUri: "https://app.example/linked"} as const;
  const members = JSON.parse(new TextDecoder().decode(await pushBody("gojek", request, pending))) as Record<string, unknown>;
  assert.equal(members["code_challenge"], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  assert.equal(members["state"], pending.state);
});

test("a code is taken of its own state and issuer only", () => {
  const pending = newPendingLink();
  const code = randomBytes(32);
  const url = (members: Record<string, string>): string => `https://app.example/linked?${new URLSearchParams(members).toString()}`;
  const good = {code: base64url(code), state: pending.state, iss: issuer};
  assert.deepEqual(returnedOf(url(good), pending, issuer), {kind: "code", code});
  assert.deepEqual(returnedOf(url({...good, state: newPendingLink().state}), pending, issuer), {kind: "forged", cause: "state"});
  assert.deepEqual(returnedOf(url({...good, iss: "https://other.example"}), pending, issuer), {kind: "forged", cause: "iss"});
  assert.deepEqual(returnedOf(url({...good, code: "short"}), pending, issuer), {kind: "forged", cause: "form"});
  assert.deepEqual(returnedOf(`${url(good)}&state=x`, pending, issuer), {kind: "forged", cause: "form"});
  assert.deepEqual(returnedOf(url({error: "access_denied", state: pending.state, iss: issuer}), pending, issuer), {kind: "refused"});
  assert.deepEqual(returnedOf("no address", pending, issuer), {kind: "forged", cause: "state"});
});

test("a redemption has the bytes of docs/consent.md, and its answer is read by them", () => {
  const [code, requestId] = [randomBytes(32), randomBytes(16)];
  const {verifier} = newPendingLink();
  const bytes = encodeRedemption(code, requestId, verifier);
  assert.ok(bytes);
  assert.equal(bytes.length, 256);
  assert.deepEqual(bytes.slice(4, 52), concat(requestId, code));
  assert.deepEqual(bytes.slice(52, 95), bytesOf(verifier));
  assert.equal(encodeRedemption(code, requestId, "short"), undefined);

  const token = randomBytes(28);
  const granted = new Uint8Array(256);
  granted.set([1, 1, 2, 0]);
  granted.set(requestId, 4);
  granted.set(token, 20);
  granted.set(new Uint8Array(16).fill(7), 48);
  granted[71] = 60; // until
  granted[79] = 12; // log index
  assert.deepEqual(redeemedOf(granted, requestId), {
    kind: "linked",
    token,
    consent: "07".repeat(16),
    profile: "decision_only",
    until: new Date(60_000),
    logIndex: 12,
  });
  assert.equal(redeemedOf(granted, randomBytes(16)), undefined);
  const late = new Uint8Array(256);
  late.set([1, 3]);
  late.set(requestId, 4);
  assert.deepEqual(redeemedOf(late, requestId), {kind: "not-linked", code: "late-code"});
});

interface Signing {
  readonly id: string;
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
}
async function signing(id: string): Promise<Signing> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as {publicKey: never; privateKey: never};
  return {
    id,
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message)),
  };
}

const body = bytesOf('{"event":"consent.ended","id":"0f","consent":"a1","reason":"withdrawn","at":1795262400,"log_index":7}');

async function headersOf(key: Signing): Promise<Record<string, string>> {
  const digest = `sha-256=:${base64(await sha256(body))}:`;
  const input =
    `("@method" "@authority" "@path" "content-type" "content-digest");created=${now};expires=${now + 30};` +
    `nonce="${base64url(randomBytes(16))}";keyid="${key.id}";alg="ed25519";tag="lindung-webhook"`;
  const base = [
    '"@method": POST',
    '"@authority": app.example',
    '"@path": /ended',
    '"content-type": application/json',
    `"content-digest": ${digest}`,
    `"@signature-params": ${input}`,
  ].join("\n");
  const signature = base64(await key.sign(bytesOf(base)));
  return {
    "content-type": "application/json",
    "content-digest": digest,
    "signature-input": `lindung=${input}`,
    signature: `lindung=:${signature}:`,
  };
}

test("a webhook of the gateway is taken, and one that is old, changed, of another place or another key is not", async () => {
  const key = await signing("00aa11bb22cc33dd");
  const keys: ConsentKey[] = [key];
  const headers = await headersOf(key);
  const received = {authority: "app.example", path: "/ended", headers, body};
  assert.deepEqual(await verifiedWebhook(received, keys, now), {
    id: "0f",
    consent: "a1",
    reason: "withdrawn",
    at: new Date(now * 1000),
    logIndex: 7,
  });
  assert.equal(await verifiedWebhook(received, keys, now + 120), "time");
  assert.equal(await verifiedWebhook({...received, body: bytesOf("{}")}, keys, now), "digest");
  assert.equal(await verifiedWebhook({...received, path: "/other"}, keys, now), "signature");
  assert.equal(await verifiedWebhook(received, [await signing(key.id)], now), "signature");
  assert.equal(await verifiedWebhook({...received, headers: {}}, keys, now), "form");
});

test("the keys count only where the directory key vouches for them", async () => {
  const directory = await signing("directory");
  const key = await signing("00aa");
  const payload = bytesOf(JSON.stringify({issuer, keys: [{kid: key.id, x: base64url(key.publicKey)}]}));
  const signature = await directory.sign(concat(bytesOf("lindung consent keys v1\0"), payload));
  const document = bytesOf(JSON.stringify({payload: base64url(payload), signature: base64url(signature)}));
  const keys = await consentKeysOf(document, directory.publicKey);
  assert.equal(hex(keys?.[0]?.publicKey ?? randomBytes(1)), hex(key.publicKey));
  assert.equal(await consentKeysOf(document, key.publicKey), undefined);
});
