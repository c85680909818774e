// What a slow phone waits for, page by page: the median of some loads under Lighthouse's conditions for mobiles.
import {Stage} from "./test/stage.mjs";

const runs = Number(process.argv[2]);
const places = ["/", "/open/", "/open/#/figures", "/open/#/verify"];
const network = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};
const slower = 4;
// Value of the tenth of all pages and of the middle one, and the weight: Lighthouse 10, mobile.
const curves = {fcp: [1800, 3000, 10], lcp: [2500, 4000, 25], tbt: [200, 600, 30], cls: [0.1, 0.25, 25]};

/** 1 - the log-normal distribution through (p10, 0.9) and (median, 0.5). */
function score(value, [p10, median]) {
  const spread = Math.log(median / p10) / 1.2815515655446004;
  const x = Math.log(Math.max(value, 1e-9) / median) / spread / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x);
  return x < 0 ? 1 - tail / 2 : tail / 2;
}

const watch = () => {
  globalThis.seen = {lcp: 0, cls: 0, tbt: 0};
  new PerformanceObserver((list) =>
    list.getEntries().forEach((each) => (globalThis.seen.lcp = each.startTime)),
  ).observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) =>
    list.getEntries().forEach((each) => (globalThis.seen.cls += each.hadRecentInput ? 0 : each.value)),
  ).observe({type: "layout-shift", buffered: true});
  new PerformanceObserver((list) =>
    list.getEntries().forEach((each) => (globalThis.seen.tbt += Math.max(0, each.duration - 50))),
  ).observe({type: "longtask", buffered: true});
};

async function load(stage, at) {
  const context = await stage.browser.newContext({
    viewport: {width: 412, height: 823},
    isMobile: true,
    deviceScaleFactor: 1.75,
    locale: "id-ID",
  });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({encodedDataLength}) => (bytes += encodedDataLength));
  await session.send("Network.emulateNetworkConditions", network);
  await session.send("Emulation.setCPUThrottlingRate", {rate: slower});
  await page.addInitScript(watch);
  await page.goto(stage.site + at);
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".waits"));
  await page.waitForLoadState("networkidle");
  const seen = await page.evaluate(() => ({
    ...globalThis.seen,
    fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  }));
  await context.close();
  return {...seen, bytes};
}

const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const stage = await Stage.open({citizens: 30});
for (const at of places) {
  const loads = [];
  for (let i = 0; i < runs; ++i) loads.push(await load(stage, at));
  const of = (name) => middle(loads.map((each) => each[name]));
  const weights = Object.values(curves).reduce((sum, [, , weight]) => sum + weight, 0);
  const all =
    Object.entries(curves).reduce((sum, [name, curve]) => sum + score(of(name), curve) * curve[2], 0) / weights;
  console.log(
    `${at}: ${of("bytes")} bytes, first paint ${Math.round(of("fcp"))} ms, largest ${Math.round(of("lcp"))} ms, ` +
      `blocked ${Math.round(of("tbt"))} ms, shift ${of("cls").toFixed(3)}, score ${Math.round(all * 100)}`,
  );
}
await stage.close();
