// HC1 of dgc-testdata and dcc-quality-assurance judged by `lindung verify --ndjson` and by four others: how many of each
// class are judged rightly, and certificates for a second of CPU over those that all of them call valid.
//   node run.mjs VECTORS LINDUNG [--seconds 2] [--json FILE]
import {execFileSync, spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {readFileSync, readdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import {base45, cbor, others} from "./others.mjs";

const [vectors, lindung, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
const say = (line) => process.stdout.write(line + "\n");
const kidOf = (der) => createHash("sha256").update(Buffer.from(der, "base64")).digest().subarray(0, 8);

// "2021-05-03T18:00:00", with or without an offset: without one it is UTC.
const secondsOf = (clock) => {
  const text = clock.replace(/(\.\d{3})\d+/, "$1").replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`) / 1000;
};

const names = {
  EXPECTEDUNPREFIX: "prefix",
  EXPECTEDB45DECODE: "base45",
  EXPECTEDCOMPRESSION: "compression",
  EXPECTEDVERIFY: "signature or key id",
  EXPECTEDEXPIRATIONCHECK: "not in its time",
  EXPECTEDKEYUSAGE: "key usage",
};
const classOf = (row) => {
  if (row.e2e === "VALID") return "valid";
  if (row.e2e === "INVALID_VALUESET") return "value set";
  return names[row.e2e_because[0]] ?? "schema, or two entries";
};

// The folder is known by its manifest, the table of printed codes by its name.
const filesOf = (name) =>
  readdirSync(vectors, {recursive: true, withFileTypes: true})
    .filter((each) => each.isFile() && each.name === name)
    .map((each) => path.join(each.parentPath ?? each.path, each.name));

const cases = [];
const signers = new Map();
for (const manifest of filesOf("manifest.json")) {
  for (const row of JSON.parse(readFileSync(manifest))) {
    if (!row.e2e || row.e2e === "SKIP") continue;
    const file = JSON.parse(readFileSync(path.join(path.dirname(manifest), row.file)));
    const der = file.TESTCTX.CERTIFICATE;
    signers.set(kidOf(der).toString("hex"), der);
    const at = secondsOf(file.TESTCTX.VALIDATIONCLOCK ?? "2021-06-01T00:00:00Z");
    cases.push({class: classOf(row), expected: row.e2e === "VALID", text: file.PREFIX, der, at, alg: row.alg});
  }
}
const unpacked = (text) => {
  const message = cbor.decodeFirstSync(zlib.inflateSync(base45.decode(text.slice(4))));
  return cbor.decodeFirstSync((message.value ?? message)[2]);
};
for (const table of filesOf("hc1.tsv")) {
  const [head, ...rows] = readFileSync(table, "utf8").trimEnd().split("\n").map((line) => line.split("\t"));
  for (const cells of rows) {
    const row = Object.fromEntries(head.map((name, i) => [name, cells[i]]));
    const der = signers.get(row.kid_hex);
    if (row.reference_verify !== "true" || !der) continue;
    const right = row.schema_ok === "true";
    const at = Math.ceil(unpacked(row.hc1).get(6));
    cases.push({class: right ? "printed, valid" : "printed, schema", expected: right, text: row.hc1, der, at});
  }
}
for (const each of cases) each.kid = kidOf(each.der);

const lineOf = (each, id) => {
  const at = new Date(each.at * 1000).toISOString();
  return JSON.stringify({id, text: each.text, at, trust: {dsc: [each.der]}});
};
const inTurn = (lines) => execFileSync(lindung, ["verify", "--ndjson"], {input: lines.join("\n") + "\n", maxBuffer: 1 << 28});
const ours = inTurn(cases.map(lineOf)).toString().trim().split("\n").map((line) => JSON.parse(line).verdict === "valid");

const answers = {lindung: ours};
for (const [name, verify] of Object.entries(others)) {
  answers[name] = [];
  for (const each of cases) answers[name].push(await verify(each));
}
const classes = [...new Set(cases.map((each) => each.class))];
const accuracy = {};
for (const name of Object.keys(answers)) {
  accuracy[name] = {};
  for (const one of classes) {
    const of = cases.map((each, i) => [each, answers[name][i]]).filter(([each]) => each.class === one);
    accuracy[name][one] = {right: of.filter(([each, answer]) => answer === each.expected).length, all: of.length};
  }
}

// Valid for everybody, ES256, and in every run the same.
const fast = cases.filter((each, i) => each.expected && each.alg === -7 && Object.values(answers).every((all) => all[i]));
const wanted = Number(option("--seconds", 2));
const speed = {};
for (const [name, verify] of Object.entries(others)) {
  const begin = process.cpuUsage();
  let done = 0;
  let spent = 0;
  do {
    for (const each of fast) if (await verify(each)) ++done;
    const {user, system} = process.cpuUsage(begin);
    spent = (user + system) / 1e6;
  } while (spent < wanted);
  speed[name] = done / spent;
}
// All threads of ours, and the lines' JSON with it. The start of the process is in it: many lines make it small.
const lines = [];
while (lines.length < 40_000) for (const each of fast) lines.push(lineOf(each, lines.length));
const timed = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$1" verify --ndjson >/dev/null', "bash", lindung], {
  input: lines.join("\n") + "\n",
});
const [user, system] = timed.stderr.toString().trim().split(" ").map(Number);
speed.lindung = lines.length / (user + system);

const columns = Object.keys(answers);
say(`| class | cases | ${columns.join(" | ")} |`);
say(`|---|---|${"---|".repeat(columns.length)}`);
for (const one of classes) {
  say(`| ${one} | ${accuracy.lindung[one].all} | ${columns.map((name) => accuracy[name][one].right).join(" | ")} |`);
}
const right = (name) => classes.reduce((sum, one) => sum + accuracy[name][one].right, 0);
say(`| all | ${cases.length} | ${columns.map(right).join(" | ")} |`);
say(`| a second of CPU, over ${fast.length} | | ${columns.map((name) => Math.round(speed[name])).join(" | ")} |`);
const best = Math.max(...columns.filter((name) => name !== "lindung").map((name) => speed[name]));
const file = option("--json");
if (file) writeFileSync(file, JSON.stringify({accuracy, speed, ratio: speed.lindung / best}) + "\n");
