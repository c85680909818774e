// A section of a page whose content has to be fetched: waits, says what went wrong, or shows it.
import type {ComponentChildren} from "preact";
import {useState} from "preact/hooks";
import {useLoaded} from "./loaded";
import {Failed, Waits} from "./waits";

export function There<T>({
  load,
  turn = 0,
  children,
}: {
  load: (stop: AbortSignal) => Promise<T>;
  turn?: number; // another one: it is loaded again
  children: (value: T, again: () => void) => ComponentChildren;
}) {
  const [own, setOwn] = useState(0);
  const again = () => setOwn(own + 1);
  const loaded = useLoaded(load, `${turn} ${own}`);
  if (loaded.state === "waits") return <Waits />;
  if (loaded.state === "failed") return <Failed again={again} reason={loaded.reason} />;
  return <>{children(loaded.value, again)}</>;
}
