// What stands beside the demonstration of script/server, so that it can be tried without a manual: a partner's app that links, and the
// telephones, whose messages are printed. It ends with the demonstration.
//   beside.mjs LINDUNG DATA PID
import {execFile} from "node:child_process";
import {watch} from "node:fs";
import {access, mkdir, readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {promisify} from "node:util";
import {App, clientOf} from "../../sdk/typescript/app.mjs";

const [program, data, pid] = process.argv.slice(2);
const port = 8090;

async function command(...words) {
  const {stdout} = await promisify(execFile)(program, [...words, "--data", data, "--json"]);
  return JSON.parse(stdout);
}

/** Ends this program when the demonstration's process is gone; a signal of a terminal comes to both. */
function endWith(demo) {
  try {
    process.kill(demo, 0);
  } catch {
    process.exit();
  }
}

async function demoFile() {
  const path = data.replace(/\/+$/, "") + "-demo.json";
  for (;;) {
    const file = await readFile(path, "utf8").then(JSON.parse, () => null);
    if (file?.pid === Number(pid)) return file;
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function openApp(demo) {
  const {directory_key: directoryKey} = await command("status");
  const [venue] = demo.venues;
  const app = new App({
    client: await clientOf(demo, directoryKey, "gojek"),
    portal: demo.url.replace(/\/\/[^:]+/, "//localhost"),
    venue: {name: venue.name, code: Buffer.from(venue.code, "hex")},
    name: "Gojek",
  });
  await app.listen(port).catch(() => app.listen());
  // With officers a command is signed by one of them.
  const key = `${data.replace(/\/+$/, "")}-siti.key`;
  const signed = await access(key).then(() => ["--officer", key], () => []);
  await command("partner", "redirect", "gojek", app.url + "linked", ...signed);
  await command("partner", "webhook", "gojek", app.url + "ended", ...signed);
  const {text} = await command("venue", "code", venue.id);
  console.log(`a partner's app, which links you: ${app.url}`);
  console.log(`the code at the door of ${venue.name}, as text: ${text}`);
}

/** Prints each message as it comes. */
async function watchMessages() {
  const folder = join(data, "messages");
  await mkdir(folder, {recursive: true, mode: 0o700});
  const seen = new Set(await readdir(folder));
  watch(folder, async (_, name) => {
    if (!name?.endsWith(".json") || seen.has(name)) return;
    seen.add(name);
    const message = await readFile(join(folder, name), "utf8").then(JSON.parse, () => seen.delete(name) && null);
    if (message) console.log(`message to ${message.to}: ${message.text.en}`);
  });
}

setInterval(() => endWith(Number(pid)), 1000);
const demo = await demoFile();
await watchMessages();
await openApp(demo).catch((error) => console.error(`no partner's app: ${error.message}`));
