// Answers of the portal's interface in the shapes of docs/portal-api.md, for tests of what pages make of them and for pictures
// that are the same on every day. What the server really answers is tested where it is asked.
import {readFileSync} from "node:fs";

export const now = new Date("2026-11-22T03:00:00Z");
const hour = 3_600_000;
const at = (hours) => new Date(now.getTime() + hours * hour).toISOString();
const text = (id, en) => ({id, en});

const entry = text(
  "Memperlihatkan status Anda di pintu tempat yang Anda masuki.",
  "Show your status at the door of a place that you enter.",
);
export const reference = "k3Jd8sQmW2xT5vYb7nZc9pRf1gHa4eLu6iOo0tXyBwE";
export const venueCode =
  "LINDUNG:1:AEAFVWWOPBJ5E3HPZE766L3VKQ2WGAABNTSFSXSQJP5VP3XI3VL5CUJ35I3LRNA6MQBLPZPYZKX4MWTDVFOB4C3RX6LMLIY6KLMVZVPUTBP52FJDDSX3YLZWE2FIRJOW3L7E2JZVG32AC";
const passText =
  "LP1:NCFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDEXWK G2EP4J0BGJLFX3R3VHXK.PJ:2DPF6R:5SVBHABVCNN95SWMPHQUHQN%A0SOE+QQAB-HQ/HQ7IR.SQEEOK9SAI4- 7Y15KBPD34  QWSP0WRGTQFNPLIR.KQNA7N95U/3FJCTG90OARH9P1J4HGZJKBEG%123ZC$0BCI757TLXKIBTV5TN%2LXK";

export const venue = {id: "ab".repeat(16), name: "Mal Senja", category: "mall", capacity: 120, inside: 34};

