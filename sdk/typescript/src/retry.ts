// When to ask again (protocol.md section 9), how long to wait before, and when to stop. A question is repeated only under
// its own request id, so repeating it never does anything twice.

import type {ProblemCode} from "./problem.js";
import type {Reply} from "./transport.js";

export interface RetryOptions {
  /** For one question with all its attempts. */
  readonly deadlineMs: number;
  /** For one attempt. */
  readonly attemptMs: number;
  /** The first wait; each later one is twice as long, to longestWaitMs. Half of a wait is random. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const usualRetry: RetryOptions = {deadlineMs: 12_000, attemptMs: 4_000, firstWaitMs: 100, longestWaitMs: 2_000};

/** Time and chance, so that a test can hold them. */
export interface Runtime {
  /** Wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
  /** Returns early, without an error, when the signal comes. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

export const usualRuntime: Runtime = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, {once: true});
    }),
  random: () => Math.random(),
};

/** What to do about a problem: nothing more, the same bytes again, or the same question made anew. */
export type Step = "stop" | "again" | "reseal" | "other-pact";

export function stepAfter(code: ProblemCode, status: number): Step {
  switch (code) {
    case "unsupported-key":
      return "reseal";
    case "pact-outdated":
      return "other-pact";
    case "timeout":
    case "quota":
    case "busy":
    case "outcome-unknown":
    case "unavailable":
    case "sealed":
      return "again";
    case "unexpected": // a load balancer without a gateway behind it
      return status >= 500 || status === 429 || status === 408 ? "again" : "stop";
    default:
      return "stop";
  }
}

/** Whether an attempt that ended so may stand in the log all the same. */
export function mayBeRecorded(end: Exclude<Reply["kind"], "reply"> | ProblemCode, status = 0): boolean {
  if (end === "lost" || end === "aborted" || end === "outcome-unknown") return true;
  return end === "unexpected" && status >= 500;
}

/** Milliseconds before the next attempt, counted from 1; never shorter than what the server asked for (seconds). */
export function waitBefore(attempt: number, retryAfter: number | undefined, options: RetryOptions, random: number): number {
  const whole = Math.min(options.longestWaitMs, options.firstWaitMs * 2 ** (attempt - 1));
  const spread = whole / 2 + (random * whole) / 2;
  return retryAfter === undefined ? spread : 1000 * retryAfter + random * whole;
}
