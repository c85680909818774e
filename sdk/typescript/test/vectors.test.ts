// The worked examples of the exchange: each request made byte for byte, each answer opened and its leaf recomputed, what
// must be refused refused by name, by the gateway's end that the other tests use.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";

import {parseAnswer} from "../dist/answer.js";
import {fromHex, hex} from "../dist/base_n.js";
import type {Bytes} from "../dist/bytes.js";
import {signerFromSeed} from "../dist/ed25519.js";
import {exchangeEnvelope, sealRequest, type SealedRequest} from "../dist/envelope.js";
import {commitmentOf, leafHash, leafOf} from "../dist/leaf.js";
import {encodeQuestion, questionOf, type Operation} from "../dist/question.js";
import {venueCodeBytes} from "../dist/venue_code.js";
import {admit, keyPair, type HttpRequest, type Keys} from "./support/gateway.js";

interface Positive {
  name: string;
  gateway: {key_id: number; private_key: string; public_key: string};
  partner: {
    id: string;
    epoch: number;
    key_id: string;
    signing_private_key: string;
    signing_public_key: string;
    ephemeral_private_key: string;
    pact_digest: string;
    nonce: string;
    created: number;
    expires: number;
  };
  venue: {code: string; text: string};
  token: {token: string; next: string};
  request: {operation: Operation; request_id: string; client_time: number; plaintext: string; body: string};
  http: {method: string; target: string; host: string; headers: [string, string][]; signature_base: string};
  response: {
    outcome: number;
    colour: number;
    flags: number;
    answered_at: number;
    log_index: number;
    evidence: string;
    commitment: string;
    leaf: string;
    leaf_hash: string;
    response_nonce: string;
    plaintext: string;
    body: string;
  };
}
interface Variant {
  name: string;
  based_on: string;
  now: number;
  target: string;
  host: string;
  headers: [string, string][];
  body: string;
  error?: string;
}

const file = process.env["LINDUNG_EXCHANGE_VECTORS"] || new URL("../../../tests/data/sealed-exchange.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as {positive: Positive[]; accept: Variant[]; refuse: Variant[]};

function bytes(text: string): Bytes {
  const out = fromHex(text);
  assert.ok(out);
  return out;
}

function plaintextOf(example: Positive): Bytes {
  const question = questionOf(
    example.request.operation,
    {
      token: example.token.token,
      ...(example.venue.text && {venueCode: example.venue.text}),
      again: {requestId: example.request.request_id, clientTime: example.request.client_time},
    },
    0,
  );
  assert.ok(typeof question === "object");
  return encodeQuestion(question);
}

async function requestOf(example: Positive): Promise<SealedRequest> {
  const {partner, gateway} = example;
  const ephemeral = bytes(partner.ephemeral_private_key);
  return sealRequest(
    exchangeEnvelope,
    {
      keyId: partner.key_id,
      signer: await signerFromSeed(bytes(partner.signing_private_key)),
      authority: example.http.host,
      pact: bytes(partner.pact_digest),
    },
    {keyId: gateway.key_id, publicKey: bytes(gateway.public_key)},
    plaintextOf(example),
    partner.created,
    {
      nonce: bytes(partner.nonce),
      expires: partner.expires,
      ephemeral: await keyPair(ephemeral, bytes(example.request.body).slice(7, 39)),
    },
  );
}

function keysOf(example: Positive): Keys {
  const {partner, gateway} = example;
  return {
    authority: example.http.host,
    gateway: {keyId: gateway.key_id, privateKey: bytes(gateway.private_key), publicKey: bytes(gateway.public_key)},
    partner: {keyId: partner.key_id, publicKey: bytes(partner.signing_public_key)},
    pacts: [bytes(partner.pact_digest)],
  };
}

function httpOf(variant: Variant): HttpRequest {
  const {target, host, headers} = variant;
  return {method: "POST", target, host, fields: headers, body: bytes(variant.body)};
}

test("there are as many worked examples as the protocol's document has", () => {
  assert.ok(vectors.positive.length >= 10);
  assert.ok(vectors.accept.length >= 7);
  assert.ok(vectors.refuse.length >= 54);
});

for (const example of vectors.positive) {
  test(`${example.name}: the request is made byte for byte`, async () => {
    assert.equal(hex(plaintextOf(example)), example.request.plaintext);
    if (example.venue.text) assert.equal(hex(venueCodeBytes(example.venue.text) ?? new Uint8Array()), example.venue.code);
    const request = await requestOf(example);
    assert.equal(hex(request.body), example.request.body);
    const fields = new Map(request.fields);
    for (const [name, value] of example.http.headers) assert.equal(fields.get(name), value, name);
    assert.equal(fields.size, example.http.headers.length);
    assert.equal(hex(request.evidence), example.response.evidence);
  });

  test(`${example.name}: the answer opens, and its leaf is the log's`, async () => {
    const plaintext = await (await requestOf(example)).open(bytes(example.response.body));
    assert.equal(plaintext && hex(plaintext), example.response.plaintext);
    const answer = parseAnswer(plaintext ?? new Uint8Array(), example.request.operation);
    assert.ok(typeof answer === "object");
    const {response, partner} = example;
    assert.equal(answer.index, response.log_index);
    assert.equal(answer.answeredAt, response.answered_at);
    assert.equal(answer.repeated, response.flags === 1);
    const question = bytes(example.request.plaintext);
    assert.equal(hex(await commitmentOf(answer, question)), response.commitment);
    const leaf = await leafOf(answer, partner.id, partner.epoch, question);
    assert.equal(hex(leaf), response.leaf);
    assert.equal(hex(await leafHash(leaf)), response.leaf_hash);
    assert.equal(hex(answer.leafHash), response.leaf_hash);
  });

  test(`${example.name}: the gateway's end of the tests seals the same answer`, async () => {
    const {created} = example.partner;
    const request = {method: "POST", target: example.http.target, host: example.http.host, fields: example.http.headers};
    const opened = await admit({...request, body: bytes(example.request.body)}, keysOf(example), created);
    assert.ok(typeof opened === "object", String(opened));
    assert.equal(hex(opened.plaintext), example.request.plaintext);
    const sealed = await opened.seal(bytes(example.response.plaintext), bytes(example.response.response_nonce));
    assert.equal(hex(sealed), example.response.body);
  });
}

test("an answer changed in any byte, or cut short, does not open", async () => {
  const example = vectors.positive[1];
  assert.ok(example);
  const request = await requestOf(example);
  const body = bytes(example.response.body);
  for (let at = 0; at < body.length; ++at) {
    const spoiled = body.map((byte, i) => (i === at ? byte ^ 1 : byte));
    assert.equal(await request.open(spoiled), undefined, `byte ${at}`);
  }
  assert.equal(await request.open(body.slice(0, -1)), undefined);
});

const base = (variant: Variant): Positive => {
  const example = vectors.positive.find(({name}) => name === variant.based_on);
  assert.ok(example);
  return example;
};

for (const variant of vectors.accept) {
  test(`accepted: ${variant.name}`, async () => {
    assert.equal(typeof (await admit(httpOf(variant), keysOf(base(variant)), variant.now)), "object");
  });
}

for (const variant of vectors.refuse) {
  test(`refused: ${variant.name}: ${variant.error}`, async () => {
    assert.equal(await admit(httpOf(variant), keysOf(base(variant)), variant.now), variant.error);
  });
}
