// What the server publishes, asked for on this site only.
import {Problem} from "./portal";

async function get(path: string, stop: AbortSignal, headers: Record<string, string>): Promise<Response> {
  const answer = await fetch(path, {signal: stop, headers}).catch((error: unknown) => {
    throw stop.aborted ? error : new Problem("offline", 0);
  });
  if (!answer.ok) throw new Problem(answer.status === 404 ? "not-found" : "unavailable", answer.status);
  return answer;
}

export async function fetchJson<T>(path: string, stop: AbortSignal): Promise<T> {
  return (await (await get(path, stop, {Accept: "application/json"})).json()) as T;
}

export async function fetchText(path: string, stop: AbortSignal): Promise<string> {
  return (await get(path, stop, {})).text();
}
