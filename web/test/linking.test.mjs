// A citizen and a partner, both real: the partner's app asks by the client that partners get, the citizen decides in a browser.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";
import {App, clientOf} from "../../sdk/typescript/app.mjs";
import {newPendingLink} from "../../sdk/typescript/dist/index.js";
import {enterRegister, register, takeCode} from "./person.mjs";
import {Stage, violations, withPasskey} from "./stage.mjs";

let stage;
let app;
let people;
before(async () => {
  stage = await Stage.open({citizens: 60});
  const demo = await stage.demoFile();
  const linked = new Set(demo.links.filter(({partner}) => partner === "gojek").map(({citizen}) => citizen));
  people = (await enterRegister(stage, 12)).filter(({id}) => !linked.has(id));
  assert.ok(people.length >= 4, "people whom gojek does not know");
  const {directory_key: directoryKey} = await stage.command("status");
  const [venue] = demo.venues;
  app = await new App({
    client: await clientOf(demo, directoryKey, "gojek"),
    portal: stage.site,
    venue: {name: venue.name, code: Buffer.from(venue.code, "hex")},
    name: "Gojek",
  }).listen();
  await stage.command("partner", "redirect", "gojek", app.url + "linked");
  await stage.command("partner", "webhook", "gojek", app.url + "ended");
});
after(async () => {
  await app?.close();
  await stage?.close();
});

const quick = () => ({mayFail: true, serviceWorkers: "block", reducedMotion: "reduce", also: app.url});

async function addPasskey(page) {
  await page.goto(stage.site + "/#/devices");
  await page.getByRole("button", {name: "Add a passkey on this device"}).click();
  await page.getByText("Added").waitFor();
}

/** From the partner's page to what it asks for. */
async function askToLink(page) {
  await page.goto(app.url);
  await page.getByRole("button", {name: "Link with Lindung"}).click();
  await page.waitForURL(stage.site + "/#consent/*");
}
const heading = (page) => page.getByRole("heading", {level: 1, name: "Gojek asks for your consent"}).waitFor();

