// Who is signed in on a page of staff, venue or officer: asked once, and again after each ceremony.
import {createContext, type ComponentChildren} from "preact";
import {useContext, useState} from "preact/hooks";
import {There} from "../parts/there";
import {ask} from "../wire/portal";
import {createPasskey, usePasskey, type CreationOptions, type RequestOptions} from "../wire/passkey";

export type Role = "citizen" | "venue" | "officer";

export interface Session {
  signed_in: boolean;
  role?: Role;
  by_passkey?: boolean;
  has_passkey?: boolean;
  resting?: boolean;
  officer?: string;
}

interface Held {
  session: Session;
  look: () => void; // asks again
}

const Holder = createContext<Held>({session: {signed_in: false}, look: () => {}});

export function useSession(): Held {
  return useContext(Holder);
}

export function WithSession({children}: {children: ComponentChildren}) {
  const [turn, setTurn] = useState(0);
  return (
    <There load={(stop) => ask<Session>("GET", "session", {stop})} turn={turn}>
      {(session) => <Holder.Provider value={{session, look: () => setTurn(turn + 1)}}>{children}</Holder.Provider>}
    </There>
  );
}

/** How the list of devices calls this browser. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? "";
  const browser = /Firefox|Edg|Chrome|Safari/.exec(agent)?.[0] ?? "";
  return [browser === "Edg" ? "Edge" : browser, system].filter(Boolean).join(", ") || "Browser";
}

/** `route`: of whom: "officer/login", "venue/login/passkey". */
export async function enterByPasskey(route: string): Promise<void> {
  const {publicKey} = await ask<{publicKey: RequestOptions}>("POST", "login/options", {body: {}});
  await ask("POST", route, {body: {credential: await usePasskey(publicKey), device: deviceName()}});
}

export async function addPasskey(): Promise<void> {
  const {publicKey} = await ask<{publicKey: CreationOptions}>("POST", "passkeys/options", {body: {}});
  await ask("POST", "passkeys", {body: {credential: await createPasskey(publicKey), name: deviceName()}});
}

export async function leave(): Promise<void> {
  await ask("DELETE", "session", {body: {}});
}

export interface Assertion {
  nonce: string;
  credential: unknown;
}

/** A fresh proof over exactly this digest. Throws a DOMException when the holder says no. */
export async function prove(kind: string, digest: string): Promise<Assertion> {
  const challenge = await ask<{nonce: string; publicKey: RequestOptions}>("POST", "approval", {body: {kind, digest}});
  return {nonce: challenge.nonce, credential: await usePasskey(challenge.publicKey)};
}
