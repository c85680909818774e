// One HTTP call with a limit on time and size; what can go wrong on a network is a value.

import {concat, type Bytes} from "./bytes.js";
import {within} from "./deadline.js";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Call {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly fields?: readonly (readonly [string, string])[];
  readonly body?: Bytes;
  /** From the first byte sent to the last byte received. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type Reply =
  | {readonly kind: "reply"; readonly status: number; readonly headers: Headers; readonly body: Bytes}
  /** No whole reply: refused, broken, timed out, too long. What was sent may have arrived. */
  | {readonly kind: "lost"}
  | {readonly kind: "aborted"};

/** No reply of the gateway to a partner is longer. */
const longestReply = 64 * 1024;

async function bodyOf(response: Response): Promise<Bytes> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const {done, value} = await reader.read();
    if (done) return concat(...pieces);
    size += value.length;
    if (size > longestReply) {
      await reader.cancel();
      throw new RangeError("a reply without end");
    }
    pieces.push(value);
  }
}

async function exchanged(fetch: Fetch, call: Call, signal: AbortSignal): Promise<Reply> {
  const response = await fetch(call.url, {
    method: call.method,
    headers: (call.fields ?? []).map(([name, value]) => [name, value] as [string, string]),
    ...(call.body && {body: call.body}),
    signal,
    redirect: "manual", // a gateway does not redirect, and a question is not for whoever does
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  return {kind: "reply", status: response.status, headers: response.headers, body: await bodyOf(response)};
}

/** Ends in time also where `fetch` does not heed its signal. */
export async function send(fetch: Fetch, request: Call): Promise<Reply> {
  if (request.signal?.aborted) return {kind: "aborted"};
  const stop = new AbortController();
  try {
    const reply = await within(exchanged(fetch, request, stop.signal), request.timeoutMs, request.signal);
    if (reply !== undefined) return reply;
  } catch {
    // lost
  } finally {
    stop.abort();
  }
  return {kind: request.signal?.aborted ? "aborted" : "lost"};
}
