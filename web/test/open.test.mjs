// The pages that are open to everybody.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";
import {Stage, violations} from "./stage.mjs";

let stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());

const pages = ["/", "/open/", "/open/#/figures", "/open/#/log", "/open/#/verify"];

for (const colorScheme of ["light", "dark"]) {
  test(`every page is free of axe-core's findings, on a phone, ${colorScheme}`, async () => {
    await stage.visit(
      async (page) => {
        for (const at of pages) {
          await page.goto(stage.site + at);
          await page.locator("main h1").waitFor();
          await page.waitForFunction(() => !document.querySelector(".waits"));
          assert.deepEqual(await violations(page), [], at);
        }
      },
      {colorScheme, reducedMotion: "reduce"},
    );
  });
}

test("every page says all in the reader's language, and remembers a choice", async () => {
  await stage.visit(
    async (page) => {
      await page.goto(stage.site + "/open/");
      await page.getByRole("heading", {level: 1, name: "Cara kerja Lindung"}).waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "id");
      await page.getByRole("button", {name: "English"}).click();
      await page.getByRole("heading", {level: 1, name: "How Lindung works"}).waitFor();
      await page.goto(stage.site + "/");
      await page.getByRole("heading", {level: 1, name: "Your health status, and proof of who looked at it"}).waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
    },
    {locale: "id-ID"},
  );
});

test("the keyboard alone reaches every section, and its page has the focus", async () => {
  await stage.visit(async (page) => {
    await page.goto(stage.site + "/open/");
    await page.locator("main h1").waitFor();
    await page.keyboard.press("Tab"); // the link behind the head
    for (const name of ["How it works", "Figures", "Public log", "Verify a certificate"]) {
      for (let i = 0; i < 12; ++i) {
        await page.keyboard.press("Tab");
        if ((await page.evaluate(() => document.activeElement?.textContent)) === name) break;
      }
      await page.keyboard.press("Enter");
      await page.locator(`nav a[aria-current=page]:text-is("${name}")`).waitFor();
      await page.reload();
      await page.locator("main h1").waitFor();
      await page.keyboard.press("Tab");
    }
    assert.equal(new URL(page.url()).hash, "#/verify");
  });
});

test("the checkpoint is verified in the browser, and a changed one is refused", async () => {
  await stage.visit(async (page) => {
    await page.goto(stage.site + "/open/#/log");
    await page.getByText("The signature holds").waitFor();
    await page.route("**/log/checkpoint", async (route) => {
      const answer = await route.fetch();
      const [origin, size, ...rest] = (await answer.text()).split("\n");
      await route.fulfill({response: answer, body: [origin, String(Number(size) + 1), ...rest].join("\n")});
    });
    await page.getByRole("button", {name: "Load again"}).click();
    await page.getByText("The signature does NOT hold").waitFor();
  });
});

test("a log that does not continue the one that this browser saw is an alarm, and one that does is not", async () => {
  await stage.visit(async (page) => {
    const growth = async () => {
      const plate = page.locator("[data-growth]");
      await plate.waitFor();
      return plate.getAttribute("data-growth");
    };
    await page.goto(stage.site + "/open/#/log");
    assert.equal(await growth(), "first");
    await stage.command("partner", "canary", "plant", (await stage.demoFile()).partners[0].id);
    const [key, seen] = await page.evaluate(() =>
      Object.entries(localStorage).find(([name]) => name.includes("checkpoint")),
    );
    const {size} = JSON.parse(seen);
    await page.getByText(String(size)).first().waitFor();
    for (let known = size; known === size;) {
      await page.reload();
      assert.equal(await growth(), "grown");
      known = JSON.parse(await page.evaluate((name) => localStorage.getItem(name), key)).size;
    }
    // As if another history had been shown before.
    for (const change of [{root: "00".repeat(32)}, {size: size - 1}, {size: 10 ** 9}]) {
      await page.evaluate(
        ([name, value]) => localStorage.setItem(name, value),
        [key, JSON.stringify({...JSON.parse(seen), ...change})],
      );
      await page.reload();
      assert.equal(await growth(), "broken", JSON.stringify(change));
    }
    await page.getByText("Keep this page and report it.").waitFor();
    assert.deepEqual(await violations(page), []);
  });
});

