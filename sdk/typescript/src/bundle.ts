// Many questions in one request (docs/adr/0015-bundles.md of the server): the plaintext of a bundle and of its reply, and
// what each slot of it says.

import {answerSize} from "./answer.js";
import {Asked} from "./asked.js";
import {hex} from "./base_n.js";
import {allZero, concat, equal, type Bytes} from "./bytes.js";
import {bundleEnvelope} from "./envelope.js";
import {Exchange, notAsked, type Ground, type Opened} from "./exchange.js";
import {causeOf, type Problem} from "./problem.js";
import {questionSize} from "./question.js";
import type {NotAsked, Result} from "./result.js";

/** A bundle has one of these sizes, however many questions are in it. */
const slotCounts = [16, 64] as const;
export const mostQuestions = 64;
const headSize = 8; // version(1)=1 | count(1) | reserved(6)
const bundleVersion = 1;

// Where an answer has its outcome, a slot that got none has the reason. The status is that of the question alone.
const refusals: ReadonlyMap<number | undefined, Problem> = new Map([
  [16, {code: "replay-conflict", cause: causeOf("replay-conflict"), status: 409}],
  [17, {code: "quota", cause: "This partner's quota for the minute ended within the bundle.", status: 429}],
  [18, {code: "malformed", cause: "This question was first asked too long ago to be found again.", status: 400}],
]);

/** Shape: 1 to mostQuestions questions. In the smallest size that holds them; what is not used is zero. */
export function encodeBundle(questions: readonly Bytes[]): Bytes {
  const slots = slotCounts.find((count) => questions.length <= count) ?? mostQuestions;
  const used = concat(Uint8Array.of(bundleVersion, questions.length, 0, 0, 0, 0, 0, 0), ...questions);
  const out = new Uint8Array(headSize + questionSize * slots);
  out.set(used);
  return out;
}

/** A reply's slots in use; undefined when it is none to a bundle of so many questions. */
function slotsOf(plaintext: Bytes, questions: number): Bytes[] | undefined {
  if (plaintext[0] !== bundleVersion || plaintext[1] !== questions) return undefined;
  const end = headSize + answerSize * questions;
  if (!allZero(plaintext.slice(2, headSize)) || !allZero(plaintext.slice(end))) return undefined;
  return Array.from({length: questions}, (_, i) => plaintext.slice(headSize + answerSize * i, headSize + answerSize * (i + 1)));
}

/** What came of one question: its answer, or why it got none. */
async function judgeSlot(asked: Asked, slot: Bytes, reply: Opened): Promise<Result> {
  const refusal = refusals.get(slot[1]);
  if (refusal === undefined) return asked.judge(slot, reply);
  const isBare = slot[0] === bundleVersion && allZero(slot.slice(2, 4)) && allZero(slot.slice(20));
  if (!isBare) return asked.untrusted("shape");
  if (!equal(slot.slice(4, 20), asked.question.requestId)) return asked.untrusted("request-id");
  return asked.refused(refusal, reply);
}

async function resultsOf(ground: Ground, asked: readonly Asked[], signal?: AbortSignal): Promise<Result[]> {
  const plaintext = encodeBundle(asked.map((one) => one.plaintext));
  const end = await new Exchange(ground, bundleEnvelope, plaintext, signal).run();
  if (end.kind !== "opened") return asked.map((one) => one.failed(end));
  const slots = slotsOf(end.plaintext, asked.length);
  if (slots === undefined) return asked.map((one) => one.untrusted("shape"));
  return Promise.all(asked.map((one, i) => judgeSlot(one, slots[i] as Bytes, end)));
}

/** In the order of the askings, of which some were no questions. Shape: at most mostQuestions. */
export async function askBundle(
  ground: Ground,
  askings: readonly (Asked | NotAsked)[],
  signal?: AbortSignal,
): Promise<Result[]> {
  const asked = askings.filter((asking) => asking instanceof Asked);
  if (new Set(asked.map(({question}) => hex(question.requestId))).size < asked.length) {
    return askings.map(() => notAsked("bad-question", "again.requestId: the same one twice in one bundle"));
  }
  const results = asked.length > 0 ? await resultsOf(ground, asked, signal) : [];
  return askings.map((asking) => (asking instanceof Asked ? (results.shift() as Result) : asking));
}
