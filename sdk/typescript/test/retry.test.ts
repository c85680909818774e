// When the client asks again, with what, how long it waits, and what it says when it stops.

import assert from "node:assert/strict";
import {test} from "node:test";

import {answers, fails, hangs, loses, says, Stage, start, token} from "./support/stage.js";
import type {Result} from "../dist/index.js";

type Kind = Result["kind"];
function is<K extends Kind>(result: Result, kind: K): asserts result is Extract<Result, {kind: K}> {
  assert.equal(result.kind, kind, JSON.stringify(result));
}

test("a question whose reply was lost goes again as the same bytes", async () => {
  const stage = await Stage.with(loses, fails(502), answers());
  const result = await stage.client().ask({token});
  is(result, "allow");
  assert.equal(stage.bodies.length, 3);
  assert.equal(new Set(stage.bodies).size, 1);
  assert.equal(new Set(stage.signatures).size, 1);
  assert.deepEqual(stage.waits, [75, 150]); // half of 100 and 200 ms is random, and random is a half here
});

test("a repeated answer names the request that was answered first, and is taken", async () => {
  const stage = await Stage.with(loses, answers({flags: 1}));
  const result = await stage.client().ask({token});
  is(result, "allow");
  assert.equal(result.repeated, true);
  assert.ok(result.receipt);
});

test("a signature that grew old is made anew, around the same question", async () => {
  const stage = await Stage.with(says("busy", 503, {}, {"retry-after": "50"}), answers());
  const result = await stage.client({retry: {deadlineMs: 60_000}}).ask({token});
  is(result, "allow");
  const [first, second] = stage.questions;
  assert.deepEqual(first?.plaintext, second?.plaintext);
  assert.notEqual(stage.bodies[0], stage.bodies[1]);
});

for (const [name, status] of [
  ["timeout", 408],
  ["quota", 429],
  ["busy", 503],
  ["outcome-unknown", 503],
  ["unavailable", 503],
  ["sealed", 503],
] as const) {
  test(`${name} is asked again`, async () => {
    const stage = await Stage.with(says(name, status), answers());
    is(await stage.client().ask({token}), "allow");
    assert.equal(stage.bodies.length, 2);
  });
}

for (const [name, status] of [
  ["malformed", 400],
  ["bad-signature", 401],
  ["clock-skew", 401],
  ["partner-suspended", 403],
  ["partner-cut", 403],
  ["not-found", 404],
  ["method", 405],
  ["too-large", 413],
  ["too-large", 431],
  ["replay-conflict", 409],
] as const) {
  test(`${name} (${status}) is final and is told as it is`, async () => {
    const stage = await Stage.with(says(name, status));
    const result = await stage.client().ask({token});
    is(result, "refused");
    assert.equal(result.code, name);
    assert.equal(result.status, status);
    assert.equal(result.mayBeRecorded, false);
    assert.equal(stage.bodies.length, 1);
    assert.deepEqual(stage.waits, []);
  });
}

for (const [status, times] of [
  [500, 2],
  [502, 2],
  [504, 2],
  [429, 2],
  [302, 1],
  [403, 1],
] as const) {
  test(`${status} of something that is no gateway is ${times === 1 ? "final" : "asked again"}`, async () => {
    const stage = await Stage.with(fails(status), answers());
    const result = await stage.client().ask({token});
    assert.equal(stage.bodies.length, times);
    if (times === 1) {
      is(result, "refused");
      assert.equal(result.code, "unexpected");
    } else {
      is(result, "allow");
    }
  });
}

test("a problem of the gateway's is told with its numbers", async () => {
  const skewed = await (await Stage.with(says("clock-skew", 401, {server_time: start - 90}))).client().ask({token});
  is(skewed, "refused");
  assert.equal(skewed.clockAheadBy, 90);
  const cut = await (await Stage.with(says("partner-cut", 403, {cut_log_index: 77}))).client().ask({token});
  is(cut, "refused");
  assert.equal(cut.cutLogIndex, 77);
});

test("Retry-After is waited for, and never cut short", async () => {
  const stage = await Stage.with(says("quota", 429, {}, {"retry-after": "3"}), answers());
  is(await stage.client().ask({token}), "allow");
  assert.deepEqual(stage.waits, [3050]);
});

