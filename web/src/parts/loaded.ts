// Something that has to be fetched first: it waits, it failed, or it is there.
import {useEffect, useState} from "preact/hooks";
import {kindOf} from "./problems";

export type Loaded<T> = {state: "waits"} | {state: "failed"; reason: string} | {state: "there"; value: T};

export function useLoaded<T>(load: (stop: AbortSignal) => Promise<T>, again: unknown = 0): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({state: "waits"});
  useEffect(() => {
    const stop = new AbortController();
    setLoaded({state: "waits"});
    load(stop.signal).then(
      (value) => !stop.signal.aborted && setLoaded({state: "there", value}),
      (error: unknown) => !stop.signal.aborted && setLoaded({state: "failed", reason: kindOf(error)}),
    );
    return () => stop.abort();
  }, [again]);
  return loaded;
}
