// The leaf that the log holds for an answer (protocol.md section 5), computed anew from what the partner knows.

import type {Answer} from "./answer.js";
import {bytesOf, concat, type Bytes} from "./bytes.js";
import {hmacSha256, sha256} from "./digest.js";

const answerLabel = bytesOf("lindung answer v1\0");

// Six items behind a head that says five: the frozen worked examples have it so (docs/adr/0007-the-head-of-an-answers-leaf.md).
const leafHead = 0x85;

/** Deterministic CBOR (RFC 8949 section 4.2): type and number in the shortest form. */
function cborHead(major: number, value: number): Bytes {
  const first = major << 5;
  if (value < 24) return Uint8Array.of(first | value);
  const size = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = first | (24 + Math.log2(size));
  for (let i = size, rest = value; i > 0; --i, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}

const cborNumber = (value: number): Bytes => cborHead(0, value);
const cborBytes = (bytes: Uint8Array): Bytes => concat(cborHead(2, bytes.length), bytes);
const cborText = (text: string): Bytes => concat(cborHead(3, bytesOf(text).length), bytesOf(text));

/** HMAC of question and answer under the opening, the flags left out. */
export async function commitmentOf(answer: Answer, question: Uint8Array): Promise<Bytes> {
  const head = answer.bytes.slice(0, 36);
  head[3] = 0;
  return hmacSha256(answer.opening, concat(answerLabel, answer.evidence, question, head));
}

/** Shape: question is the request's plaintext of 256 bytes. */
export async function leafOf(answer: Answer, partner: string, epoch: number, question: Uint8Array): Promise<Bytes> {
  return concat(
    Uint8Array.of(leafHead),
    cborNumber(1),
    cborText("answer"),
    cborText(partner),
    cborNumber(epoch),
    cborNumber(10 * Math.floor(answer.answeredAt / 10)),
    cborBytes(await commitmentOf(answer, question)),
  );
}

/** RFC 9162 section 2.1.1. */
export function leafHash(leaf: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(0), leaf);
}
