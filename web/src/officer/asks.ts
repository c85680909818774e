// What the officers' pages ask the server (docs/portal-api.md): reads, and commands that a passkey stands behind.
import {prove} from "../staff/session";
import {ask} from "../wire/portal";

export type Value = string | number | boolean | null | readonly Value[] | {readonly [name: string]: Value};
export type Arguments = Readonly<Record<string, string | number>>;

export interface Power {
  command: string;
  officers: number;
  shows_person: boolean;
}

export interface Me {
  officer: string;
  roles: readonly string[];
  may: readonly Power[];
  purposes: readonly string[];
}

export interface Approval {
  approval: string;
  command: string;
  arguments: Readonly<Record<string, Value>>;
  asked_by: string;
  asked_at: string;
  approved_by: readonly string[];
  officers: number;
  mine: boolean;
}

/** What came of a command: its result, or for whom it waits. */
export interface Given<T> {
  result?: T;
  approval?: string;
  waits_for?: string;
}

interface Prepared {
  at: string;
  nonce: string;
  digest: string;
  kind: string;
}

export const me = (stop: AbortSignal) => ask<Me>("GET", "officer/me", {stop});

export const look = <T,>(command: string, args: Arguments = {}, stop?: AbortSignal) =>
  ask<T>("POST", "officer/ask", {body: {command, arguments: args}, ...(stop ? {stop} : {})});

async function fixed(command: string, args: Arguments) {
  const prepared = await ask<Prepared>("POST", "officer/prepare", {body: {command, arguments: args}});
  const assertion = await prove(prepared.kind, prepared.digest);
  return {at: prepared.at, nonce: prepared.nonce, assertion};
}

export async function give<T>(command: string, args: Arguments): Promise<Given<T>> {
  const proof = await fixed(command, args);
  return ask("POST", "officer/commands", {body: {command, arguments: args, ...proof}});
}

export const approvals = (stop: AbortSignal) =>
  ask<{approvals: readonly Approval[]}>("GET", "officer/approvals", {stop});

export async function approve(approval: string): Promise<Given<Value>> {
  const proof = await fixed("approve", {approval});
  return ask("POST", "officer/approve", {body: {approval, ...proof}});
}
