// Keys of the gateway that change under a running client: by the day, and at once.

import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {base64url, fromBase64url, hex} from "../dist/base_n.js";
import {bytesOf, concat, textOf} from "../dist/bytes.js";
import type {Fetch} from "../dist/index.js";
import {Demo} from "./support/demo.js";

const day = 86_400_000;
const demo = new Demo();
before(() => demo.start());
after(() => demo.remove());

interface Seen {
  readonly fetch: Fetch;
  /** The key id of each request to the exchange. */
  readonly keys: number[];
  directories: number;
}

function watched(change: (url: string, reply: Response) => Promise<Response> = async (_, reply) => reply): Seen {
  const seen: Seen = {
    keys: [],
    directories: 0,
    fetch: async (url, init) => {
      if (init.body) seen.keys.push((init.body as Uint8Array)[0] ?? -1);
      else ++seen.directories;
      return change(url, await fetch(url, init));
    },
  };
  return seen;
}

test("a key that the gateway does not know is fetched anew, and the question sealed again", async () => {
  // The directory as the gateway signs it with its key id made another one: signed here, by a key that the client pins.
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const pinned = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  let isWrong = true;
  const seen = watched(async (url, reply) => {
    if (!url.endsWith("/lindung-keys")) return reply;
    const {payload} = (await reply.json()) as {payload: string};
    let text = textOf(fromBase64url(payload) ?? new Uint8Array());
    if (isWrong) text = text.replaceAll(/"key_id":\d+/g, '"key_id":199');
    const bytes = bytesOf(text);
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, concat(bytesOf("lindung keys v1\0"), bytes)));
    const body = JSON.stringify({payload: base64url(bytes), signature: base64url(signature)});
    return new Response(body, {headers: reply.headers});
  });
  let later = 0;
  const runtime = {elapsed: () => performance.now() + later};
  const client = await demo.client("gojek", {fetch: seen.fetch, directoryKey: hex(pinned), runtime});
  const token = demo.token("gojek");
  const refused = await client.ask({token});
  assert.ok(refused.kind === "refused" && refused.code === "unsupported-key");
  isWrong = false;
  later = 60_000; // one reply cannot make it fetch twice at once
  const answer = await client.ask({token});
  assert.ok("receipt" in answer && answer.receipt, JSON.stringify(answer));
  assert.equal(answer.repeated, false);
  assert.equal(seen.keys.length, 3);
  assert.equal(seen.keys[0], 199);
  assert.equal(seen.keys[1], 199);
  assert.notEqual(seen.keys[2], 199);
  assert.equal(seen.directories, 2);
});

test("a client that runs over days follows the gateway's daily keys", async () => {
  const seen = watched();
  const begin = Date.now();
  let elapsed = 0;
  const runtime = {elapsed: () => performance.now() + elapsed};
  const client = await demo.client("gojek", {fetch: seen.fetch, runtime, retry: {deadlineMs: 60_000}});
  const token = demo.token("gojek");
  assert.ok("receipt" in (await client.ask({token})));
  const listen = demo.file.authority;
  for (const days of [1, 2]) {
    await demo.stop();
    elapsed = days * day + 3_600_000;
    await demo.start({at: begin + elapsed, listen});
    const answer = await client.ask({token});
    assert.ok("receipt" in answer, JSON.stringify(answer));
  }
  assert.equal(new Set(seen.keys).size, 3, `one key a day: ${seen.keys.join(" ")}`);
});
