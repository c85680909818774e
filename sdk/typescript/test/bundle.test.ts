// Many questions in one request: what is sent, what each slot of the reply becomes, and when all of it goes again.

import assert from "node:assert/strict";
import {test} from "node:test";

import {fromHex, hex} from "../dist/base_n.js";
import type {Bytes} from "../dist/bytes.js";
import type {BundledAsking, Result} from "../dist/index.js";
import {answers, bundleAnswers, fails, hangs, loses, refusedSlot, says, Stage, start, token, type Act} from "./support/stage.js";

const venueCode = new Uint8Array(88).fill(1);
const people = (count: number): BundledAsking[] => Array.from({length: count}, () => ({operation: "status", token}));
const kinds = (results: readonly Result[]): string[] => results.map((result) => ("code" in result ? `${result.kind} ${result.code}` : result.kind));
const all = (count: number, what: string): string[] => Array.from({length: count}, () => what);
const againOf = (result: Result | undefined): {requestId: string; clientTime: number} => {
  assert.ok(result && "again" in result);
  return result.again;
};
const requestId = (question: Bytes): string => hex(question.slice(4, 20));

for (const [questions, size] of [
  [1, 4_159],
  [16, 4_159],
  [17, 16_447],
  [64, 16_447],
] as const) {
  test(`${questions} questions are a bundle of ${size} bytes, and each has its answer`, async () => {
    const stage = await Stage.with(bundleAnswers());
    const results = await stage.client().bundle(people(questions));
    assert.deepEqual(kinds(results), all(questions, "allow"));
    assert.equal(stage.bodies.length, 1);
    assert.equal(stage.bodies[0]?.length, 2 * size);
    const sent = stage.questions[0]?.questions.map(requestId);
    assert.deepEqual(results.map((result) => againOf(result).requestId), sent, "in the order of the questions");
    assert.equal(new Set(sent).size, questions);
    for (const [i, result] of results.entries()) assert.ok("receipt" in result && result.receipt?.index === 41 + i);
  });
}

test("each operation is asked as it would be alone, and judged by its own rules", async () => {
  const stage = await Stage.with(bundleAnswers({0: {colour: 1}, 1: {outcome: 2, colour: 3}, 3: {colour: 1}}));
  const results = await stage.client().bundle([
    {operation: "status", token},
    {operation: "check_in", token, venueCode},
    {operation: "check_out", token, venueCode},
    {operation: "check_out", token, venueCode},
    {operation: "status", token, venueCode},
  ]);
  assert.deepEqual(stage.questions[0]?.questions.map((question) => question[1]), [1, 2, 3, 3, 1]);
  assert.deepEqual(stage.questions[0]?.questions.map((question) => question[3]), [0, 88, 88, 88, 88]);
  assert.deepEqual(kinds(results), ["allow", "deny", "allow", "untrusted shape", "allow"], "a check-out has no colour");
  assert.ok(results[0]?.kind === "allow" && results[0].colour === "green");
  assert.ok(results[1]?.kind === "deny" && results[1].colour === "red");
});

test("a slot that got no answer is refused alone, and says why", async () => {
  const stage = await Stage.with(bundleAnswers({1: refusedSlot(16), 2: refusedSlot(17), 4: refusedSlot(18)}));
  const results = await stage.client().bundle(people(5));
  assert.deepEqual(kinds(results), ["allow", "refused replay-conflict", "refused quota", "allow", "refused malformed"]);
  const statuses = results.map((result) => (result.kind === "refused" ? result.status : 0));
  assert.deepEqual(statuses, [0, 409, 429, 0, 400]);
  assert.ok(results[2]?.kind === "refused" && !results[2].mayBeRecorded);
  assert.equal(againOf(results[2]).requestId, requestId(stage.questions[0]?.questions[2] ?? new Uint8Array()));
  assert.equal(stage.bodies.length, 1, "the others have their answers: nothing goes again");
});

test("a slot that is refused behind a lost reply may have been recorded", async () => {
  const stage = await Stage.with(loses, bundleAnswers({0: refusedSlot(17)}));
  const [first] = await stage.client().bundle(people(2));
  assert.ok(first?.kind === "refused" && first.mayBeRecorded);
});

