// People of a demonstration who can come in by the portal: entered in the civil register, their codes read from the messages.
import {readdir, readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";

const card = "3174051201100004";

/** The birth date that a NIK says: women have 40 more days; of demo citizens, who are adults. */
function born(nik) {
  const [day, month, year] = [nik.slice(6, 8), nik.slice(8, 10), nik.slice(10, 12)].map(Number);
  const two = (value) => String(value).padStart(2, "0");
  return `${year < 8 ? 2000 + year : 1900 + year}-${two(month)}-${two(day % 40)}`;
}

/** The first `count` people of a colour, each with a telephone, in the civil register. */
export async function enterRegister(stage, count, colour = "green") {
  const {citizens} = await stage.demoFile();
  const people = citizens
    .filter((each) => each.colour === colour)
    .slice(0, count)
    .map((each, i) => ({...each, phone: `0812345678${String(i).padStart(2, "0")}`, born: born(each.nik), card}));
  const rows = people.map((each) => `${each.nik},WARGA,${each.born},${card},${each.phone}`);
  const file = join(stage.folder, "register.csv");
  await writeFile(file, ["nik,name,born,family_card,phone", ...rows, ""].join("\n"));
  await stage.command("register", "load", file);
  return people;
}

/** The code in the message that came to a telephone, which is taken away. */
export async function takeCode(stage, phone) {
  const folder = join(stage.data, "messages");
  const number = "+62" + phone.slice(1);
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

/** Passkeys of a machine whose owner always says yes. */
export async function addAuthenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** From the first page to the status of somebody who was never here. */
export async function register(stage, page, person) {
  await page.goto(stage.site + "/");
  await page.getByLabel("Phone number").fill(person.phone);
  await page.getByRole("button", {name: "Send a code"}).click();
  await page.getByLabel("Code from the message").fill(await takeCode(stage, person.phone));
  await page.getByRole("button", {name: "Sign in", exact: true}).click();
  await page.getByLabel("National number").fill(person.nik);
  await page.getByLabel("Number of the family card").fill(person.card);
  await page.getByLabel("Full name").fill("Warga");
  await page.getByLabel("Date of birth").fill(person.born);
  await page.getByRole("button", {name: "Register", exact: true}).click();
  const shown = page.locator("[data-colour], main [role=alert]").first();
  await shown.waitFor().catch(async (late) => {
    throw new Error("neither a status nor a refusal; the page says: " + (await page.locator("body").innerText()), {cause: late});
  });
  if (!(await page.locator("[data-colour]").count())) throw new Error("the page says: " + (await shown.textContent()));
}
