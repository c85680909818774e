#!/usr/bin/python3
"""Issuers send their records over the network: streamed, signed before the first byte, with progress and a receipt.

    issuer_imports_test.py LINDUNG
"""

import base64
import gzip
import hashlib
import json
import pathlib
import tempfile
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import demo
from demo import Demo, lindung, wait_for

PATH = "/v1/issuer/imports"
CSV = (
    "\ufeffnik;nama;jenis;tanggal;vaksin;dosis\r\n"
    '3174056103900001;"Rahayu; Siti";vaksinasi;01/06/2021;Sinovac;1\r\n'
    "3174056103900001;Siti Rahayu;vaksinasi;29/06/2021;Sinovac;2\r\n"
    "3.17406E+15;Budi;vaksinasi;29/06/2021;Sinovac;2\r\n"
    "3174052103900002;Budi;vaksinasi;06/29/2021;Sinovac;2\r\n"
).encode()


def many(people):
    """NDJSON of so many people, each with a dose."""
    lines = []
    for i in range(people):
        lines.append(
            {
                "resourceType": "Patient",
                "id": f"p{i}",
                "identifier": [
                    {
                        "system": "https://fhir.kemkes.go.id/id/nik",
                        "value": f"3174{1 + i // 9000 % 90:02}2103{80 + i // 900 % 10}{1 + i % 900:04}",
                    }
                ],
                "name": [{"text": f"Orang {i}"}],
            }
        )
        lines.append(
            {
                "resourceType": "Immunization",
                "id": f"i{i}",
                "status": "completed",
                "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "511"}]},
                "patient": {"reference": f"Patient/p{i}"},
                "occurrenceDateTime": "2021-06-01",
            }
        )
    return "\n".join(json.dumps(line) for line in lines).encode()