const spoiled = (at: number, value: number) => (question: Bytes) => {
  const slot = refusedSlot(17)(question);
  slot[at] = value;
  return slot;
};
for (const [what, slot, code] of [
  ["of another version", spoiled(0, 2), "shape"],
  ["with a reason that there is none of", refusedSlot(19), "shape"],
  ["with the outcome in front of the reasons", refusedSlot(15), "shape"],
  ["refused with a colour", spoiled(2, 1), "shape"],
  ["refused as a repetition", spoiled(3, 1), "shape"],
  ["refused with a time", spoiled(20, 1), "shape"],
  ["refused with more behind it", spoiled(255, 1), "shape"],
  ["refused for another question", spoiled(4, 1), "request-id"],
  ["with another question's answer", {requestId: new Uint8Array(16).fill(8)}, "request-id"],
  ["with another request's answer", {evidence: new Uint8Array(32).fill(1)}, "evidence"],
  ["said to be a repetition of what was never asked", {flags: 1, evidence: new Uint8Array(32).fill(1)}, "repeated"],
] as const) {
  test(`a slot ${what} is not believed, and the others are`, async () => {
    const stage = await Stage.with(bundleAnswers({1: slot}));
    const results = await stage.client().bundle(people(3));
    assert.deepEqual(kinds(results), ["allow", `untrusted ${code}`, "allow"]);
    assert.equal(againOf(results[1]).requestId, requestId(stage.questions[0]?.questions[1] ?? new Uint8Array()));
  });
}

test("answers in each other's slots are not believed", async () => {
  const swapped = (plaintext: Bytes): Bytes => {
    const out = new Uint8Array(plaintext);
    out.set(plaintext.slice(8, 264), 264);
    out.set(plaintext.slice(264, 520), 8);
    return out;
  };
  const results = await (await Stage.with(bundleAnswers({}, swapped))).client().bundle(people(2));
  assert.deepEqual(kinds(results), all(2, "untrusted request-id"));
});

for (const [what, at, value] of [
  ["of another version", 0, 2],
  ["with fewer answers than questions", 1, 2],
  ["with more answers than questions", 1, 4],
  ["with a reserved byte", 2, 1],
  ["with the last reserved byte", 7, 1],
  ["with something in the first unused slot", 8 + 256 * 3, 1],
  ["with something in its last byte", 8 + 256 * 16 - 1, 1],
] as const) {
  test(`a reply ${what} is believed in no slot`, async () => {
    const spoil = (plaintext: Bytes): Bytes => plaintext.map((byte, i) => (i === at ? value : byte));
    const stage = await Stage.with(bundleAnswers({}, spoil));
    assert.deepEqual(kinds(await stage.client().bundle(people(3))), all(3, "untrusted shape"));
    assert.equal(stage.bodies.length, 1, "it opened: asking again would change nothing");
  });
}

for (const [what, length] of [
  ["shorter", 8 + 256 * 15],
  ["as long as one of the other size", 8 + 256 * 64],
] as const) {
  test(`a reply that opens and is ${what} is asked again, and never taken`, async () => {
    const resized = (plaintext: Bytes): Bytes => {
      const out = new Uint8Array(length);
      out.set(plaintext.slice(0, length));
      return out;
    };
    const stage = await Stage.with(bundleAnswers({}, resized));
    const results = await stage.client({retry: {deadlineMs: 200}}).bundle(people(3));
    assert.deepEqual(kinds(results), all(3, "unknown not-an-answer"));
    assert.equal(stage.bodies.length, 2);
  });
}

test("a reason of a slot is no answer to a single question", async () => {
  const stage = await Stage.with(answers({}, {outcome: 16}));
  assert.deepEqual(kinds([await stage.client().ask({token})]), ["untrusted shape"]);
});

for (const [what, act] of [
  ["whose reply is of the media type of a single answer", "application/vnd.lindung.answer"],
  ["whose reply has no media type", ""],
] as const) {
  test(`a bundle ${what} goes again, and the reply is never taken`, async () => {
    const wrong: Act = async (opened, stage) => {
      const right = await bundleAnswers()(opened, stage);
      return right instanceof Response ? new Response(right.body, {headers: {"content-type": act}}) : right;
    };
    const stage = await Stage.with(wrong, bundleAnswers({0: {flags: 1}, 1: {flags: 1}}));
    assert.deepEqual(kinds(await stage.client().bundle(people(2))), all(2, "allow"));
    assert.equal(stage.bodies.length, 2);
  });
}