test("what cannot be loaded is said, and can be tried again", async () => {
  const context = await stage.browser.newContext({locale: "en-GB"});
  const page = await context.newPage();
  await page.route("**/log/checkpoint", (route) => route.abort());
  await page.goto(stage.site + "/open/#/log");
  await page.getByText("This could not be loaded").waitFor();
  await page.unroute("**/log/checkpoint");
  await page.getByRole("button", {name: "Try again"}).click();
  await page.getByText("The signature holds").waitFor();
  await context.close();
});

test("a certificate of ours is judged in the browser: valid, altered, unknown, taken back, unreadable", async () => {
  await stage.command("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan");
  const made = await vaccinated();
  const sent = [];
  await stage.visit(async (page) => {
    page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const judge = async (text) => {
      await page.goto(stage.site + "/open/#/verify");
      await page.reload();
      await page.getByLabel("Text of the certificate").fill(text);
      await page.getByRole("button", {name: "Verify"}).click();
      const plate = page.locator("[data-finding]");
      await plate.waitFor();
      return plate.getAttribute("data-finding");
    };
    assert.equal(await judge(made.text), "valid");
    await page.getByText("Compare the name with the person’s identity card.").waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await judge("HC1:6BF"), "unreadable");
    assert.equal(await judge("HC2:" + made.text.slice(4)), "unreadable");
    await stage.command("certificate", "revoke", made.certificate);
    assert.equal(await judge(made.text), "revoked");
    // Another key under the signer's name.
    await page.route("**/v1/certificates/signers", async (route) => {
      const answer = await route.fetch();
      const rows = await answer.json();
      const other = rows.find((row) => row.certificateType === "CSCA").rawData;
      await route.fulfill({json: rows.map((row) => ({...row, rawData: other}))});
    });
    assert.equal(await judge(made.text), "altered");
    await page.unroute("**/v1/certificates/signers");
    // Signed by one whom the list does not name any more.
    await page.route("**/v1/certificates/signers", (route) => route.fulfill({json: []}));
    assert.equal(await judge(made.text), "unknown-signer");
  });
  assert.ok(sent.length > 0 && !sent.some((each) => each.includes(made.text.slice(4, 40))), "it stays in the browser");
});

async function vaccinated() {
  for (const link of (await stage.demoFile()).links) {
    const {records} = await stage.command("certificate", "list", link.citizen);
    const record = records.find((each) => each.kind === "vaccination");
    if (record) return stage.command("certificate", "issue", link.citizen, "--record", String(record.number));
  }
  throw new Error("nobody of the demo was vaccinated");
}

test("pages are sent compressed, validated by their digest, and let nothing of others in", async () => {
  const page = await fetch(stage.site + "/open/", {headers: {"Accept-Encoding": "gzip;q=1, br;q=0"}});
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("content-encoding"), "gzip");
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /^default-src 'none'; script-src 'self'; /);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /unsafe|http/);
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const tag = page.headers.get("etag");
  const again = await fetch(stage.site + "/open/", {
    headers: {"Accept-Encoding": "gzip", "If-None-Match": `"x", W/${tag}`},
  });
  assert.equal(again.status, 304);
  const other = await fetch(stage.site + "/open/", {headers: {"Accept-Encoding": "identity", "If-None-Match": tag}});
  assert.equal(other.status, 200, "a validator is of one form");
  assert.equal(other.headers.get("content-encoding"), null);
  const script = /src="(\/assets\/[^"]+)"/.exec(await other.text())[1];
  const code = await fetch(stage.site + script);
  assert.equal(code.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal((await fetch(stage.site + "/open/none")).status, 404);
  assert.equal((await fetch(stage.site + "/open", {redirect: "manual"})).headers.get("location"), "/open/");
});

test("a citizen's first page is at most 60 KB as gzip", async () => {
  const sizes = new Map();
  await stage.visit(async (page) => {
    page.on("response", async (response) => {
      const length = Number(response.headers()["content-length"] ?? 0);
      sizes.set(response.url(), length);
    });
    await page.goto(stage.site + "/");
    await page.locator("main h1").waitFor();
    await page.waitForLoadState("networkidle");
  });
  const whole = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  assert.ok(sizes.size >= 3 && whole > 0 && whole <= 60 * 1024, `${whole} bytes of ${sizes.size} files`);
});
