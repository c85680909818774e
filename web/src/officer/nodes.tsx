// Whether the nodes answer, how far the log is published, and who the officers are.
import {useState} from "preact/hooks";
import {There} from "../parts/there";
import {useSay} from "../words/tongue";
import {look, type Value} from "./asks";
import {Facts, Listed, useMay, type Row} from "./desk";

const words = {
  title: {id: "Simpul dan log", en: "Nodes and log"},
  again: {id: "Muat lagi", en: "Load again"},
  state: {id: "Simpul ini", en: "This node"},
  log: {id: "Log", en: "The log"},
  officers: {id: "Petugas", en: "Officers"},
  officer: {id: "Petugas", en: "Officer"},
  roles: {id: "Peran", en: "Roles"},
  key: {id: "Sidik kunci", en: "Digest of the key"},
} as const;

type Shape = {readonly [name: string]: Value};

export function NodesPage() {
  const say = useSay();
  const may = useMay();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p>
        <button type="button" class="button quiet" onClick={() => setTurn(turn + 1)}>
          {say(words.again)}
        </button>
      </p>
      <div class="pair">
        <section class="sheet" aria-label={say(words.state)}>
          <h2>{say(words.state)}</h2>
          <There load={(stop) => look<Shape>("status", {}, stop)} turn={turn}>
            {(status) => <Facts of={status} />}
          </There>
        </section>
        {may("log/status") && (
          <section class="sheet" aria-label={say(words.log)}>
            <h2>{say(words.log)}</h2>
            <There load={(stop) => look<Shape>("log/status", {}, stop)} turn={turn}>
              {(status) => <Facts of={status} />}
            </There>
          </section>
        )}
      </div>
      <h2>{say(words.officers)}</h2>
      <There load={(stop) => look<{officers: readonly Row[]}>("officer/list", {}, stop)}>
        {({officers}) => (
          <Listed
            rows={officers}
            label={words.officers}
            columns={[
              ["officer", words.officer],
              ["roles", words.roles],
              ["key_digest", words.key],
            ]}
          />
        )}
      </There>
    </>
  );
}