export function answers() {
  return {
    "GET session": {
      signed_in: true,
      origin: "http://localhost",
      role: "citizen",
      resting: false,
      by_passkey: true,
      has_passkey: true,
      proved_at: at(0),
      ends_at: at(12),
      idle_s: 1800,
      session: "0f".repeat(16),
    },
    "DELETE session": {signed_in: false},
    "GET status": {
      at: at(0),
      name: "Siti Rahayu",
      colour: "green",
      reason: {rule: "green-series-complete", text: text("Seri vaksin lengkap", "Vaccine series complete")},
      since: "2026-01-14T00:00:00Z",
      until: null,
      next: null,
      inside: null,
      restricted: false,
    },
    "GET pass": {
      issued_at: at(-0.05),
      without: 0,
      passes: [-9, -3, 3, 9, 15].map((from) => ({
        show_from: at(from),
        show_until: at(from + 6),
        not_before: at(from - 3),
        expires: at(from + 9),
        text: passText,
      })),
    },
    "GET venues": {...venue, opens: true},
    "POST check-in": {
      outcome: "allow",
      colour: "green",
      at: at(0),
      valid_until: at(0.02),
      log_index: 4711,
      repeated: false,
      venue: {...venue, inside: 35},
    },
    "POST check-out": {outcome: "allow", colour: "green", at: at(0), log_index: 4712, repeated: false, venue},
    "GET visits": {
      from: "2026-10-25",
      visits: [
        {id: "01".repeat(16), name: "Mal Senja", category: "mall", in: at(-1.5), out: null},
        {id: "02".repeat(16), name: "Warung Sedap", category: "restaurant", in: at(-21), out: at(-20)},
        {id: "03".repeat(16), name: null, category: "office", in: at(-28), out: at(-23)},
      ],
    },
    "GET records": {
      records: [
        {
          id: "a1",
          kind: "vaccination",
          at: at(-9000),
          issuer_name: "Puskesmas Menteng",
          counts: true,
          vaccine: "CoronaVac",
          dose: 1,
        },
        {
          id: "a2",
          kind: "vaccination",
          at: at(-8300),
          issuer_name: "Puskesmas Menteng",
          counts: true,
          vaccine: "CoronaVac",
          dose: 2,
        },
        {
          id: "a3",
          kind: "test",
          at: at(-100),
          issuer_name: "Lab Sehat",
          counts: false,
          test: "naat",
          result: "negative",
        },
      ],
    },
    "GET certificates": {
      certificates: [
        {
          id: "c1".repeat(16),
          name: "URN:UVCI:01:ID:187/37512422923",
          format: "hc1",
          record: "a2",
          state: "issued",
          issued: at(-100),
          expires: at(8000),
          text: passText.replace("LP1", "HC1"),
        },
      ],
    },
    "GET disputes": {disputes: []},
    "GET notices": {
      notices: [
        {
          id: "n1",
          kind: "account",
          at: at(-5),
          text: text("Sebuah perangkat baru masuk ke akun Anda.", "A new device signed in to your account."),
        },
        {
          id: "n2",
          kind: "consent",
          at: at(-30),
          text: text(
            "Gojek boleh melihat warna Anda sampai 20 Februari.",
            "Gojek may see your colour until 20 February.",
          ),
        },
      ],
    },
    "GET rights": {restricted_since: null, erased_unreadable_days: 30, visit_days_kept: 28},
    "POST erase": {
      erased_at: at(0),
      log_index: 4720,
      opening: "5e".repeat(32),
      backups_unreadable_from: "2026-12-22",
      visits_unreadable_from: "2026-12-20",
    },
    "POST approval": {by: "code", nonce: "ab".repeat(16)},
    "GET delegations": {
      acts_for_me: [],
      i_act_for: [
        {
          id: "cd".repeat(16),
          name: "Ani Rahayu",
          relation: "parent",
          scope: ["see", "check-in"],
          since: at(-100),
          until: at(2000),
          made_by: "consent",
        },
      ],
      invitations: [],
    },
    "GET devices": {
      devices: [
        {
          id: "0f".repeat(16),
          name: "Chrome, Android",
          began_at: at(-1),
          used_at: at(0),
          by_passkey: true,
          current: true,
        },
        {
          id: "1f".repeat(16),
          name: "Firefox, Linux",
          began_at: at(-30),
          used_at: at(-20),
          by_passkey: false,
          current: false,
        },
      ],
      passkeys: [{id: "3c".repeat(16), name: "Chrome, Android", added_at: at(-500), used_at: at(0)}],
    },
    "GET requests": {
      partner: "gojek",
      profile: "colour",
      purposes: [{name: "venue-entry", text: entry}],
      learns: [
        {text: text("Warna status Anda pada saat ditanya.", "The colour of your status at the moment of asking.")},
      ],
      never: [
        {text: text("Nama, NIK, dan tanggal lahir Anda.", "Your name, your NIK and your date of birth.")},
        {text: text("Catatan kesehatan Anda.", "Your health records.")},
      ],
      stop: text(
        "Buka Mitra di portal ini, lalu tekan Cabut.",
        "Open Partners in this portal and press Withdraw.",
      ),
      until: at(2160),
      days: 90,
      expires: at(0.15),
      for_other: false,
      is_sandbox: false,
    },
    "GET consents": {
      consents: [
        {
          id: "5f".repeat(16),
          partner: "gojek",
          profile: "colour",
          purposes: [{name: "venue-entry", text: entry}],
          granted: at(-100),
          until: at(2060),
          ended: null,
          ended_by: null,
          log_index: 4,
        },
        {
          id: "60".repeat(16),
          partner: "traveloka",
          profile: "decision_only",
          purposes: [],
          granted: at(-900),
          until: at(1200),
          ended: at(-48),
          ended_by: "withdrawn",
          log_index: 3,
        },
      ],
    },
    "DELETE consents": {ended: at(0), log_index: 4790},
    "GET looks": JSON.parse(readFileSync(new URL("looks.json", import.meta.url), "utf8")),
  };
}

/** A visitor's page whose questions to the portal get these; a function is called with the request. Gives what was asked. */
export async function answer(page, table) {
  const asked = [];
  const {key} = table["GET looks"];
  const payload = Buffer.from(JSON.stringify({log: {public_key: key}})).toString("base64");
  await page.route("**/.well-known/lindung-keys", (route) => route.fulfill({json: {payload}}));
  await page.route("**/v1/portal/**", async (route) => {
    const request = route.request();
    const what = `${request.method()} ${new URL(request.url()).pathname.slice("/v1/portal/".length).split("/")[0]}`;
    asked.push({what, path: new URL(request.url()).pathname, headers: request.headers(), body: request.postDataJSON()});
    const found = table[what];
    if (found === undefined) return route.fulfill({status: 404, json: {type: "urn:lindung:problem:not-found"}});
    if (found === "offline") return route.abort("internetdisconnected");
    if (found.problem) {
      return route.fulfill({
        status: found.status,
        contentType: "application/problem+json",
        json: {type: "urn:lindung:problem:" + found.problem},
      });
    }
    return route.fulfill({json: found});
  });
  return asked;
}
