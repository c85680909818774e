// The transparency log as a partner reads it: fetches signed checkpoints and proofs, and believes neither. It remembers the
// last checkpoint that it saw, so that a log that takes something back or shows two histories is found.

import {fromBase64, fromHex} from "./base_n.js";
import {bytesOf, textOf, type Bytes} from "./bytes.js";
import {openCheckpoint, type Checkpoint} from "./checkpoint.js";
import {hashSize} from "./digest.js";
import type {LogKey} from "./directory.js";
import {continues, proves} from "./merkle.js";
import {membersOf} from "./problem.js";
import type {Receipt} from "./receipt.js";
import type {Fault} from "./result.js";
import {usualRetry, waitBefore, type Runtime} from "./retry.js";
import {send, type Fetch} from "./transport.js";

const callMs = 4_000;
const longestProof = 64; // levels of a tree of 2^64 leaves; a consistency proof has one node more

export interface Proven {
  readonly kind: "proven";
  /** The signed tree in which the answer stands. */
  readonly checkpoint: Checkpoint;
}
/** The log has not published so far yet: it does within a second or two of the answer. */
export interface Pending {
  readonly kind: "pending";
  readonly size: number;
}
/** The log could not be asked. */
export interface Unreachable extends Fault<"unreachable" | "aborted"> {
  readonly kind: "unreachable";
}
export type UnprovenCode = "receipt" | "checkpoint" | "inclusion" | "consistency" | "rollback";
/** The log does not show what it must: keep the receipt and tell the operator and the auditors. */
export interface Unproven extends Fault<UnprovenCode> {
  readonly kind: "unproven";
}
export type Verification = Proven | Pending | Unreachable | Unproven;

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for the log to publish the entry; 0: one look. */
  readonly deadlineMs?: number;
}

const causes: Readonly<Record<UnprovenCode, string>> = {
  receipt: "This is no receipt.",
  checkpoint: "The checkpoint is not signed by the log's key.",
  inclusion: "The log does not show the answer at its place.",
  consistency: "The log's new tree does not continue the one seen before.",
  rollback: "The log is shorter than it was.",
};
const unproven = (code: UnprovenCode): Unproven => ({kind: "unproven", code, cause: causes[code]});
const unreachable: Unreachable = {kind: "unreachable", code: "unreachable", cause: "The log does not answer."};
const aborted: Unreachable = {kind: "unreachable", code: "aborted", cause: "The caller gave up."};

function hashesOf(body: Bytes): Bytes[] | undefined {
  try {
    const hashes = membersOf(JSON.parse(textOf(body)))["hashes"];
    if (!Array.isArray(hashes) || hashes.length > longestProof + 1) return undefined;
    const bytes = hashes.map((hash) => (typeof hash === "string" ? fromBase64(hash) : undefined));
    return bytes.every((hash): hash is Bytes => hash?.length === hashSize) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

export class LogReader {
  #seen: Checkpoint | undefined;
  #remembered: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** remembered: the note of a checkpoint that an earlier run saw, from which the log must go on. */
  constructor(
    private readonly url: string,
    private readonly fetch: Fetch,
    private readonly runtime: Runtime,
    remembered?: string,
  ) {
    this.#remembered = remembered;
  }

  /** The note of the newest checkpoint that was verified: keep it over restarts. */
  get seen(): string | undefined {
    return this.#seen?.note ?? this.#remembered;
  }

  async verify(receipt: Receipt, key: LogKey, options: VerifyOptions = {}): Promise<Verification> {
    const leaf = fromHex(receipt.leafHash);
    if (leaf?.length !== hashSize || !Number.isSafeInteger(receipt.index) || receipt.index < 0) return unproven("receipt");
    const end = this.runtime.elapsed() + (options.deadlineMs ?? 5_000);
    for (let attempt = 1; ; ++attempt) {
      const verification = await this.#look(receipt.index, leaf, key, options.signal);
      // A shorter log may be a node that is a moment behind; one that stays shorter has taken something back.
      const mayPass = verification.kind !== "unproven" || verification.code === "rollback";
      if (verification.kind === "proven" || !mayPass) return verification;
      const wait = waitBefore(attempt, undefined, usualRetry, this.runtime.random());
      if (options.signal?.aborted) return aborted;
      if (this.runtime.elapsed() + wait > end) return verification;
      await this.runtime.wait(wait, options.signal);
    }
  }

  async #look(index: number, leaf: Bytes, key: LogKey, signal?: AbortSignal): Promise<Verification> {
    // One after the other: each checkpoint is held against the one before.
    const turn = this.#turn.then(() => this.#checkpoint(key, signal));
    this.#turn = turn.catch(() => undefined);
    const checkpoint = await turn;
    if ("kind" in checkpoint) return checkpoint;
    const {size, root} = checkpoint;
    if (index >= size) return {kind: "pending", size};
    const path = await this.#hashes(`/log/proof/inclusion?index=${index}&size=${size}`, signal);
    if (path === "unreachable") return unreachable;
    if (path === undefined || !(await proves(index, size, leaf, path, root))) return unproven("inclusion");
    return {kind: "proven", checkpoint};
  }

  // A new checkpoint counts, and is remembered, only when it continues the one before.
  async #checkpoint(key: LogKey, signal?: AbortSignal): Promise<Checkpoint | Unproven | Unreachable> {
    if (this.#remembered !== undefined) {
      const seen = await openCheckpoint(bytesOf(this.#remembered), key);
      if (seen === undefined) return unproven("checkpoint");
      [this.#seen, this.#remembered] = [seen, undefined];
    }
    const reply = await this.#get("/log/checkpoint", signal);
    if (reply === undefined) return unreachable;
    const checkpoint = await openCheckpoint(reply, key);
    if (checkpoint === undefined) return unproven("checkpoint");
    const seen = this.#seen;
    if (seen !== undefined && seen.size > 0) {
      if (checkpoint.size < seen.size) return unproven("rollback");
      const same = checkpoint.size === seen.size;
      const path = same ? [] : await this.#hashes(`/log/proof/consistency?from=${seen.size}&to=${checkpoint.size}`, signal);
      if (path === "unreachable") return unreachable;
      if (path === undefined || !(await continues(seen, checkpoint, path))) return unproven("consistency");
    }
    this.#seen = checkpoint;
    return checkpoint;
  }

  async #hashes(target: string, signal?: AbortSignal): Promise<Bytes[] | undefined | "unreachable"> {
    const body = await this.#get(target, signal);
    return body === undefined ? "unreachable" : hashesOf(body);
  }

  async #get(target: string, signal?: AbortSignal): Promise<Bytes | undefined> {
    const reply = await send(this.fetch, {url: this.url + target, method: "GET", timeoutMs: callMs, signal});
    return reply.kind === "reply" && reply.status === 200 ? reply.body : undefined;
  }
}
