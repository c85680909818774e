// The README's example is the file beside it, and works against a running demo.

import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {after, before, test} from "node:test";

import {Demo} from "./support/demo.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const demo = new Demo();
before(() => demo.start());
after(() => demo.remove());

test("the example of the README is the one that is run here", () => {
  const readme = readFileSync(`${root}README.md`, "utf8");
  assert.equal(/```js\n([^]*?)```/.exec(readme)?.[1], readFileSync(`${root}example.mjs`, "utf8"));
});

test("the README's example of a bundle is one that compiles", () => {
  const readme = readFileSync(`${root}README.md`, "utf8");
  const example = /```ts\n([^]*?)```/.exec(readme)?.[1];
  assert.ok(example && readFileSync(`${root}test/consumer/consumer.ts`, "utf8").includes(example));
});

test("the example prints a decision, its place in the log, and that it is proven", () => {
  const words = [`${root}example.mjs`, `${demo.data}-demo.json`, demo.directoryKey];
  const printed = execFileSync(process.execPath, words, {encoding: "utf8"});
  assert.match(printed, /^(allow|deny) (green|yellow|red|black) \{\s*index: \d+,\s*leafHash: '[0-9a-f]{64}'\s*\}\nproven\n$/);
});
