// certlogic-js at the other end of bench/certlogic_bench.cpp: reads its file of cases, checks all of them, and then
// evaluates for as many seconds as each line of its input says, answering "EVALUATIONS SECONDS".
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {createInterface} from "node:readline";

const {evaluate} = createRequire(import.meta.url)("certlogic-js");
const {rules, cases} = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const test of cases) test.logic = rules[test.rule];

for (const {name, logic, data, expected} of cases) {
  const result = evaluate(logic, data);
  if (result !== expected) {
    console.error(`certlogic-js gives ${JSON.stringify(result)} for ${name}`);
    process.exit(1);
  }
}

const pass = () => {
  let right = 0;
  for (const {logic, data, expected} of cases) {
    if (evaluate(logic, data) === expected) ++right;
  }
  return right;
};

console.log("ready");
for await (const line of createInterface({input: process.stdin})) {
  const wanted = Number(line);
  const begin = performance.now();
  let evaluations = 0;
  let seconds = 0;
  do {
    evaluations += pass();
    seconds = (performance.now() - begin) / 1000;
  } while (seconds < wanted);
  console.log(`${evaluations} ${seconds}`);
}
