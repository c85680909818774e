// Draws the portal's main pages into docs/screens: on a phone and on a desk, after a morning at a venue (day.mjs). Everything is of a
// real demonstration but the national figures: its people send no reports.
import {mkdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {Day} from "./test/day.mjs";
import {figures} from "./test/figures.mjs";

const folder = new URL("../docs/screens/", import.meta.url).pathname;
const sizes = {phone: {width: 390, height: 844}, desk: {width: 1280, height: 800}};

/**
 * `as`: who is signed in. `wait`: what has to be there. `act`: what is done before the picture. `on`: the one size that says it.
 * `whole`: the page down to its end, or to so many pixels.
 * @typedef {{as?: string, at: string, wait?: string, act?: (page: object, day: Day) => Promise<void>, on?: string, dark?: boolean}} Shot
 * @type {Record<string, Shot>}
 */
const shots = {
  "citizen-welcome": {at: "/"},
  "citizen-home": {as: "citizen", at: "/", wait: "[data-pass=there]", dark: true},
  "citizen-offline": {
    as: "citizen",
    at: "/",
    wait: "[data-pass=there]",
    on: "phone",
    act: async (page, day) => {
      await page.route("**/v1/portal/**", (route) => route.abort());
      await page.clock.setFixedTime(new Date(day.stage.now().getTime() + 2 * 3_600_000));
      await page.reload();
      await page.locator("[data-age]").waitFor();
    },
  },
  "citizen-scan": {as: "other", at: "/scan/", wait: "[data-venue]", dark: true},
  "citizen-in": {
    as: "other",
    at: "/scan/",
    wait: "[data-venue]",
    on: "phone",
    act: async (page) => {
      await page.locator(".found .button.big").click();
      await page.locator("[data-outcome]").waitFor();
    },
  },
  "citizen-visits": {as: "citizen", at: "/#/visits"},
  "citizen-looks": {as: "citizen", at: "/#/looks", wait: "[data-proven]"},
  "citizen-consent": {as: "citizen", at: "consent", wait: ".decide"},
  "citizen-partners": {as: "citizen", at: "/#/partners", wait: "[data-partner]"},
  "citizen-records": {as: "citizen", at: "/#/records"},
  "citizen-dependants": {as: "citizen", at: "/#/dependants"},
  "citizen-rights": {as: "citizen", at: "/#/rights"},
  "citizen-more": {as: "citizen", at: "/#/more", on: "phone"},
  "venue-places": {as: "venue", at: "/venue/", wait: "[data-venue]"},
  "venue-door": {as: "venue", at: "door", wait: "[data-code] svg"},
  "venue-live": {as: "venue", at: "live", wait: ".chart"},
  "venue-staff": {as: "venue", at: "staff"},
  "venue-pass": {as: "venue", at: "/venue/scan/", wait: "[data-finding]"},
  "officer-enter": {at: "/officer/", on: "desk"},
  "officer-overview": {as: "officer", at: "/officer/", wait: ".numbers"},
  "officer-approvals": {as: "officer", at: "/officer/#/approvals", wait: "[data-approval]"},
  "officer-partners": {
    as: "officer",
    at: "/officer/#/partners",
    wait: "[data-state]",
    act: async (page) => {
      await page.getByRole("button", {name: /: gojek$/}).click();
      await page.getByRole("heading", {level: 2, name: "gojek"}).waitFor();
      await page.locator(".chart").first().waitFor();
      await page.getByRole("heading", {level: 2, name: "gojek"}).evaluate((at) => at.scrollIntoView());
    },
  },
  "officer-issuers": {as: "officer", at: "/officer/#/issuers", on: "desk"},
  "officer-rules": {as: "officer", at: "/officer/#/rules"},
  "officer-hands": {as: "officer", at: "/officer/#/hands", on: "desk"},
  "officer-audit": {as: "officer", at: "/officer/#/audit", on: "desk"},
  "officer-trust": {as: "officer", at: "/officer/#/trust", on: "desk"},
  "officer-nodes": {as: "officer", at: "/officer/#/nodes", on: "desk"},
  "open-how": {at: "/open/"},
  "open-figures": {at: "/open/#/figures", wait: ".map", dark: true},
  "open-log": {at: "/open/#/log", wait: "[data-growth]"},
  "open-verify": {
    at: "/open/#/verify",
    act: async (page, day) => {
      await page.locator("textarea").fill(day.certificate);
      await page.locator("form button").first().click();
      await page.locator("[data-finding]").waitFor();
    },
  },
};

async function draw(day, name, shot, {size, colorScheme = "light"}) {
  await day.film(name.startsWith("venue-pass") ? day.pass : day.doorCode);
  const {page, context} = await day.visit(shot.as, {viewport: sizes[size], colorScheme});
  const drawn = figures(day.stage.now());
  await page.route("**/v1/surveillance/series", (route) => route.fulfill({json: drawn.series}));
  await page.route("**/v1/surveillance/figures*", (route) => route.fulfill({json: drawn.day}));
  await page.goto(await day.address(shot.at));
  await page.locator("main h1, main.door").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".waits"));
  if (shot.wait) await page.locator(shot.wait).first().waitFor();
  await shot.act?.(page, day);
  await page.waitForFunction(() => !document.querySelector(".waits"));
  const picture = await page.screenshot({animations: "disabled"});
  const file = `${name}-${size}${colorScheme === "dark" ? "-dark" : ""}.png`;
  await writeFile(join(folder, file), picture);
  console.log(`${file} ${picture.length} bytes`);
  await context.close();
  return picture.length;
}

const only = process.argv.slice(2);
if (only.length === 0) await rm(folder, {recursive: true, force: true});
await mkdir(folder, {recursive: true});
const day = await Day.open();
let all = 0;
try {
  for (const [name, shot] of Object.entries(shots)) {
    const ways = Object.keys(sizes)
      .filter((size) => !shot.on || shot.on === size)
      .map((size) => ({size}));
    if (shot.dark) ways.push({size: "phone", colorScheme: "dark"});
    for (const way of ways) {
      if (only.length === 0 || only.some((each) => `${name}-${way.size}`.startsWith(each)))
        all += await draw(day, name, shot, way);
    }
  }
  console.log(`${all} bytes in all`);
} finally {
  await day.close();
}
