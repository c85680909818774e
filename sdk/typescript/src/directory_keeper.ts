// Keeps the gateway's directory fresh: fetched when first needed, kept for as long as it says (at most half an hour, never
// past the end of the key in use), fetched anew beside the questions before that ends, and at once when the gateway does
// not know a key. Many questions at once fetch it once.

import type {Bytes} from "./bytes.js";
import {directoryPath, exchangeKeyAt, openDirectory, type Directory} from "./directory.js";
import type {Runtime} from "./retry.js";
import {send, type Fetch} from "./transport.js";

const longestAgeSeconds = 1800; // section 3
/** Replies that say "unknown key" are not authenticated: they cannot make a client fetch more often than this. */
const shortestPauseMs = 5_000;
const callMs = 4_000;
const earlyShare = 0.75;

export type Fetched =
  | {readonly kind: "directory"; readonly directory: Directory}
  | {readonly kind: "unreachable"}
  | {readonly kind: "untrusted"};

interface Kept {
  readonly directory: Directory;
  /** Of runtime.elapsed(). */
  readonly fetchedMs: number;
  readonly lifetimeMs: number;
}

function lifetimeOf(headers: Headers): number {
  const age = /(?:^|[ ,])max-age=([0-9]{1,9})(?:$|[ ,])/.exec(headers.get("cache-control") ?? "")?.[1];
  return 1000 * Math.min(longestAgeSeconds, age === undefined ? 0 : Number(age));
}

export class DirectoryKeeper {
  #kept: Kept | undefined;
  #fetching: Promise<Fetched> | undefined;
  #askedMs = -Infinity;

  constructor(
    private readonly url: string,
    private readonly directoryKey: Bytes,
    private readonly fetch: Fetch,
    private readonly runtime: Runtime,
  ) {}

  /** One that may be used now. */
  async get(): Promise<Fetched> {
    const kept = this.#usable();
    if (kept === undefined) return this.#fetchOnce();
    if (this.runtime.elapsed() - kept.fetchedMs > earlyShare * kept.lifetimeMs && this.#mayAsk()) void this.#fetchOnce();
    return {kind: "directory", directory: kept.directory};
  }

  /** The one in force now, because the gateway did not take what the kept one says; the kept one when it was just fetched. */
  async renew(): Promise<Fetched> {
    return this.#mayAsk() || this.#fetching !== undefined ? this.#fetchOnce() : this.get();
  }

  #mayAsk(): boolean {
    return this.runtime.elapsed() - this.#askedMs >= shortestPauseMs;
  }

  #usable(): Kept | undefined {
    const kept = this.#kept;
    if (kept === undefined || this.runtime.elapsed() - kept.fetchedMs >= kept.lifetimeMs) return undefined;
    return exchangeKeyAt(kept.directory, this.runtime.now() / 1000) === undefined ? undefined : kept;
  }

  #fetchOnce(): Promise<Fetched> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  // Not under any caller's signal: it is fetched for all of them.
  async #fetch(): Promise<Fetched> {
    const fetchedMs = this.runtime.elapsed();
    this.#askedMs = fetchedMs;
    const reply = await send(this.fetch, {url: this.url + directoryPath, method: "GET", timeoutMs: callMs});
    if (reply.kind !== "reply" || reply.status !== 200) return {kind: "unreachable"};
    const directory = await openDirectory(reply.body, this.directoryKey);
    if (directory === undefined) return {kind: "untrusted"};
    this.#kept = {directory, fetchedMs, lifetimeMs: lifetimeOf(reply.headers)};
    return {kind: "directory", directory};
  }
}
