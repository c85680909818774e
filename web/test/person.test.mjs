// A person's day against the real server: registered, a passkey, a door, a full one, no network, and everything erased.
import assert from "node:assert/strict";
import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {writeFilm} from "./film.mjs";
import {enterRegister, register, takeCode} from "./person.mjs";
import {Stage, violations, withPasskey} from "./stage.mjs";

let stage;
let folder;
let film;
let people;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lindung-film-"));
  film = join(folder, "film.y4m");
  await writeFilm(film, null);
  stage = await Stage.open({citizens: 60, film});
  people = await enterRegister(stage, 5);
});
after(async () => {
  await stage?.close();
  await rm(folder, {recursive: true, force: true});
});

const quick = {mayFail: true, serviceWorkers: "block", reducedMotion: "reduce"};

async function venueWith(capacity, name) {
  const {venue} = await stage.command(
    "venue",
    "add",
    "--name",
    name,
    "--category",
    "mall",
    "--capacity",
    String(capacity),
  );
  const {text} = await stage.command("venue", "code", venue);
  return {venue, code: text};
}

test("a passkey is made after registering by telephone, and opens the account by itself", async () => {
  const [person] = people;
  await stage.visit(async (page) => {
    await withPasskey(page);
    await register(stage, page, person);
    assert.equal(await page.locator("[data-colour]").getAttribute("data-colour"), person.colour);
    await page.getByRole("link", {name: "Make a passkey"}).click();
    await page.getByRole("button", {name: "Add a passkey on this device"}).click();
    await page.getByText("Added").waitFor();
    assert.deepEqual(await violations(page), []);
    await page.goto(stage.site + "/#/more");
    await page.getByRole("button", {name: "Sign out"}).click();
    await page.getByRole("button", {name: "Sign in with a passkey"}).click();
    await page.locator(`[data-colour=${person.colour}]`).waitFor();
    assert.equal(await page.getByRole("link", {name: "Make a passkey"}).count(), 0);
  }, quick);
});

test("the last pass is there without a network, with its age, and nothing that changes anything", async () => {
  const [, , , , person] = people;
  await stage.visit(
    async (page) => {
      await register(stage, page, person);
      await page.locator("[data-pass=there]").waitFor();
      await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
      await page.reload();
      await page.locator("[data-pass=there]").waitFor();
      await page.context().setOffline(true);
      await page.reload();
      await page.getByText("No connection. This is what this device knew last:").waitFor();
      await page.locator(`[data-colour=${person.colour}]`).waitFor();
      await page.locator("[data-pass=there] .qr").waitFor();
      assert.ok(Number(await page.locator("[data-age]").getAttribute("data-age")) >= 0);
      assert.deepEqual(await violations(page), []);
      await page.context().setOffline(false);
      await page.reload();
      await page.locator("[data-age]").waitFor({state: "detached"});
    },
    {mayFail: true, reducedMotion: "reduce"},
  );
});

test("what does not agree with the civil register opens nothing", async () => {
  const [, person] = people;
  await stage.visit(async (page) => {
    await page.goto(stage.site + "/");
    await page.getByLabel("Phone number").fill(person.phone);
    await page.getByRole("button", {name: "Send a code"}).click();
    await page.getByLabel("Code from the message").fill(await takeCode(stage, person.phone));
    await page.getByRole("button", {name: "Sign in", exact: true}).click();
    await page.getByLabel("National number").fill(people[3].nik);
    await page.getByLabel("Number of the family card").fill(person.card);
    await page.getByLabel("Full name").fill("Warga");
    await page.getByLabel("Date of birth").fill(people[3].born);
    await page.getByRole("button", {name: "Register", exact: true}).click();
    await page.getByText("This does not agree with the civil register.").waitFor();
    assert.equal(await page.locator("[data-colour]").count(), 0);
  }, quick);
});

test("a person goes in by the camera, a full place is one where nobody goes in, and then nothing is left", async () => {
  const [, person, other] = people;
  const small = await venueWith(1, "Kedai Satu");
  await writeFilm(film, small.code);
  await stage.visit(async (page) => {
    await register(stage, page, person);
    await page.goto(stage.site + "/scan/");
    await page.locator('[data-venue="Kedai Satu"]').getByText("0 of 1 people inside").waitFor();
    await page.getByRole("button", {name: "Check in here"}).click();
    await page.locator("[data-outcome=allow]").waitFor();
    await stage.visit(async (second) => {
      await register(stage, second, other);
      await writeFilm(film, null); // no camera that sees it: the same code as text
      await second.goto(stage.site + "/scan/");
      await second.getByText("Without a camera").click();
      await second.getByLabel("Text of the code at the door").fill(small.code);
      await second.getByRole("button", {name: "Look at the code"}).click();
      await second.locator('[data-venue="Kedai Satu"]').getByText("It is full.").waitFor();
      await second.getByRole("button", {name: "Check in here"}).click();
      await second.locator("[data-outcome=venue_full]").waitFor();
    }, quick);
    await page.goto(stage.site + "/");
    await page.getByText("You are inside").waitFor();
    await page.getByRole("button", {name: "Check out"}).click();
    await page.getByText("You have checked out.").waitFor();
    await page.goto(stage.site + "/#/visits");
    await page.getByText("Kedai Satu").waitFor();
    for (const at of ["records", "partners", "looks", "dependants", "rights", "devices", "notices"]) {
      await page.goto(stage.site + "/#/" + at);
      await page.locator("main h1").waitFor();
      await page.waitForFunction(() => !document.querySelector(".waits"));
      assert.equal(await page.locator("main [role=alert]").count(), 0, at);
      assert.deepEqual(await violations(page), [], at);
    }
    await page.goto(stage.site + "/#/rights");
    await page.getByLabel("Type ERASE to go on").fill("ERASE");
    await page.getByRole("button", {name: "Erase all my data"}).click();
    await page.getByLabel("Code from the message").fill(await takeCode(stage, person.phone));
    await page.getByRole("button", {name: "Confirm"}).click();
    await page.locator("[data-erased=yes]").waitFor();
    await page.getByRole("button", {name: "Done", exact: true}).click();
    await page.getByRole("button", {name: "Send a code"}).waitFor();
    assert.equal((await page.request.get(stage.site + "/v1/portal/status")).status(), 401);
  }, quick);
});
