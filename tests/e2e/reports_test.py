#!/usr/bin/python3
"""Reports of suspected cases: anonymous, added to and withdrawn by the receipt alone, bounded, and in no figure twice.

    reports_test.py LINDUNG
"""

import os
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import demo
from demo import DemoCase
from folders import contents
from lindung_client import Partner
from reporting import ADD, ICD10, SNOMED, STATUS, WITHDRAW, Report, Reporter, bundle, condition, observation, sealed_identity, send_fhir


class Reports(DemoCase):
    citizens = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = Reporter(cls.demo, "halosehat")

    def assertAnswered(self, answer, outcome, stage):
        self.assertNotIsInstance(answer, str, answer)
        self.assertEqual((answer.outcome, answer.stage), (outcome, stage))
        return answer

    def test_a_report_is_taken_once_however_often_it_is_sent(self):
        report = Report()
        first = self.assertAnswered(self.reporter.send(report), "accepted", "received")
        again = self.assertAnswered(self.reporter.send(report), "duplicate", "received")
        self.assertEqual(first.receipt, again.receipt)
        report.codes = ((ICD10, "A09"),)
        self.assertEqual(self.reporter.send(report), "replay-conflict")

    def test_who_holds_the_receipt_adds_and_withdraws_and_nobody_else(self):
        receipt = self.reporter.send(Report()).receipt
        other = Reporter(self.demo, "sehatku")
        added = other.send(Report.about(ADD, receipt, codes=((SNOMED, "409966000"),)))
        self.assertAnswered(added, "added", "received")
        self.assertAnswered(other.send(Report.about(STATUS, receipt)), "shown", "received")
        guessed = bytearray(receipt)
        guessed[31] ^= 1
        for operation in (STATUS, WITHDRAW):
            self.assertAnswered(self.reporter.send(Report.about(operation, bytes(guessed))), "unknown", "none")
        self.assertAnswered(self.reporter.send(Report.about(WITHDRAW, receipt)), "withdrawn", "withdrawn")
        self.assertAnswered(self.reporter.send(Report.about(WITHDRAW, receipt)), "withdrawn", "withdrawn")
        late = self.reporter.send(Report.about(ADD, receipt, codes=((ICD10, "A09"),)))
        self.assertAnswered(late, "shown", "withdrawn")

    def test_nothing_free_gets_in(self):
        today = self.reporter.today()
        number = b"3174012304560001"
        for wrong in (
            Report(codes=((SNOMED, number.decode()),)),
            Report(codes=((ICD10, "Z99"),)),
            Report(codes=()),
            Report(codes=((ICD10, "J11"), (ICD10, "J11"))),
            Report(district="9901"),
            Report(district="3170"),
            Report(onset=today + 2),
            Report(onset=today - 62),
            Report(id=number),
            Report(receipt=os.urandom(32)),
            Report.about(STATUS, bytes(32)),
            Report.about(STATUS, os.urandom(32), district="3174"),
            Report(operation=5),
        ):
            self.assertEqual(self.reporter.send(wrong), "malformed", wrong)
        padded = Report(onset=today)
        plaintext = padded.plaintext()[:-16] + number
        padded.plaintext = lambda: plaintext
        self.assertEqual(self.reporter.send(padded), "malformed")

    def test_a_key_reports_what_its_scope_says_and_a_forged_one_nothing(self):
        scoped = Reporter(self.demo, "klinik-jabar", districts="32", syndromes="ili")
        self.assertAnswered(scoped.send(Report(district="3273")), "accepted", "received")
        self.assertEqual(scoped.send(Report(district="3174")), "malformed")
        self.assertEqual(scoped.send(Report(district="3273", codes=((ICD10, "A09"),))), "malformed")
        honest = scoped.identity
        scoped.identity = Partner(honest.id, 0, honest.key_id, Ed25519PrivateKey.generate())
        self.assertEqual(scoped.send(Report(district="3273")), "bad-signature")
        scoped.identity = honest
        self.demo.json("reporter", "suspend", "klinik-jabar")
        self.assertEqual(scoped.send(Report(district="3273")), "partner-suspended")
        self.demo.json("reporter", "resume", "klinik-jabar")
        self.assertAnswered(scoped.send(Report(district="3273")), "accepted", "received")
        self.demo.json("reporter", "key", "revoke", "klinik-jabar", "--key-id", "klinik-jabar.1")
        self.assertEqual(scoped.send(Report(district="3273")), "bad-signature")

    def test_a_cap_is_told_and_a_flood_is_not(self):
        capped = Reporter(self.demo, "kecil", per_day=3)
        for _ in range(3):
            self.assertAnswered(capped.send(Report()), "accepted", "received")
        self.assertEqual(capped.send(Report()), "quota")
        flooding = Reporter(self.demo, "banjir")
        key = flooding.gateway_key()
        with self.demo.connect() as connection:
            answers = [flooding.send(Report(), connection, key) for _ in range(60)]
        for answer in answers:
            self.assertAnswered(answer, "accepted", "received")
        rows = {row["reporter"]: row for row in self.demo.json("reporter", "list")["reporters"]}
        self.assertEqual((rows["banjir"]["today"], rows["banjir"]["held_today"]), (60, 10))
        held = [row for row in self.demo.json("reporter", "held", "list")["held"] if row["reporter"] == "banjir"]
        self.assertEqual(held[0]["reports"], 10)
        status = flooding.send(Report.about(STATUS, answers[-1].receipt))
        self.assertAnswered(status, "shown", "received")
        released = self.demo.json("reporter", "held", "release", "banjir", held[0]["day"])
        self.assertEqual(released["reports"], 10)

    def test_neither_code_nor_receipt_lies_open_in_the_data_folder(self):
        report = Report(codes=((SNOMED, "240523007"),))
        receipt = self.reporter.send(report).receipt
        marks = (b"240523007", receipt, receipt.hex().encode(), report.id, report.id.hex().encode())
        files = contents(self.demo.data)
        self.assertTrue(any("wal" in path.name or path.suffix == ".db" for path in files), files)
        for path, content in files.items():
            for mark in marks:
                self.assertNotIn(mark, content, path)


