// A morning of a demonstration, for pictures: people go into a venue, one of them links a partner, who asks; an officer looks, and
// another one waits for a second. The clock is the demonstration's own, so that each drawing is of the same day; the command line's is
// not, so officers, who sign with the time, come last and command in the browser.
import {rm} from "node:fs/promises";
import {join} from "node:path";
import {App, clientOf} from "../../sdk/typescript/app.mjs";
import {newPendingLink} from "../../sdk/typescript/dist/index.js";
import {writeFilm} from "./film.mjs";
import {enterCitizen, enterOfficer, enterVenue, register, whoCanRegister} from "./person.mjs";
import {Stage, withPasskey} from "./stage.mjs";

const slots = ["01:05", "01:50", "02:20", "03:05", "03:40", "04:20"]; // of UTC: from eight in the morning in Jakarta
const goingIn = [4, 7, 11, 9, 14, 10];
const today = "2026-11-23";

export class Day {
  static async open() {
    const day = new Day();
    const film = join(process.env.TMPDIR ?? "/tmp", `lindung-day-${process.pid}.y4m`);
    day.film = (text) => writeFilm(film, text);
    day.removeFilm = () => rm(film, {force: true});
    await day.film(null);
    day.stage = await Stage.open({citizens: 200, film, at: new Date(`${today}T00:40:00Z`)});
    try {
      await day.meet();
      await day.morning();
      await day.people();
    } catch (error) {
      await day.close();
      throw error;
    }
    return day;
  }

  async close() {
    await this.app?.close();
    await this.stage.close();
    await this.removeFilm();
  }

  /** Who is drawn: the citizen of the log-in, whose name is on their page, and somebody who registers. */
  async meet() {
    const {stage} = this;
    this.states = {};
    let name;
    await this.entered(async (page) => {
      await enterCitizen(stage, page);
      name = await page.locator("main h1").textContent();
    });
    const {citizens} = await stage.demoFile();
    const green = citizens.filter(({colour}) => colour === "green");
    this.me = green.find((each) => each.name === name);
    this.other = green.find(({nik}) => nik === whoCanRegister(stage).nik);
    this.child = green.find((each) => each !== this.me && each !== this.other);
  }

  async morning() {
    const {stage} = this;
    const {links, citizens, venues} = await stage.demoFile();
    this.venue = {id: venues[0].id, name: venues[0].name, code: Buffer.from(venues[0].code, "hex")};
    const drawn = [this.me, this.other].map(({id}) => id);
    const green = new Set(citizens.filter(({id, colour}) => colour === "green" && !drawn.includes(id)).map(({id}) => id));
    const visitors = [...new Map(links.filter(({citizen}) => green.has(citizen)).map((link) => [link.citizen, link])).values()];
    const {directory_key: directoryKey} = await stage.command("status");
    const runtime = {now: () => stage.now().getTime()};
    for (const [i, at] of slots.entries()) {
      await stage.stop();
      await stage.start(new Date(`${today}T${at}:00Z`));
      const demo = await stage.demoFile();
      for (const {partner, token} of visitors.splice(-goingIn[i])) {
        const client = await clientOf(demo, directoryKey, partner, {runtime});
        await client.checkIn({token, venueCode: this.venue.code});
      }
    }
  }

  async people() {
    const {stage} = this;
    const {me, child} = this;
    await stage.command("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan");
    await stage.command("pass", "keys");
    this.certificate = (await stage.command("certificate", "issue", me.id)).text;
    const {passes} = await stage.command("pass", "issue", me.id);
    this.pass = passes.find((each) => new Date(each.not_before) <= stage.now() && stage.now() < new Date(each.expires)).text;
    const forChild = ["--relation", "parent", "--scope", "see,check-in,consent", "--days", "365", "--purpose", "kartu keluarga"];
    await stage.command("delegation", "add", "--for", child.id, "--by", me.id, ...forChild);
    await stage.command("partner", "cut", "tiket");
    this.doorCode = (await stage.command("venue", "code", this.venue.id)).text;
    const name = "Gojek";
    this.app = await new App({name}).listen();
    await stage.command("partner", "redirect", "gojek", this.app.url + "linked");

    const at = new Date(stage.now().getTime() + 60_000);
    await stage.stop();
    await stage.start(at, "--officers");
    const demo = await stage.demoFile();
    const {directory_key: directoryKey} = await stage.command("status");
    const runtime = {now: () => stage.now().getTime()};
    Object.assign(this.app, {
      client: await clientOf(demo, directoryKey, "gojek", {runtime}),
      portal: stage.site,
      venue: this.venue,
    });
    await this.entered(async (page) => {
      await enterOfficer(stage, page, "budi");
      await page.getByRole("link", {name: "Partners"}).click();
      await page.getByRole("button", {name: "Look at it: tiket"}).click();
      await page.getByRole("button", {name: "Undo the cut"}).click();
      await page.getByText("It waits for another officer.").waitFor();
    });
    this.states = {
      citizen: await this.entered((page) => this.link(page)),
      other: await this.entered((page) => register(stage, page, whoCanRegister(stage))),
      venue: await this.entered((page) => enterVenue(stage, page)),
      officer: await this.entered(async (page) => {
        await enterOfficer(stage, page, "siti");
        await page.getByRole("link", {name: "Audit"}).click();
        await page.getByLabel("National number (NIK)").fill(me.nik);
        await page.getByLabel("What for").selectOption("citizen-request");
        await page.getByRole("button", {name: "Find", exact: true}).click();
        await page.getByRole("heading", {name: "This person"}).waitFor();
      }),
    };
  }

  /** What a browser holds after `act`. */
  async entered(act) {
    const {page, context} = await this.visit(undefined, {locale: "en-GB"});
    await act(page);
    const state = await context.storageState();
    await context.close();
    return state;
  }

  async link(page) {
    const {app, stage} = this;
    await withPasskey(page);
    await enterCitizen(stage, page);
    await page.goto(stage.site + "/#/devices");
    await page.getByRole("button", {name: "Add a passkey on this device"}).click();
    await page.getByText("Added").waitFor();
    await page.goto(app.url);
    await page.getByRole("button", {name: "Link with Lindung"}).click();
    await page.getByRole("button", {name: "Allow"}).click();
    await page.getByText("Linked.", {exact: true}).waitFor();
    for (const name of ["Ask for my status", `Check me in at ${app.venue.name}`]) {
      const count = app.answers.length;
      await page.getByRole("button", {name}).click();
      await page.locator(`li[data-answer]:nth-child(${count + 1})`).waitFor();
    }
  }

  /** A page of who is signed in as `who`, or of nobody. */
  async visit(who, options = {}) {
    const context = await this.stage.browser.newContext({
      locale: "id-ID",
      timezoneId: "Asia/Jakarta",
      reducedMotion: "reduce",
      serviceWorkers: "block",
      permissions: ["camera"],
      ...(who && {storageState: this.states[who]}),
      ...options,
    });
    const page = await context.newPage();
    await page.clock.setFixedTime(this.stage.now());
    return {page, context};
  }

  /** Where a picture is taken. */
  async address(at) {
    const {app, stage, venue} = this;
    if (at !== "consent") return stage.site + (["door", "live", "staff"].includes(at) ? `/venue/#/${at}/${venue.id}` : at);
    const request = {purposes: ["venue-entry", "own-status"], profile: "colour", days: 90, redirectUri: app.url + "linked"};
    return (await app.client.pushRequest(request, newPendingLink())).openAt;
  }
}
