// The client against the real server, end to end.

import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {Demo} from "./support/demo.js";

const demo = new Demo();
before(() => demo.start());
after(() => demo.remove());

test("a green person is allowed in, once, and the answer stands in the log", async () => {
  const client = await demo.client("gojek");
  const office = demo.venue("office");
  const token = demo.token("gojek", "green");
  const was = demo.inside(office.id);
  const answer = await client.checkIn({token, venueCode: office.code});
  assert.equal(answer.kind, "allow");
  assert.equal(answer.colour, "green");
  assert.equal(answer.repeated, false);
  assert.equal(answer.validUntil.getTime(), 10_000 * Math.floor((answer.answeredAt.getTime() / 1000 + 60) / 10));
  assert.equal(demo.inside(office.id), was + 1);

  assert.ok(answer.receipt);
  const verification = await client.verify(answer.receipt, {deadlineMs: 60_000});
  assert.equal(verification.kind, "proven");
  assert.ok(verification.checkpoint.size > answer.receipt.index);
});
