// A button that does something at the server: it waits while that runs, and says below itself what went wrong.
import type {ComponentChildren} from "preact";
import {useState} from "preact/hooks";
import {kindOf, meaningOf} from "./problems";
import {useSay} from "../words/tongue";

export function useAct() {
  const say = useSay();
  const [runs, setRuns] = useState(false);
  const [problem, setProblem] = useState("");
  const run = async (act: () => Promise<void>) => {
    setRuns(true);
    setProblem("");
    try {
      await act();
    } catch (error) {
      setProblem(kindOf(error));
    }
    setRuns(false);
  };
  const trouble = problem ? (
    <p class="trouble" role="alert">
      {say(meaningOf(problem))}
    </p>
  ) : null;
  return {runs, run, problem, trouble};
}

export function Act({
  act,
  kind = "",
  children,
}: {
  act: () => Promise<void>;
  kind?: "" | "quiet" | "alarming" | "wide";
  children: ComponentChildren;
}) {
  const {runs, run, trouble} = useAct();
  return (
    <>
      <button type="button" class={"button " + kind} disabled={runs} aria-busy={runs} onClick={() => run(act)}>
        {children}
      </button>
      {trouble}
    </>
  );
}
