// People of a demonstration who can come in by the portal: entered in the civil register, their codes read from the messages.
import {readdir, readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {withPasskey} from "./stage.mjs";

const card = "3174051201100004";

/** The birth date that a NIK says: women have 40 more days; of demo citizens, who are adults. */
function born(nik) {
  const [day, month, year] = [nik.slice(6, 8), nik.slice(8, 10), nik.slice(10, 12)].map(Number);
  const two = (value) => String(value).padStart(2, "0");
  return `${year < 8 ? 2000 + year : 1900 + year}-${two(month)}-${two(day % 40)}`;
}

/** The first `count` people of a colour without an account, each with a telephone, in the civil register. */
export async function enterRegister(stage, count, colour = "green") {
  const {citizens} = await stage.demoFile();
  const taken = said(stage, /^log-in of a citizen: .*; NIK (\d+)$/);
  const people = citizens
    .filter((each) => each.colour === colour && each.nik !== taken)
    .slice(0, count)
    .map((each, i) => ({...each, name: "Warga", phone: `0812345678${String(i).padStart(2, "0")}`, born: born(each.nik), card}));
  const rows = people.map((each) => `${each.nik},WARGA,${each.born},${card},${each.phone}`);
  const file = join(stage.folder, "register.csv");
  await writeFile(file, ["nik,name,born,family_card,phone", ...rows, ""].join("\n"));
  await stage.command("register", "load", file);
  return people;
}

/** The code in the message that came to a telephone, which is taken away. */
export async function takeCode(stage, phone) {
  const folder = join(stage.data, "messages");
  const number = phone.replace(/^0/, "+62");
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
    for (const name of names) {
      const message = JSON.parse(await readFile(join(folder, name), "utf8"));
      const code = message.to === number && /\d{6,}/.exec(message.text.en)?.[0];
      if (!code) continue;
      await rm(join(folder, name));
      return code;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("no message came");
}

/** A page's form for who signs in by telephone. */
async function enterByCode(stage, page, phone) {
  await page.getByLabel("Phone number").fill(phone);
  await page.getByRole("button", {name: "Send a code"}).click();
  await page.getByLabel("Code from the message").fill(await takeCode(stage, phone));
  await page.getByRole("button", {name: "Sign in", exact: true}).click();
}

/** From the first page to the status of somebody who was never here. */
export async function register(stage, page, person) {
  await page.goto(stage.site + "/");
  await enterByCode(stage, page, person.phone);
  await page.getByLabel("National number").fill(person.nik);
  await page.getByLabel("Number of the family card").fill(person.card);
  await page.getByLabel("Full name").fill(person.name);
  await page.getByLabel("Date of birth").fill(person.born);
  await page.getByRole("button", {name: "Register", exact: true}).click();
  const shown = page.locator("[data-colour], main [role=alert]").first();
  await shown.waitFor().catch(async (late) => {
    throw new Error("neither a status nor a refusal; the page says: " + (await page.locator("body").innerText()), {cause: late});
  });
  if (!(await page.locator("[data-colour]").count())) throw new Error("the page says: " + (await shown.textContent()));
}

/** What the demonstration printed about somebody who may come in. */
function said(stage, pattern) {
  return stage.said.map((line) => pattern.exec(line)).find(Boolean)?.[1] ?? "";
}

/** Somebody in the civil register who has no account yet. */
export function whoCanRegister(stage) {
  const line = said(stage, /^somebody who can register: (.*)$/);
  const [, nik, name, birth, familyCard, phone] = /^NIK (\d+), (.*), born (\S+), family card (\d+), telephone (\+\d+)$/.exec(line);
  return {nik, name, born: birth, card: familyCard, phone};
}

/** The citizen of the demonstration's log-in, at their status. */
export async function enterCitizen(stage, page) {
  await page.goto(stage.site + "/");
  await enterByCode(stage, page, said(stage, /^log-in of a citizen: telephone (\+\d+);/));
  await page.locator("[data-colour]").waitFor();
}

/** The owner of the demonstration's venue, at their places. */
export async function enterVenue(stage, page, phone = said(stage, /^venue: .* with the telephone (\+\d+);/)) {
  await page.goto(stage.site + "/venue/");
  await enterByCode(stage, page, phone);
  await page.getByRole("heading", {level: 1, name: "My places"}).waitFor();
}

/** What the demonstration printed for an officer to come in by, once. */
export function codeOf(stage, officer) {
  return said(stage, new RegExp(`^officer: .* as ${officer} with the code ([A-Z2-7-]+);`));
}

/** An officer of the demonstration at the console, with a passkey from now on. */
export async function enterOfficer(stage, page, officer, code = codeOf(stage, officer)) {
  await withPasskey(page);
  await page.goto(stage.site + "/officer/");
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", {name: "Make the passkey"}).click();
  await page.getByText(`You are ${officer}`).waitFor();
}
