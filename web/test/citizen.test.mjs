// The citizen's pages: what they make of the answers of docs/portal-api.md, with and without a network.
import assert from "node:assert/strict";
import {createHash} from "node:crypto";
import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {answer, answers, reference, venue, venueCode} from "./answers.mjs";
import {writeFilm} from "./film.mjs";
import {Stage, violations} from "./stage.mjs";

let stage;
let folder;
let film;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lindung-film-"));
  film = join(folder, "film.y4m");
  await writeFilm(film, venueCode);
  stage = await Stage.open({citizens: 30, film});
});
after(async () => {
  await stage?.close();
  await rm(folder, {recursive: true, force: true});
});

const places = [
  ["/", "Siti Rahayu"],
  ["/#/visits", "Visits"],
  ["/#/looks", "Who looked"],
  ["/#/more", "More"],
  ["/#/records", "Records and certificates"],
  ["/#/partners", "Partners"],
  ["/#/dependants", "Family and carers"],
  ["/#/rights", "Your rights"],
  ["/#/devices", "Devices and passkeys"],
  ["/#/notices", "Notices"],
  ["/#consent/" + reference, "Gojek asks for your consent"],
];

/** A page of somebody who is signed in. `now`: the device's clock stands still there. */
async function signedIn(page, table = answers(), now = "2026-11-22T03:00:00Z") {
  const asked = await answer(page, table);
  if (now) await page.clock.setFixedTime(new Date(now));
  await page.addInitScript(() => localStorage.setItem("lindung.in", "1"));
  return asked;
}
const noWorker = {serviceWorkers: "block", reducedMotion: "reduce"};
const heading = (page, name) => page.getByRole("heading", {level: 1, name, exact: true}).waitFor();

for (const colorScheme of ["light", "dark"]) {
  test(`every page of a citizen is free of axe-core's findings, ${colorScheme}`, async () => {
    await stage.visit(
      async (page) => {
        await signedIn(page);
        for (const [at, name] of places) {
          await page.goto(stage.site + at);
          await heading(page, name);
          await page.waitForFunction(() => !document.querySelector(".waits"));
          assert.deepEqual(await violations(page), [], at);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wider <= 0, `${at} is wider than the phone`);
        }
      },
      {...noWorker, colorScheme},
    );
  });
}

test("each colour is said by its shape and its word, in letters that stand out from it", async () => {
  const colours = {green: "Green", yellow: "Yellow", red: "Red", black: "Black"};
  const drawn = new Set();
  for (const colorScheme of ["light", "dark"]) {
    await stage.visit(
      async (page) => {
        const table = answers();
        await signedIn(page, table);
        for (const [colour, word] of Object.entries(colours)) {
          table["GET status"].colour = colour;
          await page.goto(stage.site + "/");
          const plate = page.locator(`[data-colour=${colour}]`);
          await plate.waitFor();
          assert.equal(await plate.locator("strong").textContent(), word);
          drawn.add(await plate.locator("svg path").first().getAttribute("d"));
          assert.deepEqual(await violations(page, ["color-contrast"]), [], colour);
        }
      },
      {...noWorker, colorScheme},
    );
  }
  assert.equal(drawn.size, 4);
});

test("check-in is one tap from the first page, and the keyboard alone gets there", async () => {
  await stage.visit(async (page) => {
    await signedIn(page, answers(), null);
    await page.goto(stage.site + "/");
    await heading(page, "Siti Rahayu");
    const tap = page.getByRole("link", {name: "Check in Scan the code at the door"});
    await tap.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/scan/");
    await heading(page, "Check in");
  }, noWorker);
});

test("a code before the camera is read, shown, and sent only when somebody says so", async () => {
  await writeFilm(film, venueCode);
  await stage.visit(async (page) => {
    const asked = await signedIn(page, answers(), null);
    await page.goto(stage.site + "/scan/");
    await page.locator(`[data-venue="${venue.name}"]`).waitFor();
    await page.getByText("34 of 120 people inside").waitFor();
    assert.deepEqual(await violations(page), []);
    const looked = asked.find(({what}) => what === "GET venues");
    assert.equal(decodeURIComponent(looked.path.split("/").pop()), venueCode);
    assert.ok(!asked.some(({what}) => what === "POST check-in"));
    await page.getByRole("button", {name: "Check in here"}).click();
    await page.locator("[data-outcome=allow]").waitFor();
    await page.getByText("You are in").waitFor();
    const sent = asked.find(({what}) => what === "POST check-in").body;
    assert.equal(sent.code, venueCode);
    assert.match(sent.request, /^[0-9a-f]{32}$/);
    assert.deepEqual(await violations(page), []);
  }, noWorker);
});

