// Proofs against trees that are computed here the slow way, and a log that lies in each way it can.

import assert from "node:assert/strict";
import {test} from "node:test";

import {base64, hex} from "../dist/base_n.js";
import {bytesOf, concat, type Bytes} from "../dist/bytes.js";
import {openCheckpoint} from "../dist/checkpoint.js";
import {sha256} from "../dist/digest.js";
import type {LogKey} from "../dist/directory.js";
import type {Receipt, Runtime} from "../dist/index.js";
import {LogReader} from "../dist/log_reader.js";
import {continues, proves} from "../dist/merkle.js";

const leafOf = (text: string): Promise<Bytes> => sha256(Uint8Array.of(0), bytesOf(text));
const node = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(Uint8Array.of(1), left, right);
/** The largest power of two below n. */
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

// RFC 9162 sections 2.1.1, 2.1.3.1, 2.1.4.1, as they are written there.
async function rootOf(leaves: Bytes[]): Promise<Bytes> {
  if (leaves.length === 1) return leaves[0] as Bytes;
  const k = split(leaves.length);
  return node(await rootOf(leaves.slice(0, k)), await rootOf(leaves.slice(k)));
}
async function path(m: number, leaves: Bytes[]): Promise<Bytes[]> {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  if (m < k) return [...(await path(m, leaves.slice(0, k))), await rootOf(leaves.slice(k))];
  return [...(await path(m - k, leaves.slice(k))), await rootOf(leaves.slice(0, k))];
}
async function subproof(m: number, leaves: Bytes[], isWhole: boolean): Promise<Bytes[]> {
  if (m === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const k = split(leaves.length);
  if (m <= k) return [...(await subproof(m, leaves.slice(0, k), isWhole)), await rootOf(leaves.slice(k))];
  return [...(await subproof(m - k, leaves.slice(k), false)), await rootOf(leaves.slice(0, k))];
}

const leaves = await Promise.all(Array.from({length: 21}, (_, i) => leafOf(`entry ${i}`)));

test("every inclusion proof of every tree proves its leaf, and nothing else", async () => {
  for (let size = 1; size <= leaves.length; ++size) {
    const all = leaves.slice(0, size);
    const root = await rootOf(all);
    for (const [index, leaf] of all.entries()) {
      const proof = await path(index, all);
      assert.ok(await proves(index, size, leaf, proof, root), `${index} of ${size}`);
      assert.ok(!(await proves(index, size, leaf, [...proof, root], root)), "too long");
      assert.ok(!(await proves(index, size, await leafOf("another"), proof, root)), "another leaf");
      assert.ok(!(await proves(size, size, leaf, proof, root)), "outside");
      if (size > 1) {
        assert.ok(!(await proves(index, size, leaf, proof.slice(1), root)), "too short");
        assert.ok(!(await proves((index + 1) % size, size, leaf, proof, root)), "another place");
      }
    }
  }
});

test("every consistency proof of every two trees proves them, and nothing else", async () => {
  for (let size = 1; size <= leaves.length; ++size) {
    const later = {size, root: await rootOf(leaves.slice(0, size))};
    for (let first = 1; first <= size; ++first) {
      const earlier = {size: first, root: await rootOf(leaves.slice(0, first))};
      const proof = await subproof(first, leaves.slice(0, size), true);
      assert.ok(await continues(earlier, later, proof), `${first} in ${size}`);
      const other = await leafOf("another");
      assert.ok(!(await continues({size: first, root: other}, later, proof)), "another earlier tree");
      assert.ok(!(await continues(earlier, {size, root: other}, proof)), "another later tree");
      assert.ok(!(await continues(earlier, later, [...proof, later.root])), "too long");
      if (proof.length > 0) assert.ok(!(await continues(earlier, later, proof.slice(1))), "too short");
    }
  }
});

const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
const key: LogKey = {origin: "log.example", publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))};