class Fhir(DemoCase):
    """The same report as FHIR R4, and Bundles that lie."""

    citizens = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = Reporter(cls.demo, "fhir-klinik", syndromes="ili,sari,diarrhoea")

    def date(self, days=0):
        return time.strftime("%Y-%m-%d", time.gmtime(self.demo.now() + days * 86400))

    def test_a_bundle_is_the_report_that_the_sealed_way_would_be(self):
        content = bundle(condition(self.date(-2)), observation(self.date(-1), (SNOMED, "6142004")))
        first = send_fhir(self.reporter, content)
        self.assertEqual((first["outcome"], first["stage"]), ("accepted", "received"))
        again = send_fhir(self.reporter, content)
        self.assertEqual((again["outcome"], again["receipt"]), ("duplicate", first["receipt"]))
        shown = self.reporter.send(Report.about(STATUS, bytes.fromhex(first["receipt"])))
        self.assertEqual((shown.outcome, shown.stage), ("shown", "received"))

    def test_a_bundle_that_lies_or_names_somebody_is_refused_by_its_reason(self):
        today, past = self.date(), self.date(-3)
        nik = "3174012304560001"
        before = self.demo.json("reporter", "list")["reporters"][0]["today"]
        for reason, content in (
            ("date-in-future", bundle(condition(self.date(3)))),
            ("onset: too long ago", bundle(condition(self.date(-90)))),
            ("conflicting-codes", bundle(condition(past, (ICD10, "J11"), (ICD10, "A09")))),
            ("contradicting-dates", bundle(condition(past), observation(self.date(-9)))),
            ("contradicting-dates", bundle(condition(past), condition(today))),
            ("contradicting-finding", bundle(observation(past, valueBoolean=False))),
            ("contradicting-finding", bundle(observation(past, interpretation=[{"coding": [{"code": "NEG"}]}]))),
            ("not-suspected", bundle(condition(past, verificationStatus={"coding": [{"code": "refuted"}]}))),
            ("not-suspected", bundle(condition(past, clinicalStatus={"coding": [{"code": "resolved"}]}))),
            ("person-present", bundle(condition(past, subject={"identifier": {"value": nik}}))),
            ("person-present", bundle({"resourceType": "Patient", "identifier": [{"value": nik}]})),
            ("identifier-present", bundle(condition(past, id=nik))),
            ("free-text", bundle(condition(past, note=[{"text": nik}]))),
            ("free-text", bundle(condition(past) | {"code": {"text": nik}})),
            ("member-not-taken", bundle(condition(past, **{nik: 1}))),
            ("unknown-code", bundle(condition(past, (ICD10, nik)))),
            ("missing-date", bundle(condition(None))),
            ("district", bundle(condition(past), district=nik)),
            ("age", bundle(condition(past), age="44")),
            ("report id", bundle(condition(past), report_id=nik.encode())),
            ("resource-not-taken", bundle({"resourceType": "Encounter"})),
            ("not-a-bundle", condition(past)),
            ("scope", bundle(condition(past, (ICD10, "B05")))),
        ):
            answer = send_fhir(self.reporter, content)
            self.assertIsInstance(answer, str, (reason, answer))
            self.assertTrue(answer.startswith(reason), (reason, answer))
            self.assertNotIn(nik, answer)
        self.assertEqual(self.demo.json("reporter", "list")["reporters"][0]["today"], before)


