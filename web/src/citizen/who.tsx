// Who is in front of the page: known from the server, or while it cannot be reached, from what this device remembers.
import {createContext, type ComponentChildren} from "preact";
import {useContext, useEffect, useMemo, useState} from "preact/hooks";
import {actFor} from "../wire/portal";
import * as asks from "./asks";
import {choosePrincipal, readPrincipal, rememberIn, wasIn, wipe, type Principal} from "./kept";

export type Presence = "in" | "out";

interface Who {
  presence: Presence;
  session: asks.Session | null; // null: not known yet
  principal: Principal | null;
  enter: (session: asks.Session) => void;
  leave: () => Promise<void>; // tells the server, then forgets
  forget: () => Promise<void>; // nothing of the person stays on this device
  choose: (principal: Principal | null) => void;
}

const WhoContext = createContext<Who | null>(null);

export function useWho(): Who {
  const who = useContext(WhoContext);
  if (!who) throw new Error("no one is known here");
  return who;
}

export function WhoIsThere({children}: {children: ComponentChildren}) {
  const [presence, setPresence] = useState<Presence>(() => (wasIn() ? "in" : "out"));
  const [session, setSession] = useState<asks.Session | null>(null);
  const [principal, setPrincipal] = useState<Principal | null>(() => {
    const kept = readPrincipal();
    actFor(kept?.delegation ?? "");
    return kept;
  });
  const out = async () => {
    actFor("");
    setPrincipal(null);
    await wipe();
    setSession({signed_in: false});
    setPresence("out");
  };
  const enter = (entered: asks.Session) => {
    if (location.hash === "#/enter") location.hash = "/";
    rememberIn();
    setSession(entered);
    setPresence("in");
  };
  useEffect(() => {
    const stop = new AbortController();
    asks.session(stop.signal).then(
      (found) => {
        if (found.signed_in && found.role === "citizen") enter(found);
        else if (wasIn()) void out();
        else setSession(found);
      },
      () => {
        // Without a network what this device kept is all there is.
      },
    );
    return () => stop.abort();
  }, []);
  const who = useMemo<Who>(
    () => ({
      presence,
      session,
      principal,
      enter,
      leave: async () => {
        await asks.leave();
        await out();
      },
      forget: out,
      choose: (chosen) => {
        choosePrincipal(chosen);
        actFor(chosen?.delegation ?? "");
        setPrincipal(chosen);
      },
    }),
    [presence, session, principal],
  );
  return <WhoContext.Provider value={who}>{children}</WhoContext.Provider>;
}
