#!/usr/bin/python3
"""Records come in as files: a demo of given bundles, a clinic's import with its receipt, and what stays as it was.

    import_test.py LINDUNG
"""

import datetime
import json
import pathlib
import tempfile
import unittest

import demo
from demo import Demo, answered, lindung
from lindung_client import COLOURS, STATUS

NIK = "https://fhir.kemkes.go.id/id/nik"
CVX = "http://hl7.org/fhir/sid/cvx"
MOMENT = int(datetime.datetime(2021, 9, 1, tzinfo=datetime.timezone.utc).timestamp())


def patient(number, nik, name, birth):
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [{"system": NIK, "value": nik}],
        "name": [{"text": name}],
        "birthDate": birth,
    }


def dose(number, reference, day, code="208", **more):
    return {
        "resourceType": "Immunization",
        "id": f"i{number}",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": CVX, "code": code}]},
        "patient": {"reference": reference},
        "occurrenceDateTime": day,
        **more,
    }


def collection(*resources):
    """A Bundle whose entries are known by "resource:N"."""
    entries = [{"fullUrl": f"resource:{i}", "resource": each} for i, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


SITI = patient(1, "3174056103900001", "Siti Rahayu", "1990-03-21")
BUDI = patient(2, "3174052103900002", "Budi Santoso", "1990-03-21")
AGUS = patient(3, "3174052103900003", "Agus Wijaya", "1990-03-21")


class Imports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lindung-import-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        whole = self.write(
            "siti.json", collection(SITI, dose(1, "resource:0", "2021-06-01"), dose(2, "resource:0", "2021-06-29"))
        )
        half = self.write("budi.json", collection(BUDI, dose(1, "resource:0", "2021-08-20")))
        self.demo = Demo(self.folder / "d", extra=("--bundle", str(whole), str(half)))
        self.addCleanup(self.demo.kill)
        self.demo.start_at(MOMENT)

    def write(self, name, *values):
        path = self.folder / name
        path.write_text("\n".join(json.dumps(value) for value in values))
        return path

    def clinic(self):
        """The arguments of an import, as a registered issuer."""
        made = json.loads(lindung("key", "make", self.folder / "clinic.key", "--json").stdout)
        self.demo.json("issuer", "add", "klinik", "--public-key", made["public_key"])
        return "import", "--issuer", "klinik", "--key", self.folder / "clinic.key"

    def test_a_demo_of_bundles_has_their_patients_each_linked(self):
        file = self.demo.file
        colours = {c["name"]: c["colour"] for c in file["citizens"]}
        self.assertEqual(colours, {"Siti Rahayu": "green", "Budi Santoso": "yellow"})
        self.assertEqual({c["nik"] for c in file["citizens"]}, {"3174056103900001", "3174052103900002"})
        self.assertEqual({link["citizen"] for link in file["links"]}, {c["id"] for c in file["citizens"]})
        with self.demo.connect() as connection:
            for link, citizen in self.demo.people():
                answer = answered(connection, self.demo.asking(link, STATUS))
                self.assertEqual(answer.colour, COLOURS[citizen["colour"]])

    def test_it_goes_on_with_its_people_and_new_ones_move_nobody(self):
        before = self.demo.file
        self.demo.json(*self.clinic(), self.write("agus.json", AGUS))
        self.assertEqual(self.demo.stop(), 0)
        self.demo.arguments = []
        self.demo.start_at(MOMENT + 60)
        self.assertEqual(self.demo.file["citizens"][:2], before["citizens"])
        self.assertEqual(self.demo.file["links"][:2], before["links"])
        self.assertEqual([c["name"] for c in self.demo.file["citizens"][2:]], ["Agus Wijaya"])
        self.assertEqual(len(self.demo.file["links"]), 3)
        with self.demo.connect() as connection:
            for link, citizen in self.demo.people():
                answer = answered(connection, self.demo.asking(link, STATUS))
                self.assertEqual(answer.colour, COLOURS[citizen["colour"]])

    def test_a_receipt_names_every_row_that_does_not_count_and_so_does_its_repetition(self):
        command = self.clinic()
        wrong = {**patient(4, "3174052103900004", "Dewi", "1990-03-22")}
        doses = [dose(1, "Patient/p3", "2021-06-31"), dose(2, "Patient/p3", "2021-06-30")]
        rows = self.write("rows.ndjson", AGUS, *doses, wrong)
        lists = self.write("list.json", [dose(7, "Patient/p3", "2021-07-28", code="99999")])
        receipt = self.demo.json(*command, rows, lists)
        self.assertEqual(
            [receipt[name] for name in ("rows", "accepted", "rejected", "quarantined", "repeated", "not_named")],
            [5, 2, 2, 1, False, 0],
        )

        def named(listed):
            return [(row["file"], row["line"], row["pointer"], row["reason"]) for row in listed]

        self.assertEqual(
            named(receipt["rejections"]),
            [
                (str(rows), 2, "/occurrenceDateTime", "invalid-date"),
                (str(lists), 1, "/0/vaccineCode", "unknown-vaccine-code"),
            ],
        )
        self.assertEqual(named(receipt["quarantines"]), [(str(rows), 4, "/birthDate", "nik-contradicts-birth-date")])
        again = self.demo.json(*command, rows, lists)
        self.assertEqual(again, {**receipt, "repeated": True})
        lines = self.demo.command(*command, rows, lists).stdout.splitlines()
        self.assertRegex(lines[0], "imported before")
        self.assertRegex(lines[1], "^5 rows: 2 accepted, 2 rejected, 1 quarantined; entry [0-9]+ of the log$")
        self.assertEqual(lines[2], "rejected:")
        self.assertRegex(lines[3], r"rows\.ndjson, line 2 at /occurrenceDateTime: invalid-date \(.+\)$")
        self.assertRegex(lines[5], "^quarantined")
        other = self.demo.json(*command, "--import-id", receipt["import_id"], rows, expect=1)
        self.assertEqual(other["error"], "conflict")


if __name__ == "__main__":
    demo.run()
