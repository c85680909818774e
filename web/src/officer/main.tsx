import {render, type FunctionComponent} from "preact";
import "../design/all.css";
import "../staff/staff.css";
import {later} from "../parts/later";
import {useAct} from "../parts/act";
import {usePlace} from "../parts/place";
import {Shell, type Area} from "../parts/shell";
import {There} from "../parts/there";
import {leave, useSession, WithSession} from "../staff/session";
import {useSay} from "../words/tongue";
import {me} from "./asks";
import {ApprovalsPage} from "./approvals";
import {Desk} from "./desk";
import {EnterPage} from "./enter";
import {OverviewPage} from "./overview";
import {valueName} from "./names";
import {PartnersPage} from "./partners";

const areas: readonly Area[] = [
  {path: "/", name: {id: "Ikhtisar", en: "Overview"}},
  {path: "/approvals", name: {id: "Persetujuan", en: "Approvals"}},
  {path: "/partners", name: {id: "Mitra", en: "Partners"}},
  {path: "/issuers", name: {id: "Penerbit", en: "Issuers"}},
  {path: "/rules", name: {id: "Aturan", en: "Rules"}},
  {path: "/hands", name: {id: "Penetapan", en: "Overrides"}},
  {path: "/audit", name: {id: "Audit", en: "Audit"}},
  {path: "/venues", name: {id: "Tempat", en: "Venues"}},
  {path: "/trust", name: {id: "Sertifikat", en: "Certificates"}},
  {path: "/nodes", name: {id: "Simpul", en: "Nodes"}},
];

const pages: Readonly<Record<string, FunctionComponent>> = {
  "/": OverviewPage,
  "/approvals": ApprovalsPage,
  "/partners": PartnersPage,
  "/issuers": later(() => import("./issuers").then((file) => file.IssuersPage)),
  "/rules": later(() => import("./rules").then((file) => file.RulesPage)),
  "/hands": later(() => import("./hands").then((file) => file.HandsPage)),
  "/audit": later(() => import("./people").then((file) => file.AuditPage)),
  "/venues": later(() => import("./venues").then((file) => file.VenuesPage)),
  "/trust": later(() => import("./trust").then((file) => file.TrustPage)),
  "/nodes": later(() => import("./nodes").then((file) => file.NodesPage)),
};

const words = {
  as: {id: "Anda", en: "You are"},
  none: {id: "tanpa peran: mintalah dua petugas memberinya", en: "without a role: ask two officers for one"},
  out: {id: "Keluar", en: "Sign out"},
} as const;

function Whoami({officer, roles}: {officer: string; roles: readonly string[]}) {
  const say = useSay();
  const {look} = useSession();
  const {runs, run, trouble} = useAct();
  return (
    <p class="line-buttons whoami">
      <span>
        {say(words.as)} <strong>{officer}</strong> ({roles.length > 0 ? roles.map((role) => say(valueName("roles", role))).join(", ") : say(words.none)})
      </span>
      <button type="button" class="button quiet" disabled={runs} onClick={() => run(async () => (await leave(), look()))}>
        {say(words.out)}
      </button>
      {trouble}
    </p>
  );
}

function Console() {
  const place = usePlace();
  const {session} = useSession();
  if (session.role !== "officer" || !session.by_passkey) {
    return (
      <Shell areas={[]} at="/enter" home="/officer/">
        <EnterPage />
      </Shell>
    );
  }
  const at = pages[place] ? place : "/";
  const Page = pages[at] ?? OverviewPage;
  return (
    <Shell areas={areas} at={at} home="/officer/">
      <There load={me}>
        {(who) => (
          <Desk.Provider value={who}>
            <Page />
            <Whoami officer={who.officer} roles={who.roles} />
          </Desk.Provider>
        )}
      </There>
    </Shell>
  );
}

const root = document.getElementById("root");
if (root) {
  root.className = "dense";
  render(
    <WithSession>
      <Console />
    </WithSession>,
    root,
  );
}