test("a bundle whose reply was lost goes again as the same bytes", async () => {
  const stage = await Stage.with(loses, fails(502), hangs, bundleAnswers({0: {flags: 1}}));
  const results = await stage.client({retry: {attemptMs: 500}}).bundle(people(20));
  assert.deepEqual(kinds(results), all(20, "allow"));
  assert.ok(results[0]?.kind === "allow" && results[0].repeated && results[0].receipt);
  assert.equal(stage.bodies.length, 4);
  assert.equal(new Set(stage.bodies).size, 1);
  assert.equal(new Set(stage.signatures).size, 1);
});

test("a bundle whose signature grew old is sealed anew around the same questions", async () => {
  const first: {evidence?: Bytes} = {};
  const busy: Act = (opened, stage) => {
    if (typeof opened === "object") first.evidence = opened.evidence;
    return says("busy", 503, {}, {"retry-after": "50"})(opened, stage);
  };
  const later: Act = (opened, stage) => {
    assert.ok(first.evidence);
    return bundleAnswers({1: {flags: 1, evidence: first.evidence}})(opened, stage);
  };
  const stage = await Stage.with(busy, later);
  const results = await stage.client({retry: {deadlineMs: 60_000}}).bundle(people(3));
  assert.deepEqual(kinds(results), all(3, "allow"), "the second answer names the request of the first attempt");
  assert.notEqual(stage.bodies[0], stage.bodies[1]);
  assert.deepEqual(stage.questions[0]?.plaintext, stage.questions[1]?.plaintext);
});

test("a key that the gateway does not know any more: the same questions, sealed to the new one", async () => {
  const stage = await Stage.with(bundleAnswers());
  const old = stage.opens;
  const client = stage.client();
  assert.deepEqual(kinds(await client.bundle(people(1))), ["allow"]);
  stage.opens = await Stage.gatewayKey(8);
  stage.published = [stage.opens];
  stage.time += 6_000;
  const results = await client.bundle(people(20));
  assert.deepEqual(kinds(results), all(20, "allow"));
  assert.equal(stage.bodies.length, 3);
  assert.deepEqual(stage.bodies.map((body) => Number.parseInt(body.slice(0, 2), 16)), [old.keyId, old.keyId, 8]);
  assert.deepEqual(stage.waits, [], "at once");
});

for (const [name, status, what] of [
  ["bad-signature", 401, "refused bad-signature"],
  ["partner-cut", 403, "refused partner-cut"],
  ["malformed", 400, "refused malformed"],
  ["not-found", 404, "refused not-found"],
  ["busy", 503, "refused busy"],
  ["outcome-unknown", 503, "unknown outcome-unknown"],
] as const) {
  test(`${name} of the whole bundle is every question's`, async () => {
    const stage = await Stage.with(says(name, status, {cut_log_index: 5}, {"retry-after": "1"}));
    const results = await stage.client({retry: {deadlineMs: 2_000}}).bundle(people(3));
    assert.deepEqual(kinds(results), all(3, what));
    assert.equal(new Set(results.map((result) => againOf(result).requestId)).size, 3);
    assert.ok(results.every((result) => result.kind !== "refused" || (result.status === status && result.cutLogIndex === 5)));
  });
}

test("a bundle without a reply is unknown in each slot, and each question goes on alone or in another bundle", async () => {
  const lost = await Stage.with(loses);
  const asked: BundledAsking[] = [...people(3), {operation: "check_in", token, venueCode}];
  const results = await lost.client().bundle(asked);
  assert.deepEqual(kinds(results), all(4, "unknown no-reply"));
  const sent = lost.questions[0]?.questions ?? [];

  const earlier = {flags: 1, evidence: new Uint8Array(32).fill(4), answeredAt: start};
  const alone = await Stage.with(answers(earlier));
  alone.time = 3_600_000;
  const one = await alone.client().checkIn({token, venueCode, again: againOf(results[3])});
  assert.ok(one.kind === "allow" && one.repeated && one.receipt);
  assert.deepEqual(alone.questions[0]?.plaintext, sent[3]);

  const other = await Stage.with(bundleAnswers({0: earlier, 2: earlier}));
  other.time = 3_600_000;
  const resumed: BundledAsking[] = [
    {operation: "status", token, again: againOf(results[1])},
    {operation: "status", token},
    {operation: "status", token, again: againOf(results[0])},
  ];
  assert.deepEqual(kinds(await other.client().bundle(resumed)), all(3, "allow"));
  assert.deepEqual(other.questions[0]?.questions[0], sent[1]);
  assert.deepEqual(other.questions[0]?.questions[2], sent[0]);

  const fresh = await Stage.with(bundleAnswers({0: earlier, 1: earlier, 2: earlier}));
  fresh.time = 3_600_000;
  const judged = await fresh.client().bundle(resumed);
  assert.deepEqual(kinds(judged), ["allow", "untrusted repeated", "allow"], "only what is asked again may be a repetition");
});

