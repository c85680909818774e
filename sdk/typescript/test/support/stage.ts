// A client on a stage: time that only moves when it waits, and a gateway that replies by a script. What the client sends
// is opened and checked like any request, so that a reply can be sealed for it.

import {base64url, hex} from "../../dist/base_n.js";
import {bytesOf, concat, randomBytes, type Bytes} from "../../dist/bytes.js";
import {signerOf} from "../../dist/ed25519.js";
import {Client, type ClientOptions, type Runtime} from "../../dist/index.js";
import {leafHash, leafOf} from "../../dist/leaf.js";
import {parseAnswer} from "../../dist/answer.js";
import {admit, answerBytes, type AnswerParts, type Keys, type Opened} from "./gateway.js";

const authority = "gateway.example";
export const start = 1_795_270_000; // Unix seconds
export const token = "01" + "5a".repeat(27);
export const pact = new Uint8Array(32).fill(0xa1);
export const nextPact = new Uint8Array(32).fill(0xb2);

export type Reply = Response | "lost" | "hangs";
/** Replies to one request; `opened` is the name of a problem where it was not admitted. */
export type Act = (opened: Opened | string, stage: Stage) => Reply | Promise<Reply>;

export function problem(name: string, status: number, more: object = {}, fields: Record<string, string> = {}): Response {
  const body = JSON.stringify({type: `urn:lindung:problem:${name}`, title: "a title", status, ...more});
  return new Response(body, {status, headers: {"content-type": "application/problem+json", ...fields}});
}

interface GatewayKeys {
  readonly keyId: number;
  readonly privateKey: Bytes;
  readonly publicKey: Bytes;
  notBefore: number;
  notAfter: number;
}

async function rawPair(algorithm: "X25519" | "Ed25519"): Promise<{pair: CryptoKeyPair; publicKey: Bytes; privateKey: Bytes}> {
  const usages: KeyUsage[] = algorithm === "X25519" ? ["deriveBits"] : ["sign", "verify"];
  const pair = (await crypto.subtle.generateKey(algorithm, true, usages)) as CryptoKeyPair;
  const {d} = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const privateKey = new Uint8Array(Buffer.from(d ?? "", "base64url"));
  return {pair, privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))};
}

export class Stage {
  /** Milliseconds since the beginning. */
  time = 0;
  readonly waits: number[] = [];
  /** What came to the exchange or as a bundle, as it came. */
  readonly bodies: string[] = [];
  readonly signatures: string[] = [];
  readonly questions: Opened[] = [];
  directoryFetches = 0;
  directoryReplies = true;
  maxAge = 1800;
  pacts: {current: Bytes; next?: Bytes; nextRequiredAt?: number} = {current: pact};
  acceptedPacts: Bytes[] = [pact];
  index = 41;

  private constructor(
    private readonly directoryPair: {pair: CryptoKeyPair; publicKey: Bytes},
    private readonly partnerPair: {pair: CryptoKeyPair; publicKey: Bytes},
    readonly logKey: {pair: CryptoKeyPair; publicKey: Bytes},
    /** What the directory says; the gateway itself opens with `opens`. */
    public published: GatewayKeys[],
    public opens: GatewayKeys,
    private readonly acts: Act[],
  ) {}

  static async with(...acts: Act[]): Promise<Stage> {
    const key = await Stage.gatewayKey(7);
    return new Stage(await rawPair("Ed25519"), await rawPair("Ed25519"), await rawPair("Ed25519"), [key], key, acts);
  }

  static async gatewayKey(keyId: number): Promise<GatewayKeys> {
    const {privateKey, publicKey} = await rawPair("X25519");
    return {keyId, privateKey, publicKey, notBefore: start - 60, notAfter: start + 86_400};
  }

  readonly runtime: Runtime = {
    now: () => 1000 * start + this.time,
    elapsed: () => this.time,
    wait: (ms, signal) => {
      this.waits.push(ms);
      if (!signal?.aborted) this.time += ms;
      return Promise.resolve();
    },
    random: () => 0.5,
  };

  client(options: Partial<ClientOptions> = {}): Client {
    return new Client({
      url: `https://${authority}`,
      directoryKey: this.directoryPair.publicKey,
      partner: "gojek",
      keyId: "gojek.1",
      signer: signerOf(this.partnerPair.pair.privateKey),
      pacts: [hex(pact)],
      fetch: (url, init) => this.fetch(url, init),
      runtime: this.runtime,
      ...options,
    });
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const {pathname, host} = new URL(url);
    const reply = pathname === "/.well-known/lindung-keys" ? await this.directory() : await this.exchange(host, pathname, init);
    if (reply === "hangs") {
      return new Promise((_, reject) => {
        const fail = (): void => reject(new DOMException("stopped", "AbortError"));
        if (init.signal?.aborted) fail();
        init.signal?.addEventListener("abort", fail);
      });
    }
    if (reply === "lost") throw new TypeError("fetch failed");
    return reply;
  }

