"""The steps of script/drill: a canary leaks, and everything that has to happen behind it, each step timed.

Nothing in it is a drill in the program's sense (`lindung incident drill`): the installation is a made-up one, so the real
commands are used on it. What is waited for is polled, with a deadline.
"""

import json
import pathlib
import subprocess
import time

import demo
import lindung_client as client
from served import Served
from witnesses import Witness, cosigned_at

PARTNER = "gojek"
WAIT = 60.0
INCIDENTS = """
[incidents]
organisation = "Lindung, drill"
contact = "Siti Rahayu"
phone = "+62 21 555 0100"
email = "siti@lindung.example"
"""


class Drill:
    """One made-up installation and two officers. rows: (step, seconds, what came of it)."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.rows = []
        self.server = None
        self.incident = None
        self.canary = None
        self.links = []
        self.witness = None
        self.packs = 0

    # What has to be there before.

    def prepare(self, citizens=300):
        made = demo.Demo(self.folder / "d", citizens=citizens)
        made.start()
        made.stop()
        self.server = Served(made)
        log_key = (self.server.data / "log" / "log-key").read_text().strip()
        self.witness = Witness(self.folder / "witness", "witness.example/ombudsman")
        self.witness.start(f"{made.file['log']['origin']}={log_key}")
        asked = f'\n[[witnesses]]\nurl = "{self.witness.url}"\nverifier_key = "{self.witness.key}"\n'
        self.server.config.write_text(self.server.config.read_text() + INCIDENTS + asked)
        self.server.start()
        self.siti = self.server.officer(self.folder, "siti")
        self.budi = self.server.officer(self.folder, "budi", *self.siti)
        self.canary = self.server.json("partner", "canary", "plant", PARTNER, *self.siti)
        self.links = list(self.server.people(PARTNER))
        return self

    def stop(self):
        if self.server is not None:
            self.server.stop()
        if self.witness is not None:
            self.witness.stop()

    # The steps.

    def step(self, name, run):
        begin = time.monotonic()
        came = run()
        self.rows.append((name, time.monotonic() - begin, came))
        return came

    def two(self, *command):
        """A command that one officer gives and a second one confirms."""
        asked = self.server.json(*command, *self.siti)
        return self.server.json("approve", asked["approval"], *self.budi)

    def incidents(self, kind):
        return [row for row in self.server.json("incident", "list")["incidents"] if row["kind"] == kind]

    def shown(self):
        return self.server.json("incident", "show", self.incident)

    def leak(self):
        """The partner's tokens stand in a file, the canary's among them; and somebody asks about the canary."""
        lines = [f"{i};{link['token']};x" for i, (link, _) in enumerate(self.links[:40])]
        lines.insert(len(lines) // 2, f"c;{self.canary['token']};x")
        self.dump = self.folder / "dump.csv"
        self.dump.write_text("no;token;note\n" + "\n".join(lines) + "\n")
        with self.server.connect() as connection:
            asked = self.server.asking({"partner": PARTNER, "token": self.canary["token"]}, client.STATUS)
            demo.answered(connection, asked)
        return f"{len(lines)} tokens in a file, one question"

    def alarm(self):
        found = demo.wait_for("the alarm", lambda: self.incidents("canary-asked") or None, WAIT)
        assert found[0]["subject"] == f"partner:{PARTNER}", found
        self.incident = found[0]["incident"]
        return f"incident {self.incident[:8]}, {found[0]['24h']}"

    def attribute(self):
        partners = self.server.json("token", "attribute", self.dump, *self.siti)["partners"]
        assert [row["partner"] for row in partners] == [PARTNER], partners
        assert partners[0]["canary_tokens"] == 1, partners
        demo.wait_for("its incident", lambda: self.incidents("canary-found") or None, WAIT)
        return f"{PARTNER}: {partners[0]['tokens']} tokens, 1 of a canary"

    def cut(self):
        report = self.server.json("partner", "cut", PARTNER, *self.siti)
        assert report["effective"], report
        return f"log index {report['log_index']}, effective"

    def confirm(self):
        done = self.two("incident", "contain", self.incident)
        assert done["state"] == "contained", done
        return "contained, two officers"

    def find_persons(self):
        self.server.json("incident", "persons", self.incident, "--partner", PARTNER, "--from", "2000-01-01T00:00:00Z", *self.siti)

        def found():
            persons = self.shown()["persons"]
            return persons if not persons["looking"] else None

        persons = demo.wait_for("the persons concerned", found, WAIT)
        assert persons["found"] == len({citizen["id"] for _, citizen in self.links}), persons
        return f"{persons['found']} persons"

    def drafts(self):
        folder = self.folder / "drafts"
        for form in ("bssn", "authority"):
            files = self.server.json("incident", "draft", self.incident, "--for", form, "--output", folder)["files"]
            pdf, text, document = (pathlib.Path(path) for path in files)
            assert pdf.read_bytes().startswith(b"%PDF"), pdf
            told = json.loads(document.read_text())
            assert (told["form"], told["subject"], told["drill"]) == (form, f"partner:{PARTNER}", False), told
            assert any("cut" in line["text"]["en"] for line in told["chronology"]), told["chronology"]
            assert "+62 21 555 0100" in text.read_text()
        return "24 h and 72 h, PDF, text and JSON"

    def report(self):
        queued = self.server.json("incident", "notify", self.incident, "--to", "authorities", *self.siti)["queued"]

        def delivered():
            messages = self.shown()["messages"]
            return len([m for m in messages if m["state"] == "delivered"]) == len(queued)

        demo.wait_for("the reports", delivered, WAIT)
        clock = self.shown()["clocks"][0]
        assert "met_at" in clock and not clock["late"], clock
        return "delivered to " + ", ".join(queued)

    def tell(self):
        self.two("incident", "notify", self.incident, "--to", "persons")

        def told():
            persons = self.shown()["persons"]
            return persons if persons["told"] == persons["found"] and not persons["telling"] else None

        persons = demo.wait_for("the notices", told, WAIT)
        assert "met_at" in self.shown()["clocks"][1]
        return f"{persons['told']} notices queued"

    def cosigned(self):
        """The newest checkpoint, behind everything that happened so far, has the witness' word."""
        committed = self.server.json("log", "status")["committed"]

        def probe():
            with self.server.connect() as connection:
                note = connection.get("/log/checkpoint", self.server.authority).body.decode()
            return note if int(note.split("\n")[1]) >= committed and cosigned_at(note, self.witness.key) else None

        note = demo.wait_for("a cosignature", probe, WAIT)
        return f"{self.witness.key.split('+')[0]}, {note.split(chr(10))[1]} entries"

    def make_pack(self):
        self.packs += 1
        self.pack = self.folder / f"{PARTNER}-{self.packs}.evidence"
        span = ("--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z")
        why = ("--purpose", f"incident {self.incident}", "--law", "UU 27/2022 pasal 46")
        self.server.json("evidence", "make", "--partner", PARTNER, *span, *why, "--output", self.pack, *self.siti)
        return f"{self.pack.stat().st_size} bytes"

    def accept(self):
        """Somebody else, in an empty folder, with nothing but the pack and two public keys."""
        outside = self.folder / "outside"
        outside.mkdir()
        _, public = self.server.log_key()
        done = subprocess.run(
            [demo.BINARY, "evidence", "verify", self.pack, "--key", public.hex(), "--witness", self.witness.key, "--json"],
            cwd=outside,
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert told["verified"] and len(told["witnesses"]) == 1, told
        return "accepted, with the witness"

    def run(self):
        self.step("a canary leaks", self.leak)
        self.step("the alarm comes by itself", self.alarm)
        self.step("attribution names the partner", self.attribute)
        self.step("one officer cuts the partner", self.cut)
        self.step("a second officer confirms", self.confirm)
        self.step("the persons concerned are found", self.find_persons)
        self.step("both drafts are ready", self.drafts)
        self.step("a witness has cosigned", self.cosigned)
        self.step("the evidence pack is ready", self.make_pack)
        self.step("an outside verifier accepts it", self.accept)
        self.step("the reports are delivered", self.report)
        self.step("the notices of persons are queued", self.tell)
        return self

    @property
    def seconds(self):
        return sum(seconds for _, seconds, _ in self.rows)


def table(drill):
    lines = [f"{name:<36} {seconds:7.2f} s  {came}" for name, seconds, came in drill.rows]
    return "\n".join([*lines, f"{'machine time':<36} {drill.seconds:7.2f} s"])


def document(drill):
    steps = [{"step": name, "seconds": round(seconds, 3), "result": came} for name, seconds, came in drill.rows]
    return {"steps": steps, "seconds": round(drill.seconds, 3)}