test("a Retry-After beyond the deadline ends the question at once", async () => {
  const stage = await Stage.with(says("quota", 429, {}, {"retry-after": "40"}));
  const result = await stage.client().ask({token});
  is(result, "refused");
  assert.equal(result.code, "quota");
  assert.equal(result.retryAfter, 40);
  assert.deepEqual(stage.waits, []);
});

test("waits double up to their longest, and the deadline ends them", async () => {
  const stage = await Stage.with(says("busy", 503));
  const result = await stage.client({retry: {deadlineMs: 9_000}}).ask({token});
  is(result, "refused");
  assert.equal(result.code, "busy");
  assert.deepEqual(stage.waits, [75, 150, 300, 600, 1200, 1500, 1500, 1500, 1500]);
});

test("no reply at all is unknown, and can be asked again by another process", async () => {
  const lost = await Stage.with(loses);
  const result = await lost.client().checkIn({token, venueCode: new Uint8Array(88).fill(1)});
  is(result, "unknown");
  assert.equal(result.code, "no-reply");
  assert.match(result.again.requestId, /^[0-9a-f]{32}$/);
  assert.equal(result.again.clientTime, start);

  const stage = await Stage.with(answers({flags: 1, evidence: new Uint8Array(32).fill(4), answeredAt: start}));
  stage.time = 3_600_000;
  const asking = {token, venueCode: new Uint8Array(88).fill(1), again: JSON.parse(JSON.stringify(result.again))};
  const later = await stage.client().checkIn(asking);
  is(later, "allow");
  assert.equal(later.repeated, true);
  assert.ok(later.receipt, "its leaf can be computed from the evidence that the answer names");
  assert.deepEqual(stage.questions[0]?.plaintext, lost.questions[0]?.plaintext);
});

test("a refusal behind a lost reply says that it may have been recorded", async () => {
  const stage = await Stage.with(loses, says("partner-cut", 403, {cut_log_index: 5}));
  const result = await stage.client().ask({token});
  is(result, "refused");
  assert.equal(result.mayBeRecorded, true);
});

test("failures behind a lost reply are unknown, not refused", async () => {
  const stage = await Stage.with(loses, says("unavailable", 503));
  const result = await stage.client().ask({token});
  is(result, "unknown");
  assert.equal(result.code, "gateway-fault");
});

test("outcome-unknown to the end is unknown", async () => {
  const result = await (await Stage.with(says("outcome-unknown", 503))).client().ask({token});
  is(result, "unknown");
  assert.equal(result.code, "outcome-unknown");
});

test("an attempt that hangs is given up after its time, and asked again", async () => {
  const stage = await Stage.with(hangs, answers());
  is(await stage.client({retry: {attemptMs: 500}}).ask({token}), "allow");
  assert.equal(stage.bodies[0], stage.bodies[1]);
});

test("a fetch that heeds no signal is given up all the same", async () => {
  const stage = await Stage.with(() => new Promise(() => undefined), answers());
  is(await stage.client({retry: {attemptMs: 500}}).ask({token}), "allow");
});

test("a signer that never signs is given up at the deadline", async () => {
  const stage = await Stage.with(answers());
  const result = await stage.client({signer: () => new Promise(() => undefined), retry: {deadlineMs: 3_000}}).ask({token});
  is(result, "not-asked");
  assert.equal(result.code, "signing-failed");
});

test("a caller that gives up while a reply is awaited gets unknown, and no more is sent", async () => {
  const control = new AbortController();
  const stage = await Stage.with(() => {
    control.abort();
    return "hangs";
  });
  const result = await stage.client().ask({token}, {signal: control.signal});
  is(result, "unknown");
  assert.equal(result.code, "aborted");
  assert.equal(stage.bodies.length, 1);
});

test("a caller that gave up before gets not-asked, and nothing is sent", async () => {
  const stage = await Stage.with(answers());
  const result = await stage.client().ask({token}, {signal: AbortSignal.abort()});
  is(result, "not-asked");
  assert.equal(result.code, "aborted");
  assert.equal(stage.bodies.length, 0);
});

test("many questions at once have ids of their own and fetch the directory once", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client();
  const results = await Promise.all(Array.from({length: 20}, () => client.ask({token})));
  for (const result of results) is(result, "allow");
  assert.equal(new Set(results.map((result) => "again" in result && result.again.requestId)).size, 20);
  assert.equal(stage.directoryFetches, 1);
});