async function until(isThere) {
  for (const end = Date.now() + 20_000; !isThere();) {
    assert.ok(Date.now() < end, "it did not come");
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** What the partner's next question comes to, as its page says it. */
async function asks(page, button) {
  const before = app.answers.length;
  await page.goto(app.url);
  await Promise.all([
    page.waitForResponse((answer) => answer.url() === app.url && answer.request().method() === "GET"),
    page.getByRole("button", {name: button}).click(),
  ]);
  assert.equal(app.answers.length, before + 1);
  return app.answers[before];
}

test("a citizen links a partner by passkey, sees each of its questions proven, and withdraws at once", async () => {
  const [person] = people;
  await stage.visit(async (page) => {
    await withPasskey(page);
    await register(stage, page, person);
    await addPasskey(page);
    await askToLink(page);
    await heading(page);
    for (const words of [
      "Show your status at the door of a place that you enter.", // why
      "The colour of your status at the moment of asking.", // what
      "Your name, your NIK and your date of birth.", // what never
      "(90 days)", // until when
      "Open Partners in this portal and press Withdraw.", // how to stop it, by the names that stand there
    ]) {
      await page.getByText(words).waitFor();
    }
    assert.deepEqual(await violations(page), []);
    await page.getByRole("button", {name: "Allow"}).click();
    await page.waitForURL(app.url);
    await page.getByText("Linked.", {exact: true}).waitFor();

    const status = await asks(page, "Ask for my status");
    assert.deepEqual([status.answer.kind, status.answer.colour, status.proof], ["allow", "green", "proven"]);
    const entered = await asks(page, `Check me in at ${app.venue.name}`);
    assert.deepEqual([entered.answer.kind, entered.proof], ["allow", "proven"]);

    await page.goto(stage.site + "/#/looks");
    for (const {answer} of [status, entered]) {
      const row = page.locator("[data-proven=true]", {hasText: `entry ${new Intl.NumberFormat("en").format(answer.receipt.index)}`});
      await row.getByText("Gojek").waitFor();
    }
    assert.equal(await page.locator("[data-proven=false]").count(), 0);
    await page.goto(stage.site + "/");
    await page.getByText("You are inside").waitFor();

    await page.goto(stage.site + "/#/more");
    await page.getByRole("link", {name: /^Partners/}).click();
    await page.getByRole("heading", {level: 1, name: "Partners"}).waitFor();
    assert.equal(await page.locator("[data-partner=portal]").count(), 0, "it is no app");
    const card = page.locator("[data-partner=gojek]");
    await card.getByRole("button", {name: "Withdraw"}).click();
    await card.getByRole("button", {name: "Yes, withdraw"}).click();
    await page.getByText("Withdrawn. From now on the app gets no answer.").waitFor();
    assert.equal((await asks(page, "Ask for my status")).answer.kind, "unlinked");

    // The webhook: once, of this consent, with a signature that the client has verified.
    await until(() => app.ended.size > 0);
    await page.goto(app.url);
    assert.equal(await page.locator("[data-ended]").getAttribute("data-ended"), "withdrawn");
    const [[consent, event], ...more] = app.ended;
    assert.deepEqual([more.length, event.consent, event.reason], [0, consent, "withdrawn"]);
    assert.ok(event.logIndex > entered.answer.receipt.index);
  }, quick());
});

test("a webhook that nobody signed is not taken", async () => {
  const before = app.ended.size;
  const body = JSON.stringify({event: "consent.ended", id: "0".repeat(32), consent: "a".repeat(32), reason: "withdrawn", at: 1, log_index: 1});
  const answer = await fetch(app.url + "ended", {method: "POST", headers: {"Content-Type": "application/json"}, body});
  assert.equal(answer.status, 401);
  assert.equal(app.ended.size, before);
});

test("a link opened by somebody who is not signed in waits for them, and a no tells the partner nothing", async () => {
  const [, person] = people;
  await stage.visit(async (page) => {
    await withPasskey(page);
    await register(stage, page, person);
    await addPasskey(page);
    await page.goto(stage.site + "/#/more");
    await page.getByRole("button", {name: "Sign out"}).click();
    await page.getByRole("button", {name: "Sign in with a passkey"}).waitFor();
    await askToLink(page);
    const shown = page.url();
    await page.getByRole("button", {name: "Sign in with a passkey"}).click();
    await heading(page);
    await page.getByRole("button", {name: "No", exact: true}).click();
    await page.getByText("You said no. This app has learnt nothing.").waitFor();
    // Decided once: neither the link nor its reload asks again.
    await page.goto(shown);
    await page.getByRole("heading", {level: 1, name: "This request is over"}).waitFor();
    assert.equal(await page.getByRole("button", {name: "Allow"}).count(), 0);
    assert.deepEqual(await violations(page), []);
  }, quick());
});

test("another request in the same page is shown before it can be allowed", async () => {
  const [, , , person] = people;
  const ask = async (days) => {
    const request = {purposes: ["venue-entry"], profile: "colour", days, redirectUri: app.url + "linked"};
    return (await app.client.pushRequest(request, newPendingLink())).openAt;
  };
  await stage.visit(async (page) => {
    await register(stage, page, person);
    await page.goto(await ask(30));
    await page.getByText("(30 days)").waitFor();
    await page.evaluate((hash) => (location.hash = hash), new URL(await ask(7)).hash);
    await page.getByText("(7 days)").waitFor();
    assert.equal(await page.getByText("(30 days)").count(), 0);
  }, quick());
});

test("who has no passkey agrees by a code, and what comes to another browser than the one that asked is not redeemed", async () => {
  const [, , person] = people;
  await stage.visit(async (page) => {
    await register(stage, page, person);
    let taken = "";
    await page.route(app.url + "linked?*", (route) => {
      taken = route.request().url();
      return route.fulfill({body: "held back", contentType: "text/plain"});
    });
    await askToLink(page);
    await heading(page);
    await page.getByRole("button", {name: "Allow"}).click();
    await page.getByLabel("Code from the message").fill(await takeCode(stage, person.phone));
    await page.getByRole("button", {name: "Confirm"}).click();
    await page.getByText("held back").waitFor();
    await stage.visit(async (stranger) => {
      await stranger.goto(taken);
      await stranger.getByText("This answer is not to a question of this browser (state). Nothing was linked.").waitFor();
    }, quick());
    await page.unroute(app.url + "linked?*");
    await page.goto(taken);
    await page.getByText("Linked.", {exact: true}).waitFor();
  }, quick());
});
