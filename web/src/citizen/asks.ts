// What the citizen's pages ask the server: the shapes of docs/portal-api.md, one function for each question.
import type {Colour} from "../parts/marks";
import type {CreationOptions, CredentialJson, RequestOptions} from "../wire/passkey";
import {ask} from "../wire/portal";
import type {Text} from "../words/tongue";

export interface Session {
  signed_in: boolean;
  role?: "citizen" | "venue" | "officer";
  resting?: boolean;
  by_passkey?: boolean;
  has_passkey?: boolean;
  session?: string;
}

export interface Inside {
  id: string;
  name: string;
  category: string;
  since: string;
  due: string;
}

export interface Status {
  at: string;
  name: string;
  colour: Colour;
  reason: {rule: string; text: Text};
  since: string | null;
  until: string | null;
  next: {colour: Colour; from: string} | null;
  inside: Inside | null;
  restricted: boolean;
}

export interface Pass {
  show_from: string;
  show_until: string;
  not_before: string;
  expires: string;
  text: string;
}

export interface Passes {
  issued_at: string;
  without: number;
  passes: readonly Pass[];
}

export interface Venue {
  id: string;
  name: string;
  category: string;
  capacity: number;
  inside: number;
}

export interface Entered {
  outcome: "allow" | "deny" | "venue_refused" | "venue_full" | "over_quota";
  colour: Colour | null;
  at: string;
  log_index: number;
  venue: Venue | null;
}

export interface Visit {
  id: string;
  name: string | null;
  category: string;
  in: string;
  out: string | null;
}

export interface HealthRecord {
  id: string;
  kind: "vaccination" | "test" | "recovery" | "exemption" | "contact";
  at: string;
  issuer_name: string;
  counts: boolean;
  vaccine?: string;
  dose?: number;
  lot?: string;
  test?: string;
  result?: string;
  until?: string | null;
}

export interface Certificate {
  id: string;
  name: string;
  format: "hc1" | "shc";
  record: string;
  state: "pending" | "issued" | "revoked" | "replaced";
  issued: string;
  expires: string;
  text: string;
}

export interface Dispute {
  id: string;
  state: "open" | "ended" | "expired";
  about: string;
  opened: string;
  deadline: string;
  decided: string | null;
  outcome: string;
}

export interface Notice {
  id: string;
  kind: string;
  at: string;
  text: Text;
}

export interface Delegation {
  id: string;
  name: string;
  relation: string;
  scope: readonly string[];
  since: string;
  until: string;
  made_by: string;
}

export interface Delegations {
  acts_for_me: readonly Delegation[];
  i_act_for: readonly Delegation[];
  invitations: readonly {id: string; relation: string; scope: readonly string[]; expires: string}[];
}

export interface Rights {
  restricted_since: string | null;
  erased_unreadable_days: number;
  visit_days_kept: number;
}

export interface Erased {
  erased_at: string;
  log_index: number;
  opening: string;
  backups_unreadable_from: string;
  visits_unreadable_from: string;
}

export interface Devices {
  devices: readonly {
    id: string;
    name: string;
    began_at: string;
    used_at: string;
    by_passkey: boolean;
    current: boolean;
  }[];
  passkeys: readonly {id: string; name: string; added_at: string; used_at: string | null}[];
}

export interface LinkRequest {
  partner: string;
  profile: "colour" | "decision_only";
  purposes: readonly {name: string; text: Text}[];
  learns: readonly {text: Text}[];
  never: readonly {text: Text}[];
  stop: Text;
  until: string;
  days: number;
  expires: string;
  for_other: boolean;
  is_sandbox: boolean;
}

export interface Consent {
  id: string | null;
  partner: string;
  profile: "colour" | "decision_only" | null; // null, as `id`: a link of before there were consents
  purposes: readonly {name: string; text: Text}[];
  granted: string;
  until: string | null;
  ended: string | null;
  ended_by: string | null;
  log_index: number;
}

