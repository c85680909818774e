// The gateway's directory: what is believed, how long it is kept, when it is fetched again; and the pacts that stand in it.

import assert from "node:assert/strict";
import {test} from "node:test";

import {hex} from "../dist/base_n.js";
import {answers, nextPact, pact, says, Stage, start, token, type Act} from "./support/stage.js";

const unknownKey: Act = says("unsupported-key", 400);

test("the directory is kept for as long as it says, and no longer than half an hour", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client();
  for (const [maxAge, minutes] of [[600, 10], [86_400, 30]] as const) {
    stage.maxAge = maxAge;
    stage.time += 3_600_000;
    const before = stage.directoryFetches;
    assert.equal((await client.ask({token})).kind, "allow");
    assert.equal(stage.directoryFetches, before + 1);
    stage.time += minutes * 60_000 * 0.7;
    assert.equal((await client.ask({token})).kind, "allow");
    assert.equal(stage.directoryFetches, before + 1, "kept");
    stage.directoryReplies = false;
    stage.time += minutes * 60_000 * 0.2;
    assert.equal((await client.ask({token})).kind, "allow", "fetched beside the question: a failure does not matter yet");
    assert.equal(stage.directoryFetches, before + 2);
    stage.directoryReplies = true;
    stage.time += minutes * 60_000 * 0.2;
    assert.equal((await client.ask({token})).kind, "allow");
    assert.equal(stage.directoryFetches, before + 3, "its time was over");
  }
});

test("a key whose time is over is not used, and the directory is fetched for the next one", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client();
  assert.equal((await client.ask({token})).kind, "allow");
  const old = stage.opens;
  stage.opens = await Stage.gatewayKey(8);
  old.notAfter = start + 100;
  stage.published = [old, stage.opens];
  stage.time = 3_600_000;
  assert.equal((await client.ask({token})).kind, "allow");
  assert.equal(stage.bodies.at(-1)?.slice(0, 2), "08");
});

test("of two keys the newer one is used", async () => {
  const stage = await Stage.with(answers());
  stage.opens = await Stage.gatewayKey(8);
  stage.opens.notBefore = start - 30;
  stage.published = [stage.opens, ...stage.published];
  assert.equal((await stage.client().ask({token})).kind, "allow");
});

test("a key that is announced is not used before its time", async () => {
  const stage = await Stage.with(answers());
  const announced = await Stage.gatewayKey(8);
  announced.notBefore = start + 100;
  stage.published = [...stage.published, announced];
  assert.equal((await stage.client().ask({token})).kind, "allow");
  assert.equal(stage.bodies[0]?.slice(0, 2), "07");
});

test("a gateway that refuses every key of its own directory ends it after three", async () => {
  let keyId = 8;
  const stage = await Stage.with(async (_, at) => {
    at.published = [await Stage.gatewayKey(keyId++)];
    at.time += 6_000;
    return unknownKey("", at);
  });
  const result = await stage.client({retry: {deadlineMs: 600_000}}).ask({token});
  assert.ok(result.kind === "refused" && result.code === "unsupported-key");
  assert.deepEqual(stage.bodies.map((body) => body.slice(0, 2)), ["07", "08", "09"]);
});

test("an unknown key makes it fetch the keys and seal the same question again", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client();
  assert.equal((await client.ask({token})).kind, "allow");
  stage.opens = await Stage.gatewayKey(8);
  stage.published = [stage.opens];
  stage.time = 60_000;
  assert.equal((await client.ask({token})).kind, "allow");
  assert.equal(stage.bodies.length, 3);
  assert.equal(stage.directoryFetches, 2);
  assert.deepEqual(stage.waits, []);
});

test("a gateway that goes on not to know the key ends it, and does not make it fetch without end", async () => {
  const stage = await Stage.with(unknownKey);
  const client = stage.client();
  for (let i = 0; i < 10; ++i) {
    const result = await client.ask({token});
    assert.ok(result.kind === "refused" && result.code === "unsupported-key");
    stage.time += 100;
  }
  assert.equal(stage.bodies.length, 10);
  assert.equal(stage.directoryFetches, 1);
});

