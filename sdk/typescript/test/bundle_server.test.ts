// Bundles against the real server: many questions at once, each answered, counted once and provable by itself.

import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {base64url, fromBase64url, hex} from "../dist/base_n.js";
import {bytesOf, concat, textOf} from "../dist/bytes.js";
import type {BundledAsking, Client, Receipt, Result} from "../dist/index.js";
import {Demo} from "./support/demo.js";
import {fetchAs, LossyProxy} from "./support/proxy.js";

const demo = new Demo();
const retry = {deadlineMs: 60_000};
let client: Client;
let partner: string;
before(async () => {
  await demo.start({citizens: 400});
  // Who is linked to whom differs from demo to demo.
  const found = demo.file.partners.find(({id}) => demo.has(id, "green", 12) && demo.has(id, "red"));
  assert.ok(found, "the demo has no partner with twelve green people and a red one");
  partner = found.id;
  client = await demo.client(partner, {retry});
});
after(() => demo.remove());

const kinds = (results: readonly Result[]): string[] => results.map((result) => ("code" in result ? `${result.kind} ${result.code}` : result.kind));
const all = (count: number, what: string): string[] => Array.from({length: count}, () => what);
const repeated = (results: readonly Result[]): boolean[] => results.map((result) => "repeated" in result && result.repeated);

function receiptsOf(results: readonly Result[]): Receipt[] {
  return results.map((result) => {
    assert.ok("receipt" in result && result.receipt, JSON.stringify(result));
    return result.receipt;
  });
}

async function assertProven(by: Client, results: readonly Result[]): Promise<void> {
  for (const receipt of receiptsOf(results)) {
    const verification = await by.verify(receipt, {deadlineMs: 60_000});
    assert.equal(verification.kind, "proven");
  }
}

function statusOf(which: number): BundledAsking {
  return {operation: "status", token: demo.token(partner, "green", which)};
}

test("twenty mixed questions: each answered as it would be alone, and again the same, in another bundle and alone", async () => {
  const office = demo.venue("office");
  const venueCode = office.code;
  const forged = venueCode.map((byte, i) => (i === 80 ? byte ^ 1 : byte));
  const green = (which: number): string => demo.token(partner, "green", which);
  const red = demo.token(partner, "red");
  const asked: BundledAsking[] = [
    ...Array.from({length: 12}, (_, i): BundledAsking => ({operation: "check_in", token: green(i), venueCode})),
    {operation: "check_out", token: green(0), venueCode},
    {operation: "check_out", token: green(1), venueCode},
    {operation: "status", token: green(2)},
    {operation: "status", token: green(3), venueCode},
    {operation: "status", token: red},
    {operation: "check_in", token: red, venueCode},
    {operation: "check_in", token: green(4), venueCode: forged},
    {operation: "status", token: "01" + "77".repeat(27)},
  ];
  const was = demo.inside(office.id);
  const results = await client.bundle(asked);
  assert.deepEqual(kinds(results), [...all(16, "allow"), "deny", "deny", "venue-refused", "unlinked"]);
  const colours = results.map((result) => ("colour" in result ? result.colour : undefined));
  assert.deepEqual(colours, [...all(12, "green"), null, null, "green", "green", "red", "red", undefined, undefined]);
  assert.deepEqual(repeated(results), results.map(() => false));
  assert.equal(demo.inside(office.id), was + 10);
  assert.equal(new Set(receiptsOf(results).map(({index}) => index)).size, 20);
  await assertProven(client, results);

  const resumed = asked.map((asking, i): BundledAsking => {
    const result = results[i];
    assert.ok(result && "again" in result);
    return {...asking, again: result.again};
  });
  const second = await demo.client(partner, {retry});
  const repetition = await second.bundle(resumed.toReversed());
  assert.deepEqual(kinds(repetition), kinds(results).toReversed());
  assert.deepEqual(receiptsOf(repetition), receiptsOf(results).toReversed());
  assert.deepEqual(repeated(repetition), results.map(() => true));
  const [first] = resumed;
  assert.ok(first?.operation === "check_in");
  const alone = await second.checkIn(first);
  assert.ok(alone.kind === "allow" && alone.repeated);
  assert.deepEqual([alone.receipt], receiptsOf(results.slice(0, 1)));
  assert.equal(demo.inside(office.id), was + 10, "nobody went in twice");
});

