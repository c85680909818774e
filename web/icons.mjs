// Draws public/icon-*.png out of public/icon.svg with Debian's Chromium; run by hand when the mark changes.
import {readFile, writeFile} from "node:fs/promises";
import {chromium} from "playwright-core";

const mark = await readFile("public/icon.svg", "utf8");
const full = mark.replace('rx="7" ', "");
// A maskable icon is cut to any shape: the mark stays within the middle four fifths.
const safe = full.replace("<g ", '<g transform="translate(4 4) scale(.75)" ');
const icons = [
  ["icon-180.png", 180, full],
  ["icon-192.png", 192, mark],
  ["icon-512.png", 512, mark],
  ["icon-maskable-512.png", 512, safe],
];

const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox"]});
for (const [name, size, svg] of icons) {
  const page = await browser.newPage({viewport: {width: size, height: size}});
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await writeFile("public/" + name, await page.screenshot({omitBackground: true}));
  await page.close();
}
await browser.close();
