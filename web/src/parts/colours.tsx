// The four colours, each with its shape and its word: the legend, and the one word for each everywhere.
import {ColourMark, type Colour} from "./marks";
import {useSay, type Text} from "../words/tongue";

export const colourNames: Readonly<Record<Colour, Text>> = {
  green: {id: "Hijau", en: "Green"},
  yellow: {id: "Kuning", en: "Yellow"},
  red: {id: "Merah", en: "Red"},
  black: {id: "Hitam", en: "Black"},
};

export const colourMeanings: Readonly<Record<Colour, Text>> = {
  green: {id: "Boleh masuk", en: "May enter"},
  yellow: {id: "Boleh masuk di sebagian tempat", en: "May enter some places"},
  red: {id: "Belum boleh masuk", en: "May not enter yet"},
  black: {id: "Positif atau kontak erat: tetap di rumah", en: "Infected or a close contact: stay at home"},
};

export function ColourLegend() {
  const say = useSay();
  return (
    <ul class="colours">
      {(Object.keys(colourNames) as Colour[]).map((colour) => (
        <li key={colour} class={colour}>
          <ColourMark colour={colour} />
          <span>
            <strong>{say(colourNames[colour])}</strong>
            <small>{say(colourMeanings[colour])}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}
