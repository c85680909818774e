// The keys of light passes, kept on this device: a door goes on without a network. They are asked for anew when there is one.
import {fetchJson} from "../wire/fetched";
import type {PassKeys} from "../wire/pass";

const place = "lindung.pass-keys";

export interface KeptKeys extends PassKeys {
  at: number; // milliseconds since 1970 when the server gave them
}

/** After so long a door has missed a change of keys: it says so. */
export const oldAfter = 7 * 86_400_000;

export function readKeys(): KeptKeys | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as KeptKeys | null;
  } catch {
    return null;
  }
}

/** Throws where there is no network. */
export async function fetchKeys(stop: AbortSignal): Promise<KeptKeys> {
  const keys: KeptKeys = {...(await fetchJson<PassKeys>("/v1/passes/keys", stop)), at: Date.now()};
  try {
    localStorage.setItem(place, JSON.stringify(keys));
  } catch {
    // They are there for this page only.
  }
  return keys;
}
