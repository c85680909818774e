"""Contacts: who was near a confirmed case is black at the next door; what the operator sees of it is figures.

    contacts_test.py LINDUNG
"""

import json
import pathlib
import shutil
import tempfile
import time
import unittest

import demo
import export
import transparency
from demo import Demo, answered
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, COLOURS, DENY, STATUS

BEGIN = 1788256800  # 2026-09-01T10:00:00Z
MINUTE = 60


class Contacts(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-contacts-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 60).start_at(BEGIN)
        self.addCleanup(self.demo.kill)

    def ask(self, link, operation, code=b""):
        with self.demo.connect() as connection:
            return answered(connection, self.demo.asking(link, operation, code))

    def later(self, moment):
        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(moment)

    def done(self, trace):
        """The line of a trace that is done."""
        for line in self.demo.json("trace", "list")["traces"]:
            if line["trace"] == trace and line["state"] == "done":
                return line
        return None

    def test_a_contact_is_black_at_the_next_door_and_the_operator_sees_figures_only(self):
        office, code = self.demo.venues("office")[0]
        elsewhere, other_code = self.demo.venues("mall")[0]
        green = {citizen["id"]: link for link, citizen in self.demo.people(colour="green")}
        (case, case_link), (near, near_link), (brief, brief_link), (far, far_link) = list(green.items())[:4]
        self.assertNotEqual(office["id"], elsewhere["id"])
        self.assertEqual(self.ask(case_link, CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.ask(near_link, CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.ask(far_link, CHECK_IN, other_code).outcome, ALLOW)

        self.later(BEGIN + 20 * MINUTE)
        self.assertEqual(self.ask(brief_link, CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.ask(near_link, CHECK_OUT, code).outcome, ALLOW)
        self.later(BEGIN + 30 * MINUTE)
        self.assertEqual(self.ask(case_link, CHECK_OUT, code).outcome, ALLOW)

        self.later(BEGIN + 60 * MINUTE)
        self.assertEqual(self.ask(near_link, STATUS).colour, COLOURS["green"])
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN + 45 * MINUTE))
        order = ("trace", "start", "--citizen", case, "--at", when, "--case", "JKT-2026-0815")
        started = self.demo.json(*order)
        self.assertEqual(started["state"], "queued")
        line = demo.wait_for("the trace", lambda: self.done(started["trace"]))
        self.assertEqual(self.demo.json(*order), started, "the same order again is the same trace")

        self.assertEqual(self.ask(near_link, STATUS).colour, COLOURS["black"])
        self.assertEqual(self.ask(near_link, CHECK_IN, code).outcome, DENY)
        for link in (brief_link, far_link, case_link):
            self.assertEqual(self.ask(link, STATUS).colour, COLOURS["green"])

        self.assertEqual({line[name] for name in ("venues", "visits", "persons", "facts")}, {"<5"})
        self.assertEqual((line["cause"], line["days"], line["days_missing"]), ("case-number", 3, 0))
        shown = self.demo.command("trace", "list").stdout + json.dumps(line) + json.dumps(started)
        for citizen in self.demo.file["citizens"]:
            for name in ("id", "nik", "name"):
                self.assertNotIn(citizen[name], shown)
        self.assertNotIn("JKT-2026-0815", shown)
        self.check_log(line["log_index"])

    def test_an_order_of_another_shape_is_refused_by_name(self):
        case = self.demo.file["citizens"][0]["id"]
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN + 86400))
        before = self.demo.json("trace", "list")  # the demo's own confirmed people
        for citizen, at, error in (
            (case, when, "invalid-argument"),
            (case, "yesterday", "invalid-argument"),
            ("00" * 16, "2026-09-01T09:00:00Z", "not-found"),
        ):
            said = self.demo.json("trace", "start", "--citizen", citizen, "--at", at, "--case", "1", expect=1)
            self.assertEqual(said["error"], error)
        self.assertEqual(self.demo.json("trace", "list"), before)

    def check_log(self, index):
        """The log says that people were traced, and nothing of whom."""
        out = self.folder / "export"
        with self.demo.connect() as connection:
            demo.wait_for("the entry in a checkpoint", lambda: self.demo.checkpoint(connection)[0] > index, 10)
        self.demo.command("log", "export", out)
        demo.lindung("log", "verify", out, "--key", self.demo.file["log"]["public_key"])
        entry = transparency.cbor_read(list(export.entries(out))[index])[0]
        version, kind, when, action, officer, digest = entry
        self.assertEqual((version, kind, action, officer), (1, "officer", "contacts-case", bytes(32)))
        self.assertLess(abs(when - self.demo.now()), 120)
        self.assertEqual(len(digest), 32)


if __name__ == "__main__":
    demo.run()
