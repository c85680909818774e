// `lindung demo` as a process, and its demo file: the real server that the client is held against.

import {spawn, spawnSync, type ChildProcess} from "node:child_process";
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as pause} from "node:timers/promises";

import {Client, signerFromSeed, type ClientOptions} from "../../dist/index.js";
import {fromHex} from "../../dist/base_n.js";

export interface DemoFile {
  readonly url: string;
  readonly authority: string;
  readonly pid: number;
  readonly pact_digest: string;
  readonly partners: readonly {id: string; epoch: number; key_id: string; profile: string; signing_private_key: string}[];
  readonly venues: readonly {id: string; category: string; capacity: number; code: string}[];
  readonly links: readonly {partner: string; token: string; citizen: string}[];
  readonly citizens: readonly {id: string; colour: string; colour_until: number}[];
}

const readySeconds = 180; // a busy machine

export function program(): string {
  const path = process.env["LINDUNG_PROGRAM"];
  if (!path) throw new Error("LINDUNG_PROGRAM names the lindung program; run-tests sets it");
  return path;
}

/** Polls until there is a value; fails after a deadline. */
export async function waitFor<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, seconds = 30): Promise<T> {
  for (const end = performance.now() + 1000 * seconds; ; await pause(20)) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
  }
}

export class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), "lindung-sdk-"));
  readonly data = join(this.folder, "d");
  readonly errors = join(this.folder, "stderr");
  #process: ChildProcess | undefined;
  #file: DemoFile | undefined;
  directoryKey = "";
  /** Milliseconds from this machine's clock to the server's. */
  aheadMs = 0;

  /** at: Unix milliseconds that the server's clock is set to. listen: the address, for a second life of a server. */
  async start(options: {at?: number; listen?: string; citizens?: number} = {}): Promise<this> {
    const clock = options.at === undefined ? [] : ["--at", new Date(options.at).toISOString().replace(/\.\d+Z$/, "Z")];
    this.aheadMs = options.at === undefined ? 0 : 1000 * Math.floor(options.at / 1000) - Date.now();
    const err = openSync(this.errors, "a");
    const made = ["--citizens", String(options.citizens ?? 60), "--seed", "7", "--listen", options.listen ?? "127.0.0.1:0"];
    const child = spawn(program(), ["demo", "--data", this.data, ...made, ...clock], {stdio: ["ignore", "ignore", err]});
    closeSync(err);
    this.#process = child;
    this.#file = await waitFor(
      "the demo file",
      () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${this.lastWords()}`);
        try {
          const file = JSON.parse(readFileSync(`${this.data}-demo.json`, "utf8")) as DemoFile;
          return file.pid === child.pid ? file : undefined;
        } catch {
          return undefined;
        }
      },
      readySeconds,
    );
    this.directoryKey = this.command<{directory_key: string}>("status").directory_key;
    return this;
  }

  lastWords(): string {
    return readFileSync(this.errors, "utf8").slice(-2000);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, {recursive: true, force: true});
  }

  get file(): DemoFile {
    if (this.#file === undefined) throw new Error("the demo was not started");
    return this.#file;
  }

  /** The JSON that a command of the program prints. */
  command<T>(...words: string[]): T {
    const done = spawnSync(program(), [...words, "--data", this.data, "--json"], {encoding: "utf8"});
    if (done.status !== 0) throw new Error(`lindung ${words.join(" ")}: ${done.status} ${done.stderr}`);
    return JSON.parse(done.stdout) as T;
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async client(partner: string, options: Partial<ClientOptions> = {}): Promise<Client> {
    const found = this.file.partners.find((p) => p.id === partner);
    const seed = fromHex(found?.signing_private_key ?? "");
    if (found === undefined || seed === undefined) throw new Error(`no partner ${partner}`);
    return new Client({
      url: this.file.url,
      directoryKey: this.directoryKey,
      partner,
      epoch: found.epoch,
      keyId: found.key_id,
      signer: await signerFromSeed(seed),
      pacts: [this.file.pact_digest],
      ...options,
      runtime: {now: () => this.now(), ...options.runtime},
    });
  }

  #links(partner: string, colour?: string): DemoFile["links"] {
    const colours = new Map(this.file.citizens.map((citizen) => [citizen.id, citizen.colour]));
    return this.file.links.filter((l) => l.partner === partner && (!colour || colours.get(l.citizen) === colour));
  }

  has(partner: string, colour?: string, count = 1): boolean {
    return this.#links(partner, colour).length >= count;
  }

  /** The token of one of a partner's people of that colour. */
  token(partner: string, colour?: string, which = 0): string {
    const link = this.#links(partner, colour)[which];
    if (link === undefined) throw new Error(`no ${colour ?? ""} link ${which} of ${partner}`);
    return link.token;
  }

  venue(category: string): {id: string; code: Uint8Array} {
    const found = this.file.venues.find((v) => v.category === category);
    const code = fromHex(found?.code ?? "");
    if (found === undefined || code === undefined) throw new Error(`no venue ${category}`);
    return {id: found.id, code};
  }

  inside(venue: string): number {
    const {venues} = this.command<{venues: {venue: string; inside: number}[]}>("venue", "list");
    const found = venues.find((v) => v.venue === venue);
    if (found === undefined) throw new Error("no such venue");
    return found.inside;
  }
}
