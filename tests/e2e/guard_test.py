#!/usr/bin/python3
"""What a clinic signs is looked at before it counts; what was wrong is held, taken back or put right by two officers.

    guard_test.py LINDUNG
"""

import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import demo
from demo import Demo, answered
from issuer import Issuer
from lindung_client import ALLOW, COLOURS, STATUS

DAY = 86400
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HEADER = "nik;nama;tanggal_lahir;jenis;tanggal;vaksin;dosis;lot"
SITI, BUDI, AGUS, DEWI = "3174056103900001", "3174052103900002", "3174052103900003", "3174056103900004"


def dose(nik, day, number, lot="", name="", birth="21/03/1990", vaccine="Sinovac"):
    return f"{nik};{name};{birth};vaksinasi;{day};{vaccine};{number};{lot}"


def series(nik, lot="", **more):
    return [dose(nik, "01/06/2021", 1, lot, **more), dose(nik, "29/06/2021", 2, lot, **more)]


def table(*rows):
    return "\n".join([HEADER, *rows]).encode() + b"\n"


def many(count):
    """Two doses for each of so many people, whom nobody has seen."""
    numbers = [f"3171{1 + i // 8000:02}210390{1 + i % 8000:04}" for i in range(count)]
    return [row for number in numbers for row in series(number)]


