// The newest signed checkpoint of the log (C2SP tlog-checkpoint), verified in this browser by the log's key.
import {fromBase64, toHex, utf8, type Bytes} from "./bytes";

export interface Checkpoint {
  origin: string;
  size: number;
  root: string; // hex
  isSigned: boolean;
  cosigners: readonly string[]; // names of the other signature lines, which this page does not check
}

/** Throws for a text that is none. */
export async function readCheckpoint(note: string, logKey: Bytes): Promise<Checkpoint> {
  const split = note.indexOf("\n\n");
  const body = note.slice(0, split + 1);
  const [origin, size, root] = body.split("\n");
  if (split < 0 || !origin || !size || !/^\d{1,15}$/.test(size) || !root) throw new Error("no checkpoint");
  const key = await crypto.subtle.importKey("raw", logKey, {name: "Ed25519"}, false, ["verify"]);
  let isSigned = false;
  const cosigners: string[] = [];
  for (const line of note
    .slice(split + 2)
    .split("\n")
    .filter(Boolean)) {
    const match = /^\u2014 (\S+) (\S+)$/.exec(line);
    if (!match?.[1] || !match[2]) throw new Error("no signature line");
    const blob = fromBase64(match[2]);
    if (match[1] !== origin || blob.length !== 68) {
      cosigners.push(match[1]);
      continue;
    }
    isSigned ||= await crypto.subtle.verify({name: "Ed25519"}, key, blob.slice(4), utf8(body));
  }
  return {origin, size: Number(size), root: toHex(fromBase64(root)), isSigned, cosigners};
}
