// One question and what becomes of it, whichever kind of request carries it there.

import {parseAnswer, type Answer} from "./answer.js";
import {hex} from "./base_n.js";
import {allZero, equal, type Bytes} from "./bytes.js";
import type {Failed, Ground, Opened} from "./exchange.js";
import {leafHash, leafOf} from "./leaf.js";
import type {Problem} from "./problem.js";
import {encodeQuestion, type Again, type Question} from "./question.js";
import {receiptOf, type Receipt} from "./receipt.js";
import type {Refused, Result, Untrusted, UntrustedCode} from "./result.js";

const untrustedCauses: Readonly<Record<UntrustedCode, string>> = {
  shape: "The answer is not of the form that version 1 has.",
  "request-id": "The answer is to another question.",
  repeated: "The answer says that this question was asked before, and it was not.",
  evidence: "The answer names another request than the one that was sent.",
  "leaf-hash": "The answer's place in the log is not that of this answer.",
};

export class Asked {
  readonly plaintext: Bytes;
  readonly #again: Again;

  constructor(
    private readonly asker: Pick<Ground, "partner" | "epoch">,
    readonly question: Question,
    /** The caller asks a question of earlier again: it may have been answered before. */
    private readonly isResumed: boolean,
  ) {
    this.plaintext = encodeQuestion(question);
    this.#again = {requestId: hex(question.requestId), clientTime: question.clientTime};
  }

  /** Where the whole request got no reply that opens. */
  failed(end: Failed): Result {
    return end.kind === "not-asked" ? end : {...end, again: this.#again};
  }

  /** Where the gateway answered the request and refuses this question in it. */
  refused({code, cause, status}: Problem, {mayBeRecorded}: Opened): Refused {
    return {kind: "refused", code, cause, status, again: this.#again, mayBeRecorded};
  }

  untrusted(code: UntrustedCode): Untrusted {
    return {kind: "untrusted", code, cause: untrustedCauses[code], again: this.#again};
  }

  /** Shape: bytes are those of this question's answer in the reply. */
  async judge(bytes: Bytes, reply: Opened): Promise<Result> {
    const answer = parseAnswer(bytes, this.question.operation);
    if (typeof answer === "string") return this.untrusted("shape");
    if (!equal(answer.requestId, this.question.requestId)) return this.untrusted("request-id");
    const isOfAnEarlierRun = answer.repeated && this.isResumed;
    const isOfThisRun = answer.repeated
      ? reply.allEvidence.some((evidence) => equal(evidence, answer.evidence))
      : equal(reply.evidence, answer.evidence);
    // Section 9, last sentence: a link that has ended since takes the opening of what was recorded with it.
    const hasEnded = answer.repeated && answer.outcome === "unlinked" && allZero(answer.opening);
    if (hasEnded && (this.isResumed || reply.isRepetition)) return this.#result(answer, null);
    if (!isOfThisRun && !isOfAnEarlierRun) return this.untrusted(answer.repeated ? "repeated" : "evidence");
    const leaf = await leafOf(answer, this.asker.partner, this.asker.epoch, this.plaintext);
    if (!equal(await leafHash(leaf), answer.leafHash)) return this.untrusted("leaf-hash");
    return this.#result(answer, receiptOf(answer));
  }

  #result(answer: Answer, receipt: Receipt | null): Result {
    const answered = {
      again: this.#again,
      answeredAt: new Date(1000 * answer.answeredAt),
      validUntil: new Date(1000 * answer.validUntil),
      repeated: answer.repeated,
      receipt,
    };
    switch (answer.outcome) {
      case "allow":
      case "deny":
        return {kind: answer.outcome, colour: answer.colour, nextToken: answer.nextToken, ...answered};
      case "unlinked":
        return {kind: "unlinked", ...answered};
      case "venue_refused":
        return {kind: "venue-refused", ...answered};
      case "venue_full":
        return {kind: "venue-full", ...answered};
      case "over_quota":
        return {kind: "over-quota", ...answered};
    }
  }
}
