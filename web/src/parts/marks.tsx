// Shapes: the mark of the house, and one for each colour of a status, so that nobody has to tell hues apart.
import type {JSX} from "preact";

export type Colour = "green" | "yellow" | "red" | "black";

export function HouseMark() {
  return (
    <svg
      viewBox="0 0 32 32"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="3"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d="M4 17 16 6l12 11" />
      <path d="M9 17v9h14v-9" />
      <path d="m12.5 20.5 2.6 2.6 4.6-5" />
    </svg>
  );
}

const shapes: Readonly<Record<Colour, JSX.Element>> = {
  green: (
    <>
      <circle cx="24" cy="24" r="21" fill="currentColor" />
      <path d="m14 25 7 7 13-15" class="cut" />
    </>
  ),
  yellow: (
    <>
      <path d="M24 3 46 43H2Z" fill="currentColor" stroke="currentColor" stroke-width="3" stroke-linejoin="round" />
      <path d="M24 17v12M24 36v.5" class="cut" />
    </>
  ),
  red: (
    <>
      <path d="M15.300 3h17.400L45 15.300v17.400L32.700 45H15.300L3 32.700V15.300Z" fill="currentColor" />
      <path d="M13 24h22" class="cut" />
    </>
  ),
  black: (
    <>
      <path d="M24 2 46 24 24 46 2 24Z" fill="currentColor" />
      <path d="m17 17 14 14M31 17 17 31" class="cut" />
    </>
  ),
};

export function ColourMark({colour}: {colour: Colour}) {
  return (
    <svg viewBox="0 0 48 48" aria-hidden="true" class="colour-mark">
      {shapes[colour]}
    </svg>
  );
}
