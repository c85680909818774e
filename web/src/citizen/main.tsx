import {render, type FunctionComponent} from "preact";
import "../design/all.css";
import {bringOffline} from "../offline/bring";
import {later} from "../parts/later";
import {usePlace} from "../parts/place";
import {Shell} from "../parts/shell";
import {useSay} from "../words/tongue";
import {citizenAreas} from "./areas";
import {Enter} from "./enter";
import {HomePage} from "./home";
import {Welcome} from "./welcome";
import {useWho, WhoIsThere} from "./who";

const words = {
  actsFor: {id: "Anda bertindak untuk", en: "You act for"},
  back: {id: "Kembali ke diri sendiri", en: "Back to myself"},
} as const;

const pages: Readonly<Record<string, FunctionComponent>> = {
  "/": HomePage,
  "/more": later(() => import("./more").then((file) => file.MorePage)),
  "/visits": later(() => import("./visits").then((file) => file.VisitsPage)),
  "/looks": later(() => import("./looks").then((file) => file.LooksPage)),
  "/records": later(() => import("./records").then((file) => file.RecordsPage)),
  "/partners": later(() => import("./partners").then((file) => file.PartnersPage)),
  "/dependants": later(() => import("./dependants").then((file) => file.DependantsPage)),
  "/rights": later(() => import("./rights").then((file) => file.RightsPage)),
  "/devices": later(() => import("./devices").then((file) => file.DevicesPage)),
  "/notices": later(() => import("./notices").then((file) => file.NoticesPage)),
};
const RequestPage = later(() => import("./request").then((file) => file.RequestPage));
const RecoverPage = later(() => import("./recover").then((file) => file.RecoverPage));

/** The reference in a partner's link, "#consent/REF". */
function referenceIn(place: string): string | null {
  return /^\/?consent\/([\w-]{43})$/.exec(place)?.[1] ?? null;
}

function ActsFor() {
  const say = useSay();
  const {principal, choose} = useWho();
  if (!principal) return null;
  return (
    <p class="note acts-for">
      <span>
        {say(words.actsFor)} <strong>{principal.name}</strong>
      </span>
      <button type="button" class="button quiet" onClick={() => choose(null)}>
        {say(words.back)}
      </button>
    </p>
  );
}

function Inner({place}: {place: string}) {
  const {principal} = useWho();
  const reference = referenceIn(place);
  const Page = pages[place] ?? HomePage;
  return (
    <>
      <ActsFor />
      {place === "/enter" ? (
        <Enter />
      ) : reference ? (
        <RequestPage key={reference} reference={reference} />
      ) : (
        <Page key={principal?.delegation} />
      )}
    </>
  );
}

function Citizen() {
  const place = usePlace();
  const {presence} = useWho();
  const at = referenceIn(place) ? "/consent" : place;
  if (presence === "in") {
    return (
      <Shell areas={citizenAreas} at={pages[at] || at === "/consent" ? at : "/"} bar>
        <Inner place={place} />
      </Shell>
    );
  }
  return (
    <Shell areas={[]} at={at}>
      {place === "/recover" ? <RecoverPage /> : <Welcome isAsked={at === "/consent"} />}
    </Shell>
  );
}

const root = document.getElementById("root");
if (root) {
  render(
    <WhoIsThere>
      <Citizen />
    </WhoIsThere>,
    root,
  );
  bringOffline();
}
