// One line of a form: its name, the input, and what helps to fill it.
import type {JSX} from "preact";

export function Field({
  name,
  help,
  set,
  ...input
}: {name: string; help?: string; set: (value: string) => void} & JSX.IntrinsicElements["input"]) {
  return (
    <label class="field">
      <span>{name}</span>
      <input {...input} onInput={(event) => set(event.currentTarget.value)} />
      {help && <small>{help}</small>}
    </label>
  );
}
