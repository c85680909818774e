// Proofs of the log's tree, checked in this browser (RFC 9162 section 2.1).
import {concat, same, sha256, type Bytes} from "./bytes";

async function parent(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** Whether the tree of size `to` continues that of size `from` (section 2.1.4.2). Sizes are whole numbers from 1 on. */
export async function continues(
  from: number,
  fromRoot: Bytes,
  to: number,
  toRoot: Bytes,
  proof: readonly Bytes[],
): Promise<boolean> {
  if (from < 1 || from > to) return false;
  if (from === to) return proof.length === 0 && same(fromRoot, toRoot);
  // Positions as big integers: sizes go beyond what bit operations of numbers hold.
  let fn = BigInt(from) - 1n;
  let sn = BigInt(to) - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  const path = fn === 0n ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let fr = first;
  let sr = first;
  for (const hash of path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = await parent(hash, fr);
      sr = await parent(hash, sr);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = await parent(sr, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(fr, fromRoot) && same(sr, toRoot);
}

/** Whether an entry stands at `index` in the tree of that size and root (section 2.1.3.2). */
export async function includes(
  entry: Bytes,
  index: number,
  size: number,
  root: Bytes,
  proof: readonly Bytes[],
): Promise<boolean> {
  if (index < 0 || index >= size) return false;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let hash = await sha256(concat(Uint8Array.of(0), entry));
  for (const sibling of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      hash = await parent(sibling, hash);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = await parent(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(hash, root);
}
