// The reader's language: chosen, remembered on this device, else the browser's. Indonesian unless it says English.
import {createContext} from "preact";
import {useContext} from "preact/hooks";

export type Tongue = "id" | "en";
export type Text = Readonly<Record<Tongue, string>>;

const place = "lindung.tongue";

export function readTongue(): Tongue {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(place);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
  if (kept === "id" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "id";
}

export function keepTongue(tongue: Tongue): void {
  try {
    localStorage.setItem(place, tongue);
  } catch {
    // As above: it is chosen for this page only.
  }
}

export const TongueContext = createContext<{tongue: Tongue; choose: (tongue: Tongue) => void}>({
  tongue: "id",
  choose: () => {},
});

/** The function that says a text in the reader's language. */
export function useSay(): (text: Text) => string {
  const {tongue} = useContext(TongueContext);
  return (text) => text[tongue];
}

export function useTongue() {
  return useContext(TongueContext);
}