test("a request id of another question is a conflict in its slot alone", async () => {
  const single = await client.ask({token: demo.token(partner, "green", 0)});
  assert.ok("again" in single);
  const conflict: BundledAsking = {...statusOf(1), again: single.again};
  const results = await client.bundle([statusOf(2), conflict, statusOf(3)]);
  assert.deepEqual(kinds(results), ["allow", "refused replay-conflict", "allow"]);
  const [first, , last] = results;
  assert.ok(first && last);
  await assertProven(client, [first, last]);
});

test("a bundle whose reply was lost twice: the same bytes, answered once, counted once", async () => {
  const {hostname, port} = new URL(demo.file.url);
  assert.equal(hostname, "127.0.0.1");
  const proxy = await new LossyProxy(Number(port)).listen();
  try {
    const {authority} = demo.file;
    const sent: string[] = [];
    const through = await demo.client(partner, {
      url: proxy.url,
      authority,
      fetch: (url, init) => {
        if (init.body) sent.push(hex(init.body as Uint8Array));
        return fetchAs(authority)(url, init);
      },
      retry,
    });
    const restaurant = demo.venue("restaurant");
    const was = demo.inside(restaurant.id);
    proxy.toLose = 2;
    const results = await through.bundle(
      Array.from({length: 5}, (_, i) => ({operation: "check_in", token: demo.token(partner, "green", i), venueCode: restaurant.code})),
    );
    assert.equal(proxy.lost, 2);
    assert.deepEqual(kinds(results), all(5, "allow"));
    assert.deepEqual(repeated(results), results.map(() => true));
    assert.equal(sent.length, 3);
    assert.equal(new Set(sent).size, 1, "the same bytes");
    assert.equal(demo.inside(restaurant.id), was + 5);
    await assertProven(through, results);
  } finally {
    await proxy.close();
  }
});

test("a bundle sealed to a key that the gateway does not know is sealed again to the one that it has", async () => {
  // The directory as the gateway signs it with its key id made another one: signed here, by a key that the client pins.
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const pinned = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const keys: number[] = [];
  let directories = 0;
  let later = 0;
  const outdated = await demo.client(partner, {
    directoryKey: hex(pinned),
    retry,
    runtime: {elapsed: () => performance.now() + later},
    fetch: async (url, init) => {
      if (init.body) keys.push((init.body as Uint8Array)[0] ?? -1);
      const reply = await fetch(url, init);
      if (init.body || !url.endsWith("/lindung-keys")) {
        later += 5_000; // the keys are fetched anew once in so many at most
        return reply;
      }
      const {payload} = (await reply.json()) as {payload: string};
      const text = textOf(fromBase64url(payload) ?? new Uint8Array());
      const bytes = bytesOf(++directories === 1 ? text.replaceAll(/"key_id":\d+/g, '"key_id":199') : text);
      const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, concat(bytesOf("lindung keys v1\0"), bytes)));
      return new Response(JSON.stringify({payload: base64url(bytes), signature: base64url(signature)}), {headers: reply.headers});
    },
  });
  const results = await outdated.bundle([statusOf(0), statusOf(1)]);
  assert.deepEqual(kinds(results), ["allow", "allow"]);
  assert.deepEqual(repeated(results), [false, false]);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], 199);
  assert.notEqual(keys[1], 199);
  assert.equal(directories, 2);
  await assertProven(client, results);
});

test("what concerns the partner is told in each slot", async () => {
  const early = await demo.client(partner, {runtime: {now: () => demo.now() + 600_000}});
  const results = await early.bundle([statusOf(0), statusOf(1)]);
  assert.deepEqual(kinds(results), all(2, "refused clock-skew"));
  for (const result of results) assert.ok(result.kind === "refused" && (result.clockAheadBy ?? 0) > 500);
});
