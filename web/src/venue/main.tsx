import {render} from "preact";
import {useEffect, useState} from "preact/hooks";
import "../design/all.css";
import "../staff/staff.css";
import {usePlace} from "../parts/place";
import {Shell} from "../parts/shell";
import {useSession, WithSession} from "../staff/session";
import {readTongue, TongueContext} from "../words/tongue";
import {DoorPage} from "./door";
import {EnterPage} from "./enter";
import {ListPage} from "./list";
import {LivePage} from "./live";
import {StaffPage} from "./staff";

/** "/live/bf92…" as its page and its venue. */
function partsOf(place: string): {page: string; venue: string} {
  const found = /^\/(live|staff|door)\/([0-9a-f]{32})$/.exec(place);
  return {page: found?.[1] ?? "", venue: found?.[2] ?? ""};
}

function Page({place}: {place: string}) {
  const {page, venue} = partsOf(place);
  if (page === "live") return <LivePage key={venue} venue={venue} />;
  if (page === "staff") return <StaffPage key={venue} venue={venue} />;
  return <ListPage />;
}

function Venue() {
  const place = usePlace();
  const {session} = useSession();
  const [tongue] = useState(readTongue);
  const {page, venue} = partsOf(place);
  useEffect(() => {
    document.documentElement.lang = tongue;
  }, [tongue]);
  if (session.role !== "venue") {
    return (
      <Shell areas={[]} at="/enter" home="/venue/">
        <EnterPage />
      </Shell>
    );
  }
  if (page === "door") {
    // Nothing but the code: it hangs at a door.
    return (
      <TongueContext.Provider value={{tongue, choose: () => {}}}>
        <DoorPage key={venue} venue={venue} />
      </TongueContext.Provider>
    );
  }
  return (
    <Shell areas={[]} at={place} home="/venue/">
      <Page place={place} />
    </Shell>
  );
}

const root = document.getElementById("root");
if (root) {
  render(
    <WithSession>
      <Venue />
    </WithSession>,
    root,
  );
}
