// The log's key as the server publishes it, and a checkpoint verified by it.
import {fromBase64} from "./bytes";
import {readCheckpoint, type Checkpoint} from "./checkpoint";
import {fetchJson} from "./fetched";

interface KeyDocument {
  payload: string;
}

/** Throws for a text that is no checkpoint; whether its signature holds is in what it gives. */
export async function verifiedCheckpoint(note: string, stop: AbortSignal): Promise<Checkpoint> {
  const keys = await fetchJson<KeyDocument>("/.well-known/lindung-keys", stop);
  const payload = JSON.parse(new TextDecoder().decode(fromBase64(keys.payload))) as {log: {public_key: string}};
  return readCheckpoint(note, fromBase64(payload.log.public_key));
}
