// A page whose code is loaded when somebody goes there, so that the first one is small.
import type {FunctionComponent} from "preact";
import {useEffect, useState} from "preact/hooks";
import {Failed, Waits} from "./waits";

export function later<P extends object = object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let there: FunctionComponent<P> | null = null;
  return function Later(props: P) {
    const [, setTurn] = useState(0);
    const [hasFailed, setHasFailed] = useState(false);
    useEffect(() => {
      let isOver = false;
      if (there || hasFailed) return;
      load().then(
        (page) => {
          there = page;
          if (!isOver) setTurn((turn) => turn + 1);
        },
        () => !isOver && setHasFailed(true),
      );
      return () => {
        isOver = true;
      };
    }, [hasFailed]);
    if (hasFailed) return <Failed again={() => setHasFailed(false)} />;
    const Page = there;
    return Page ? <Page {...props} /> : <Waits />;
  };
}
