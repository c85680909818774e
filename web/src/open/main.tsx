import {render} from "preact";
import "../design/all.css";
import "./open.css";
import {usePlace} from "../parts/place";
import {Shell, type Area} from "../parts/shell";
import {FiguresPage} from "./figures";
import {HowPage} from "./how";
import {LogPage} from "./log";
import {VerifyPage} from "./verify";

const areas: readonly Area[] = [
  {path: "/", name: {id: "Cara kerja", en: "How it works"}},
  {path: "/figures", name: {id: "Angka", en: "Figures"}},
  {path: "/log", name: {id: "Log publik", en: "Public log"}},
  {path: "/verify", name: {id: "Periksa sertifikat", en: "Verify a certificate"}},
];

function Page({at}: {at: string}) {
  if (at === "/figures") return <FiguresPage />;
  if (at === "/log") return <LogPage />;
  if (at === "/verify") return <VerifyPage />;
  return <HowPage />;
}

function Open() {
  const place = usePlace();
  const at = areas.some((area) => area.path === place) ? place : "/";
  return (
    <Shell areas={areas} at={at}>
      <Page at={at} />
    </Shell>
  );
}

const root = document.getElementById("root");
if (root) render(<Open />, root);