async function note(text: string, origin = key.origin): Promise<string> {
  const id = (await sha256(bytesOf(origin), Uint8Array.of(0x0a, 1), key.publicKey)).slice(0, 4);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytesOf(text)));
  return `${text}\n\u2014 ${origin} ${base64(concat(id, signature))}\n`;
}
const head = async (all: Bytes[]): Promise<string> => note(`${key.origin}\n${all.length}\n${base64(await rootOf(all))}\n`);

test("a checkpoint is read when this log signed it, also among other signatures", async () => {
  const right = await head(leaves);
  const opened = await openCheckpoint(bytesOf(right), key);
  assert.equal(opened?.size, leaves.length);
  assert.equal(opened && hex(opened.root), hex(await rootOf(leaves)));
  const witnessed = right.replace("\n\n", `\n\n\u2014 witness.example ${base64(new Uint8Array(68))}\n`);
  assert.equal((await openCheckpoint(bytesOf(witnessed), key))?.size, leaves.length);
});

test("a checkpoint that is changed, of another log, or not in its one spelling is not believed", async () => {
  const right = await head(leaves);
  for (let at = 0; at < right.length; ++at) {
    const spoiled = bytesOf(right);
    spoiled[at] = (spoiled[at] ?? 0) ^ 1;
    assert.equal(await openCheckpoint(spoiled, key), undefined, `byte ${at}`);
  }
  const root = base64(await rootOf(leaves));
  for (const wrong of [
    await note(`other.example\n21\n${root}\n`),
    await note(`${key.origin}\n021\n${root}\n`),
    await note(`${key.origin}\n-1\n${root}\n`),
    await note(`${key.origin}\n21\n${root.slice(0, -1)}\n`),
    await note(`${key.origin}\n21\n`),
    await note(`${key.origin}\n21\n${root}\n`, "other.example"),
    right.slice(0, right.indexOf("\n\n") + 2),
    right.slice(0, -1),
    "",
  ]) {
    assert.equal(await openCheckpoint(bytesOf(wrong), key), undefined, wrong);
  }
});

/** A log that shows these entries; `serve` can be changed between looks. */
class FakeLog {
  all: Bytes[];
  time = 0;
  proof: (from: Bytes[]) => Promise<Bytes[]> = async (hashes) => hashes;
  reachable = true;
  /** What the first checkpoint waits for on its way. */
  held: Promise<void> | undefined;
  whenWaiting: () => void = () => undefined;

  constructor(size: number) {
    this.all = leaves.slice(0, size);
  }

  readonly runtime: Runtime = {
    now: () => 0,
    elapsed: () => this.time,
    wait: (ms) => {
      this.time += ms;
      this.whenWaiting();
      return Promise.resolve();
    },
    random: () => 0.5,
  };

  reader(seen?: string): LogReader {
    return new LogReader("https://log.example", (url) => this.#reply(new URL(url)), this.runtime, seen);
  }

  async #reply(url: URL): Promise<Response> {
    if (!this.reachable) throw new TypeError("fetch failed");
    if (url.pathname === "/log/checkpoint") {
      const [note, held] = [await head(this.all), this.held];
      this.held = undefined;
      await held;
      return new Response(note);
    }
    const number = (name: string): number => Number(url.searchParams.get(name));
    const isInclusion = url.pathname === "/log/proof/inclusion";
    const size = isInclusion ? number("size") : number("to");
    if (size > this.all.length) return new Response("", {status: 404});
    const tree = this.all.slice(0, size);
    const hashes = isInclusion ? await path(number("index"), tree) : await subproof(number("from"), tree, true);
    return new Response(JSON.stringify({hashes: (await this.proof(hashes)).map(base64)}));
  }
}

const receipt = (index: number): Receipt => ({index, leafHash: hex(leaves[index] ?? new Uint8Array())});

test("a log that grows is followed, and what it remembers can be kept over a restart", async () => {
  const log = new FakeLog(5);
  const reader = log.reader();
  assert.equal((await reader.verify(receipt(3), key)).kind, "proven");
  log.all = leaves.slice(0, 12);
  const later = await reader.verify(receipt(11), key);
  assert.ok(later.kind === "proven" && later.checkpoint.size === 12);
  assert.equal((await log.reader(reader.seen).verify(receipt(0), key)).kind, "proven");
});