test("a directory that another key signed is not believed", async () => {
  const stage = await Stage.with(answers());
  const result = await stage.client({directoryKey: new Uint8Array(32).fill(5)}).ask({token});
  assert.ok(result.kind === "not-asked" && result.code === "directory-untrusted");
  assert.equal(stage.bodies.length, 0);
});

test("a directory that cannot be fetched is asked for again until the time is over", async () => {
  const stage = await Stage.with(answers());
  stage.directoryReplies = false;
  const result = await stage.client().ask({token});
  assert.ok(result.kind === "not-asked" && result.code === "directory-unreachable");
  assert.ok(stage.directoryFetches > 5);
});

test("a directory without a key of now is told as that", async () => {
  const stage = await Stage.with(answers());
  stage.opens.notAfter = start - 30;
  const result = await stage.client().ask({token});
  assert.ok(result.kind === "not-asked" && result.code === "no-gateway-key");
});

test("a gateway key of small order is not used", async () => {
  const stage = await Stage.with(answers());
  stage.published = [{...stage.opens, publicKey: new Uint8Array(32)}];
  const result = await stage.client().ask({token});
  assert.ok(result.kind === "not-asked" && result.code === "sealing-failed");
});

test("only a pact that the partner has signed is ever put into a request", async () => {
  const stage = await Stage.with(answers());
  stage.pacts = {current: nextPact};
  stage.acceptedPacts = [pact, nextPact];
  const result = await stage.client().ask({token});
  assert.ok(result.kind === "not-asked" && result.code === "pact-not-signed");
  assert.equal(stage.bodies.length, 0);
});

test("the next pact is used once it is required, and before where it alone is signed", async () => {
  const stage = await Stage.with(answers());
  stage.pacts = {current: pact, next: nextPact, nextRequiredAt: start + 1000};
  const asked = async (pacts: Uint8Array[]): Promise<string | undefined> => {
    stage.acceptedPacts = [nextPact];
    const result = await stage.client({pacts}).ask({token});
    return "code" in result ? result.code : result.kind;
  };
  assert.equal(await asked([pact]), "pact-outdated");
  assert.equal(await asked([nextPact]), "allow");
  stage.time = 1_000_000;
  const before = stage.bodies.length;
  assert.equal(await asked([pact, nextPact]), "allow");
  assert.equal(stage.bodies.length, before + 1);
});

test("an outdated pact makes it look which one is in force, and seal the same question under that", async () => {
  const stage = await Stage.with(answers());
  const client = stage.client({pacts: [pact, nextPact]});
  assert.equal((await client.ask({token})).kind, "allow");
  stage.pacts = {current: nextPact};
  stage.acceptedPacts = [nextPact];
  stage.time = 60_000;
  assert.equal((await client.ask({token})).kind, "allow");
  assert.equal(stage.bodies.length, 3);
});

test("a pact that the gateway does not take is not tried twice, while the next one is signed", async () => {
  const stage = await Stage.with(answers());
  stage.pacts = {current: pact, next: nextPact, nextRequiredAt: start + 1000};
  stage.acceptedPacts = [nextPact];
  assert.equal((await stage.client({pacts: [pact, nextPact]}).ask({token})).kind, "allow");
  assert.equal(stage.bodies.length, 2);
});

test("how a partner stands towards the pacts can be asked", async () => {
  const stage = await Stage.with(answers());
  assert.deepEqual(await stage.client().pactStanding(), {kind: "signed", current: hex(pact)});
  stage.pacts = {current: pact, next: nextPact, nextRequiredAt: start + 1000};
  assert.deepEqual(await stage.client().pactStanding(), {
    kind: "sign-next",
    current: hex(pact),
    next: hex(nextPact),
    requiredAt: new Date(1000 * (start + 1000)),
  });
  assert.equal((await stage.client({pacts: [pact, nextPact]}).pactStanding()).kind, "signed");
  assert.equal((await stage.client({pacts: []}).pactStanding()).kind, "sign-current");
  stage.directoryReplies = false;
  const unreachable = await stage.client().pactStanding();
  assert.ok(unreachable.kind === "not-asked" && unreachable.code === "directory-unreachable");
});
