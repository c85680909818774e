// Questions to the portal's own interface (docs/portal-api.md): JSON in and out, with the cookie of the session, which no
// script can read. What goes wrong is a Problem.
const prefix = "/v1/portal/";

/** What the server refused and why, as problem+json names it; "offline" when it was not reached at all. */
export class Problem extends Error {
  constructor(
    readonly kind: string,
    readonly status: number,
    readonly detail = "",
    readonly retryAfter = 0, // seconds
  ) {
    super(kind);
  }
}

interface ProblemBody {
  type?: string;
  detail?: string;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as ProblemBody;
  // What is not in the state that it needs has no name of its own on the public wire.
  const kind = answer.status === 409 ? "conflict" : (body.type?.split(":").pop() ?? "unavailable");
  return new Problem(kind, answer.status, body.detail, Number(answer.headers.get("Retry-After") ?? 0));
}

let actsFor = "";
/** From here on all is asked for the person of this delegation; empty: for oneself. */
export function actFor(delegation: string): void {
  actsFor = delegation;
}

export interface Asked {
  body?: unknown;
  stop?: AbortSignal;
}

async function send(method: string, path: string, {body, stop}: Asked): Promise<Response> {
  const headers: Record<string, string> = {Accept: "application/json"};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (actsFor) headers["Lindung-For"] = actsFor;
  const asked: RequestInit = {method, headers, credentials: "same-origin"};
  if (body !== undefined) asked.body = JSON.stringify(body);
  if (stop) asked.signal = stop;
  let answer: Response;
  try {
    answer = await fetch(prefix + path, asked);
  } catch (error) {
    if (stop?.aborted) throw error;
    throw new Problem("offline", 0);
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function ask<T>(method: "GET" | "POST" | "DELETE", path: string, asked: Asked = {}): Promise<T> {
  const answer = await send(method, path, asked);
  return (answer.status === 204 ? {} : await answer.json()) as T;
}

/** Bytes to keep, such as a PDF. */
export async function askBytes(path: string, asked: Asked = {}): Promise<Blob> {
  return (await send(asked.body === undefined ? "GET" : "POST", path, asked)).blob();
}

/** Gives a file to the browser's downloads. */
export function keepFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
