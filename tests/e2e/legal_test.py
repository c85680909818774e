#!/usr/bin/python3
"""Legal requests: an authority asks one question of a closed list, two officers answer it once, the person is told; and no other way in.

    legal_test.py LINDUNG
"""

import json
import pathlib
import re
import shutil
import tempfile
import time
import unittest
import urllib.request

import demo
from demo import Demo
from operator_socket import Operator, Refused

ROOT = pathlib.Path(__file__).resolve().parents[2]


def moment(unix):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix))


class Requests(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-legal-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 88)
        self.addCleanup(self.demo.kill)
        self.demo.start()

    def officers(self):
        self.siti = self.demo.officer(self.folder, "siti")
        self.budi = self.demo.officer(self.folder, "budi", *self.siti)

    def ask(self, citizen, *more, expect=0):
        number = self.folder / "nik"
        number.write_text(citizen["nik"] + "\n")
        return self.demo.json("legal", "ask", "--authority", "Polda Metro Jaya", "--role", "Penyidik", "--basis", "criminal-investigation",
                              "--reference", "B/12/XI/2026", "--file", number, "--from", moment(self.demo.now()), *more, expect=expect)  # fmt: skip

    def outbox(self):
        return [json.loads(path.read_text()) for path in (self.demo.data / "outbox").glob("*.json")]

    def test_one_question_is_answered_once_by_two_officers_and_the_person_is_told(self):
        link, citizen = next(iter(self.demo.people(colour="green")))
        self.assertIn("two registered officers", self.ask(citizen, "--question", "colour-on", expect=1)["detail"])
        self.officers()
        self.assertEqual(self.ask(citizen, "--question", "colour-on", expect=1)["error"], "denied")
        asked = self.ask(citizen, "--question", "colour-on", *self.siti)
        self.assertEqual(asked["state"], "asked")
        waiting = self.demo.json("legal", "answer", asked["request"], *self.siti)
        self.assertEqual(self.demo.json("approve", waiting["approval"], *self.siti, expect=1)["error"], "denied")
        self.assertEqual(self.demo.json("legal", "show", asked["request"], *self.siti)["state"], "asked", "one officer answers nothing")
        answered = self.demo.json("approve", waiting["approval"], *self.budi)
        self.assertEqual(answered["answer"], "green")
        shown = self.demo.json("legal", "show", asked["request"], *self.siti)
        self.assertNotIn("answer", shown)
        self.assertIn("told_at", shown)
        told = demo.wait_for("the notice", lambda: [notice for notice in self.outbox() if notice["kind"] == "legal-request"] or None)
        self.assertIn("Polda Metro Jaya", told[0]["text"]["id"])

        linked = self.ask(citizen, "--question", "linked", "--about", link["partner"], "--until", moment(self.demo.now()),
                          "--told-on", moment(self.demo.now() + 30 * 86400), "--because", "penyidikan berjalan", *self.siti)  # fmt: skip
        waiting = self.demo.json("legal", "answer", linked["request"], *self.siti)
        self.assertIn(self.demo.json("approve", waiting["approval"], *self.budi)["answer"], ("yes", "no"))
        self.assertNotIn("told_at", self.demo.json("legal", "show", linked["request"], *self.siti))
        with urllib.request.urlopen(self.demo.file["url"] + "/v1/legal/figures", timeout=30) as response:
            (month,) = json.loads(response.read())["months"]
        self.assertEqual(month["counts"], [{"basis": "criminal-investigation", "granted": None, "refused": 0, "told": None}])
        self.assertEqual(len(self.demo.json("legal", "list", *self.siti)["requests"]), 2)

        # The day comes, and it is told by itself.
        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(self.demo.now() + 31 * 86400)
        demo.wait_for("the second notice", lambda: sum(notice["kind"] == "legal-request" for notice in self.outbox()) == 2, 60)

    def test_no_command_that_nobody_signs_gives_anything_of_a_person(self):
        """Every command of the operator's socket that takes no officer, with whatever could name a person."""
        self.officers()
        link, citizen = next(iter(self.demo.people(colour="green")))
        number = self.folder / "nik"
        number.write_text(citizen["nik"] + "\n")
        reference = self.demo.json("citizen", "find", "--file", number, *self.siti)["citizen"]
        names, signed = set(), set()
        for source in (ROOT / "src" / "api").glob("admin*.cpp"):
            for name, officers in re.findall(r'\.name = "([a-z/-]+)",\s*\.officers = (\d)', source.read_text()):
                (signed if int(officers) else names).add(name)
        self.assertGreater(len(names), 15)
        self.assertGreater(len(signed), 30)
        marks = [citizen["nik"], reference, citizen["id"], citizen.get("name") or citizen["nik"]]
        values = {"citizen": reference, "nik": citizen["nik"], "passport": "X1234567", "token": link["token"], "partner": link["partner"],
                  "venue": self.demo.file["venues"][0]["id"], "id": reference, "request": reference, "index": 0, "digest": "0" * 64}  # fmt: skip
        tried = 0
        with Operator(self.demo.data) as operator:
            for name in sorted(names - {"log/export"}):
                for arguments in ({}, *({key: value} for key, value in values.items())):
                    try:
                        told = json.dumps(operator.run(name, **arguments))
                    except Refused as refused:
                        told = json.dumps(refused.problem)
                    tried += 1
                    for mark in marks:
                        self.assertNotIn(mark, told, f"{name} {arguments}")
            for name in sorted(signed):
                with self.assertRaises(Refused, msg=name) as refused:
                    operator.run(name, citizen=reference)
                self.assertTrue(refused.exception.is_a("denied"), name)
        self.assertGreater(tried, 150)


if __name__ == "__main__":
    demo.run()
