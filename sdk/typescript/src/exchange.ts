// One request from its first attempt to its end, whatever is asked in it. Invariants:
// 1. Every attempt carries the same plaintext: request ids and client times never change.
// 2. The same sealed bytes go again while their signature is good; they are made anew for another key or pact, or when the
//    signature grows old.
// 3. A request once sent may have been recorded, until an answer says what became of it.

import {equal, type Bytes} from "./bytes.js";
import {within} from "./deadline.js";
import {exchangeKeyAt, type Directory} from "./directory.js";
import type {DirectoryKeeper, Fetched} from "./directory_keeper.js";
import {
  longestLifetimeSeconds,
  sealRequest,
  type EnvelopeProfile,
  type GatewayKey,
  type SealedRequest,
  type Sender,
} from "./envelope.js";
import {usablePacts} from "./pact.js";
import {problemOf, type Problem} from "./problem.js";
import type {NotAsked, NotAskedCode, Refused, Unknown, UnknownCode} from "./result.js";
import {mayBeRecorded, stepAfter, waitBefore, type RetryOptions, type Runtime} from "./retry.js";
import {send, type Fetch, type Reply} from "./transport.js";

/** So many seconds before it expires a signature is made anew: a request needs time to arrive. */
const arrivalSeconds = 15;
/** A request is sealed to another key so often; then the gateway and its directory do not agree. */
const mostRenewals = 2;

export interface Ground {
  readonly url: string;
  readonly partner: string;
  readonly epoch: number;
  readonly sender: Omit<Sender, "pact">;
  readonly pacts: readonly Bytes[];
  readonly keeper: DirectoryKeeper;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
  readonly retry: RetryOptions;
}

const notAskedCauses: Readonly<Record<Exclude<NotAskedCode, "bad-question">, string>> = {
  "directory-unreachable": "The gateway's keys cannot be fetched.",
  "directory-untrusted": "The gateway's keys are not signed by the pinned directory key, or WebCrypto has no Ed25519 here.",
  "no-gateway-key": "The gateway has no key of now: one of the two clocks may be wrong.",
  "pact-not-signed": "Neither the pact in force nor the next one is among `pacts`: sign it first.",
  "sealing-failed": "The gateway's key is none that may be used, or WebCrypto has no X25519 here.",
  "signing-failed": "The signer did not sign.",
  aborted: "The caller gave up before anything was sent.",
  deadline: "The time was over before anything was sent.",
};
export function notAsked(code: NotAskedCode, cause?: string): NotAsked {
  return {kind: "not-asked", code, cause: cause ?? (code === "bad-question" ? "No such question." : notAskedCauses[code])};
}

const unknownCauses: Readonly<Record<UnknownCode, string>> = {
  "no-reply": "No reply arrived in time.",
  "outcome-unknown": "The gateway cannot say whether it was recorded.",
  aborted: "The caller gave up while a reply was awaited.",
  "not-an-answer": "What arrived was no answer to this question: something on the way changes replies.",
  "gateway-fault": "The gateway could not answer any more after a reply had been lost.",
};

/** A reply that opened: what is in it is still to be judged. */
export interface Opened {
  readonly kind: "opened";
  readonly plaintext: Bytes;
  /** Of the attempt that it replies to. */
  readonly evidence: Bytes;
  /** Of every attempt that had a signature of its own. */
  readonly allEvidence: readonly Bytes[];
  /** An attempt before this one was sent. */
  readonly isRepetition: boolean;
  readonly mayBeRecorded: boolean;
}
/** What concerns all that was asked in the request. */
export type Failed = Omit<Refused, "again"> | Omit<Unknown, "again"> | NotAsked;
export type End = Opened | Failed;

class SigningFailed extends Error {}

export class Exchange {
  readonly #end: number;
  readonly #evidence: Bytes[] = [];
  readonly #refusedPacts: Bytes[] = [];
  #sealed: {readonly request: SealedRequest; readonly key: GatewayKey; readonly pact: Bytes} | undefined;
  #sent = 0;
  #mayBeRecorded = false;
  #renewals = 0;
  #last: NotAskedCode | UnknownCode | Problem = "deadline";

  constructor(
    private readonly ground: Ground,
    private readonly profile: EnvelopeProfile,
    private readonly plaintext: Bytes,
    private readonly signal?: AbortSignal,
  ) {
    this.#end = ground.runtime.elapsed() + ground.retry.deadlineMs;
  }

