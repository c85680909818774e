#!/usr/bin/python3
"""Hands on colours: two officers set one, it ends when it must, the citizen is told, the log and the public counts say so.

    override_test.py LINDUNG
"""

import json
import pathlib
import shutil
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import demo
import folders
from demo import Demo, answered, lindung
from lindung_client import ALLOW, COLOURS, DENY, STATUS

HOUR = 3600
SECRET = "Putusan 12/G/2026"


def moment(unix):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix))


class Hands(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-override-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 88)
        self.addCleanup(self.demo.kill)
        self.demo.start()

    def officers(self):
        self.siti = self.demo.officer(self.folder, "siti")
        self.budi = self.demo.officer(self.folder, "budi", *self.siti)

    def somebody(self, colour):
        """A link of the first person of this colour, and the person's reference."""
        link, citizen = next(iter(self.demo.people(colour=colour)))
        number = self.folder / "number"
        number.write_text(citizen["nik"] + "\n")
        return link, self.demo.json("citizen", "find", "--file", number, *self.siti)["citizen"]

    def ask(self, link):
        with self.demo.connect() as connection:
            return answered(connection, self.demo.asking(link, STATUS))

    def set(self, citizen, until, *more, colour="green", basis="court-order", expect=0):
        words = ["override", "set", "--citizen", citizen, "--colour", colour, "--basis", basis, "--case", SECRET]
        if until is not None:
            words += ["--until", moment(until)]
        return self.demo.command(*words, *more, "--json", expect=expect)

    def public(self, query=""):
        try:
            with urllib.request.urlopen(self.demo.file["url"] + "/v1/public/overrides" + query, timeout=30) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def outbox(self, kind):
        files = [json.loads(path.read_text()) for path in (self.demo.data / "outbox").glob("*.json")]
        return [notice for notice in files if notice["kind"] == kind] or None

    def test_an_override_counts_from_the_very_next_answer_to_its_end_and_everybody_can_count_it(self):
        self.officers()
        link, citizen = self.somebody("red")
        self.assertEqual(self.ask(link).outcome, DENY)
        until = self.demo.now() + 2 * HOUR

        # What cannot be: nobody's signature, one officer's alone, the same one's twice, no end, no known law.
        self.set(citizen, until, expect=1)
        asked = json.loads(self.set(citizen, until, *self.siti).stdout)
        self.assertIn("approval", asked)
        self.assertEqual(self.demo.json("approve", asked["approval"], *self.siti, expect=1)["error"], "denied")
        self.assertEqual(self.ask(link).colour, COLOURS["red"])
        self.set(citizen, None, *self.siti, expect=2)
        lawless = json.loads(self.set(citizen, until, *self.siti, basis="because").stdout)
        self.assertEqual(self.demo.json("approve", lawless["approval"], *self.budi, expect=1)["error"], "invalid-argument")

        hand = self.demo.json("approve", asked["approval"], *self.budi)
        answer = self.ask(link)
        self.assertEqual((answer.outcome, answer.colour), (ALLOW, COLOURS["green"]))
        self.assertGreater(answer.index, hand["log_index"])

        notice = demo.wait_for("the notice", lambda: self.outbox("override-set"))
        self.assertEqual([row["citizen"] for row in notice], [citizen])
        self.assertIn("hijau", notice[0]["text"]["id"])
        self.assertNotIn(SECRET, json.dumps(notice))
        month = moment(self.demo.now())[:7]
        counted = {"month": month, "counts": [{"basis": "court-order", "set": 1, "ended": 0}]}
        self.assertEqual(self.public(), (200, {"months": [counted]}))
        self.assertEqual(self.public("?month=2020-01"), (200, {"months": []}))
        self.assertEqual(self.public("?month=november")[0], 400)
        self.assertEqual(self.demo.json("override", "counts"), {"months": [counted]})

        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(until - HOUR)
        self.assertEqual(self.ask(link).colour, COLOURS["green"])
        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(until)
        self.assertEqual(self.ask(link).colour, COLOURS["red"])
        demo.wait_for("the notice of the end", lambda: self.outbox("override-ended"))
        self.assertEqual(sum(row["ended"] for m in self.public()[1]["months"] for row in m["counts"]), 1)

        demo.wait_for("publication", self.published)
        lindung("log", "verify", self.folder / "log", "--key", self.demo.file["log"]["public_key"])
        content = folders.content(self.folder / "log")
        for word in (b"override-expired", b"override/set"):
            self.assertIn(word, content)
        for word in (SECRET.encode(), bytes.fromhex(citizen), citizen.encode(), b"court-order"):
            self.assertNotIn(word, content)

    def published(self):
        shutil.rmtree(self.folder / "log", ignore_errors=True)
        self.demo.command("log", "export", self.folder / "log")
        content = folders.content(self.folder / "log")
        return b"override-expired" in content

    def test_two_officers_end_an_override_and_without_two_there_is_none(self):
        self.siti = ()
        link, citizen = self.somebody("green")
        until = self.demo.now() + 2 * HOUR
        self.set(citizen, until, expect=1)
        self.officers()
        asked = json.loads(self.set(citizen, until, *self.siti, colour="black", basis="health-quarantine").stdout)
        hand = self.demo.json("approve", asked["approval"], *self.budi)
        self.assertEqual(self.ask(link).colour, COLOURS["black"])
        listed = self.demo.json("override", "list", "--citizen", citizen, *self.siti)["overrides"]
        self.assertEqual([(row["override"], row["state"], row["case"]) for row in listed], [(hand["override"], "open", SECRET)])
        end = ["override", "end", hand["override"], "--citizen", citizen, "--reason", "Selesai"]
        asked = self.demo.json(*end, *self.budi)
        self.assertEqual(self.ask(link).colour, COLOURS["black"], "one officer is not enough to end it")
        self.demo.json("approve", asked["approval"], *self.siti)
        self.assertEqual(self.ask(link).colour, COLOURS["green"])

    def test_a_dispute_turns_red_into_yellow_until_it_is_decided(self):
        self.officers()
        link, citizen = self.somebody("red")
        opened = self.demo.json("dispute", "open", "--citizen", citizen, "--about", "Saya sudah divaksin", *self.siti)
        self.assertEqual(self.ask(link).colour, COLOURS["yellow"])
        waiting = self.demo.json("dispute", "list", "--open", *self.siti)["disputes"]
        self.assertEqual([(row["dispute"], row["deadline"]) for row in waiting], [(opened["dispute"], opened["deadline"])])
        self.demo.json("dispute", "open", "--citizen", citizen, "--about", "Lagi", *self.siti, expect=1)
        self.demo.json("dispute", "resolve", opened["dispute"], "--citizen", citizen, "--outcome", "rejected",
                       "--reason", "Tidak ada catatan", *self.budi)  # fmt: skip
        self.assertEqual(self.ask(link).colour, COLOURS["red"])
        self.demo.json("dispute", "open", "--citizen", citizen, "--about", "Lagi", *self.siti, expect=1)
        demo.wait_for("the notices", lambda: self.outbox("dispute-opened") and self.outbox("dispute-decided"))
        kinds = [row["kind"] for row in self.demo.json("notice", "list", "--citizen", citizen, *self.siti)["notices"]]
        self.assertEqual(sorted(kinds), ["dispute-decided", "dispute-opened"])


if __name__ == "__main__":
    demo.run()
