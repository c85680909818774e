// What the pages of a venue ask the server (docs/portal-api.md).
import {ask, askBytes} from "../wire/portal";

export interface Venue {
  venue: string;
  name: string;
  category: string;
  capacity: number;
  inside: number;
  role: "owner" | "staff";
  short_code: string;
  alarm_percent: number;
}
export interface Application {
  application: string;
  name: string;
  category: string;
  capacity: number;
  state: "waits" | "accepted" | "declined";
  asked_at: string;
}
export interface Mine {
  venues: readonly Venue[];
  applications: readonly Application[];
}
export interface Member {
  member: string;
  label: string;
  role: "owner" | "staff";
  since: string;
  me: boolean;
}
export interface Screen {
  now: string;
  step: number;
  name: string;
  short_code: string;
  codes: readonly {from: string; text: string}[];
}
export interface Occupancy {
  name: string;
  inside: number;
  capacity: number;
  at: string;
  slot: number;
  alarm_percent: number;
  alarm: boolean;
  series: readonly {at: string; inside: number; peak: number}[];
}

export const mine = (stop: AbortSignal) => ask<Mine>("GET", "venue/venues", {stop});
export const register = (body: {name: string; category: string; capacity: number}) => ask("POST", "venue/venues", {body});
export const join = (code: string) => ask<{venue: string}>("POST", "venue/join", {body: {code}});
export const staff = (venue: string, stop: AbortSignal) => ask<{staff: readonly Member[]}>("GET", "venue/staff/" + venue, {stop});
export const invite = (venue: string, label: string) =>
  ask<{code: string; expires_at: string}>("POST", "venue/invites", {body: {venue, label}});
export const remove = (venue: string, member: string) => ask("DELETE", `venue/staff/${venue}/${member}`, {body: {}});
export const poster = (venue: string) => askBytes("venue/poster/" + venue);
export const screen = (venue: string, stop: AbortSignal) => ask<Screen>("GET", "venue/screen/" + venue, {stop});
export const occupancy = (venue: string, stop: AbortSignal) => ask<Occupancy>("GET", "venue/occupancy/" + venue, {stop});
export const alarm = (venue: string, percent: number) => ask("POST", "venue/alarm", {body: {venue, percent}});