  async run(): Promise<End> {
    for (let attempt = 1; ; ++attempt) {
      const end = await this.#attempt();
      if (typeof end === "object") return end;
      if (this.signal?.aborted && (this.#sent === 0 || this.#mayBeRecorded)) this.#last = "aborted";
      if (end === "now" && this.#left() > 0 && !this.signal?.aborted) continue;
      const retryAfter = typeof this.#last === "object" ? this.#last.retryAfter : undefined;
      const wait = waitBefore(attempt, retryAfter, this.ground.retry, this.ground.runtime.random());
      if (this.signal?.aborted || wait >= this.#left()) return this.#ended();
      await this.ground.runtime.wait(wait, this.signal);
    }
  }

  #left(): number {
    return this.#end - this.ground.runtime.elapsed();
  }

  #nowSeconds(): number {
    return Math.floor(this.ground.runtime.now() / 1000);
  }

  // The end; or when to try again.
  async #attempt(): Promise<End | "now" | "later"> {
    const sealed = await this.#ready();
    if (typeof sealed === "string") {
      if (this.#sent === 0) this.#last = sealed;
      return sealed === "directory-unreachable" ? "later" : this.#ended();
    }
    const {retry, fetch, url} = this.ground;
    const timeoutMs = Math.min(retry.attemptMs, this.#left());
    if (timeoutMs <= 0 || this.signal?.aborted) return "later";
    ++this.#sent;
    const reply = await send(fetch, {
      url: url + this.profile.signature.path,
      method: "POST",
      fields: sealed.fields,
      body: sealed.body,
      timeoutMs,
      signal: this.signal,
    });
    if (reply.kind === "reply") return this.#read(reply, sealed);
    this.#mayBeRecorded ||= mayBeRecorded(reply.kind);
    this.#last = reply.kind === "aborted" ? "aborted" : "no-reply";
    return "later";
  }

  // Invariant 2.
  async #ready(): Promise<SealedRequest | NotAskedCode> {
    const held = this.#sealed?.request;
    const age = held === undefined ? 0 : this.#nowSeconds() - held.created;
    if (held !== undefined && age >= 0 && age <= longestLifetimeSeconds - arrivalSeconds) return held;
    const fetched = await within(this.ground.keeper.get(), this.#left(), this.signal);
    return this.#seal(fetched);
  }

  async #seal(fetched: Fetched | undefined): Promise<SealedRequest | NotAskedCode> {
    if (fetched === undefined) return this.signal?.aborted ? "aborted" : "directory-unreachable";
    if (fetched.kind !== "directory") return `directory-${fetched.kind}`;
    const now = this.#nowSeconds();
    const key = exchangeKeyAt(fetched.directory, now);
    const pact = this.#pactOf(fetched.directory, now);
    if (key === undefined) return "no-gateway-key";
    if (pact === undefined) return "pact-not-signed";
    const {signer, ...sender} = this.ground.sender;
    const guarded = (message: Bytes): Promise<Uint8Array> =>
      Promise.resolve()
        .then(() => signer(message))
        .catch(() => Promise.reject(new SigningFailed()));
    try {
      const sealing = sealRequest(this.profile, {...sender, pact, signer: guarded}, key, this.plaintext, now);
      const request = await within(sealing, this.#left(), this.signal);
      if (request === undefined) return this.signal?.aborted ? "aborted" : "signing-failed";
      this.#sealed = {request, key, pact};
      this.#evidence.push(request.evidence);
      return request;
    } catch (error) {
      return error instanceof SigningFailed ? "signing-failed" : "sealing-failed";
    }
  }

  #pactOf(directory: Directory, now: number): Bytes | undefined {
    const usable = usablePacts(directory.pacts, this.ground.pacts, now);
    return usable.find((pact) => !this.#refusedPacts.some((refused) => equal(refused, pact)));
  }

  async #read(reply: Extract<Reply, {kind: "reply"}>, sealed: SealedRequest): Promise<End | "now" | "later"> {
    if (reply.status === 200) {
      const isAnswer = reply.headers.get("content-type") === this.profile.answerType;
      const plaintext = isAnswer ? await sealed.open(reply.body) : undefined;
      if (plaintext !== undefined) return this.#opened(plaintext, sealed);
      this.#mayBeRecorded = true;
      this.#last = "not-an-answer";
      return "later";
    }
    const problem = problemOf(reply.status, reply.headers, reply.body);
    this.#mayBeRecorded ||= mayBeRecorded(problem.code, problem.status);
    this.#last = problem;
    switch (stepAfter(problem.code, problem.status)) {
      case "again":
        return "later";
      case "reseal":
      case "other-pact":
        return (await this.#makeAnew(problem)) ? "now" : this.#refused(problem);
      case "stop":
        return this.#refused(problem);
    }
  }

  // After an unknown key or an outdated pact: false when the directory in force offers nothing else.
  async #makeAnew(problem: Problem): Promise<boolean> {
    const tried = this.#sealed;
    if (tried === undefined || ++this.#renewals > mostRenewals) return false;
    const fetched = await within(this.ground.keeper.renew(), this.#left(), this.signal);
    if (fetched?.kind !== "directory") return false;
    const now = this.#nowSeconds();
    if (problem.code === "pact-outdated") {
      this.#refusedPacts.push(tried.pact);
      if (this.#pactOf(fetched.directory, now) === undefined) return false;
    } else {
      const key = exchangeKeyAt(fetched.directory, now);
      if (key === undefined || (key.keyId === tried.key.keyId && equal(key.publicKey, tried.key.publicKey))) return false;
    }
    this.#sealed = undefined;
    return true;
  }

  #opened(plaintext: Bytes, {evidence}: SealedRequest): Opened {
    const isRepetition = this.#sent > 1;
    return {kind: "opened", plaintext, evidence, allEvidence: this.#evidence, isRepetition, mayBeRecorded: this.#mayBeRecorded};
  }

  // No more attempts: invariant 3.
  #ended(): Failed {
    const last = this.#last;
    if (this.#sent === 0) return notAsked(typeof last === "string" && last in notAskedCauses ? (last as NotAskedCode) : "deadline");
    if (typeof last === "object" && !this.#mayBeRecorded) return this.#refused(last);
    if (typeof last === "object") return this.#unknown(last.code === "outcome-unknown" ? last.code : "gateway-fault");
    return this.#unknown(last in unknownCauses ? (last as UnknownCode) : "no-reply");
  }

  #unknown(code: UnknownCode): Failed {
    return {kind: "unknown", code, cause: unknownCauses[code]};
  }

  #refused(problem: Problem): Failed {
    const {code, cause, status, retryAfter, serverTime, cutLogIndex} = problem;
    return {
      kind: "refused",
      code,
      cause,
      status,
      mayBeRecorded: this.#mayBeRecorded,
      ...(retryAfter !== undefined && {retryAfter}),
      ...(serverTime !== undefined && {clockAheadBy: this.#nowSeconds() - serverTime}),
      ...(cutLogIndex !== undefined && {cutLogIndex}),
    };
  }
}
