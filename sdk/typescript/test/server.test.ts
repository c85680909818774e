// The client against the real server, end to end: each operation, a reply that is lost, refusals, and the log.

import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {signerFromSeed, type Client} from "../dist/index.js";
import {Demo} from "./support/demo.js";
import {fetchAs, LossyProxy} from "./support/proxy.js";

const demo = new Demo();
let client: Client;
before(async () => {
  await demo.start();
  client = await demo.client("gojek", {retry: {deadlineMs: 60_000}});
});
after(() => demo.remove());

test("a green person is allowed in and out, and each answer stands in the log", async () => {
  const office = demo.venue("office");
  const token = demo.token("gojek", "green");
  const was = demo.inside(office.id);
  const entry = await client.checkIn({token, venueCode: office.code});
  assert.equal(entry.kind, "allow");
  assert.equal(entry.colour, "green");
  assert.equal(entry.repeated, false);
  assert.equal(entry.validUntil.getTime(), 10_000 * Math.floor((entry.answeredAt.getTime() / 1000 + 60) / 10));
  assert.equal(demo.inside(office.id), was + 1);

  const exit = await client.checkOut({token, venueCode: office.code});
  assert.ok(exit.kind === "allow" && exit.colour === null);
  assert.equal(demo.inside(office.id), was);

  for (const {receipt} of [entry, exit]) {
    assert.ok(receipt);
    const verification = await client.verify(receipt, {deadlineMs: 60_000});
    assert.equal(verification.kind, "proven");
    assert.ok(verification.checkpoint.size > receipt.index);
  }
});

test("a receipt of another place, or of another leaf, is not proven", async () => {
  const answer = await client.ask({token: demo.token("gojek")});
  assert.ok("receipt" in answer && answer.receipt);
  const {index, leafHash} = answer.receipt;
  assert.equal((await client.verify({index, leafHash}, {deadlineMs: 60_000})).kind, "proven");
  for (const forged of [
    {index: index - 1, leafHash},
    {index, leafHash: "00".repeat(32)},
  ]) {
    const verification = await client.verify(forged);
    assert.ok(verification.kind === "unproven" && verification.code === "inclusion");
  }
  const future = await client.verify({index: index + 1_000_000, leafHash}, {deadlineMs: 0});
  assert.equal(future.kind, "pending");
});

test("the log goes on from the checkpoint that an earlier run saw, and another log does not", async () => {
  const first = await client.ask({token: demo.token("gojek")});
  assert.ok("receipt" in first && first.receipt);
  const seen = await client.verify(first.receipt, {deadlineMs: 60_000});
  assert.equal(seen.kind, "proven");
  const checkpoint = client.checkpoint;
  assert.ok(checkpoint);

  const second = await client.ask({token: demo.token("gojek")});
  assert.ok("receipt" in second && second.receipt);
  const later = await demo.client("gojek", {checkpoint});
  assert.equal((await later.verify(second.receipt, {deadlineMs: 60_000})).kind, "proven");

  const forged = await demo.client("gojek", {checkpoint: checkpoint.replace(/\n[0-9]+\n/, "\n1\n")});
  const verification = await forged.verify(second.receipt, {deadlineMs: 60_000});
  assert.ok(verification.kind === "unproven" && verification.code === "checkpoint");
});

for (const colour of ["green", "yellow", "red", "black"]) {
  test(`a ${colour} person is told as ${colour}`, async () => {
    const found = demo.file.partners
      .filter(({profile}) => profile === "colour")
      .find(({id}) => demo.has(id, colour));
    assert.ok(found, `the demo has nobody ${colour}`);
    const answer = await (await demo.client(found.id)).ask({token: demo.token(found.id, colour)});
    assert.ok(answer.kind === "allow" || answer.kind === "deny", JSON.stringify(answer));
    assert.equal(answer.kind, colour === "green" ? "allow" : "deny");
    assert.equal(answer.colour, colour);
  });
}

test("an unknown token and another partner's are both unlinked", async () => {
  const other = demo.file.links.find(({partner}) => partner !== "gojek");
  assert.ok(other);
  for (const token of ["01" + "77".repeat(27), other.token]) {
    const answer = await client.ask({token});
    assert.equal(answer.kind, "unlinked");
    assert.ok("receipt" in answer && answer.receipt, "the log cannot be told from another answer's");
  }
});

