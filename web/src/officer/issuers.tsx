// Issuers of records, their imports, and the rows that wait in quarantine.
import {useState} from "preact/hooks";
import {There} from "../parts/there";
import {useSay} from "../words/tongue";
import {look} from "./asks";
import {CommandForm, Facts, Listed, useMay, type Row} from "./desk";

const words = {
  title: {id: "Penerbit dan impor", en: "Issuers and imports"},
  issuer: {id: "Penerbit", en: "Issuer"},
  name: {id: "Nama", en: "Name"},
  open: {id: "Lihat impor", en: "Look at its imports"},
  imports: {id: "Impor", en: "Imports"},
  id: {id: "Impor", en: "Import"},
  key: {id: "Kunci", en: "Key"},
  begun: {id: "Dimulai", en: "Begun"},
  state: {id: "Keadaan", en: "State"},
  progress: {id: "Kemajuan", en: "Progress"},
  done: {id: "baris selesai", en: "rows done"},
  undo: {id: "Batalkan impor (dua petugas)", en: "Undo an import (two officers)"},
  quarantine: {id: "Karantina", en: "Quarantine"},
  place: {id: "Tempat", en: "Place"},
  reason: {id: "Sebab", en: "Reason"},
  since: {id: "Sejak", en: "Since"},
  release: {id: "Lepaskan", en: "Release"},
  refuse: {id: "Tolak", en: "Refuse"},
  releaseOf: {id: "Lepaskan baris suatu impor (dua petugas)", en: "Release an import’s rows (two officers)"},
  refuseOf: {id: "Tolak baris suatu impor", en: "Refuse an import’s rows"},
  terms: {id: "Syarat dan kunci", en: "Terms and keys"},
} as const;

function Progress({issuer, id}: {issuer: string; id: string}) {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  if (turn === 0) {
    return (
      <button type="button" class="button quiet" aria-label={`${say(words.progress)}: ${id}`} onClick={() => setTurn(1)}>
        {say(words.progress)}
      </button>
    );
  }
  return (
    <There load={(stop) => look<{rows_done: number}>("import/progress", {issuer, import_id: id}, stop)} turn={turn}>
      {({rows_done}) => (
        <span role="status">
          {rows_done.toLocaleString()} {say(words.done)}
        </span>
      )}
    </There>
  );
}

function Imports({issuer}: {issuer: Row}) {
  const say = useSay();
  const may = useMay();
  const id = String(issuer.issuer);
  const placed = [{name: "import_id", label: words.id}] as const;
  return (
    <section class="sheet" aria-label={id}>
      <h2>{String(issuer.name)}</h2>
      <h3>{say(words.imports)}</h3>
      {may("batch/list") && (
        <There load={(stop) => look<{batches: readonly Row[]}>("batch/list", {issuer: id}, stop)}>
          {({batches}) => (
            <Listed
              rows={batches}
              label={words.imports}
              columns={[
                ["import_id", words.id],
                ["key_id", words.key],
                ["begun_at", words.begun],
                ["state", words.state],
              ]}
              {...(may("import/progress") ? {act: (row: Row) => <Progress issuer={id} id={String(row.import_id)} />} : {})}
            />
          )}
        </There>
      )}
      <CommandForm command="batch/undo" fields={placed} also={{issuer: id}} button={words.undo} quiet />
      <CommandForm command="quarantine/release" fields={placed} also={{issuer: id}} button={words.releaseOf} quiet />
      <CommandForm command="quarantine/refuse" fields={placed} also={{issuer: id}} button={words.refuseOf} quiet />
      <h3>{say(words.terms)}</h3>
      <Facts of={{keys: issuer.keys ?? [], terms: issuer.terms ?? {}}} />
    </section>
  );
}

export function IssuersPage() {
  const say = useSay();
  const may = useMay();
  const [chosen, setChosen] = useState<Row | null>(null);
  return (
    <>
      <h1>{say(words.title)}</h1>
      {may("issuer/list") && (
        <There load={(stop) => look<{issuers: readonly Row[]}>("issuer/list", {}, stop)}>
          {({issuers}) => (
            <Listed
              rows={issuers}
              label={words.title}
              columns={[
                ["issuer", words.issuer],
                ["name", words.name],
              ]}
              act={(row) => (
                <button type="button" class="button quiet" aria-label={`${say(words.open)}: ${row.issuer}`} onClick={() => setChosen(row)}>
                  {say(words.open)}
                </button>
              )}
            />
          )}
        </There>
      )}
      {chosen && <Imports key={String(chosen.issuer)} issuer={chosen} />}
      <h2>{say(words.quarantine)}</h2>
      {may("quarantine/list") && (
        <There load={(stop) => look<{rows: readonly Row[]}>("quarantine/list", {}, stop)}>
          {({rows}) => (
            <Listed
              rows={rows}
              label={words.quarantine}
              columns={[
                ["issuer", words.issuer],
                ["import_id", words.id],
                ["place", words.place],
                ["reason", words.reason],
                ["state", words.state],
                ["held_at", words.since],
              ]}
            />
          )}
        </There>
      )}
    </>
  );
}
