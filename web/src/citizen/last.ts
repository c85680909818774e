// The citizen's status and light passes: from the server where it answers, else as this device kept them.
import {useEffect, useState} from "preact/hooks";
import {kindOf} from "../parts/problems";
import * as asks from "./asks";
import {keep, readKept, tooOld, type Kept, type Principal} from "./kept";

/** fresh: the server said so just now. kept: it could not be asked. old: kept for too long to be shown. */
export interface Last extends Kept {
  is: "fresh" | "kept" | "old";
}

export type LastState = {state: "waits"} | {state: "failed"; reason: string} | {state: "there"; value: Last};

const passLife = 10 * 60_000; // how long passes serve before new ones are fetched; the server gives twenty an hour
const between = 60_000;

/** The pass to show at a moment. */
export function passAt(passes: asks.Passes | null, now: number): asks.Pass | null {
  const covers = (pass: asks.Pass) => Date.parse(pass.show_from) <= now && now < Date.parse(pass.show_until);
  return passes?.passes.find(covers) ?? null;
}

async function passesFor(kept: Kept | null, principal: Principal | null): Promise<asks.Passes | null> {
  const own = principal ? null : (kept?.passes ?? null);
  const now = Date.now();
  if (own && now - Date.parse(own.issued_at) < passLife && (passAt(own, now) || own.passes.length === 0)) return own;
  return asks.passes().catch(() => own);
}

function asKept(kept: Kept): Last {
  return {...kept, is: Date.now() - kept.at > tooOld ? "old" : "kept"};
}

async function load(principal: Principal | null, stop: AbortSignal): Promise<Last> {
  const kept = principal ? null : await readKept();
  try {
    const status = await asks.status(stop);
    const passes = await passesFor(kept, principal);
    const now: Kept = {status, passes, at: Date.now()};
    if (!principal && !stop.aborted) await keep(now);
    return {...now, is: "fresh"};
  } catch (error) {
    const kind = kindOf(error);
    if (!kept || kind === "signed-out" || kind === "denied") throw error;
    return asKept(kept);
  }
}

export function useLast(principal: Principal | null): [LastState, () => void] {
  const [last, setLast] = useState<LastState>({state: "waits"});
  const [turn, setTurn] = useState(0);
  const whose = principal?.delegation ?? "";
  useEffect(() => {
    setLast({state: "waits"});
  }, [whose]);
  useEffect(() => {
    const stop = new AbortController();
    // What is kept stands there until the server has answered.
    if (!principal) {
      void readKept().then((kept) => {
        if (!kept || stop.signal.aborted) return;
        setLast((now) => (now.state === "waits" ? {state: "there", value: asKept(kept)} : now));
      });
    }
    load(principal, stop.signal).then(
      (value) => !stop.signal.aborted && setLast({state: "there", value}),
      (error: unknown) => !stop.signal.aborted && setLast({state: "failed", reason: kindOf(error)}),
    );
    return () => stop.abort();
  }, [whose, turn]);
  useEffect(() => {
    const again = () => document.visibilityState === "visible" && setTurn((now) => now + 1);
    const timer = setInterval(again, between);
    document.addEventListener("visibilitychange", again);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
      removeEventListener("online", again);
    };
  }, []);
  return [last, () => setTurn((now) => now + 1)];
}
