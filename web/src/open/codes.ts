// Codes of the EU's value sets as people say them; one that is not here is shown as it stands in the certificate.
import type {Text} from "../words/tongue";

const same = (name: string): Text => ({id: name, en: name});

const codes: Readonly<Record<string, Text>> = {
  "EU/1/20/1528": same("Comirnaty"),
  "EU/1/20/1507": same("Spikevax"),
  "EU/1/21/1529": same("Vaxzevria"),
  "EU/1/21/1618": same("Nuvaxovid"),
  "EU/1/20/1525": same("Jcovden"),
  "EU/1/21/1624": same("Valneva"),
  "LP217198-3": {id: "Antigen cepat", en: "Rapid antigen"},
  "LP6464-4": same("NAAT (PCR)"),
  "260415000": {id: "negatif", en: "negative"},
  "260373001": {id: "positif", en: "positive"},
};

export function codeName(code: string): Text {
  return codes[code] ?? same(code);
}

/** A day or a moment of a certificate, as it is written there, in the reader's words; null where it is none, or a part of a day only. */
export function dayOf(text: string, tongue: string): string | null {
  if (/^\d{4}-\d\d-\d\d$/.test(text))
    return new Intl.DateTimeFormat(tongue, {dateStyle: "long", timeZone: "UTC"}).format(new Date(text + "T00:00:00Z"));
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Intl.DateTimeFormat(tongue, {dateStyle: "long", timeStyle: "short"}).format(new Date(text));
  return null;
}
