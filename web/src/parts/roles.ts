// What an officer is there for, in the reader's words.
import type {Text} from "../words/tongue";

export const roleNames: Readonly<Record<string, Text>> = {
  partners: {id: "kemitraan", en: "partners"},
  "health-office": {id: "dinas kesehatan", en: "health office"},
  border: {id: "perbatasan", en: "border"},
  security: {id: "keamanan", en: "security"},
  auditor: {id: "auditor", en: "auditor"},
  operations: {id: "operasi", en: "operations"},
};