class IssuerImports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lindung-issuer-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.demo = Demo(self.folder / "d", citizens=50)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.key = Ed25519PrivateKey.generate()
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.demo.json("issuer", "add", "klinik", "--public-key", public.hex())

    def claim(self, content, import_id, issuer="klinik", key=None):
        digest = hashlib.sha256(content).digest()
        message = b"lindung import v1\0" + issuer.encode() + import_id.encode() + digest
        signature = base64.b64encode((key or self.key).sign(message)).decode()
        return (
            "Lindung-Import",
            f'issuer="{issuer}", id="{import_id}", digest=:{base64.b64encode(digest).decode()}:, '
            f"signature=:{signature}:",
        )

    def post(self, content, claim, *more, kind="application/fhir+ndjson"):
        headers = [("Host", self.demo.authority), ("Content-Type", kind), ("Content-Length", str(len(content))), claim]
        with self.demo.connect() as connection:
            return connection.request("POST", PATH, headers + list(more), content)

    def state(self, claim, import_id, connection=None):
        with connection or self.demo.connect() as connection:
            return connection.request(
                "GET", f"{PATH}/klinik/{import_id}", [("Host", self.demo.authority), claim]
            )

    def done(self, claim, import_id):
        def probe():
            state = json.loads(self.state(claim, import_id).body)
            self.assertIn(state["state"], ("running", "done"))
            return state["receipt"] if state["state"] == "done" else None

        return wait_for("the import", probe, 60)

    def assert_problem(self, response, status, name):
        self.assertEqual(response.status, status, response.body)
        self.assertEqual(response.one("Content-Type"), "application/problem+json")
        body = json.loads(response.body)
        self.assertEqual((body["type"], body["status"]), (f"urn:lindung:problem:{name}", status))
        return body

    def test_a_csv_file_gets_its_receipt_and_so_does_its_repetition(self):
        claim = self.claim(CSV, "june")
        response = self.post(CSV, claim, kind="text/csv; charset=utf-8")
        self.assertEqual(response.status, 200, response.body)
        receipt = json.loads(response.body)
        self.assertEqual((receipt["rows"], receipt["accepted"], receipt["rejected"]), (4, 2, 2))
        self.assertEqual(
            [(row["line"], row["pointer"], row["reason"]) for row in receipt["rejections"]],
            [(4, "nik", "nik-damaged-by-spreadsheet"), (5, "tanggal", "invalid-date")],
        )
        again = json.loads(self.post(CSV, claim, kind="text/csv").body)
        self.assertEqual(again, {**receipt, "repeated": True})
        self.assert_problem(self.post(CSV + b"\n", self.claim(CSV + b"\n", "june")), 409, "conflict")

    def test_progress_is_seen_while_a_larger_import_runs_and_a_killed_one_is_finished_by_its_repetition(self):
        content = gzip.compress(many(15000))
        claim = self.claim(content, "big")
        prefer = ("Prefer", "respond-async")
        self.assertEqual(json.loads(self.state(claim, "big").body)["state"], "unknown")
        response = self.post(content, claim, prefer, kind="application/gzip")
        self.assertEqual(response.status, 202, response.body)
        self.assertEqual(response.one("Location"), f"{PATH}/klinik/big")

        def under_way():
            state = json.loads(self.state(claim, "big").body)
            self.assertEqual(state["state"], "running", "the import is too small for this machine")
            return state["rows_done"] or None

        seen = wait_for("progress", under_way)
        self.assertLess(seen, 30000)
        self.demo.kill()
        self.demo.start()
        self.assertEqual(json.loads(self.state(claim, "big").body)["state"], "unknown")
        self.assertEqual(self.post(content, claim, prefer, kind="application/gzip").status, 202)
        receipt = self.done(claim, "big")
        self.assertEqual((receipt["rows"], receipt["accepted"], receipt["repeated"]), (30000, 30000, False))

    def test_nobody_else_sends_or_asks_and_learns_who_may(self):
        other = Ed25519PrivateKey.generate()
        forged = self.post(CSV, self.claim(CSV, "x", key=other), kind="text/csv")
        unknown = self.post(CSV, self.claim(CSV, "x", issuer="nobody", key=other), kind="text/csv")
        self.assert_problem(forged, 403, "denied")
        self.assertEqual((unknown.status, unknown.body), (forged.status, forged.body))
        self.assert_problem(self.state(self.claim(CSV, "x", key=other), "x"), 403, "denied")
        self.assert_problem(self.post(CSV, self.claim(CSV + b"!", "x"), kind="text/csv"), 400, "malformed")
        self.assert_problem(self.post(CSV, ("X", "y"), kind="text/csv"), 400, "malformed")

    def test_what_is_too_large_or_of_another_type_is_refused_before_it_is_read(self):
        claim = self.claim(CSV, "x")
        with self.demo.connect() as connection:
            headers = [("Host", self.demo.authority), ("Content-Type", "text/csv"), claim]
            response = connection.request("POST", PATH, [*headers, ("Content-Length", str(3 << 30))])
        self.assert_problem(response, 413, "too-large")
        self.assert_problem(self.post(CSV, claim, kind="text/html"), 415, "unsupported")
        self.assert_problem(self.post(CSV, claim, ("Content-Encoding", "br"), kind="text/csv"), 415, "unsupported")

    def test_a_header_that_is_not_understood_is_told_to_whoever_waits_and_whoever_asks(self):
        content = b"nik;alamat\n3174056103900001;Jakarta\n"
        body = self.assert_problem(self.post(content, self.claim(content, "x"), kind="text/csv"), 400, "malformed")
        self.assertIn("column 2 is not known", body["detail"])
        state = json.loads(self.state(self.claim(content, "x"), "x").body)
        self.assertEqual((state["state"], state["problem"]["detail"]), ("failed", body["detail"]))

    def test_the_command_sends_over_the_network_and_shows_progress(self):
        raw = self.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        key = self.folder / "clinic.key"
        key.write_text(raw.hex() + "\n")
        key.chmod(0o600)
        path = self.folder / "june.csv"
        path.write_bytes(CSV)
        command = ("import", "--issuer", "klinik", "--key", key, "--url", self.demo.file["url"], path)
        receipt = json.loads(lindung(*command, "--json").stdout)
        self.assertEqual((receipt["rows"], receipt["accepted"], receipt["repeated"]), (4, 2, False))
        self.assertEqual({row["file"] for row in receipt["rejections"]}, {str(path)})
        big = self.folder / "big.ndjson.gz"
        big.write_bytes(gzip.compress(many(8000)))
        done = lindung(*command[:-1], big)
        self.assertRegex(done.stdout, "16000 rows: 16000 accepted")
        self.assertRegex(done.stderr, "[0-9]+ rows")


if __name__ == "__main__":
    demo.run()
