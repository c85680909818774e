// Who looked, and for each look whether the public log really says so: its proof is computed again in this browser.
import {concat, fromBase64, fromHex, same, sha256, utf8, type Bytes} from "../wire/bytes";
import {verifiedCheckpoint} from "../wire/log_key";
import {includes} from "../wire/merkle";
import {ask} from "../wire/portal";
import type {Colour} from "../parts/marks";

interface Entry {
  index: number;
  at: string;
  leaf: string;
  proof: readonly string[];
}
export interface Answer extends Entry {
  kind: "answer";
  partner: string;
  operation: string;
  outcome: string;
  colour: Colour | null;
  own: boolean;
}
export interface OfficerLook extends Entry {
  kind: "officer";
  officer: string;
  action: string;
  purpose: string;
  opening: string;
}
export type Look = Answer | OfficerLook;

interface Page {
  looks: readonly Look[];
  checkpoint: string;
  size: number;
  newer: number;
  more: boolean;
  kept_from: string;
}

/** proven: it stands in the signed tree. unproven: the proof does not hold, which is an alarm. */
export type Proven = Look & {isProven: boolean};

export interface Looked extends Omit<Page, "looks"> {
  looks: readonly Proven[];
  isSigned: boolean;
}

/** Of an officer's look: the entry carries a digest that these words open, so that nobody else can read it there. */
async function opens(look: OfficerLook, leaf: Bytes): Promise<boolean> {
  const zero = Uint8Array.of(0);
  const digest = await sha256(
    concat(
      utf8("lindung look v1"),
      zero,
      fromBase64(look.opening),
      utf8(look.officer),
      zero,
      utf8(look.action),
      zero,
      utf8(look.purpose),
    ),
  );
  for (let at = 0; at + digest.length <= leaf.length; ++at) {
    if (same(leaf.subarray(at, at + digest.length), digest)) return true;
  }
  return false;
}

async function isProven(look: Look, size: number, root: Bytes): Promise<boolean> {
  const leaf = fromBase64(look.leaf);
  const stands = await includes(leaf, look.index, size, root, look.proof.map(fromBase64));
  return stands && (look.kind === "answer" || (await opens(look, leaf)));
}

export async function looked(before: number | null, stop: AbortSignal): Promise<Looked> {
  const page = await ask<Page>("GET", before === null ? "looks" : `looks?before=${before}`, {stop});
  const checkpoint = await verifiedCheckpoint(page.checkpoint, stop);
  const root = fromHex(checkpoint.root);
  const looks = await Promise.all(
    page.looks.map(async (look) => ({
      ...look,
      isProven: checkpoint.isSigned && (await isProven(look, checkpoint.size, root).catch(() => false)),
    })),
  );
  return {...page, looks, isSigned: checkpoint.isSigned};
}
