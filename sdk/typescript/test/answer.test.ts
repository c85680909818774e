// What the client does not believe, though it was sealed for it; and what each outcome becomes.

import assert from "node:assert/strict";
import {test} from "node:test";

import {hex} from "../dist/base_n.js";
import {answers, fails, loses, says, Stage, start, token, type Act} from "./support/stage.js";

for (const [outcome, kind] of ["unlinked", "allow", "deny", "venue-refused", "venue-full", "over-quota"].entries()) {
  test(`outcome ${outcome} is ${kind}`, async () => {
    const result = await (await Stage.with(answers({outcome}))).client().ask({token});
    assert.equal(result.kind, kind);
    assert.ok("receipt" in result && result.receipt?.index === 41);
    assert.equal(result.validUntil.getTime(), 1000 * (start + 60));
  });
}

for (const [number, colour] of [null, "green", "yellow", "red", "black"].entries()) {
  test(`colour ${number} is ${colour}`, async () => {
    const result = await (await Stage.with(answers({outcome: 2, colour: number}))).client().ask({token});
    assert.ok(result.kind === "deny");
    assert.equal(result.colour, colour);
  });
}

test("the next token is handed on", async () => {
  const nextToken = new Uint8Array(28).fill(3);
  const result = await (await Stage.with(answers({nextToken}))).client().ask({token});
  assert.ok(result.kind === "allow" && result.nextToken);
  assert.equal(hex(result.nextToken), hex(nextToken));
});

const wrong: readonly (readonly [string, string, Act])[] = [
  ["with an unknown outcome", "shape", answers({}, {outcome: 6})],
  ["with an unknown colour", "shape", answers({}, {colour: 5})],
  ["with a colour for somebody who is not linked", "shape", answers({}, {outcome: 0, colour: 1})],
  ["that is valid for longer than it may be", "shape", answers({validUntil: start + 70})],
  ["to another question", "request-id", answers({requestId: new Uint8Array(16).fill(8)})],
  ["said to be a repetition of what was never asked", "repeated", answers({flags: 1, evidence: new Uint8Array(32).fill(1)})],
  ["said to be an ended link's, to what was never asked", "repeated", answers({outcome: 0, flags: 1}, {opening: new Uint8Array(16), evidence: new Uint8Array(32)})],
  ["that names another request", "evidence", answers({evidence: new Uint8Array(32).fill(1)})],
  ["with another place in the log than its own", "leaf-hash", answers({}, {leafHash: new Uint8Array(32).fill(1)})],
  ["changed after it was logged", "leaf-hash", answers({outcome: 2}, {outcome: 1})],
];
for (const [what, code, act] of wrong) {
  test(`an answer ${what} is not believed`, async () => {
    const stage = await Stage.with(act);
    const result = await stage.client().ask({token});
    assert.equal(result.kind, "untrusted");
    assert.equal("code" in result && result.code, code);
    assert.equal(stage.bodies.length, 1, "it opened: asking again would change nothing");
  });
}

test("a colour at a check-out is not believed", async () => {
  const stage = await Stage.with(answers({colour: 1}));
  const result = await stage.client().checkOut({token, venueCode: new Uint8Array(88).fill(1)});
  assert.ok(result.kind === "untrusted" && result.code === "shape");
});

test("the repetition of an answer whose link has ended has no receipt", async () => {
  const ended = answers({outcome: 0, flags: 1}, {opening: new Uint8Array(16), evidence: new Uint8Array(32), leafHash: new Uint8Array(32).fill(7)});
  const stage = await Stage.with(loses, ended);
  const result = await stage.client().ask({token});
  assert.ok(result.kind === "unlinked" && result.repeated);
  assert.equal(result.receipt, null);
});

test("a reply that does not open is asked again, and never taken", async () => {
  const garbage: Act = () => new Response(new Uint8Array(288), {headers: {"content-type": "application/vnd.lindung.answer"}});
  const stage = await Stage.with(garbage, answers());
  assert.equal((await stage.client().ask({token})).kind, "allow");
  const never = await (await Stage.with(garbage)).client().ask({token});
  assert.ok(never.kind === "unknown" && never.code === "not-an-answer");
});

test("a reply without end is given up", async () => {
  let pulled = 0;
  const endless: Act = () =>
    new Response(
      new ReadableStream({
        pull: (to) => {
          ++pulled;
          to.enqueue(new Uint8Array(16_384));
        },
      }),
    );
  const result = await (await Stage.with(endless, answers())).client().ask({token});
  assert.equal(result.kind, "allow");
  assert.ok(pulled < 20, `${pulled} pieces were read`);
});

test("what is no question is not asked, and the fault names the field alone", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client();
  const secret = "ab".repeat(27);
  const venueCode = "https://menu.example/?table=4";
  for (const asked of [
    client.ask({token: secret}),
    client.ask({token, venueCode}),
    client.checkIn({token, venueCode: new Uint8Array(0)}),
    client.checkIn({token, venueCode: new Uint8Array(161)}),
    client.ask({token, again: {requestId: "00", clientTime: start}}),
    client.ask({token, again: {requestId: "00".repeat(16), clientTime: 1.5}}),
  ]) {
    const result = await asked;
    assert.ok(result.kind === "not-asked" && result.code === "bad-question", JSON.stringify(result));
    assert.doesNotMatch(result.cause, /abab|menu/);
  }
  assert.equal(stage.bodies.length, 0);
});

test("no fault carries the token, the signing key's words or the text of the wire", async () => {
  const leaky = "signature bytes deadbeef";
  const told = await (await Stage.with(says("bad-signature", 401, {detail: token, title: token}))).client().ask({token});
  const html = await (await Stage.with(fails(403))).client().ask({token});
  const signing = await (await Stage.with(answers()))
    .client({signer: () => Promise.reject(new Error(leaky))})
    .ask({token});
  assert.equal(signing.kind, "not-asked");
  assert.equal("code" in signing && signing.code, "signing-failed");
  for (const result of [told, html, signing]) {
    const text = JSON.stringify(result);
    assert.ok(!text.includes(token) && !text.includes(leaky) && !text.includes("<html>"), text);
  }
});