test("a full venue, a colour that does not pass and a code that is over are told apart, in words", async () => {
  await stage.visit(async (page) => {
    const table = answers();
    await signedIn(page, table, null);
    for (const [outcome, words] of [
      ["venue_full", "This place is full"],
      ["deny", "You may not go in"],
      ["venue_refused", "The code does not hold"],
    ]) {
      table["GET venues"] = {...venue, inside: outcome === "venue_full" ? 120 : 34, opens: outcome !== "deny"};
      table["POST check-in"] = {
        ...answers()["POST check-in"],
        outcome,
        venue: outcome === "venue_refused" ? null : venue,
      };
      await page.goto(stage.site + "/scan/");
      await page.getByRole("button", {name: "Check in here"}).click();
      await page.locator(`[data-outcome=${outcome}]`).getByText(words).waitFor();
      assert.deepEqual(await violations(page), [], outcome);
    }
  }, noWorker);
});

test("a certificate before the camera is no code of a place, and a photo of one is read too", async () => {
  await writeFilm(film, "HC1:NCFOXN");
  await stage.visit(async (page) => {
    const asked = await signedIn(page, answers(), null);
    await page.goto(stage.site + "/scan/");
    await page.getByText("This is a health certificate, not the code of a place.").waitFor();
    // The picture of a code out of a page of ours, as if it had been taken at a door.
    const other = await page.context().newPage();
    await signedIn(other, {...answers(), "GET pass": {...answers()["GET pass"], passes: []}});
    await other.setContent("<svg></svg>");
    const {encode} = await import("uqr");
    const {data, size} = encode(venueCode, {border: 4});
    const cells = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
    await other.setContent(
      `<svg viewBox="0 0 ${size} ${size}" width="600" shape-rendering="crispEdges"><path d="M0 0h${size}v${size}h-${size}z" fill="#fff"/><path d="${cells}"/></svg>`,
    );
    const photo = await other.locator("svg").screenshot();
    await other.close();
    await page.locator("input[type=file]").setInputFiles({name: "door.png", mimeType: "image/png", buffer: photo});
    await page.locator(`[data-venue="${venue.name}"]`).waitFor();
    assert.ok(asked.every(({what}) => what !== "POST check-in"));
    await page.getByRole("button", {name: "Scan another code"}).click();
    await page
      .locator("input[type=file]")
      .setInputFiles({
        name: "none.png",
        mimeType: "image/png",
        buffer: await page.screenshot({clip: {x: 0, y: 0, width: 50, height: 50}}),
      });
    await page.getByText("There is no QR code in that photo.").waitFor();
  }, noWorker);
});

test("who looked is proven in this browser, and a changed entry is an alarm", async () => {
  await stage.visit(async (page) => {
    const table = answers();
    await signedIn(page, table);
    await page.goto(stage.site + "/#/looks");
    await heading(page, "Who looked");
    await page.locator("[data-proven]").first().waitFor();
    const proven = () => page.locator("[data-proven]").evaluateAll((rows) => rows.map((row) => row.dataset.proven));
    assert.deepEqual(await proven(), ["true", "true", "true", "true"]);
    await page.getByText("Officer sari").waitFor();
    const looks = table["GET looks"].looks;
    looks[1].leaf = looks[0].leaf;
    looks[3].officer = "budi"; // its digest in the log is of another one
    await page.reload();
    await page.locator("[data-proven]").first().waitFor();
    assert.deepEqual(await proven(), ["true", "false", "true", "false"]);
    table["GET looks"].checkpoint = table["GET looks"].checkpoint.replace("\n7\n", "\n8\n");
    await page.reload();
    await page.locator("[data-proven=false]").first().waitFor();
    assert.deepEqual(await proven(), ["false", "false", "false", "false"]);
    assert.deepEqual(await violations(page), []);
  }, noWorker);
});