export interface Challenge {
  by: "passkey" | "code";
  nonce: string;
  publicKey?: RequestOptions;
}

/** What is sent beside the fields of what needs a fresh proof. */
export type Proof = {assertion: {nonce: string; credential: CredentialJson}} | {code: {nonce: string; code: string}};

const post = <T>(path: string, body: unknown = {}) => ask<T>("POST", path, {body});
const remove = <T>(path: string) => ask<T>("DELETE", path, {body: {}});
const get =
  <T>(path: string) =>
  (stop?: AbortSignal) =>
    ask<T>("GET", path, stop ? {stop} : {});

export const session = get<Session>("session");
export const sendCode = (phone: string) => post<{sent: boolean}>("codes", {phone});
export const enterByCode = (code: string, device: string) => post<Session>("login/code", {code, device});
export const passkeyToEnter = () => post<{publicKey: RequestOptions}>("login/options");
export const enterByPasskey = (credential: CredentialJson, device: string) =>
  post<Session>("login/passkey", {credential, device});
export const register = (who: Readonly<Record<string, string>>) => post<Session>("register", who);
export const recover = (who: Readonly<Record<string, string>>) => post<Session>("recover", who);
export const passkeyToMake = () => post<{publicKey: CreationOptions}>("passkeys/options");
export const addPasskey = (credential: CredentialJson, name: string) => post("passkeys", {credential, name});
export const removePasskey = (id: string) => remove("passkeys/" + id);
export const challenge = (kind: string, digest: string) => post<Challenge>("approval", {kind, digest});
export const renew = (proof: Proof) => post<Session>("approval/renew", proof);
export const leave = () => remove("session");
export const leaveEverywhere = () => post("session/everywhere");
export const devices = get<Devices>("devices");
export const endDevice = (id: string) => remove("devices/" + id);

export const status = get<Status>("status");
export const passes = get<Passes>("pass");
export const venue = (code: string) => get<Venue & {opens: boolean}>("venues/" + encodeURIComponent(code))();
export const checkIn = (code: string, request: string, at: string) => post<Entered>("check-in", {code, request, at});
export const checkOut = () => post<Entered>("check-out");
export const visits = get<{from: string; visits: readonly Visit[]}>("visits");
export const records = get<{records: readonly HealthRecord[]}>("records");
export const certificates = get<{certificates: readonly Certificate[]}>("certificates");
export const makeCertificate = (format: string, record: string) => post<Certificate>("certificates", {format, record});
export const disputes = get<{disputes: readonly Dispute[]}>("disputes");
export const dispute = (about: string) => post<Dispute>("disputes", {about});
export const notices = get<{notices: readonly Notice[]}>("notices");

export const rights = get<Rights>("rights");
export const restrict = () => post<Rights>("restrict");
export const lift = () => post<Rights>("lift");
export const erase = (proof: Proof) => post<Erased>("erase", proof);

export const delegations = get<Delegations>("delegations");
export const invite = (relation: string, scope: readonly string[], days: number) =>
  post<{code: string; expires: string}>("delegations", {relation, scope, days});
export const acceptInvitation = (code: string) => post<Delegation>("delegations/accept", {code});
export const endDelegation = (id: string) => remove("delegations/" + id);

export const linkRequest = (ref: string) => get<LinkRequest>("requests/" + encodeURIComponent(ref));
export const linkChallenge = (ref: string) => post<Challenge>(`requests/${encodeURIComponent(ref)}/options`);
export const approveLink = (ref: string, proof: Proof) =>
  post<{redirect_to: string}>(`requests/${encodeURIComponent(ref)}/approve`, proof);
export const refuseLink = (ref: string) => post<{redirect_to: string}>(`requests/${encodeURIComponent(ref)}/refuse`);
export const consents = get<{consents: readonly Consent[]}>("consents");
export const withdraw = (id: string) => remove<{ended: string; log_index: number}>("consents/" + id);
