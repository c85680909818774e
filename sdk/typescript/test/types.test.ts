// The types as a partner's compiler reads them, at their strictest: in a program for Node without the browser's library, and
// in one for browsers without Node's.

import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {fileURLToPath} from "node:url";
import {test} from "node:test";

const root = fileURLToPath(new URL("..", import.meta.url));
const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false"];

for (const [where, ...options] of [
  ["Node", "--module", "nodenext", "--target", "es2022", "--lib", "es2023", "--types", "node"],
  ["browsers", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", "--lib", "es2022,dom", "--typeRoots", "test/consumer"],
]) {
  test(`a partner's program for ${where} compiles, and its mistakes do not`, () => {
    const words = ["node_modules/typescript/bin/tsc", ...strict, ...options, "test/consumer/consumer.ts"];
    const done = spawnSync(process.execPath, words, {cwd: root, encoding: "utf8"});
    assert.equal(done.stdout, "");
    assert.equal(done.status, 0);
  });
}
