// A partner's app as small as it can be: asks a citizen for a link, takes in the browser that comes back, asks about them with the
// token, and takes the webhook that says that it is over. To be read, and run beside a demonstration, on this machine only:
//   app.mjs DEMO-FILE DIRECTORY-KEY PORTAL PORT     PORTAL: as the demonstration prints it
import {randomBytes} from "node:crypto";
import {readFileSync} from "node:fs";
import {createServer} from "node:http";
import {fileURLToPath} from "node:url";
import {Client, newPendingLink, returnedOf, signerFromSeed, verifiedWebhook} from "@lindung/client";

/** The client of a partner of a demonstration, out of the file that `lindung demo` writes. `more`: of its options. */
export async function clientOf(demo, directoryKey, id, more = {}) {
  const partner = demo.partners.find((each) => each.id === id);
  return new Client({
    url: demo.url,
    directoryKey,
    partner: id,
    keyId: partner.key_id,
    signer: await signerFromSeed(Buffer.from(partner.signing_private_key, "hex")),
    pacts: [demo.pact_digest],
    ...more,
  });
}

const request = {purposes: ["venue-entry", "own-status"], profile: "colour", days: 90};
const longestBody = 65_536;

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const button = (path, words) => `<form method="post" action="${path}"><button>${escaped(words)}</button></form>`;