test("without a network the last pass is shown with its age, until it is too old; signing out wipes it", async () => {
  await stage.visit(
    async (page) => {
      const table = answers();
      await signedIn(page, table);
      await page.goto(stage.site + "/");
      await page.locator("[data-pass=there]").waitFor();
      await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
      await page.locator("[data-age]").waitFor({state: "detached"});
      await page.context().setOffline(true);
      for (const key of Object.keys(table)) if (key !== "GET looks") table[key] = "offline";
      await page.clock.setFixedTime(new Date("2026-11-22T05:00:00Z"));
      await page.reload();
      await page.getByText("No connection. This is what this device knew last:").waitFor();
      await page.getByText("2 hours ago").first().waitFor();
      assert.equal(await page.locator("[data-age]").getAttribute("data-age"), "7200");
      await page.locator("[data-colour=green]").waitFor();
      await page.locator("[data-pass=there] .qr").waitFor();
      assert.deepEqual(await violations(page), []);
      await page.clock.setFixedTime(new Date("2026-11-23T05:00:00Z"));
      await page.reload();
      await page.getByText("Too old to be shown").waitFor();
      assert.equal(await page.locator("[data-colour=green]").count(), 0);
      assert.equal(await page.locator(".qr").count(), 0);
      assert.deepEqual(await violations(page), []);
      // Back on the network, and out.
      await page.context().setOffline(false);
      Object.assign(table, answers());
      await page.reload();
      await page.locator("[data-colour=green]").waitFor();
      await page.goto(stage.site + "/#/more");
      await page.getByRole("button", {name: "Sign out"}).click();
      await heading(page, "Your health status, and proof of who looked at it");
      const left = await page.evaluate(
        () =>
          new Promise((done) => {
            const asked = indexedDB.open("lindung", 1);
            asked.onsuccess = () => {
              const all = asked.result.transaction("kept").objectStore("kept").getAllKeys();
              all.onsuccess = () =>
                done({kept: all.result.length, said: Object.keys(localStorage).concat(Object.keys(sessionStorage))});
            };
          }),
      );
      assert.deepEqual(left, {kept: 0, said: []});
    },
    {mayFail: true},
  );
});

test("nothing that the portal answers is in the browser's cache", async () => {
  await stage.visit(async (page) => {
    await signedIn(page);
    await page.goto(stage.site + "/");
    await page.locator("[data-pass=there]").waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.locator("[data-pass=there]").waitFor();
    const kept = await page.evaluate(async () => {
      const all = [];
      for (const name of await caches.keys())
        for (const each of await (await caches.open(name)).keys()) all.push(new URL(each.url).pathname);
      return all;
    });
    assert.ok(
      kept.includes("/") && kept.includes("/scan/") && kept.some((each) => each.startsWith("/assets/")),
      String(kept),
    );
    assert.deepEqual(
      kept.filter((each) => each.startsWith("/v1/")),
      [],
    );
  });
});

test("a consent says who learns what, why and until when, and is given by a fresh proof only", async () => {
  await stage.visit(async (page) => {
    const table = answers();
    table["POST requests"] = {by: "code", nonce: "ab".repeat(16)};
    const asked = await signedIn(page, table);
    await page.goto(stage.site + "/#consent/" + reference);
    await heading(page, "Gojek asks for your consent");
    for (const each of [
      "The colour of your status at the moment of asking.",
      "Your name, your NIK and your date of birth.",
      "(90 days)",
    ]) {
      await page.getByText(each).waitFor();
    }
    await page.getByRole("button", {name: "Allow"}).click();
    table["POST requests"] = {redirect_to: stage.site + "/open/#/log"};
    await page.getByLabel("Code from the message").fill("123 456");
    await page.getByRole("button", {name: "Confirm"}).click();
    await page.waitForURL("**/open/#/log");
    const sent = asked.filter(({what}) => what === "POST requests");
    assert.deepEqual(
      sent.map(({path}) => path.split("/").pop()),
      ["options", "approve"],
    );
    assert.deepEqual(sent[1].body, {code: {nonce: "ab".repeat(16), code: "123456"}});
  }, noWorker);
});

test("a partner's answer that is no web address is not followed", async () => {
  await stage.visit(async (page) => {
    const table = answers();
    await signedIn(page, table);
    await page.goto(stage.site + "/#consent/" + reference);
    await heading(page, "Gojek asks for your consent");
    table["POST requests"] = {redirect_to: "javascript:document.title='run'"};
    await page.getByRole("button", {name: "No", exact: true}).click();
    await page.locator("[data-answered=refused]").waitFor();
    assert.equal(await page.title(), "Lindung");
  }, noWorker);
});

