// A demonstration of its own and a browser in front of it. What a page says on the console or throws fails its test.
import assert from "node:assert/strict";
import {execFile, spawn} from "node:child_process";
import {mkdtemp, readFile, rm} from "node:fs/promises";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {promisify} from "node:util";
import {chromium} from "playwright-core";

const program = process.env.LINDUNG_PROGRAM;
const run = promisify(execFile);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export class Stage {
  said = []; // what the demonstration printed when it started last

  /** `film`: what the browser's camera sees (film.mjs), else it has none. `at`: what the demonstration's clock says, else the time. */
  static async open({citizens = 300, officers = false, film = "", at = null} = {}) {
    const stage = new Stage();
    stage.folder = await mkdtemp(join(tmpdir(), "lindung-portal-"));
    stage.data = join(stage.folder, "demo");
    stage.words = ["--citizens", String(citizens), ...(officers ? ["--officers"] : [])];
    await stage.start(at);
    const camera = film
      ? [
          "--use-fake-ui-for-media-stream",
          "--use-fake-device-for-media-stream",
          `--use-file-for-fake-video-capture=${film}`,
        ]
      : [];
    stage.browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox", ...camera]});
    return stage;
  }

  /** The demonstration, also a second time on what it has; `more`: words for it. */
  async start(at = null, ...more) {
    const clock = at ? ["--at", at.toISOString().replace(/\.\d+/, "")] : [];
    this.said = [];
    this.ahead = at ? at.getTime() - Date.now() : 0; // of this machine's clock, in milliseconds
    this.server = spawn(program, ["demo", "--data", this.data, ...this.words, ...more, ...clock, "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    for await (const line of createInterface({input: this.server.stdout})) {
      this.said.push(line);
      const found = /^portal: (http:\/\/localhost:\d+)\/$/.exec(line);
      if (line.startsWith("ask as ")) break; // what follows the address; without one there are no pages
      if (found) this.site = found[1];
    }
    assert.ok(this.site, "the demo has no portal");
  }

  /** What the demonstration's clock says. */
  now() {
    return new Date(Date.now() + this.ahead);
  }

  async stop() {
    this.server.kill("SIGTERM");
    await new Promise((done) => (this.server.exitCode === null ? this.server.once("exit", done) : done()));
  }

  async close() {
    await this.browser?.close();
    await this.stop();
    await rm(this.folder, {recursive: true, force: true});
  }

  /** A command of the operator, as its JSON. */
  async command(...words) {
    const {stdout} = await run(program, [...words, "--data", this.data, "--json"]);
    return JSON.parse(stdout);
  }

  async demoFile() {
    return JSON.parse(await readFile(this.data + "-demo.json", "utf8"));
  }

  /**
   * Runs `act` with a page of a fresh visitor; everything that it loads has to come from this site. `mayFail`: the browser may
   * report answers that are refusals, or none, the scanner's reader (WebAssembly) among them. `also`: the address of another site
   * that this visitor goes to.
   */
  async visit(act, {locale = "en-GB", mayFail = false, also = "", ...options} = {}) {
    const context = await this.browser.newContext({viewport: {width: 390, height: 844}, locale, ...options});
    const page = await context.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => {
      const isFine = mayFail && /^Failed to load resource|wasm/.test(message.text());
      if (message.type() === "error" && !isFine) wrong.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      const isOther = also !== "" && url.startsWith(also);
      if (!isOther && !url.startsWith(this.site + "/") && !url.startsWith("data:") && !url.startsWith("blob:"))
        wrong.push("asked " + url);
    });
    try {
      await act(page);
    } finally {
      await context.close();
    }
    assert.deepEqual(wrong, []);
  }
}

/** A passkey that answers by itself, for this page. */
export async function withPasskey(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

const standard = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const axeText = await readFile(axe, "utf8");

// Resolves when what appears has appeared: half transparent, nothing has the contrast that it is to have.
function settled() {
  const ends = (animation) => Number.isFinite(animation.effect.getComputedTiming().endTime);
  return Promise.allSettled(
    document
      .getAnimations()
      .filter(ends)
      .map((animation) => animation.finished),
  );
}

/** What axe-core finds on the page as it stands, by rule and place; `rules`: those alone. */
export async function violations(page, rules = standard) {
  await page.evaluate(settled);
  // In a world of its own: the page's policy lets no other script in.
  await page.evaluate(axeText);
  const found = await page.evaluate((runOnly) => globalThis.axe.run({runOnly}), rules);
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`));
}
