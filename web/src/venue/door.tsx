// The screen at a door: a code that changes every half minute, as large as the screen. The codes of the next minutes are here
// already, so that it goes on for a while without a network, and says so when they are used up.
import {useEffect, useRef, useState} from "preact/hooks";
import {QrCode} from "../parts/qr";
import {kindOf, meaningOf} from "../parts/problems";
import {useSay} from "../words/tongue";
import * as asks from "./asks";

const words = {
  scan: {id: "Pindai untuk masuk", en: "Scan to check in"},
  label: {id: "Kode pintu", en: "Code of the door"},
  next: {id: "Kode berikutnya", en: "Next code"},
  over: {
    id: "Kode tidak dapat diperbarui. Periksa sambungan layar ini.",
    en: "The code cannot be renewed. Check this screen’s connection.",
  },
  back: {id: "Kembali", en: "Back"},
} as const;

const askEvery = 60_000;
const lookEvery = 500;

interface Held {
  screen: asks.Screen;
  ahead: number; // the server's clock before this device's, milliseconds
}

/** Asks for codes ahead of time, and keeps those it has while nobody answers. */
function useScreen(venue: string) {
  const [held, setHeld] = useState<Held | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const look = async () => {
      try {
        const screen = await asks.screen(venue, stop.signal);
        setHeld({screen, ahead: new Date(screen.now).getTime() - Date.now()});
        setProblem("");
      } catch (error) {
        if (!stop.signal.aborted) setProblem(kindOf(error));
      }
      if (!stop.signal.aborted) timer = window.setTimeout(look, askEvery);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [venue]);
  return {held, problem};
}

/** Keeps the screen on, where the browser lets a page ask for that. */
function useAwake() {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    const take = () => {
      if (document.visibilityState === "visible" && "wakeLock" in navigator) {
        navigator.wakeLock.request("screen").then((held) => (lock = held), () => {});
      }
    };
    take();
    document.addEventListener("visibilitychange", take);
    return () => {
      document.removeEventListener("visibilitychange", take);
      void lock?.release();
    };
  }, []);
}

export function DoorPage({venue}: {venue: string}) {
  const say = useSay();
  const {held, problem} = useScreen(venue);
  const [now, setNow] = useState(Date.now());
  const frame = useRef<HTMLElement>(null);
  useAwake();
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), lookEvery);
    return () => clearInterval(timer);
  }, []);
  const at = now + (held?.ahead ?? 0);
  const step = (held?.screen.step ?? 30) * 1000;
  const code = held?.screen.codes.find((each) => {
    const from = new Date(each.from).getTime();
    return from <= at && at < from + step;
  });
  const left = code ? (new Date(code.from).getTime() + step - at) / step : 0;
  return (
    <main class="door" ref={frame} data-code={code?.text}>
      <h1>{held?.screen.name ?? ""}</h1>
      {code ? (
        <>
          <QrCode text={code.text} label={say(words.label)} />
          <progress class="left" max={1} value={left} aria-label={say(words.next)} />
          <p class="short">{held?.screen.short_code}</p>
          <p>{say(words.scan)}</p>
        </>
      ) : (
        (held || problem) && (
          <p class="trouble" role="alert">
            {say(held ? words.over : meaningOf(problem))}
          </p>
        )
      )}
      <a href="#/">{say(words.back)}</a>
    </main>
  );
}
