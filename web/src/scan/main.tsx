import {render} from "preact";
import "../design/all.css";
import {citizenAreas} from "../citizen/areas";
import {WhoIsThere} from "../citizen/who";
import {Shell} from "../parts/shell";
import {ScanPage} from "./page";

const root = document.getElementById("root");
if (root) {
  render(
    <Shell areas={citizenAreas} at="/scan/" under="/" bar>
      <WhoIsThere>
        <ScanPage />
      </WhoIsThere>
    </Shell>,
    root,
  );
}