  private async directory(): Promise<Reply> {
    ++this.directoryFetches;
    if (!this.directoryReplies) return "lost";
    const {current, next, nextRequiredAt} = this.pacts;
    const keys = this.published.map((key) => ({
      key_id: key.keyId,
      use: "exchange",
      kem: 32,
      kdf: 1,
      aead: 1,
      public_key: base64url(key.publicKey),
      not_before: key.notBefore,
      not_after: key.notAfter,
    }));
    const payload = bytesOf(
      JSON.stringify({
        keys: [...keys, {key_id: 9, use: "webhook"}],
        log: {origin: "log.example", public_key: base64url(this.logKey.publicKey)},
        pact: {current: base64url(current), ...(next && {next: base64url(next), next_required_at: nextRequiredAt})},
      }),
    );
    const signed = concat(bytesOf("lindung keys v1\0"), payload);
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", this.directoryPair.pair.privateKey, signed));
    const body = JSON.stringify({payload: base64url(payload), signature: base64url(signature)});
    return new Response(body, {headers: {"cache-control": `public, max-age=${this.maxAge}`}});
  }

  private async exchange(host: string, target: string, init: RequestInit): Promise<Reply> {
    const body = init.body as Bytes;
    const fields = [...new Headers(init.headers)];
    const keys: Keys = {
      authority,
      gateway: this.opens,
      partner: {keyId: "gojek.1", publicKey: this.partnerPair.publicKey},
      pacts: this.acceptedPacts,
    };
    this.bodies.push(hex(body));
    this.signatures.push(new Headers(init.headers).get("signature") ?? "");
    const opened = await admit({method: init.method ?? "", target, host, fields, body}, keys, this.seconds());
    if (typeof opened === "object") this.questions.push(opened);
    const act = this.acts[this.bodies.length - 1] ?? this.acts.at(-1);
    if (act === undefined) throw new Error("nobody expected a request");
    return act(opened, this);
  }

  seconds(): number {
    return Math.floor(this.runtime.now() / 1000);
  }
}

/** What a right gateway replies; `spoil` changes parts of the answer before it is sealed. */
export function answers(parts: Partial<AnswerParts> = {}, spoil: Partial<AnswerParts> = {}): Act {
  return async (opened, stage) => {
    if (typeof opened === "string") return refused(opened);
    const bytes = await answerTo(opened.plaintext, opened, stage, parts, spoil);
    return new Response(await opened.seal(bytes), {headers: {"content-type": "application/vnd.lindung.answer"}});
  };
}

/** What a right gateway replies to a bundle; for a slot that is named here, other bytes, or its answer with other parts. */
export function bundleAnswers(
  slots: Readonly<Record<number, Partial<AnswerParts> | ((question: Bytes) => Bytes)>> = {},
  spoil: (plaintext: Bytes) => Bytes = (plaintext) => plaintext,
): Act {
  return async (opened, stage) => {
    if (typeof opened === "string") return refused(opened);
    const plaintext = new Uint8Array(opened.plaintext.length);
    plaintext.set([1, opened.questions.length]);
    for (const [i, question] of opened.questions.entries()) {
      const slot = slots[i] ?? {};
      const parts = {index: stage.index + i};
      const bytes = typeof slot === "function" ? slot(question) : await answerTo(question, opened, stage, {...parts, ...slot});
      plaintext.set(bytes, 8 + 256 * i);
    }
    return new Response(await opened.seal(spoil(plaintext)), {headers: {"content-type": "application/vnd.lindung.bundle-answer"}});
  };
}

/** A slot that got no answer, and why. */
export const refusedSlot =
  (reason: number) =>
  (question: Bytes): Bytes => {
    const slot = new Uint8Array(256);
    slot.set([1, reason, 0, 0, ...question.slice(4, 20)]);
    return slot;
  };

function refused(name: string): Response {
  return problem(name, name === "pact-outdated" ? 403 : 400);
}

async function answerTo(
  question: Bytes,
  {evidence}: Opened,
  stage: Stage,
  parts: Partial<AnswerParts>,
  spoil: Partial<AnswerParts> = {},
): Promise<Bytes> {
  const whole: AnswerParts = {
    outcome: 1,
    requestId: question.slice(4, 20),
    answeredAt: stage.seconds(),
    index: stage.index,
    opening: randomBytes(16),
    evidence,
    ...parts,
  };
  const read = parseAnswer(answerBytes(whole), "status");
  const leaf = typeof read === "string" ? undefined : await leafHash(await leafOf(read, "gojek", 1, question));
  return answerBytes({...whole, ...(leaf && {leafHash: leaf}), ...spoil});
}

export const says =
  (name: string, status: number, more: object = {}, fields: Record<string, string> = {}): Act =>
  () =>
    problem(name, status, more, fields);

export const loses: Act = () => "lost";
export const hangs: Act = () => "hangs";

/** A gateway's plain failure: no problem document. */
export const fails =
  (status: number, fields: Record<string, string> = {}): Act =>
  () =>
    new Response("<html>", {status, headers: {"content-type": "text/html", ...fields}});

