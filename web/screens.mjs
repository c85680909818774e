// Draws the portal's main pages into docs/screens: on a phone and on a desk, with answers that are the same on every day.
import {mkdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {answer, answers, now, reference, venue, venueCode} from "./test/answers.mjs";
import {writeFilm} from "./test/film.mjs";
import {Stage} from "./test/stage.mjs";

const folder = new URL("../docs/screens/", import.meta.url).pathname;
const phone = {width: 390, height: 844};
const desk = {width: 1280, height: 800};

/** @typedef {{at: string, wait?: string, out?: boolean, change?: (table: object) => void, act?: (page: object) => Promise<void>}} Shot */
/** @type {Record<string, Shot>} */
const shots = {
  welcome: {at: "/", out: true},
  home: {at: "/"},
  "home-inside": {
    at: "/",
    change: (table) => {
      table["GET status"].inside = {...venue, since: "2026-11-22T01:30:00Z", due: "2026-11-22T13:30:00Z"};
    },
  },
  "home-black": {
    at: "/",
    change: (table) => {
      Object.assign(table["GET status"], {
        colour: "black",
        reason: {rule: "x", text: {id: "Tes PCR positif", en: "Positive PCR test"}},
        until: "2026-11-30T03:00:00Z",
        next: {colour: "yellow", from: "2026-11-30T03:00:00Z"},
      });
      table["GET pass"] = {...table["GET pass"], passes: [], without: 4};
    },
  },
  "home-offline": {
    at: "/",
    act: async (page) => {
      await page.route("**/v1/portal/**", (route) => route.abort());
      await page.clock.setFixedTime(new Date(now.getTime() + 2 * 3_600_000));
      await page.reload();
      await page.locator("[data-age]").waitFor();
    },
  },
  scan: {at: "/scan/", wait: "[data-camera=sees]"},
  "scan-found": {at: "/scan/", wait: "[data-venue]"},
  "scan-in": {
    at: "/scan/",
    act: async (page) => {
      await page.locator(".found .button.big").click();
      await page.locator("[data-outcome]").waitFor();
    },
  },
  visits: {at: "/#/visits"},
  looks: {at: "/#/looks", wait: "[data-proven]"},
  more: {at: "/#/more"},
  records: {at: "/#/records"},
  partners: {at: "/#/partners"},
  consent: {at: "/#consent/" + reference},
  dependants: {at: "/#/dependants"},
  rights: {at: "/#/rights"},
  devices: {at: "/#/devices"},
  figures: {at: "/open/#/figures", wait: ".map"},
  how: {at: "/open/"},
  verify: {at: "/open/#/verify"},
};
const dark = ["home", "scan-in", "figures"];

/** Figures of a day and its month, of no real place. */
function figures() {
  const provinces = {};
  "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96"
    .split(" ")
    .forEach((code, i) => {
      const count = Math.round(90 * Math.abs(Math.sin(i * 1.7)) ** 3);
      provinces[code] = count < 5 ? null : count;
    });
  const days = Array.from({length: 30}, (_, i) => ({
    day: new Date(now.getTime() - (30 - i) * 86_400_000).toISOString().slice(0, 10),
    totals: {ili: Math.round(640 + 160 * Math.sin(i / 4) + 9 * i)},
  }));
  const name = {id: "Penyakit serupa influenza", en: "Influenza-like illness"};
  return {
    series: {days},
    day: {
      day: days[29].day,
      epsilon_milli: 1000,
      hidden_below: 5,
      syndromes: {ili: {name, provinces, total: days[29].totals.ili}},
    },
  };
}

async function draw(stage, film, name, shot, {viewport, colorScheme, ending}) {
  const context = await stage.browser.newContext({
    viewport,
    colorScheme,
    locale: "id-ID",
    timezoneId: "Asia/Jakarta",
    reducedMotion: "reduce",
    serviceWorkers: "block",
    permissions: ["camera"],
  });
  const page = await context.newPage();
  const table = answers();
  shot.change?.(table);
  if (shot.out) table["GET session"] = {signed_in: false};
  await answer(page, table);
  const drawn = figures();
  await page.route("**/v1/surveillance/series", (route) => route.fulfill({json: drawn.series}));
  await page.route("**/v1/surveillance/figures*", (route) => route.fulfill({json: drawn.day}));
  await page.clock.setFixedTime(now);
  if (!shot.out) await page.addInitScript(() => localStorage.setItem("lindung.in", "1"));
  await writeFilm(film, name === "scan" ? null : venueCode);
  await page.goto(stage.site + shot.at);
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".waits"));
  if (shot.wait) await page.locator(shot.wait).first().waitFor();
  await shot.act?.(page);
  const picture = await page.screenshot({animations: "disabled"});
  await writeFile(join(folder, `${name}-${ending}.png`), picture);
  console.log(`${name}-${ending}.png ${picture.length} bytes`);
  await context.close();
}

const only = process.argv.slice(2);
await mkdir(folder, {recursive: true});
const film = join(process.env.TMPDIR ?? "/tmp", `lindung-screens-${process.pid}.y4m`);
await writeFilm(film, null);
const stage = await Stage.open({citizens: 30, film});
for (const [name, shot] of Object.entries(shots)) {
  const ways = [
    {viewport: phone, colorScheme: "light", ending: "phone"},
    {viewport: desk, colorScheme: "light", ending: "desk"},
  ];
  if (dark.includes(name)) ways.push({viewport: phone, colorScheme: "dark", ending: "phone-dark"});
  for (const way of ways) {
    if (only.length === 0 || only.some((each) => `${name}-${way.ending}`.startsWith(each)))
      await draw(stage, film, name, shot, way);
  }
}
await stage.close();
await rm(film, {force: true});
