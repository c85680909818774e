// The checkpoint that this browser saw last, so that each visit checks that the log has only grown since.
import {fromBase64, fromHex} from "../wire/bytes";
import type {Checkpoint} from "../wire/checkpoint";
import {fetchJson} from "../wire/fetched";
import {continues} from "../wire/merkle";

const place = "lindung.checkpoint.";

interface Seen {
  size: number;
  root: string; // hex
  at: number; // milliseconds since 1970
}

/** first: nothing was seen before; grown: it continues what was seen; broken: it does not, and what was seen stays. */
export type Growth = {kind: "first"} | {kind: "grown" | "broken"; size: number; at: Date};

function readSeen(origin: string): Seen | null {
  try {
    const seen = JSON.parse(localStorage.getItem(place + origin) ?? "null") as Seen | null;
    return seen && Number.isSafeInteger(seen.size) && /^[0-9a-f]{64}$/.test(seen.root) ? seen : null;
  } catch {
    return null;
  }
}

function keep(checkpoint: Checkpoint): void {
  const seen: Seen = {size: checkpoint.size, root: checkpoint.root, at: Date.now()};
  try {
    localStorage.setItem(place + checkpoint.origin, JSON.stringify(seen));
  } catch {
    // A browser that keeps nothing sees every log for the first time.
  }
}

async function hasGrown(seen: Seen, checkpoint: Checkpoint, stop: AbortSignal): Promise<boolean> {
  if (checkpoint.size < seen.size) return false;
  if (checkpoint.size === seen.size) return checkpoint.root === seen.root;
  if (seen.size === 0) return true;
  const path = `/log/proof/consistency?from=${seen.size}&to=${checkpoint.size}`;
  const proof = await fetchJson<{hashes: string[]}>(path, stop);
  return continues(
    seen.size,
    fromHex(seen.root),
    checkpoint.size,
    fromHex(checkpoint.root),
    proof.hashes.map(fromBase64),
  );
}

/** Only for a checkpoint whose signature holds. */
export async function compareWithSeen(checkpoint: Checkpoint, stop: AbortSignal): Promise<Growth> {
  const seen = readSeen(checkpoint.origin);
  const grown = seen === null || (await hasGrown(seen, checkpoint, stop));
  if (grown) keep(checkpoint);
  return seen === null ? {kind: "first"} : {kind: grown ? "grown" : "broken", size: seen.size, at: new Date(seen.at)};
}
