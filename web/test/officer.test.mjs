// Officers in a browser: how they come in, the cut, a second officer, and what a passkey signs.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";
import {clientOf} from "../../sdk/typescript/app.mjs";
import {codeOf, enterOfficer} from "./person.mjs";
import {Stage, violations, withPasskey} from "./stage.mjs";

let stage;
let client; // gojek's
let token;
before(async () => {
  stage = await Stage.open({officers: true, citizens: 100});
  const demo = await stage.demoFile();
  client = await clientOf(demo, (await stage.command("status")).directory_key, "gojek");
  ({token} = demo.links.find(({partner}) => partner === "gojek"));
});
after(() => stage?.close());

const desktop = {viewport: {width: 1280, height: 900}, reducedMotion: "reduce"};
const areas = ["Overview", "Approvals", "Partners", "Issuers", "Rules", "Overrides", "Audit", "Venues", "Certificates", "Nodes"];

function keyOf(officer) {
  return `${stage.data}-${officer}.key`;
}

async function freshCode(officer) {
  const asked = await stage.command("officer", "passkey", officer, "--officer", keyOf("siti"));
  const made = await stage.command("approve", asked.approval, "--officer", keyOf("budi"));
  return made.code;
}

/** What the partner's next question comes to, by the client that partners get: an answer, or the name of a refusal. */
async function ask() {
  const result = await client.ask({token});
  return result.kind === "allow" || result.kind === "deny" ? "answered" : result.code;
}

let sitis;
/** Siti at the console, whom the tests below share. */
async function siti() {
  if (!sitis) {
    const context = await stage.browser.newContext({locale: "en-GB", ...desktop});
    sitis = await context.newPage();
    await enterOfficer(stage, sitis, "siti", await freshCode("siti"));
  }
  await sitis.goto(stage.site + "/officer/");
  await sitis.getByText("You are siti").waitFor();
  return sitis;
}

async function chooseGojek(page) {
  await page.getByRole("link", {name: "Partners"}).click();
  await page.getByRole("button", {name: "Look at it: gojek"}).click();
  await page.getByRole("heading", {level: 2, name: "gojek"}).waitFor();
}

test("an officer comes in by a code once, sees every page, and none has a finding of axe-core", async () => {
  const code = codeOf(stage, "siti");
  await stage.visit(async (page) => {
    await page.goto(stage.site + "/officer/");
    await page.getByRole("heading", {level: 1, name: "Officers’ console"}).waitFor();
    assert.deepEqual(await violations(page), [], "the way in");
    await enterOfficer(stage, page, "siti", code);
    await page.getByRole("heading", {level: 1, name: "Overview"}).waitFor();
    for (const area of areas) {
      await page.getByRole("link", {name: area, exact: true}).click();
      await page.locator("nav a[aria-current=page]", {hasText: area}).waitFor();
      await page.locator("main:has(h1):not(:has(.waits))").waitFor();
      assert.equal(await page.locator(".sheet[role=alert]").count(), 0, `${area} says that something failed`);
      assert.deepEqual(await violations(page), [], area);
    }
    await page.getByRole("button", {name: "Sign out"}).click();
    await page.getByRole("button", {name: "Sign in with a passkey"}).click();
    await page.getByText("You are siti").waitFor();
  }, {...desktop, mayFail: true}); // there is no authority over certificates yet
  const context = await stage.browser.newContext({locale: "en-GB"});
  const page = await context.newPage();
  await withPasskey(page);
  await page.goto(stage.site + "/officer/");
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", {name: "Make the passkey"}).click();
  await page.getByText("That code does not hold, or it was used.").waitFor();
  await context.close();
});