test("a forged venue code is refused by the venue's rules, not by an error", async () => {
  const code = demo.venue("office").code.map((byte, i) => (i === 80 ? byte ^ 1 : byte));
  assert.equal((await client.checkIn({token: demo.token("gojek"), venueCode: code})).kind, "venue-refused");
});

test("a reply that was lost on the way: the same question, answered once, counted once", async () => {
  const {hostname, port} = new URL(demo.file.url);
  assert.equal(hostname, "127.0.0.1");
  const proxy = await new LossyProxy(Number(port)).listen();
  try {
    const {authority} = demo.file;
    const sent: string[] = [];
    const through = await demo.client("gojek", {
      url: proxy.url,
      authority,
      fetch: (url, init) => {
        if (init.body) sent.push(Buffer.from(init.body as Uint8Array).toString("hex"));
        return fetchAs(authority)(url, init);
      },
      retry: {deadlineMs: 60_000},
    });
    const office = demo.venue("office");
    const was = demo.inside(office.id);
    proxy.toLose = 2;
    const answer = await through.checkIn({token: demo.token("gojek", "green", 1), venueCode: office.code});
    assert.equal(proxy.lost, 2);
    assert.ok(answer.kind === "allow" && answer.repeated, JSON.stringify(answer));
    assert.equal(sent.length, 3);
    assert.equal(new Set(sent).size, 1, "the same bytes");
    assert.equal(demo.inside(office.id), was + 1);
    assert.ok(answer.receipt);
    assert.equal((await through.verify(answer.receipt, {deadlineMs: 60_000})).kind, "proven");
  } finally {
    await proxy.close();
  }
});

test("what one process left unknown, another one finds with again", async () => {
  const token = demo.token("gojek");
  const first = await client.ask({token});
  assert.ok("receipt" in first && first.receipt);
  const later = await (await demo.client("gojek")).ask({token, again: first.again});
  assert.ok("receipt" in later && later.repeated);
  assert.deepEqual(later.receipt, first.receipt);
  const other = await client.ask({token: demo.token("gojek", undefined, 1), again: first.again});
  assert.ok(other.kind === "refused" && other.code === "replay-conflict");
});

test("a wrong signing key, a wrong clock, a wrong pact and a cut partner are each told by name", async () => {
  const token = demo.token("gojek");
  const stranger = await demo.client("gojek", {signer: await signerFromSeed(new Uint8Array(32).fill(1))});
  const unsigned = await stranger.ask({token});
  assert.ok(unsigned.kind === "refused" && unsigned.code === "bad-signature");

  const early = await demo.client("gojek", {runtime: {now: () => demo.now() + 600_000}});
  const skewed = await early.ask({token});
  assert.ok(skewed.kind === "refused" && skewed.code === "clock-skew");
  assert.ok(skewed.clockAheadBy !== undefined && skewed.clockAheadBy > 500 && skewed.clockAheadBy < 700);

  const unpacted = await (await demo.client("gojek", {pacts: ["00".repeat(32)]})).ask({token});
  assert.ok(unpacted.kind === "not-asked" && unpacted.code === "pact-not-signed");

  const victim = demo.file.partners.find(({id}) => id !== "gojek" && demo.has(id));
  assert.ok(victim);
  demo.command("partner", "cut", victim.id);
  const cut = await (await demo.client(victim.id)).ask({token: demo.token(victim.id)});
  assert.ok(cut.kind === "refused" && cut.code === "partner-cut");
  assert.ok(cut.cutLogIndex !== undefined && cut.cutLogIndex > 0);
});

test("a gateway that has no directory for the pinned key is not asked", async () => {
  const answer = await (await demo.client("gojek", {directoryKey: new Uint8Array(32).fill(2)})).ask({token: demo.token("gojek")});
  assert.ok(answer.kind === "not-asked" && answer.code === "directory-untrusted");
});

test("nobody there is unknown to the caller, and no exception", async () => {
  const gone = await demo.client("gojek", {url: "http://127.0.0.1:9", retry: {deadlineMs: 300}});
  const answer = await gone.ask({token: demo.token("gojek")});
  assert.ok(answer.kind === "not-asked" && answer.code === "directory-unreachable");
});
