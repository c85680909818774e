// A partner's client of one gateway: asks, and checks what it is told. One for a program, kept for as long as it runs.

import {Asked} from "./asked.js";
import {fromHex} from "./base_n.js";
import {askBundle, mostQuestions} from "./bundle.js";
import {copyOf, type Bytes} from "./bytes.js";
import {hashSize} from "./digest.js";
import {DirectoryKeeper} from "./directory_keeper.js";
import type {Signer} from "./ed25519.js";
import {exchangeEnvelope, signedFields} from "./envelope.js";
import {Exchange, notAsked, type Failed, type Ground} from "./exchange.js";
import {
  consentKeysOf,
  consentKeysPath,
  encodeRedemption,
  pushBody,
  pushSignature,
  pushedOf,
  redeemedOf,
  tokenEnvelope,
  type ConsentKey,
  type LinkRequest,
  type PendingLink,
  type Pushed,
  type Redeemed,
} from "./linking.js";
import {LogReader, type Verification, type VerifyOptions} from "./log_reader.js";
import {standingOf, usablePacts, type PactStanding} from "./pact.js";
import {problemOf} from "./problem.js";
import {bundledQuestionOf, questionOf, type Asking, type BundledAsking, type Operation, type Question} from "./question.js";
import type {Receipt} from "./receipt.js";
import type {NotAsked, Result} from "./result.js";
import {usualRetry, usualRuntime, type RetryOptions, type Runtime} from "./retry.js";
import {isKeyId} from "./signature.js";
import {send, type Fetch} from "./transport.js";

export interface ClientOptions {
  /** Of the gateway: https://gateway.example, without a path. */
  readonly url: string;
  /** The gateway's name as it knows itself, where it is reached by another one. */
  readonly authority?: string;
  /** The pinned Ed25519 key that signs the gateway's keys: 32 bytes, or their hex. */
  readonly directoryKey: Uint8Array | string;
  /** The partner's id, and its epoch as the operator named it (1 unless it was shredded once). */
  readonly partner: string;
  readonly epoch?: number;
  /** Under which the signing key was registered. */
  readonly keyId: string;
  readonly signer: Signer;
  /** Digests (SHA-256 of the text; 32 bytes, or their hex) of the integrity pacts that this partner has signed. */
  readonly pacts: readonly (Uint8Array | string)[];
  readonly retry?: Partial<RetryOptions>;
  /** Another way to the gateway: client certificates, a proxy. */
  readonly fetch?: Fetch;
  /** `checkpoint` of an earlier run: the log must go on from it. */
  readonly checkpoint?: string;
  /** Another clock. */
  readonly runtime?: Partial<Runtime>;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** For this call alone. */
  readonly retry?: Partial<RetryOptions>;
}

export type DoorAsking = Asking & {readonly venueCode: Uint8Array | string};

function bytesOption(name: string, value: Uint8Array | string, size: number): Bytes {
  const bytes = typeof value === "string" ? fromHex(value) : copyOf(value);
  if (bytes?.length !== size) throw new TypeError(`${name}: ${size} bytes are needed, or their hex`);
  return bytes;
}

function urlOption(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url?.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (url === undefined || !isBare || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("url: https://host or https://host:port is needed");
  }
  return url;
}

export class Client {
  readonly #ground: Ground;
  readonly #log: LogReader;
  readonly #directoryKey: Bytes;

