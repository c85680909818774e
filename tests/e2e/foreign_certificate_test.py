#!/usr/bin/python3
"""A certificate of another country becomes records of its holder and a colour, is explained, and is undone.

    foreign_certificate_test.py LINDUNG
"""

import datetime
import json
import pathlib
import shutil
import tempfile
import unittest

import demo
from certificates import CardIssuer, Signer, hc1, vaccination
from demo import Demo, lindung
from issuer import Issuer

NIK = "3174056103900001"
DAY = 86400


class ForeignCertificates(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-foreign-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 40)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.citizen = self.add_siti()
        self.german = Signer("DE", since=2021, until=2200)
        self.trust("de", "signer.der", self.german.der)

    def add_siti(self):
        """Somebody who is known here and has no vaccination."""
        patient = {
            "resourceType": "Patient",
            "id": "p1",
            "identifier": [{"system": "https://fhir.kemkes.go.id/id/nik", "value": NIK}],
            "name": [{"text": "Siti Nur Rahayu"}],
            "birthDate": "1990-03-21",
        }
        issuer = Issuer("klinik")
        self.demo.json("issuer", "add", *issuer.arguments)
        with self.demo.connect() as connection:
            content = json.dumps(patient).encode()
            sent = issuer.post(connection, self.demo.authority, content, "one", "application/fhir+json")
            self.assertEqual(sent.status, 200, sent.body)
        number = self.folder / "number"
        number.write_text(NIK + "\n")
        return self.demo.json("citizen", "find", "--file", number)["citizen"]

    def trust(self, name, file, content, *more):
        path = self.folder / file
        path.write_bytes(content)
        self.demo.json("trust", "import", name, path, *more)

    def certificate(self, signer=None, expires=30, dob="1990-03-21", fnt="RAHAYU", gnt="SITI", **changes):
        now = self.demo.now()
        day = datetime.date.fromtimestamp(now - 60 * DAY).isoformat()
        content = vaccination(**({"dt": day} | changes)) | {"nam": {"fnt": fnt, "gnt": gnt}, "dob": dob}
        return hc1(signer or self.german, content, issued=now - 40 * DAY, expires=now + expires * DAY)

    def take(self, text, *more):
        return self.demo.json("citizen", "certificate", self.citizen, text, *more)

    def refused(self, reason, text, *more):
        told = self.demo.json("citizen", "certificate", self.citizen, text, *more, expect=1)
        self.assertEqual(told["error"], "denied")
        self.assertTrue(told["detail"].startswith(reason + ":"), told)

    def why(self):
        return self.demo.json("why", "--citizen", self.citizen)

    def test_a_certificate_makes_its_holder_green_until_it_is_undone(self):
        self.assertEqual(self.why()["colour"], "red")
        text = self.certificate()
        path = self.folder / "certificate.txt"
        path.write_text(text + "\n")
        taken = self.take(path)
        self.assertEqual((taken["issuer"], taken["records"], taken["repeated"]), ("certificate.de", ["vaccination"], False))
        why = self.why()
        self.assertEqual(why["colour"], "green")
        fact = next(fact for fact in why["facts"] if fact["decides"])
        self.assertEqual((fact["issuer"], fact["import_id"]), ("certificate.de", taken["import_id"]))
        again = self.take(text)
        self.assertEqual((again["repeated"], again["log_index"]), (True, taken["log_index"]))
        self.assertEqual(self.why()["facts"], why["facts"])
        undone = self.demo.json("batch", "undo", "certificate.de", taken["import_id"])
        self.assertEqual((undone["records"], undone["citizens"]), (1, 1))
        self.assertEqual(self.why()["colour"], "red")
        self.assertEqual(self.demo.json("citizen", "certificate", self.citizen, text, expect=1)["error"], "conflict")

    def test_what_is_not_the_holders_or_not_valid_is_refused_and_leaves_nothing(self):
        self.refused("holder-name", self.certificate(gnt="DEWI"))
        self.refused("holder-birth-date", self.certificate(dob="1991-03-21"))
        self.refused("holder-birth-date-part", self.certificate(dob="1990-03"))
        self.refused("untrusted-signer", self.certificate(Signer("DE", until=2200)))
        self.refused("expired", self.certificate(expires=-1))
        self.refused("signature", self.forged())
        self.refused("prefix", "no certificate")
        self.assertEqual(self.why()["colour"], "red")
        self.take(self.certificate(dob="1990-03"), "--confirmed-by-document")
        self.assertEqual(self.why()["colour"], "green")

    def forged(self):
        """Signed by a key that is not the one of its key id."""
        other = Signer("DE", until=2200)
        other.kid = self.german.kid
        return self.certificate(other)

    def test_a_health_card_is_taken_in_through_the_same_reader_as_imports(self):
        maker = CardIssuer()
        self.trust("cards", "jwks.json", json.dumps({"keys": [maker.jwk]}).encode(), "--issuer", maker.url)
        person = {"name": [{"family": "Rahayu", "given": ["Siti", "Nur"]}], "birthDate": "1990-03-21"}
        code = {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "212"}]}  # complete after one dose
        card = maker.card(person, {"vaccineCode": code}, nbf=self.demo.now() - DAY)
        taken = self.take(card)
        self.assertEqual((taken["issuer"], taken["records"]), ("certificate.issuer.example-shc", ["vaccination"]))
        self.assertEqual(self.why()["colour"], "green")
        self.assertTrue(self.take(card)["repeated"])

    def test_nothing_of_the_certificate_stands_in_the_servers_output_or_database(self):
        self.take(self.certificate(ci="URN:UVCI:01:DE:SECRET#1"))
        self.demo.stop()
        files = [self.demo.out, self.demo.err, *self.demo.data.glob("lindung.db*")]
        for path in files:
            content = path.read_bytes()
            for word in (b"SECRET#1", b"RAHAYU", b"Rahayu", self.german.text.encode()[:40]):
                self.assertNotIn(word, content, path.name)


class TheCommand(unittest.TestCase):
    def test_it_has_an_example(self):
        told = lindung("citizen", "certificate", "--help").stdout
        self.assertIn("lindung citizen certificate ", told)
        self.assertIn("--confirmed-by-document", told)


if __name__ == "__main__":
    demo.run()