class Guarded(unittest.TestCase):
    """A demo with two officers."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-guard-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 44)
        self.addCleanup(self.demo.kill)
        self.prepare()
        self.demo.start()
        self.siti = self.demo.officer(self.folder, "siti")
        self.budi = self.demo.officer(self.folder, "budi", *self.siti)

    def prepare(self):
        """What happened in the days before there were officers, whose commands are of now."""

    def one(self, *command, expect=0):
        return self.demo.json(*command, *self.siti, expect=expect)

    def two(self, *command, expect=0):
        """A command that takes two officers; nothing happens with the first, nor with the same one twice."""
        asked = self.one(*command)
        self.assertEqual(self.demo.json("approve", asked["approval"], *self.siti, expect=1)["error"], "denied")
        return self.demo.json("approve", asked["approval"], *self.budi, expect=expect)

    def load(self, word, register):
        path = self.folder / f"{word}.json"
        path.write_text(json.dumps(register))
        return self.one("issuer", word, path)

    def issuer(self, name, *terms):
        issuer = Issuer(name)
        self.one("issuer", "add", *issuer.arguments, *terms)
        return issuer

    def post(self, issuer, import_id, content):
        with self.demo.connect() as connection:
            return issuer.post(connection, self.demo.authority, content, import_id, "text/csv")

    def receipt(self, issuer, import_id, *rows):
        response = self.post(issuer, import_id, table(*rows))
        self.assertEqual(response.status, 200, response.body)
        receipt = json.loads(response.body)
        self.assertEqual(receipt["rows"], receipt["accepted"] + receipt["rejected"] + receipt["quarantined"])
        return receipt

    def assert_problem(self, response, status, name):
        self.assertEqual(response.status, status, response.body[:500])
        self.assertEqual(json.loads(response.body)["type"], f"urn:lindung:problem:{name}")

    def held(self, receipt):
        return sorted((row["line"], row["reason"]) for row in receipt["quarantines"])

    def listed(self, issuer, *more):
        rows = self.demo.json("quarantine", "list", "--issuer", issuer.id, *more)["rows"]
        return [(row["import_id"], row["place"], row["reason"], row["state"]) for row in rows]

    def citizen(self, nik, expect=0):
        number = self.folder / "number"
        number.write_text(nik + "\n")
        return self.one("citizen", "find", "--file", number, expect=expect)

    def why(self, nik, *more, expect=0):
        return self.one("why", "--citizen", self.citizen(nik)["citizen"], *more, expect=expect)

    def colour(self, nik):
        return self.why(nik)["colour"]


class Terms(Guarded):
    def test_an_issuer_needs_a_licence_that_the_register_knows_and_signs_on_p256(self):
        until = "2099-01-01T00:00:00Z"
        licences = [{"id": "SIO-1", "holder": "Klinik Sehat", "valid_until": until},
                    {"id": "SIO-2", "holder": "Klinik Lama", "valid_until": "2021-09-01T00:00:00Z"}]  # fmt: skip
        self.assertEqual(self.load("licences", {"source": "register", "licences": licences}), {"licences": 2})
        clinic = Issuer.on_p256("klinik")
        for licence in ((), ("--licence", "SIO-9"), ("--licence", "SIO-2")):
            refused = self.one("issuer", "add", *clinic.arguments, *licence, expect=1)
            self.assertEqual(refused["error"], "denied", licence)
        self.one("issuer", "add", *clinic.arguments, "--licence", "SIO-1", "--valid-until", until)
        listed = next(row for row in self.demo.json("issuer", "list")["issuers"] if row["issuer"] == "klinik")
        self.assertEqual(listed["terms"]["licence"], "SIO-1")
        self.assertEqual([(key["algorithm"], key["valid_until"]) for key in listed["keys"]], [("es256", until)])
        self.assertEqual(self.receipt(clinic, "a", *series(SITI))["accepted"], 2)
        self.assertEqual(self.colour(SITI), "green")
        self.assert_problem(self.post(Issuer.on_p256("klinik"), "b", table(*series(BUDI))), 403, "denied")
        self.assert_problem(self.post(Issuer("klinik"), "b", table(*series(BUDI))), 403, "denied")
        # A licence that is not in the next register has ended, and with it what it allowed.
        self.load("licences", {"source": "register", "licences": licences[1:]})
        refused = self.post(clinic, "b", table(*series(BUDI)))
        self.assert_problem(refused, 403, "denied")
        self.assertIn("a licence is needed", json.loads(refused.body)["detail"])
        self.assertEqual(self.citizen(BUDI, expect=1)["error"], "not-found")

    def test_a_clinic_keeps_its_keys_in_pem(self):
        for name, *kind in (("one", "ED25519"), ("two", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")):
            private, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub"
            for words in (["genpkey", "-algorithm", *kind, "-out", private], ["pkey", "-in", private, "-pubout", "-out", public]):
                subprocess.run(["openssl", *words], check=True, capture_output=True)
            self.one("issuer", "add", name, "--name", name, "--public-key", public)
            table_file = self.folder / f"{name}.csv"
            table_file.write_bytes(table(*series(SITI if name == "one" else BUDI)))
            receipt = self.demo.json("import", "--issuer", name, "--key", private, table_file)
            self.assertEqual(receipt["accepted"], 2)
        refused = self.one("issuer", "add", "three", "--name", "three", "--public-key", private, expect=1)
        self.assertEqual(refused["error"], "malformed")
        refused = self.one("officer", "add", "agus", "--public-key", public, expect=1)
        self.assertEqual((refused["error"], refused["detail"]), ("invalid-argument", "an Ed25519 key is needed"))

    def test_what_an_issuer_may_not_enter_waits_with_its_reason(self):
        post = self.issuer("posyandu", "--kinds", "vaccination", "--districts", "3174", "--daily-rows", 3)
        rows = [f"{SITI};;;sembuh;01/09/2021;;;", dose("3171052103900001", "01/06/2021", 1), *series(SITI), *series(BUDI)]
        self.assertEqual(
            self.held(self.receipt(post, "a", *rows)),
            [(2, "outside-scope"), (3, "outside-district"), (7, "over-daily-cap")],
        )
        self.one("issuer", "terms", post.id, "--back-dating-days", 30)
        self.assertEqual(self.held(self.receipt(post, "b", *series(AGUS))), [(2, "back-dated"), (3, "back-dated")])

    def test_a_clinic_that_is_closed_signs_nothing_in(self):
        today = time.gmtime().tm_wday
        clinic = self.issuer("klinik", "--hours", f"{DAYS[(today + 3) % 7]} 07:00-17:00 WIB")
        held = self.held(self.receipt(clinic, "a", *series(SITI)))
        self.assertEqual(held, [(2, "issuer-closed"), (3, "issuer-closed")])
        self.assertEqual([row[2:] for row in self.listed(clinic)], 2 * [("issuer-closed", "held")])
        self.assertEqual(self.citizen(SITI, expect=1)["error"], "not-found")
        always = self.one("issuer", "terms", clinic.id, "--hours", "mon-sun 00:00-24:00 WIB")
        self.assertEqual(always["terms"]["hours"], "mon,tue,wed,thu,fri,sat,sun 00:00-24:00 WIB")
        self.assertEqual(self.receipt(clinic, "b", *series(BUDI))["accepted"], 2)


class Decisions(Guarded):
    def test_two_officers_release_what_waits_and_one_refuses_it(self):
        clinic = self.issuer("klinik")
        lots = [{"vaccine": "coronavac", "lot": "CV1", "doses": 2}]
        self.assertEqual(self.load("lots", {"source": "pharmacy", "lots": lots}), {"lots": 1})
        contradicting = dose(SITI, "01/06/2021", 1, "CV1", birth="22/03/1990")
        rows = [contradicting, *series(BUDI, "CV1"), *series(AGUS, "CV1"), *series(DEWI, "CV2")]
        receipt = self.receipt(clinic, "june", *rows)
        expected = [
            (2, "nik-contradicts-birth-date"),
            (5, "lot-exhausted"),
            (6, "lot-exhausted"),
            (7, "unknown-lot"),
            (8, "unknown-lot"),
        ]
        self.assertEqual(self.held(receipt), expected)
        listed = self.listed(clinic)
        self.assertEqual([(int(place.split(":")[1]), reason) for _, place, reason, _ in listed], expected)
        self.assertEqual(self.colour(BUDI), "green")
        self.assertEqual(self.citizen(AGUS, expect=1)["error"], "not-found")

        places = {int(place.split(":")[1]): place for _, place, _, _ in listed}
        release = ("quarantine", "release", clinic.id, "june", "--place")
        self.assertEqual(self.two(*release, places[5]), {"rows": 1, "citizens": 1})
        self.assertEqual((self.why(AGUS)["colour"], self.why(AGUS)["rule"]), ("yellow", "yellow-part-of-series"))
        self.two(*release, places[6])
        why = self.why(AGUS)
        self.assertEqual((why["colour"], why["rule"]), ("green", "green-series-complete"))
        self.assertIn(True, [fact["decides"] for fact in why["facts"]])
        self.assertEqual({(fact["issuer"], fact["import_id"]) for fact in why["facts"]}, {("klinik", "june")})
        self.assertEqual(self.two(*release, places[6], expect=1)["error"], "not-found")

        refuse = ("quarantine", "refuse", clinic.id, "june")
        self.assertEqual(self.one(*refuse, "--place", places[2]), {"rows": 1, "citizens": 0})
        self.assertEqual(self.two(*release, places[2], expect=1)["error"], "not-found")
        self.assertEqual(self.one(*refuse), {"rows": 2, "citizens": 0})
        self.assertEqual(self.one(*refuse, expect=1)["error"], "not-found")
        self.assertEqual(self.listed(clinic), [])
        self.assertEqual(
            [row[3] for row in self.listed(clinic, "--all")], ["refused", "released", "released", "refused", "refused"]
        )
        self.assertEqual(self.citizen(SITI, expect=1)["error"], "not-found")
        # The receipt is what the clinic was told, and stays so.
        self.assertEqual(self.receipt(clinic, "june", *rows), {**receipt, "repeated": True})

    def test_a_released_dose_comes_out_of_its_lot_and_goes_back_into_it(self):
        clinic = self.issuer("klinik")
        self.load("lots", {"source": "pharmacy", "lots": [{"vaccine": "coronavac", "lot": "CV1", "doses": 2}]})
        self.receipt(clinic, "a", *series(BUDI, "CV1"))
        self.receipt(clinic, "b", *series(AGUS, "CV1"))
        self.two("quarantine", "release", clinic.id, "b")
        self.two("batch", "undo", clinic.id, "b")
        held = self.held(self.receipt(clinic, "c", *series(DEWI, "CV1")))
        self.assertEqual(held, [(2, "lot-exhausted"), (3, "lot-exhausted")])

    def test_a_mistyped_number_is_put_right_with_a_second_fact(self):
        clinic = self.issuer("klinik")
        self.receipt(clinic, "siti", dose(SITI, "01/06/2021", 1, name="Siti"))
        # The second dose of Siti, under Budi's number; Budi has none.
        self.receipt(clinic, "budi", f"{BUDI};Budi;21/03/1990;;;;;")
        self.receipt(clinic, "wrong", dose(BUDI, "29/06/2021", 2))
        self.assertEqual([self.colour(SITI), self.colour(BUDI)], ["yellow", "green"])
        numbers = self.folder / "numbers"
        command = ("citizen", "repair", "--issuer", clinic.id, "--import", "wrong", "--file", numbers)

        def repair(birth, expect=0):
            numbers.write_text(f"{BUDI}\n{SITI}\n{birth}\n")
            return self.two(*command, expect=expect)

        self.assertEqual(repair("1991-03-21", expect=1)["error"], "invalid-argument")
        self.assertEqual(repair("1990-03-21"), {"records": 1, "known_person": True})
        self.assertEqual([self.colour(SITI), self.colour(BUDI)], ["green", "red"])
        self.assertEqual([fact["dose"] for fact in self.why(SITI)["facts"]], [1, 2])
        self.assertEqual(self.why(BUDI)["facts"], [])
        self.assertEqual(repair("1990-03-21", expect=1)["error"], "not-found")


class StolenKey(Guarded):
    def prepare(self):
        """Five days of business, as many as it takes to know what is usual."""
        self.clinic = Issuer("klinik")
        now = int(time.time())
        for i in range(5):
            self.demo.start_at(now - (6 - i) * DAY)
            if i == 0:
                self.demo.json("issuer", "add", *self.clinic.arguments, "--key-id", "klinik.old")
            self.receipt(self.clinic, f"day-{i}", dose(f"31740561039001{i:02}", "01/06/2021", 1))
            self.assertEqual(self.demo.stop(), 0)
        self.demo.ahead = 0.0

    def status_of(self, nik):
        """A link of this person, asked about; the answer."""
        citizen = self.citizen(nik)["citizen"]
        token = self.one("link", "grant", "gojek", "--citizen", citizen)["token"]
        with self.demo.connect() as connection:
            return answered(connection, self.demo.asking({"partner": "gojek", "token": token}, STATUS))

    def test_all_that_a_stolen_key_signed_is_taken_back_and_stays_explained(self):
        clinic = self.clinic
        forged = [*series(SITI), *many(600)]
        receipt = self.receipt(clinic, "forged", *forged)
        self.assertEqual((receipt["rows"], receipt["accepted"], receipt["quarantined"]), (1202, 1000, 202))
        self.assertEqual({reason for _, reason in self.held(receipt)}, {"unusual-velocity"})
        self.assertEqual({row[2:] for row in self.listed(clinic)}, {("unusual-velocity", "held")})
        more = self.receipt(clinic, "forged-too", *series(BUDI))
        self.assertEqual(self.held(more), [(2, "unusual-velocity"), (3, "unusual-velocity")])
        self.two("quarantine", "release", clinic.id, "forged-too")
        answer = self.status_of(BUDI)
        self.assertEqual((answer.outcome, answer.colour), (ALLOW, COLOURS["green"]))

        # The clinic gets another key, whose imports are not concerned.
        fresh = Issuer.on_p256(clinic.id)
        self.one("issuer", "add", *fresh.arguments, "--key-id", "klinik.new")
        self.one("issuer", "revoke-key", clinic.id, "klinik.old")
        self.assert_problem(self.post(clinic, "x", table(*series(AGUS))), 403, "denied")
        self.assertEqual(self.receipt(fresh, "true", *series(AGUS))["quarantined"], 2)  # of the same day
        self.two("quarantine", "release", clinic.id, "true")

        def moment(unix):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix))

        today = ("--from", moment(self.demo.now() - 3600), "--to", moment(self.demo.now() + 60))
        undo = ("batch", "undo", clinic.id, "--key", "klinik.old")
        report = self.two(*undo, *today)
        self.assertEqual((report["batches"], report["records"]), (2, 1002))
        self.assertEqual(self.two(*undo, *today, expect=1)["error"], "not-found")
        self.assertEqual(self.two("batch", "undo", clinic.id, "forged", expect=1)["error"], "conflict")
        states = {row["import_id"]: (row["key_id"], row["state"]) for row in self.demo.json("batch", "list", clinic.id)["batches"]}
        self.assertEqual(
            [states[name] for name in ("forged", "forged-too", "true", "day-0")],
            [("klinik.old", "undone"), ("klinik.old", "undone"), ("klinik.new", "done"), ("klinik.old", "done")],
        )
        self.assertEqual([self.colour(SITI), self.colour(BUDI), self.colour(AGUS)], ["red", "red", "green"])
        self.assertEqual(self.colour("3174056103900100"), "yellow")
        self.assertEqual(self.listed(clinic), [])
        kept = [row for row in self.listed(clinic, "--all") if row[0] == "forged"]
        self.assertEqual([row[2:] for row in kept], 202 * [("unusual-velocity", "undone")])
        self.assertEqual(self.two("quarantine", "release", clinic.id, "forged", expect=1)["error"], "conflict")
        again = Issuer(clinic.id, clinic.key)
        self.assert_problem(self.post(again, "forged", table(*forged)), 403, "denied")
        self.assert_problem(self.post(fresh, "forged", table(*forged)), 409, "conflict")

        # The answer of before is explained by what was known then, the one of now by what is known now.
        then = self.why(BUDI, "--answer", answer.index)
        self.assertEqual((then["colour"], then["rule"]), ("green", "green-series-complete"))
        self.assertEqual({fact["key_id"] for fact in then["facts"]}, {"klinik.old"})
        told = then["answer"]
        self.assertEqual(
            [told[name] for name in ("log_index", "partner", "colour", "proven_by_log", "derived_again")],
            [answer.index, "gojek", "green", True, True],
        )
        self.assertEqual(self.why(SITI, "--answer", answer.index, expect=1)["error"], "not-found")
        later = self.status_of(BUDI)
        self.assertEqual(later.colour, COLOURS["red"])
        now = self.why(BUDI, "--answer", later.index)
        self.assertEqual((now["colour"], now["rule"], now["answer"]["derived_again"]), ("red", "red-otherwise", True))
        self.assertEqual(now["facts"], [])


if __name__ == "__main__":
    demo.run()