async function bodyOf(message) {
  const pieces = [];
  let size = 0;
  for await (const piece of message) {
    size += piece.length;
    if (size > longestBody) throw new Error("too long");
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

export class App {
  /** What each browser is at: `pending` between push and return, `link` afterwards, and what it was answered. */
  #sessions = new Map();
  /** Of webhooks, by consent: at most one each, however often it is delivered. */
  ended = new Map();
  /** Answers in their order, of all browsers. */
  answers = [];
  #server = createServer((message, reply) => void this.#serve(message, reply));

  /** `portal`: its origin, which the browser's `iss` has to be. `venue`: where "check me in" goes: its name and code. */
  constructor({client, portal, venue, name}) {
    Object.assign(this, {client, portal, venue, name});
  }

  async listen(port = 0) {
    await new Promise((done) => this.#server.listen(port, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.#server.address().port}/`;
    return this;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }

  async #serve(message, reply) {
    const send = (status, text, fields = {}) =>
      reply.writeHead(status, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...fields}).end(text);
    const go = (to) => send(303, "", {Location: to});
    try {
      const {pathname} = new URL(message.url, this.url);
      if (pathname === "/ended") return send(await this.#take(message), "");
      const session = this.#sessionOf(message, reply);
      const does = `${message.method} ${pathname}`;
      if (does === "GET /") return send(200, this.#page(session));
      if (does === "GET /linked") {
        session.says = await this.#redeem(session, new URL(message.url, this.url).href);
        return go("/");
      }
      if (message.method !== "POST" || message.headers.origin !== this.url.slice(0, -1)) return send(404, "not found");
      if (does === "POST /link") {
        session.pending = newPendingLink();
        const pushed = await this.client.pushRequest({...request, redirectUri: this.url + "linked"}, session.pending);
        if (pushed.kind === "pushed") return go(pushed.openAt);
        session.says = `No link could be asked for: ${pushed.code}.`;
      } else if (session.link && (does === "POST /ask" || does === "POST /check-in")) {
        session.says = "";
        session.answers.unshift(await this.#ask(session, does === "POST /check-in"));
      }
      go("/");
    } catch (error) {
      send(500, escaped(error.message));
    }
  }

  #sessionOf(message, reply) {
    const known = /(?:^|; )app=([0-9a-f]{32})/.exec(message.headers.cookie ?? "")?.[1];
    const session = this.#sessions.get(known);
    if (session) return session;
    const id = randomBytes(16).toString("hex");
    const made = {answers: [], says: ""};
    this.#sessions.set(id, made);
    // Lax: the browser that comes back from the portal has to bring it along.
    reply.setHeader("Set-Cookie", `app=${id}; HttpOnly; SameSite=Lax; Path=/`);
    return made;
  }

  async #redeem(session, url) {
    const {pending} = session;
    const returned = pending ? returnedOf(url, pending, this.portal) : {kind: "forged", cause: "state"};
    if (returned.kind === "forged") return `This answer is not to a question of this browser (${returned.cause}). Nothing was linked.`;
    delete session.pending;
    if (returned.kind === "refused") return "You said no. This app has learnt nothing.";
    const link = await this.client.redeem(returned.code, pending);
    if (link.kind !== "linked") return `No link: ${link.code}.`;
    Object.assign(session, {link, answers: []});
    return "Linked.";
  }

  async #ask({link}, isCheckIn) {
    const {token} = link;
    const answer = isCheckIn ? await this.client.checkIn({token, venueCode: this.venue.code}) : await this.client.ask({token});
    if (answer.nextToken) link.token = answer.nextToken;
    const proof = answer.receipt ? (await this.client.verify(answer.receipt)).kind : "no receipt";
    const made = {what: isCheckIn ? `check-in at ${this.venue.name}` : "status", answer, proof};
    this.answers.push(made);
    return made;
  }

  /** Delivered again until it is told 204, so the same event may come twice. */
  async #take(message) {
    if (message.method !== "POST") return 405;
    const body = await bodyOf(message);
    const received = {authority: message.headers.host, path: message.url, headers: message.headers, body};
    const event = await verifiedWebhook(received, await this.client.consentKeys(), Math.floor(Date.now() / 1000));
    if (typeof event === "string") return 401;
    this.ended.set(event.consent, event);
    return 204;
  }

  #page({link, says, answers}) {
    const end = link && this.ended.get(link.consent);
    const rows = answers.map(({what, answer, proof}) => {
      const place = answer.receipt ? `, entry ${answer.receipt.index} of the log, ${proof}` : "";
      const words = [answer.kind, answer.colour, answer.code].filter(Boolean).join(" ");
      return `<li data-answer="${escaped(answer.kind)}">${escaped(`${what}: ${words}${place}`)}</li>`;
    });
    return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>${escaped(this.name)}</title>
<style>body{font:1.1rem/1.5 system-ui;max-width:34rem;margin:8vh auto;padding:0 1rem;color:#1b1b1b;background:#fff}
button{font:inherit;padding:.6rem 1.1rem;margin:.3rem 0;border:0;border-radius:.6rem;background:#1b1b1b;color:#fff;cursor:pointer}
.is{padding:.8rem 1rem;background:#eee;border-radius:.6rem}small{color:#555}</style>
<main><h1>${escaped(this.name)}</h1>
${says ? `<p class="is" role="status">${escaped(says)}</p>` : ""}
${end ? `<p class="is" data-ended="${escaped(end.reason)}">The link has ended (${escaped(end.reason)}); its webhook was signed.</p>` : ""}
${
  link
    ? `<p>Linked until ${escaped(link.until.toISOString().slice(0, 10))}.</p>${button("/ask", "Ask for my status")}` +
      `${button("/check-in", `Check me in at ${this.venue.name}`)}<ul>${rows.join("")}</ul>`
    : "<p>This app knows nothing of your status.</p>"
}
${link && !end ? "" : button("/link", "Link with Lindung")}
<p><small>A partner’s app for trying it: sdk/typescript/app.mjs</small></p></main></html>`;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, directoryKey, portal, port] = process.argv.slice(2);
  const demo = JSON.parse(readFileSync(file, "utf8"));
  const [first] = demo.venues;
  const venue = {name: first.name, code: Buffer.from(first.code, "hex")};
  const app = new App({client: await clientOf(demo, directoryKey, "gojek"), portal, venue, name: "Gojek"});
  await app.listen(Number(port));
  console.log(`a partner's app: ${app.url}`);
}