test("what is no question is not asked, and the others of the bundle are", async () => {
  const stage = await Stage.with(bundleAnswers());
  const results = await stage.client().bundle([
    {operation: "status", token},
    {operation: "check_in", token, venueCode: "https://menu.example/?table=4"},
    {operation: "status", token: "ab".repeat(27)},
    {operation: "check_in", token} as unknown as BundledAsking,
    {operation: "checkIn", token, venueCode} as unknown as BundledAsking,
    {operation: "status", token, again: {requestId: "00".repeat(16), clientTime: start - 24 * 3600}},
    {operation: "status", token, again: {requestId: "01".repeat(16), clientTime: start + 31}},
    {operation: "status", token, again: {requestId: "02".repeat(16), clientTime: start - 23 * 3600}},
  ]);
  assert.deepEqual(kinds(results), ["allow", ...all(6, "not-asked bad-question"), "allow"]);
  assert.equal(stage.questions[0]?.questions.length, 2);
  for (const result of results) assert.doesNotMatch(JSON.stringify(result), /abab|menu/);
  assert.ok(results[5]?.kind === "not-asked" && results[5].cause.includes("clientTime"));
});

for (const [what, count] of [
  ["more than 64 questions", 65],
  ["a request id that stands twice", 3],
  ["no question at all", 0],
] as const) {
  test(`${what} is no bundle, and nothing is sent`, async () => {
    const stage = await Stage.with(bundleAnswers());
    const id = "0a".repeat(16);
    const again = (requestId: string): BundledAsking => ({operation: "status", token, again: {requestId, clientTime: start}});
    const asked = count === 3 ? [again(id), ...people(1), again(id.toUpperCase())] : people(count);
    assert.deepEqual(kinds(await stage.client().bundle(asked)), all(count, "not-asked bad-question"));
    assert.equal(stage.bodies.length + stage.directoryFetches, 0);
  });
}

test("a bundle of nothing but what is no question is not sent", async () => {
  const stage = await Stage.with(bundleAnswers());
  const results = await stage.client().bundle([{operation: "status", token: ""}]);
  assert.deepEqual(kinds(results), ["not-asked bad-question"]);
  assert.equal(stage.bodies.length + stage.directoryFetches, 0);
});

test("what was not asked is so in each slot", async () => {
  const stage = await Stage.with(bundleAnswers());
  const gone = await stage.client().bundle(people(2), {signal: AbortSignal.abort()});
  assert.deepEqual(kinds(gone), all(2, "not-asked aborted"));
  const unsigned = await stage.client({pacts: []}).bundle(people(2));
  assert.deepEqual(kinds(unsigned), all(2, "not-asked pact-not-signed"));
  assert.equal(stage.bodies.length, 0);
});

test("a caller that gives up while a bundle's reply is awaited gets unknown in each slot", async () => {
  const control = new AbortController();
  const stage = await Stage.with(() => {
    control.abort();
    return "hangs";
  });
  assert.deepEqual(kinds(await stage.client().bundle(people(2), {signal: control.signal})), all(2, "unknown aborted"));
  assert.equal(stage.bodies.length, 1);
});

test("all questions of a bundle have one deadline, and one that is named for it", async () => {
  const stage = await Stage.with(says("busy", 503));
  assert.deepEqual(kinds(await stage.client().bundle(people(64), {retry: {deadlineMs: 1_000}})), all(64, "refused busy"));
  assert.deepEqual(stage.waits, [75, 150, 300]);
});

test("the askings may be changed once bundle was called", async () => {
  const stage = await Stage.with(bundleAnswers());
  const bytes = fromHex(token) ?? new Uint8Array();
  const asked: BundledAsking[] = [{operation: "status", token: bytes}];
  const results = stage.client().bundle(asked);
  bytes.fill(0);
  asked.push(...people(3));
  assert.deepEqual(kinds(await results), ["allow"]);
  assert.equal(hex(stage.questions[0]?.questions[0]?.slice(20, 48) ?? new Uint8Array()), token);
});