class Offices(DemoCase):
    """Triage one by one, and an identity that two offices open together."""

    citizens = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = Reporter(cls.demo, "halosehat")
        cls.keys = {}
        for office, more in (("dinkes-3174", ["--districts", "3174"]), ("dinkes-32", ["--districts", "32"]),
                             ("ombudsman", ["--role", "second"])):  # fmt: skip
            cls.keys[office] = cls.demo.data / f"{office}.key"
            made = cls.demo.json("reporter", "office", "key", "--output", cls.keys[office])
            cls.demo.json("reporter", "office", "add", office, "--public-key", made["public_key"], *more)
        cls.health, _, cls.second = sorted(cls.reporter.offices(), key=lambda each: ["3174", "32", ""].index("".join(each.districts)))

    def test_an_office_sees_one_report_at_a_time_the_most_urgent_first(self):
        self.assertIn("nothing waits", self.demo.command("triage", "next", "dinkes-32", expect=1).stderr)
        mild = self.reporter.send(Report(district="3273", codes=((ICD10, "J11"),)))
        grave = self.reporter.send(Report(district="3273", codes=((ICD10, "A98.4"),)))
        first = self.demo.json("triage", "next", "dinkes-32")
        self.assertNotIn("codes", first)
        self.assertIn("purpose", self.demo.command("triage", "take", "dinkes-32", first["report"], "--purpose", "curious", expect=1).stderr)
        self.demo.command("triage", "take", "dinkes-3174", first["report"], "--purpose", "audit", expect=1)
        taken = self.demo.json("triage", "take", "dinkes-32", first["report"], "--purpose", "investigation")
        self.assertEqual((taken["syndromes"], taken["district"], taken["state"]), (["haemorrhagic"], "3273", "taken"))
        self.assertEqual(self.reporter.send(Report.about(STATUS, grave.receipt)).stage, "looked-at")
        self.assertEqual(self.reporter.send(Report.about(STATUS, mild.receipt)).stage, "received")
        self.demo.json("triage", "hand-over", "dinkes-32", first["report"], "--case", "KLB-2026-1")
        self.assertEqual(self.reporter.send(Report.about(STATUS, grave.receipt)).stage, "decided")
        self.demo.command("triage", "decide", "dinkes-32", first["report"], "--outcome", "discarded", expect=1)
        due = {row["office"]: row for row in self.demo.json("triage", "due")["offices"]}
        self.assertEqual((due["dinkes-32"]["waiting"], due["dinkes-32"]["overdue"]), (1, 0))
        views = {(row["office"], row["purpose"]): row["views"] for row in self.demo.json("triage", "views")["views"]}
        self.assertEqual(views["dinkes-32", "investigation"], 1)

    def test_an_identity_is_opened_by_two_offices_together_and_the_person_sees_it(self):
        sealed = sealed_identity(self.health, self.second, "", "Siti Rahma", "+62 811 000")
        receipt = self.reporter.send(Report(identity=sealed)).receipt
        plain = self.reporter.send(Report()).receipt
        first = self.demo.json("triage", "next", "dinkes-3174")["report"]
        other = self.other_of(first)
        mine = first if self.demo.json("triage", "take", "dinkes-3174", first, "--purpose", "investigation")["has_identity"] else other
        half = self.demo.data / "half"
        office = ["--office", "dinkes-3174"]
        self.demo.command("report", "open", mine, *office, "--second", "dinkes-32", "--office-key", self.keys["dinkes-3174"],
                          "--output", half, expect=1)  # fmt: skip
        self.assertEqual(self.reporter.send(Report.about(STATUS, receipt)).identity_opened_at, 0)
        self.demo.json("report", "open", mine, *office, "--second", "ombudsman", "--office-key", self.keys["dinkes-3174"],
                       "--output", half)  # fmt: skip
        self.assertNotIn("Siti", bytes.fromhex(half.read_text().strip()).decode(errors="replace"))
        self.demo.command("report", "open-second", mine, *office, "--input", half, "--office-key", self.keys["dinkes-3174"], expect=1)
        opened = self.demo.json("report", "open-second", mine, *office, "--input", half, "--office-key", self.keys["ombudsman"])
        self.assertEqual((opened["name"], opened["phone"], opened["told"]), ("Siti Rahma", "+62 811 000", "by receipt"))
        self.assertGreater(self.reporter.send(Report.about(STATUS, receipt)).identity_opened_at, 0)
        self.assertEqual(self.reporter.send(Report.about(STATUS, plain)).identity_opened_at, 0)

    def other_of(self, first):
        """The other report before this office: takes the first one up, so that the next is another."""
        self.demo.json("triage", "take", "dinkes-3174", first, "--purpose", "follow-up")
        return self.demo.json("triage", "next", "dinkes-3174")["report"]

    def test_the_reporters_own_command_sends_adds_and_withdraws(self):
        key = self.demo.data / "app.key"
        public = self.demo.json("key", "make", key)["public_key"]
        self.demo.json("reporter", "key", "add", "halosehat", "--key-id", "halosehat.2", "--public-key", public)
        pinned = self.demo.json("status")["directory_key"]
        end = ["--url", self.demo.file["url"], "--directory-key", pinned, "--key", key, "--key-id", "halosehat.2"]
        sent = self.demo.json("report", "send", "--code", "icd10:A09", "--district", "7371", "--age", "0-4", *end)
        self.assertEqual(sent["outcome"], "accepted")
        receipt = ["--receipt", sent["receipt"]]
        again = ["--code", "icd10:A09", "--district", "7371", "--age", "0-4", "--report-id", sent["report_id"]]
        self.assertEqual(self.demo.json("report", "send", *again, *end)["outcome"], "duplicate")
        self.assertEqual(self.demo.json("report", "add", *receipt, "--code", "snomed:6142004", *end)["outcome"], "added")
        self.assertEqual(self.demo.json("report", "status", *receipt, *end)["stage"], "received")
        self.assertEqual(self.demo.json("report", "withdraw", *receipt, *end)["outcome"], "withdrawn")
        consent = ["--consent", "--name", "Budi", "--phone", "0811"]
        kept = self.demo.json("report", "send", "--code", "icd10:J11", "--district", "3174", *consent, *end)
        self.assertEqual(kept["outcome"], "accepted")


