// The package in a browser: its source names no module of Node's, it bundles for browsers, and the bundle runs with what a
// browser gives and nothing else, against the real server.

import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readdirSync, readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {after, before, test} from "node:test";
import {createContext, runInContext} from "node:vm";

import type * as Lindung from "../dist/index.js";
import {Demo} from "./support/demo.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const demo = new Demo();
before(() => demo.start());
after(() => demo.remove());

function bundle(): string {
  const options = ["--bundle", "--platform=browser", "--format=iife", "--global-name=lindung", "--target=es2022", "--log-level=error"];
  return execFileSync(`${root}node_modules/@esbuild/linux-x64/bin/esbuild`, ["dist/index.js", ...options], {
    cwd: root,
    encoding: "utf8",
  });
}

test("no source names a module of Node's, or anything that only Node has", () => {
  const files = readdirSync(`${root}src`);
  assert.ok(files.length > 15);
  for (const name of files) {
    const text = readFileSync(`${root}src/${name}`, "utf8");
    for (const [, from] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      assert.ok(from === "@hpke/core" || from?.startsWith("./"), `${name} imports ${from}`);
    }
    assert.doesNotMatch(text, /\b(?:Buffer|process|require|__dirname)\b[.(]/, name);
  }
});

test("its one dependency is pinned, and the lock file names no addresses", () => {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8")) as {packages: Record<string, object>};
  const shipped = Object.entries(lock.packages).filter(([name, about]) => name && !("dev" in about));
  assert.deepEqual(shipped.map(([name]) => name).sort(), ["node_modules/@hpke/common", "node_modules/@hpke/core"]);
  for (const [name, about] of Object.entries(lock.packages)) {
    assert.ok(!("resolved" in about), `${name} has an address`);
    if (name) assert.ok("integrity" in about, `${name} has no digest`);
  }
});

test("the bundle asks a real server with what a browser has", async () => {
  const web = {AbortController, AbortSignal, DOMException, Headers, Request, Response, TextDecoder, TextEncoder, URL};
  const more = {ArrayBuffer, DataView, Uint8Array, clearTimeout, crypto, fetch, performance, setTimeout};
  const context = createContext({...web, ...more});
  runInContext(bundle(), context);
  const found = demo.file.partners.find(({id}) => demo.has(id, "green"));
  assert.ok(found);
  const lindung = runInContext("lindung", context) as typeof Lindung;
  const client = new lindung.Client({
    url: demo.file.url,
    directoryKey: demo.directoryKey,
    partner: found.id,
    keyId: found.key_id,
    signer: await lindung.signerFromSeed(Uint8Array.from(Buffer.from(found.signing_private_key, "hex"))),
    pacts: [demo.file.pact_digest],
  });
  const {code} = demo.venue("office");
  const answer = await client.checkIn({token: demo.token(found.id, "green"), venueCode: code});
  assert.ok(answer.kind === "allow" && answer.receipt, JSON.stringify(answer));
  assert.equal((await client.verify(answer.receipt, {deadlineMs: 60_000})).kind, "proven");
});

test("a web page of anybody's may read what it needs to check a receipt", async () => {
  const proofs = ["/log/proof/inclusion?index=0&size=1", "/log/proof/consistency?from=1&to=1"];
  for (const path of ["/.well-known/lindung-keys", "/log/checkpoint", ...proofs]) {
    const reply = await fetch(demo.file.url + path);
    assert.equal(reply.status, 200, path);
    assert.equal(reply.headers.get("access-control-allow-origin"), "*", path);
    await reply.arrayBuffer();
  }
});

test("the tests run on the pinned Node, and no other can be called", () => {
  assert.ok(process.execPath.startsWith(`${root}node_modules/`), process.execPath);
  assert.throws(() => execFileSync("node", ["--version"], {stdio: "pipe"}), {status: 99});
});