test("an entry that is not yet published is waited for", async () => {
  const log = new FakeLog(5);
  log.whenWaiting = () => (log.all = leaves.slice(0, 8));
  assert.equal((await log.reader().verify(receipt(7), key)).kind, "proven");
  const never = await new FakeLog(5).reader().verify(receipt(7), key);
  assert.ok(never.kind === "pending" && never.size === 5);
});

test("a log that changed an entry that was seen is found", async () => {
  const log = new FakeLog(9);
  const reader = log.reader();
  assert.equal((await reader.verify(receipt(3), key)).kind, "proven");
  log.all = [...leaves.slice(0, 4), await leafOf("forged"), ...leaves.slice(5, 15)];
  const changed = await reader.verify(receipt(3), key);
  assert.ok(changed.kind === "unproven" && changed.code === "consistency");
  log.all = log.all.slice(0, 9);
  const sameSize = await reader.verify(receipt(3), key);
  assert.ok(sameSize.kind === "unproven" && sameSize.code === "consistency");
  assert.equal((await openCheckpoint(bytesOf(reader.seen ?? ""), key))?.size, 9, "what is believed stays");
});

test("a log that stays shorter than it was has taken something back; one a moment behind has not", async () => {
  const log = new FakeLog(9);
  const reader = log.reader();
  assert.equal((await reader.verify(receipt(3), key)).kind, "proven");
  log.all = leaves.slice(0, 7);
  const shorter = await reader.verify(receipt(3), key);
  assert.ok(shorter.kind === "unproven" && shorter.code === "rollback");
  log.whenWaiting = () => (log.all = leaves.slice(0, 10));
  assert.equal((await reader.verify(receipt(3), key)).kind, "proven");
});

test("many looks at a growing log at once are held against each other in turn", async () => {
  const log = new FakeLog(5);
  const reader = log.reader();
  const looks = Array.from({length: 12}, (_, i) => {
    log.all = leaves.slice(0, 5 + i);
    return reader.verify(receipt(i % 5), key);
  });
  for (const look of await Promise.all(looks)) assert.equal(look.kind, "proven");
});

test("a checkpoint that was overtaken on its way is no rollback", async () => {
  const log = new FakeLog(5);
  const reader = log.reader();
  let release = (): void => undefined;
  log.held = new Promise((resolve) => (release = resolve));
  const first = reader.verify(receipt(3), key);
  setTimeout(() => {
    log.all = leaves.slice(0, 9);
    setTimeout(release, 50);
  }, 50);
  const second = new Promise((resolve) => setTimeout(resolve, 60)).then(() => reader.verify(receipt(4), key));
  assert.equal((await first).kind, "proven");
  assert.equal((await second).kind, "proven");
  assert.equal(log.time, 0, "nobody had to look twice");
});

test("a proof that is spoiled, and a receipt that is none, prove nothing", async () => {
  const log = new FakeLog(9);
  log.proof = async (hashes) => hashes.map((hash, i) => (i === 0 ? hash.map((byte) => byte ^ 1) : hash));
  const spoiled = await log.reader().verify(receipt(3), key);
  assert.ok(spoiled.kind === "unproven" && spoiled.code === "inclusion");
  for (const none of [{index: -1, leafHash: "00".repeat(32)}, {index: 1.5, leafHash: "00".repeat(32)}, {index: 1, leafHash: "zz"}]) {
    const result = await log.reader().verify(none, key);
    assert.ok(result.kind === "unproven" && result.code === "receipt");
  }
});

test("a log that cannot be asked is unreachable, and a caller may give up", async () => {
  const log = new FakeLog(5);
  log.reachable = false;
  const result = await log.reader().verify(receipt(3), key);
  assert.ok(result.kind === "unreachable" && result.code === "unreachable");
  const stopped = await log.reader().verify(receipt(3), key, {signal: AbortSignal.abort()});
  assert.ok(stopped.kind === "unreachable" && stopped.code === "aborted");
});
