import {render} from "preact";
import "../design/all.css";
import "../staff/staff.css";
import {bringOffline} from "../offline/bring";
import {Shell} from "../parts/shell";
import {CheckPage} from "./check";

const root = document.getElementById("root");
if (root) {
  render(
    <Shell areas={[]} at="/venue/scan/" home="/venue/">
      <CheckPage />
    </Shell>,
    root,
  );
  bringOffline();
}
