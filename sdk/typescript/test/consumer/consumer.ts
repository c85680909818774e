// A partner's program as the compiler sees it: every kind of result told apart, and none forgotten. Compiled by
// types.test.ts, never run.

import {Client, signerOf, type BundledAsking, type Receipt, type Result} from "@lindung/client";

function shown(result: Result): string {
  switch (result.kind) {
    case "allow":
    case "deny":
      return `${result.colour ?? "no colour"} until ${result.validUntil.toISOString()} ${result.nextToken?.length ?? 0}`;
    case "unlinked":
    case "venue-refused":
    case "venue-full":
    case "over-quota":
      return result.repeated ? "again" : result.answeredAt.toISOString();
    case "refused":
      return `${result.code} ${result.cause} ${result.status} ${result.retryAfter ?? 0}`;
    case "unknown":
    case "untrusted":
      return `${result.code} ${result.again.requestId}`;
    case "not-asked":
      return result.cause;
    default: {
      const forgotten: never = result;
      return forgotten;
    }
  }
}

export async function door(client: Client, token: string, venueCode: string): Promise<string> {
  const stop = new AbortController();
  const result = await client.checkIn({token, venueCode}, {signal: stop.signal, retry: {deadlineMs: 3_000}});
  const again = result.kind === "unknown" ? await client.checkIn({token, venueCode, again: result.again}) : result;
  return shown(again);
}

export async function gate(client: Client, tokens: readonly string[], venueCode: string): Promise<string[]> {
  const results = await client.bundle(tokens.map((token) => ({operation: "check_in", token, venueCode})));
  return results.map((result, i) => `${i}: ${result.kind === "allow" ? "open" : result.kind}`);
}

export async function mixed(client: Client, token: string, venueCode: string): Promise<string[]> {
  const asked: BundledAsking[] = [{operation: "status", token}, {operation: "check_out", token, venueCode}];
  return (await client.bundle(asked, {retry: {deadlineMs: 3_000}})).map(shown);
}

export async function audited(client: Client, receipt: Receipt): Promise<boolean> {
  const verification = await client.verify(receipt);
  return verification.kind === "proven" && verification.checkpoint.size > receipt.index;
}

export async function made(): Promise<Client> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("no pair");
  // @ts-expect-error: a client without the pinned directory key
  new Client({url: "https://gateway.example", partner: "p", keyId: "p.1", signer: signerOf(pair.privateKey), pacts: []});
  return new Client({
    url: "https://gateway.example",
    directoryKey: "00".repeat(32),
    partner: "p",
    keyId: "p.1",
    signer: signerOf(pair.privateKey),
    pacts: [],
  });
}

// @ts-expect-error: a check-in without a venue code
export const wrong = (client: Client): Promise<Result> => client.checkIn({token: ""});
// @ts-expect-error: the same within a bundle
export const wrongAmongOthers = (client: Client): Promise<Result[]> => client.bundle([{operation: "check_in", token: ""}]);