test("a partner's app is gone back to by its own scheme", async () => {
  const context = await stage.browser.newContext({locale: "en-GB", ...noWorker});
  const page = await context.newPage();
  const table = answers();
  await signedIn(page, table);
  await page.goto(stage.site + "/#consent/" + reference);
  await heading(page, "Gojek asks for your consent");
  table["POST requests"] = {redirect_to: "com.gojek.app:/linked?code=x"};
  const session = await context.newCDPSession(page);
  await session.send("Page.enable");
  const asked = new Promise((done) => session.on("Page.frameRequestedNavigation", ({url}) => done(url)));
  await page.getByRole("button", {name: "No", exact: true}).click();
  assert.equal(await asked, "com.gojek.app:/linked?code=x");
  await context.close();
});

test("a consent is withdrawn after it was asked twice", async () => {
  await stage.visit(async (page) => {
    const asked = await signedIn(page);
    await page.goto(stage.site + "/#/partners");
    const card = page.locator("[data-partner=gojek]");
    await card.getByRole("button", {name: "Withdraw"}).click();
    assert.ok(!asked.some(({what}) => what === "DELETE consents"));
    await card.getByRole("button", {name: "Yes, withdraw"}).click();
    await page.getByText("Withdrawn. From now on the app gets no answer.").waitFor();
    assert.ok(asked.some(({what, path}) => what === "DELETE consents" && path.endsWith("5f".repeat(16))));
  }, noWorker);
});

test("who acts for somebody else says so on every page and in every question, until they stop", async () => {
  await stage.visit(async (page) => {
    const asked = await signedIn(page);
    await page.goto(stage.site + "/#/dependants");
    await page.getByRole("button", {name: "Act for them"}).click();
    await page.getByText("You act for Ani Rahayu").waitFor();
    await page.goto(stage.site + "/#/visits");
    await page.getByText("Warung Sedap").waitFor();
    assert.equal(asked.findLast(({what}) => what === "GET visits").headers["lindung-for"], "cd".repeat(16));
    await page.locator(".acts-for").getByRole("button", {name: "Back to myself"}).click();
    await page.locator(".acts-for").waitFor({state: "detached"});
    await page.getByText("Warung Sedap").waitFor();
    assert.equal(asked.findLast(({what}) => what === "GET visits").headers["lindung-for"], undefined);
  }, noWorker);
});

test("an erasure wants a word typed and a fresh proof, shows its receipt, and leaves nothing on the device", async () => {
  await stage.visit(async (page) => {
    const asked = await signedIn(page);
    await page.goto(stage.site + "/");
    await page.locator("[data-pass=there]").waitFor();
    await page.goto(stage.site + "/#/rights");
    await heading(page, "Your rights");
    assert.equal(await page.getByRole("button", {name: "Erase all my data"}).count(), 0);
    await page.getByLabel("Type ERASE to go on").fill("erase");
    await page.getByRole("button", {name: "Erase all my data"}).click();
    await page.getByLabel("Code from the message").fill("123456");
    await page.getByRole("button", {name: "Confirm"}).click();
    await heading(page, "Your data is erased");
    await page.getByText("5e".repeat(32)).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(asked.find(({what}) => what === "POST approval").body, {
      kind: "citizen.erase",
      digest: createHash("sha256").update("erase").digest("hex"),
    });
    await page.getByRole("button", {name: "Done", exact: true}).click();
    await heading(page, "Your health status, and proof of who looked at it");
    assert.equal(await page.evaluate(() => localStorage.getItem("lindung.in")), null);
  }, noWorker);
});

test("a citizen's first page is at most 60 KB as gzip, the scanner apart", async () => {
  const sizes = new Map();
  await stage.visit(async (page) => {
    await signedIn(page);
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    const urls = new Map();
    session.on("Network.responseReceived", ({requestId, response}) => urls.set(requestId, response.url));
    session.on("Network.loadingFinished", ({requestId, encodedDataLength}) =>
      sizes.set(urls.get(requestId), encodedDataLength),
    );
    await page.goto(stage.site + "/");
    await page.locator("[data-pass=there]").waitFor();
    await page.waitForLoadState("networkidle");
  }, noWorker);
  const files = [...sizes].filter(([url]) => !url.includes("/v1/"));
  const whole = files.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(files.length >= 4 && whole > 10_000 && whole <= 60 * 1024, `${whole} bytes of ${files.length} files`);
});
