// What all pages of an officer share: who they are and what they may, a form that gives a command, and how its result is shown.
import {createContext, type ComponentChildren} from "preact";
import {useContext, useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {useMoments} from "../parts/moments";
import {noHead, Rows} from "../staff/table";
import {useSay, useTongue, type Text} from "../words/tongue";
import {give, type Arguments, type Given, type Me, type Value} from "./asks";
import {memberName, valueName} from "./names";

export const Desk = createContext<Me>({officer: "", roles: [], may: [], purposes: []});

export function useMay(): (command: string) => boolean {
  const {may} = useContext(Desk);
  return (command) => may.some((power) => power.command === command);
}

const words = {
  waits: {id: "Menunggu petugas lain. Nomor persetujuan:", en: "It waits for another officer. Approval:"},
  done: {id: "Dilaksanakan.", en: "Done."},
  refused: {id: "Passkey ini tidak membuktikannya, atau peran Anda tidak memberi perintah ini.", en: "This passkey did not prove it, or your role does not give this command."},
  purpose: {id: "Untuk keperluan apa", en: "What for"},
  choose: {id: "Pilih …", en: "Choose …"},
  nothing: {id: "Tidak ada.", en: "There is nothing."},
  yes: {id: "ya", en: "yes"},
  no: {id: "tidak", en: "no"},
} as const;

const purposeNames: Readonly<Record<string, Text>> = {
  "citizen-request": {id: "Permintaan warga", en: "The citizen asked"},
  dispute: {id: "Sengketa", en: "A dispute"},
  correction: {id: "Koreksi catatan", en: "Correcting a record"},
  outbreak: {id: "Wabah", en: "An outbreak"},
  incident: {id: "Insiden", en: "An incident"},
  legal: {id: "Permintaan hukum", en: "A legal request"},
  audit: {id: "Audit", en: "An audit"},
};

export function usePurposeName(): (purpose: string) => string {
  const say = useSay();
  return (purpose) => (purposeNames[purpose] ? say(purposeNames[purpose]) : purpose);
}

export function Purpose({value, set}: {value: string; set: (value: string) => void}) {
  const say = useSay();
  const {purposes} = useContext(Desk);
  const nameOf = usePurposeName();
  return (
    <label class="field">
      <span>{say(words.purpose)}</span>
      <select value={value} required onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{say(words.choose)}</option>
        {purposes.map((each) => (
          <option key={each} value={each}>
            {nameOf(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Gives commands one at a time and says below what came of the last one. */
export function useGive<T = Value>() {
  const say = useSay();
  const {runs, run, problem, trouble} = useAct();
  const [given, setGiven] = useState<Given<T> | null>(null);
  const start = (command: string, args: Arguments, then?: (given: Given<T>) => void) =>
    run(async () => {
      setGiven(null);
      const came = await give<T>(command, args);
      setGiven(came);
      then?.(came);
    });
  const outcome = (
    <>
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.refused)}
        </p>
      ) : (
        trouble
      )}
      {given?.waits_for && (
        <p role="status">
          {say(words.waits)} <code>{given.approval}</code>
        </p>
      )}
      {given && !given.waits_for && <p role="status">{say(words.done)}</p>}
    </>
  );
  return {runs, start, given, outcome};
}

export interface FieldOf {
  name: string;
  label: Text;
  options?: readonly (readonly [string, string])[];
  type?: "text" | "number" | "datetime-local";
  isOptional?: boolean;
  isLong?: boolean;
}

/** A form for one command. What its fields hold are the arguments; `also` are added as they are. */
export function CommandForm({
  command,
  fields,
  button,
  also = {},
  then,
  quiet = false,
  show,
}: {
  command: string;
  fields: readonly FieldOf[];
  button: Text;
  also?: Arguments;
  then?: (given: Given<Value>) => void;
  quiet?: boolean;
  show?: (value: Value) => ComponentChildren;
}) {
  const say = useSay();
  const {may} = useContext(Desk);
  const power = may.find((each) => each.command === command);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const {runs, start, given, outcome} = useGive();
  if (!power) return null;
  const submit = (event: Event) => {
    event.preventDefault();
    const args: Record<string, string | number> = {...also};
    for (const field of fields) {
      const value = values[field.name] ?? "";
      if (!value) continue;
      args[field.name] =
        field.type === "number" ? Number(value) : field.type === "datetime-local" ? new Date(value).toISOString().replace(/\.\d+Z$/, "Z") : value;
    }
    if (power.shows_person && values.purpose) args.purpose = values.purpose;
    void start(command, args, then);
  };
  const set = (name: string) => (value: string) => setValues((before) => ({...before, [name]: value}));
  return (
    <form onSubmit={submit} data-command={command}>
      <div class="line">
        {power.shows_person && <Purpose value={values.purpose ?? ""} set={set("purpose")} />}
        {fields.map((field) =>
          field.options ? (
            <label class="field" key={field.name}>
              <span>{say(field.label)}</span>
              <select value={values[field.name] ?? ""} required={!field.isOptional} onChange={(event) => set(field.name)(event.currentTarget.value)}>
                <option value="">{say(words.choose)}</option>
                {field.options.map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          ) : field.isLong ? (
            <label class="field" key={field.name}>
              <span>{say(field.label)}</span>
              <textarea value={values[field.name] ?? ""} required={!field.isOptional} onInput={(event) => set(field.name)(event.currentTarget.value)} />
            </label>
          ) : (
            <label class="field" key={field.name}>
              <span>{say(field.label)}</span>
              <input
                type={(field.type ?? "text") as "text"}
                value={values[field.name] ?? ""}
                required={!field.isOptional}
                autocomplete="off"
                onInput={(event) => set(field.name)(event.currentTarget.value)}
              />
            </label>
          ),
        )}
        <button class={quiet ? "button quiet" : "button"} disabled={runs}>
          {say(button)}
        </button>
      </div>
      {outcome}
      {given?.result !== undefined && show?.(given.result)}
    </form>
  );
}

/** A value of a command's answer, in the reader's words where `of`, the member that it is of, has some. */
export function Shown({value, of = ""}: {value: Value | undefined; of?: string}) {
  const say = useSay();
  const {tongue} = useTongue();
  const {both} = useMoments();
  if (value === null || value === undefined || value === "") return <>–</>;
  if (typeof value === "boolean") return <>{say(value ? words.yes : words.no)}</>;
  if (typeof value === "number") return <>{value.toLocaleString(tongue)}</>;
  if (typeof value === "string") {
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return <>{both(value)}</>;
    return /^[0-9a-f]{32,}$/.test(value) ? <code>{value}</code> : <>{say(valueName(of, value))}</>;
  }
  if (isList(value)) {
    if (value.length === 0) return <>–</>;
    if (value.every((each) => typeof each !== "object")) return <>{value.map((each) => (typeof each === "string" ? say(valueName(of, each)) : each)).join(", ")}</>;
    return (
      <>
        {value.map((each, i) => (
          <Facts key={i} of={each} />
        ))}
      </>
    );
  }
  return <Facts of={value} />;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** An object as names and values. */
export function Facts({of}: {of: Value}) {
  const say = useSay();
  if (of === null || typeof of !== "object" || isList(of)) return <Shown value={of} />;
  return (
    <dl class="facts">
      {Object.entries(of).map(([name, value]) => (
        <>
          <dt>{say(memberName(name))}</dt>
          <dd>
            <Shown value={value} of={name} />
          </dd>
        </>
      ))}
    </dl>
  );
}

export type Row = Readonly<Record<string, Value>>;

/** A list of objects as a table of these members, the first one as the row's head. */
export function Listed({
  rows,
  columns,
  label,
  act,
}: {
  rows: readonly Row[];
  columns: readonly (readonly [string, Text])[];
  label: Text;
  act?: (row: Row) => ComponentChildren;
}) {
  const say = useSay();
  if (rows.length === 0) return <p class="empty">{say(words.nothing)}</p>;
  return (
    <Rows
      label={say(label)}
      head={[...columns.map(([, name]) => say(name)), ...(act ? [noHead] : [])]}
      rows={rows.map((row) => [...columns.map(([name]) => <Shown value={row[name]} of={name} />), ...(act ? [act(row)] : [])])}
    />
  );
}