  /** Errors: TypeError for options that can never work. */
  constructor(options: ClientOptions) {
    const url = urlOption(options.url);
    if (!isKeyId(options.keyId)) throw new TypeError("keyId: small letters, digits, dots and hyphens, at most 64");
    if (options.partner === "") throw new TypeError("partner: an id is needed");
    const epoch = options.epoch ?? 1;
    if (!Number.isSafeInteger(epoch) || epoch < 1) throw new TypeError("epoch: a whole number from 1 on is needed");
    const fetch: Fetch = options.fetch ?? ((target, init) => globalThis.fetch(target, init));
    const runtime = {...usualRuntime, ...options.runtime};
    const directoryKey = bytesOption("directoryKey", options.directoryKey, 32);
    this.#directoryKey = directoryKey;
    this.#log = new LogReader(url.origin, fetch, runtime, options.checkpoint);
    this.#ground = {
      url: url.origin,
      partner: options.partner,
      epoch,
      sender: {keyId: options.keyId, signer: options.signer, authority: (options.authority ?? url.host).toLowerCase()},
      pacts: options.pacts.map((pact) => bytesOption("pacts", pact, hashSize)),
      keeper: new DirectoryKeeper(url.origin, directoryKey, fetch, runtime),
      fetch,
      runtime,
      retry: {...usualRetry, ...options.retry},
    };
  }

  /** The colour of a person; with a venue code what a check-in there would say. Records no visit. */
  ask(asking: Asking, options: AskOptions = {}): Promise<Result> {
    return this.#ask("status", asking, options);
  }

  /** The person goes in. A visit is recorded when the answer is allow. */
  checkIn(asking: DoorAsking, options: AskOptions = {}): Promise<Result> {
    return this.#ask("check_in", asking, options);
  }

  /** The person goes out. Allow without a colour, also when nobody was inside. */
  checkOut(asking: DoorAsking, options: AskOptions = {}): Promise<Result> {
    return this.#ask("check_out", asking, options);
  }

  /**
   * Up to 64 questions in one request: the result of each, in their order. One that is no question is not asked, and the others
   * are; more than 64, or a request id that stands twice, and none is. For none, none.
   */
  async bundle(askings: readonly BundledAsking[], options: AskOptions = {}): Promise<Result[]> {
    if (askings.length > mostQuestions) {
      return askings.map(() => notAsked("bad-question", `askings: a bundle has ${mostQuestions} at most`));
    }
    const ground = this.#groundOf(options);
    const now = Math.floor(ground.runtime.now() / 1000);
    return askBundle(ground, askings.map((asking) => this.#asked(bundledQuestionOf(asking, now), asking)), options.signal);
  }

  /** Asks for a citizen's consent: show `openAt` to them, and keep `pending` in the session of their browser. */
  async pushRequest(request: LinkRequest, pending: PendingLink): Promise<Pushed | Failed> {
    const {fetch, keeper, pacts, partner, retry, runtime, sender, url} = this.#ground;
    const fetched = await keeper.get();
    if (fetched.kind !== "directory") return notAsked(`directory-${fetched.kind}`);
    const now = Math.floor(runtime.now() / 1000);
    const pact = usablePacts(fetched.directory.pacts, pacts, now)[0];
    if (pact === undefined) return notAsked("pact-not-signed");
    const body = await pushBody(partner, request, pending);
    const fields = await signedFields(pushSignature, {...sender, pact}, body, now);
    const path = pushSignature.path;
    const reply = await send(fetch, {url: url + path, method: "POST", fields, body, timeoutMs: retry.attemptMs});
    if (reply.kind !== "reply") return {kind: "unknown", code: "no-reply", cause: "No reply arrived in time."};
    const pushed = reply.status === 201 ? pushedOf(reply.body) : undefined;
    if (pushed !== undefined) return pushed;
    const {code, cause, status} = problemOf(reply.status, reply.headers, reply.body);
    return {kind: "refused", code, cause, status, mayBeRecorded: false};
  }

  /** Redeems the code of `returnedOf`, within a minute; a lost reply is asked for again by itself. */
  async redeem(code: Uint8Array, pending: PendingLink, options: AskOptions = {}): Promise<Redeemed | Failed> {
    const requestId = fromHex(pending.requestId);
    const plaintext = requestId && encodeRedemption(copyOf(code), requestId, pending.verifier);
    if (requestId === undefined || plaintext === undefined) return notAsked("bad-question", "No code, or no pending link.");
    const end = await new Exchange(this.#groundOf(options), tokenEnvelope, plaintext, options.signal).run();
    if (end.kind !== "opened") return end;
    return (
      redeemedOf(end.plaintext, requestId) ?? {kind: "unknown", code: "not-an-answer", cause: "What arrived was no reply to this redemption."}
    );
  }

  /** What verifies webhooks; none where the gateway's document is not signed by the directory key. */
  async consentKeys(): Promise<readonly ConsentKey[]> {
    const {fetch, retry, url} = this.#ground;
    const reply = await send(fetch, {url: url + consentKeysPath, method: "GET", timeoutMs: retry.attemptMs});
    if (reply.kind !== "reply" || reply.status !== 200) return [];
    return (await consentKeysOf(reply.body, this.#directoryKey)) ?? [];
  }

  /** Whether an answer stands in the public log, by its inclusion proof and the log's signed checkpoint. */
  async verify(receipt: Receipt, options: VerifyOptions = {}): Promise<Verification | NotAsked> {
    const fetched = await this.#ground.keeper.get();
    if (fetched.kind !== "directory") return notAsked(`directory-${fetched.kind}`);
    return this.#log.verify(receipt, fetched.directory.log, options);
  }

  /** The newest checkpoint of the log that was verified: keep it, and give it to the next run as an option. */
  get checkpoint(): string | undefined {
    return this.#log.seen;
  }

  /** Which pact is to be signed by when: to be looked at once a day. Fetches the directory anew. */
  async pactStanding(): Promise<PactStanding | NotAsked> {
    const {keeper, pacts, runtime} = this.#ground;
    const fetched = await keeper.renew();
    if (fetched.kind !== "directory") return notAsked(`directory-${fetched.kind}`);
    return standingOf(fetched.directory.pacts, pacts, Math.floor(runtime.now() / 1000));
  }

  async #ask(operation: Operation, asking: Asking, options: AskOptions): Promise<Result> {
    const ground = this.#groundOf(options);
    const asked = this.#asked(questionOf(operation, asking, Math.floor(ground.runtime.now() / 1000)), asking);
    if (!(asked instanceof Asked)) return asked;
    const end = await new Exchange(ground, exchangeEnvelope, asked.plaintext, options.signal).run();
    return end.kind === "opened" ? asked.judge(end.plaintext, end) : asked.failed(end);
  }

  #asked(question: Question | string, asking: Asking): Asked | NotAsked {
    if (typeof question === "string") return notAsked("bad-question", question);
    return new Asked(this.#ground, question, asking.again !== undefined);
  }

  #groundOf(options: AskOptions): Ground {
    return {...this.#ground, retry: {...this.#ground.retry, ...options.retry}};
  }
}