class Officers(DemoCase):
    """Who commands: one officer looks, two open."""

    citizens = 40

    def officer(self, name, *signed):
        file = self.demo.data / f"{name}.key"
        made = self.demo.json("key", "make", file, "--for", name)
        self.demo.json("officer", "add", name, "--public-key", made["public_key"], *signed)
        return "--officer", file

    def test_one_officer_asks_and_another_opens(self):
        reporter = Reporter(self.demo, "halosehat")
        keys = {}
        for office, more in (("dinkes-31", ["--districts", "31"]), ("ombudsman", ["--role", "second"])):
            keys[office] = self.demo.data / f"{office}.key"
            made = self.demo.json("reporter", "office", "key", "--output", keys[office])
            self.demo.json("reporter", "office", "add", office, "--public-key", made["public_key"], *more)
        health, second = sorted(reporter.offices(), key=lambda each: each.role)
        receipt = reporter.send(Report(identity=sealed_identity(health, second, "", "Siti", ""))).receipt
        siti = self.officer("siti")
        budi = self.officer("budi", *siti)
        mine = self.demo.json("triage", "next", "dinkes-31", *siti)["report"]
        self.demo.command("triage", "take", "dinkes-31", mine, "--purpose", "investigation", expect=1)
        self.demo.json("triage", "take", "dinkes-31", mine, "--purpose", "investigation", *siti)
        half = self.demo.data / "half"
        opening = ["report", "open", mine, "--office", "dinkes-31", "--second", "ombudsman",
                   "--office-key", keys["dinkes-31"], "--output", half]  # fmt: skip
        asked = self.demo.json(*opening, *siti)
        self.assertFalse(half.exists())
        self.assertEqual(reporter.send(Report.about(STATUS, receipt)).identity_opened_at, 0)
        self.demo.command(*opening, "--approval", asked["approval"], *siti, expect=1)
        self.demo.json(*opening, "--approval", asked["approval"], *budi)
        self.assertGreater(reporter.send(Report.about(STATUS, receipt)).identity_opened_at, 0)
        opened = self.demo.json("report", "open-second", mine, "--office", "dinkes-31", "--input", half,
                                "--office-key", keys["ombudsman"], *budi)  # fmt: skip
        self.assertEqual(opened["name"], "Siti")


if __name__ == "__main__":
    demo.run()
