// Proofs of the log's Merkle tree (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

import {concat, equal, type Bytes} from "./bytes.js";
import {sha256} from "./digest.js";

const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(Uint8Array.of(1), concat(left, right));
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/** Whether the leaf stands at that index of the tree of that size and root. */
export async function proves(index: number, size: number, leaf: Bytes, path: readonly Bytes[], root: Bytes): Promise<boolean> {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(hash, root);
}

export interface Tree {
  readonly size: number;
  readonly root: Bytes;
}

/** Whether the later tree holds everything of the earlier one, unchanged. */
export async function continues(earlier: Tree, later: Tree, path: readonly Bytes[]): Promise<boolean> {
  if (earlier.size < 1 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return path.length === 0 && equal(earlier.root, later.root);
  let [at, last] = [earlier.size - 1, later.size - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  // A whole tree of a power of two is its own first node.
  const [first, ...rest] = at === 0 ? [earlier.root, ...path] : path;
  if (first === undefined) return false;
  let [was, is] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      [was, is] = [await nodeHash(sibling, was), await nodeHash(sibling, is)];
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      is = await nodeHash(is, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(was, earlier.root) && equal(is, later.root);
}
