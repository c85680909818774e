// Whoever runs a venue: poster, screen, occupancy, staff, and passes at a door without a network.
import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {after, before, test} from "node:test";
import {promisify} from "node:util";
import {enterVenue} from "./person.mjs";
import {Stage, violations} from "./stage.mjs";

const run = promisify(execFile);
let stage;
before(async () => {
  stage = await Stage.open({citizens: 100});
});
after(() => stage?.close());

const quiet = {reducedMotion: "reduce"};
test("an owner prints the poster: its name and short code are those of the page", async () => {
  await stage.visit(async (page) => {
    await page.goto(stage.site + "/venue/");
    await page.getByRole("heading", {level: 1, name: "For who runs a place"}).waitFor();
    assert.deepEqual(await violations(page), [], "the way in");
    await enterVenue(stage, page);
    await page.getByRole("heading", {level: 2, name: "Grand Indonesia"}).waitFor();
    assert.deepEqual(await violations(page), [], "the list");
    const short = (await page.getByText("Code on the poster").textContent()).split(": ")[1];
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", {name: "Download the poster (PDF)"}).click(),
    ]);
    const {stdout} = await run("/usr/bin/pdftotext", [await download.path(), "-"]);
    assert.match(stdout, /Grand Indonesia/);
    assert.match(short, /^[A-Z2-7]{4}-[A-Z2-7]{4}$/);
    assert.ok(stdout.includes(short), stdout);
  }, quiet);
});

test("a check-in by the door's screen stands on the chart, and at its share of the capacity the page alarms", async () => {
  await stage.visit(async (page) => {
    await enterVenue(stage, page);
    await page.getByRole("link", {name: "Door screen"}).click();
    const door = page.locator("main.door");
    await page.getByRole("img", {name: "Code of the door"}).waitFor();
    assert.deepEqual(await violations(page), [], "the screen");
    const code = await door.getAttribute("data-code");
    assert.match(code, /^LINDUNG:1:/);
    const green = await greenLink();
    const answer = await stage.command("partner", "ask", "--partner", green.partner, "--token", green.token, "--venue", code, "--check-in");
    assert.equal(answer.outcome, "allow", JSON.stringify(answer));
    await page.getByRole("link", {name: "Back"}).click();
    await page.getByRole("link", {name: "Occupancy"}).click();
    await page.locator("[data-inside='1'][data-alarm=false]").waitFor();
    await page.locator(".chart rect.part-0").first().waitFor();
    assert.deepEqual(await violations(page), [], "the chart");
    // One of 5000 is below one percent.
    await page.getByLabel("Alarm from (percent of the capacity, 0: never)").fill("1");
    await page.getByRole("button", {name: "Save"}).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await page.locator("[data-alarm=true]").count(), 0);
  }, quiet);
});

async function greenLink() {
  const {links, citizens} = await stage.demoFile();
  const green = new Set(citizens.filter((each) => each.colour === "green").map((each) => each.id));
  return links.find((link) => green.has(link.citizen));
}

test("an owner registers a place, an officer accepts it, staff come by a code, and a full place alarms", async () => {
  await stage.visit(async (page) => {
    await enterVenue(stage, page, "+6281233344455");
    await page.getByText("There is no place yet.").waitFor();
    await page.getByLabel("Name of the place").fill("Kedai Dua");
    await page.getByLabel("How many fit in (0: no limit)").fill("1");
    await page.getByRole("button", {name: "Register", exact: true}).click();
    await page.getByText("Kedai Dua: Waits for an officer").waitFor();
    const {applications} = await stage.command("venue", "applications");
    await stage.command("venue", "accept", applications[0].application);
    await page.reload();
    await page.getByRole("heading", {level: 2, name: "Kedai Dua"}).waitFor();
    await page.getByRole("link", {name: "Staff"}).click();
    await page.getByLabel("Their name or duty").fill("Rina, door");
    await page.getByRole("button", {name: "Make an invitation"}).click();
    const invitation = await page.locator(".code-shown").textContent();
    assert.deepEqual(await violations(page), [], "staff");
    await stage.visit(async (other) => {
      await enterVenue(stage, other, "+6281266677788");
      await other.getByLabel("Code", {exact: true}).fill(invitation.toLowerCase());
      await other.getByRole("button", {name: "Use the code"}).click();
      await other.getByRole("heading", {level: 2, name: "Kedai Dua"}).waitFor();
      assert.equal(await other.getByRole("link", {name: "Staff"}).count(), 0, "staff invite nobody");
      await other.getByRole("link", {name: "Door screen"}).click();
      await other.getByRole("img", {name: "Code of the door"}).waitFor();
      const code = await other.locator("main.door").getAttribute("data-code");
      const green = await greenLink();
      await stage.command("partner", "ask", "--partner", green.partner, "--token", green.token, "--venue", code, "--check-in");
    }, quiet);
    await page.reload();
    await page.getByText("Rina, door").first().waitFor();
    await page.getByRole("link", {name: "My places"}).click();
    await page.getByRole("link", {name: "Occupancy"}).click();
    await page.locator("[data-inside='1'][data-alarm=true]").waitFor();
    await page.getByText("Nearly full. Hold the door.").waitFor();
    assert.deepEqual(await violations(page), [], "the alarm");
  }, quiet);
});

test("a door verifies passes without a network, and none is sent", async () => {
  await stage.command("pass", "keys");
  const green = await greenLink();
  const {passes} = await stage.command("pass", "issue", green.citizen);
  const now = Date.now();
  const pass = passes.find((each) => new Date(each.not_before) <= now && now < new Date(each.expires));
  assert.ok(pass, "a pass of now");
  const sent = [];
  await stage.visit(async (page) => {
    page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const [reader] = await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith(".wasm")),
      page.goto(stage.site + "/venue/scan/"),
    ]);
    await reader.finished();
    await page.getByText("Keys fetched").waitFor();
    const judge = async (text) => {
      await page.getByLabel("Text of the pass, where the camera cannot be used").fill(text);
      await page.getByRole("button", {name: "Check", exact: true}).click();
      const plate = page.locator("[data-finding]");
      await plate.waitFor();
      const finding = await plate.getAttribute("data-finding");
      assert.deepEqual(await violations(page), [], finding);
      await page.getByRole("button", {name: "Next pass"}).click();
      return finding;
    };
    await page.context().setOffline(true);
    assert.equal(await judge(pass.text), "valid");
    assert.equal(await judge("HC1:6BF"), "unreadable");
    const at = pass.text.length - 6;
    const altered = pass.text.slice(0, at) + (pass.text[at] === "A" ? "B" : "A") + pass.text.slice(at + 1);
    assert.notEqual(await judge(altered), "valid");
    const later = passes.find((each) => new Date(each.not_before) > now + 120_000);
    if (later) assert.equal(await judge(later.text), "not-yet");
    await page.context().setOffline(false);
  }, quiet);
  assert.ok(sent.length > 0 && !sent.some((each) => each.includes(pass.text.slice(4, 30))), "it stays on the device");
});
