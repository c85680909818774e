// Where a citizen can go from everywhere, in the order of how often they do; the check-in stands in the middle.
import type {Area} from "../parts/shell";

export const citizenAreas: readonly Area[] = [
  {path: "/", name: {id: "Status", en: "Status"}, icon: "home"},
  {path: "/visits", name: {id: "Kunjungan", en: "Visits"}, icon: "visits"},
  {path: "/scan/", name: {id: "Masuk", en: "Check in"}, icon: "scan", isMain: true},
  {path: "/looks", name: {id: "Siapa lihat", en: "Who looked"}, icon: "looks"},
  {path: "/more", name: {id: "Lainnya", en: "More"}, icon: "more"},
];