test("an officer cuts a partner, whose next question is refused, and a second officer connects it again", async () => {
  assert.equal(await ask(), "answered");
  await stage.visit(async (page) => {
    await enterOfficer(stage, page, "siti", await freshCode("siti"));
    await chooseGojek(page);
    const cut = page.getByRole("button", {name: "Cut", exact: true});
    assert.equal(await cut.isDisabled(), true, "nothing is cut by one click");
    await page.getByLabel("Type the partner’s name to be sure: gojek").fill("gojek");
    await cut.click();
    const report = page.locator("[data-effective]");
    await report.waitFor();
    assert.equal(await report.getAttribute("data-effective"), "true");
    assert.match(await report.textContent(), /effective after \d+\.\d\d ms/);
    await page.locator('[data-state="gojek:cut"]').waitFor();
    assert.equal(await ask(), "partner-cut");
    await page.getByRole("button", {name: "Undo the cut"}).click();
    await page.getByText("It waits for another officer.").waitFor();
    await page.getByRole("link", {name: "Approvals"}).click();
    await page.locator('[data-approval="partner/uncut"]').getByText("Another officer must approve.").waitFor();
  }, desktop);
  assert.equal(await ask(), "partner-cut");
  await stage.visit(async (page) => {
    await enterOfficer(stage, page, "budi", await freshCode("budi"));
    await page.getByRole("link", {name: "Approvals"}).click();
    const waiting = page.locator('[data-approval="partner/uncut"]');
    await waiting.getByText("gojek").waitFor();
    assert.deepEqual(await violations(page), []);
    await waiting.getByRole("button", {name: "Approve and run"}).click();
    await page.getByText("Done.", {exact: true}).waitFor();
  }, desktop);
  assert.equal(await ask(), "answered");
});

test("what a passkey signed is what runs: another argument is refused", async () => {
  const page = await siti();
  await page.route("**/officer/commands", async (route) => {
    const body = route.request().postDataJSON();
    await route.continue({postData: JSON.stringify({...body, arguments: {partner: "grab"}})});
  });
  await chooseGojek(page);
  await page.getByLabel("Type the partner’s name to be sure: gojek").fill("gojek");
  await page.getByRole("button", {name: "Cut", exact: true}).click();
  await page.getByText("This passkey did not prove it").waitFor();
  await page.unroute("**/officer/commands");
  const {partners} = await stage.command("partner", "list");
  assert.equal(partners.find((each) => each.partner === "grab").state, "active");
});

test("the keyboard alone cuts a partner", async () => {
  const page = await siti();
  const go = async (wanted) => {
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute("aria-label") ?? focused?.closest("label")?.textContent ?? focused?.textContent ?? "";
      });
      if (at.startsWith(wanted)) return;
    }
    assert.fail("the keyboard does not reach " + wanted);
  };
  await go("Partners");
  await page.keyboard.press("Enter");
  await page.getByRole("button", {name: "Look at it: tiket"}).waitFor();
  await go("Look at it: tiket");
  await page.keyboard.press("Enter");
  await page.getByLabel("Type the partner’s name to be sure: tiket").waitFor();
  await go("Type the partner’s name");
  await page.keyboard.type("tiket");
  await page.keyboard.press("Enter");
  await page.locator("[data-effective=true]").waitFor();
});

test("whoever looks a person up says what for, and is counted", async () => {
  const [citizen] = (await stage.demoFile()).citizens;
  const page = await siti();
  await page.getByRole("link", {name: "Audit"}).click();
  await page.getByLabel("National number (NIK)").fill(citizen.nik);
  await page.getByRole("button", {name: "Find", exact: true}).click();
  assert.equal(await page.getByRole("heading", {name: "This person"}).count(), 0, "no purpose, no look");
  await page.getByLabel("What for").selectOption("audit");
  await page.getByRole("button", {name: "Find", exact: true}).click();
  await page.getByRole("heading", {name: "This person"}).waitFor();
  await page.getByText(citizen.id).first().waitFor();
  assert.deepEqual(await violations(page), []);
  const {lookups} = await stage.command("officer", "lookups");
  assert.deepEqual(lookups.map(({officer, purpose, views}) => [officer, purpose, views]), [["siti", "audit", 1]]);
});
