#!/usr/bin/python3
"""Certificates from the record to the verifier abroad: issued, verified offline, looked up in the log, taken back.

    certificates_test.py LINDUNG
"""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import demo
import folders
import transparency
from demo import Demo, lindung

ADDRESS = "https://cards.example/id"
DAY = 86400


def moment(unix):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix))


class Certificates(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-certificates-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 60)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.demo.json("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan", "--card-issuer", ADDRESS)

    def fetch(self, path):
        with self.demo.connect() as connection:
            response = connection.get(path, self.demo.authority)
            self.assertEqual(response.status, 200, path)
            return response.body

    def imported(self, name, *paths, issuer=None):
        """What we publish, taken over as a verifier elsewhere does."""
        files = []
        for number, path in enumerate(paths):
            file = self.folder / f"{name}-{number}.json"
            file.write_bytes(self.fetch(path))
            files.append(file)
        more = ["--fetched-at", moment(self.demo.now() - 60), *(["--issuer", issuer] if issuer else [])]
        lindung("trust", "import", name, *files, "--trust", self.folder / "trust", *more)

    def judged(self, text, reason=None):
        """The reason of the refusal, or None; offline, with what was imported."""
        at = moment(self.demo.now() + 5)
        done = lindung("verify", "--trust", self.folder / "trust", "--at", at, text, "--json", expect=1 if reason else 0)
        verdict = json.loads(done.stdout)
        self.assertEqual(verdict["verdict"], "invalid" if reason else "valid")
        self.assertEqual(verdict.get("reason"), reason)
        return verdict

    def test_one_is_verified_offline_found_in_the_log_and_refused_once_it_is_taken_back(self):
        citizen, record = next(self.demo.vaccinated())
        made = self.demo.json("certificate", "issue", citizen, "--record", record)
        self.assertEqual(self.demo.json("certificate", "issue", citizen, "--record", record)["text"], made["text"])
        self.imported("signers", "/v1/certificates/signers")
        self.assertEqual(self.judged(made["text"])["issuer"], "ID")
        self.chain_holds()
        self.logged_with_proof(made)

        began = time.monotonic()
        self.demo.json("certificate", "revoke", made["certificate"])
        self.imported("revocations", "/v1/certificates/revocations")
        told = time.monotonic() - began
        self.judged(made["text"], "revoked")
        print(f"taken back, published and taken over in {told * 1000:.0f} ms")
        self.assertEqual(self.demo.json("certificate", "show", made["certificate"])["state"], "revoked")
        again = self.demo.json("certificate", "issue", citizen, "--record", record)
        self.assertNotEqual(again["certificate"], made["certificate"])
        self.judged(again["text"])

        # The server was killed and comes back: what was issued is the same.
        self.demo.kill()
        self.demo.start()
        self.assertEqual(self.demo.json("certificate", "issue", citizen, "--record", record)["text"], again["text"])

    def chain_holds(self):
        """OpenSSL's own program finds the signer under the authority, for all that it wants."""
        pem = {}
        for row in json.loads(self.fetch("/v1/certificates/signers")):
            der = self.folder / f"{row['certificateType']}.der"
            der.write_bytes(base64.b64decode(row["rawData"]))
            pem[row["certificateType"]] = self.folder / f"{row['certificateType']}.pem"
            subprocess.run(["openssl", "x509", "-inform", "DER", "-in", der, "-out", pem[row["certificateType"]]], check=True)
        verify = ["openssl", "verify", "-x509_strict", "-attime", str(self.demo.now()), "-CAfile", pem["CSCA"], pem["DSC"]]
        done = subprocess.run(verify, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def logged_with_proof(self, made):
        told = self.demo.json("certificate", "logged", made["text"])
        self.assertEqual(told["index"], made["log_index"])
        path = "/v1/certificates/logged?digest=" + told["signed"]

        def published():
            with self.demo.connect() as connection:
                response = connection.get(path, self.demo.authority)
                return json.loads(response.body) if response.status == 200 else None

        proof = demo.wait_for("publication", published)
        leaf = base64.b64decode(proof["leaf"])
        entry, _ = transparency.cbor_read(leaf)
        self.assertEqual(entry[1:2] + entry[3:4], ["officer", "certificate.signed"])
        self.assertEqual(entry[5], bytes.fromhex(told["signed"]))
        with self.demo.connect() as connection:
            size, root = self.demo.checkpoint(connection)
            self.assertGreater(size, proof["index"])
            inclusion = json.loads(
                connection.get(f"/log/proof/inclusion?index={proof['index']}&size={size}", self.demo.authority).body
            )
        hashes = [base64.b64decode(each) for each in inclusion["hashes"]]
        transparency.check_inclusion(proof["index"], size, transparency.leaf_hash(leaf), hashes, root)
        # One that the log does not hold: of another day, as a stolen key would sign it.
        other = "HC1:6BF-LMHAIQ000"
        self.assertEqual(self.demo.json("certificate", "logged", other, expect=1)["error"], "malformed")

    def test_a_health_card_is_verified_by_its_key_set_and_refused_by_its_list(self):
        citizen, record = next(self.demo.vaccinated())
        made = self.demo.json("certificate", "issue", citizen, "--record", record, "--format", "shc")
        self.imported("cards", "/.well-known/jwks.json", issuer=ADDRESS)
        self.assertEqual(self.judged(made["text"])["issuer"], ADDRESS)
        self.demo.json("certificate", "logged", made["text"])
        self.demo.json("certificate", "revoke", made["certificate"])
        self.imported("lists", f"/.well-known/crl/{made['kid']}.json")
        self.imported("cards", "/.well-known/jwks.json", issuer=ADDRESS)
        self.judged(made["text"], "revoked")

    def test_all_of_a_lost_key_are_issued_anew(self):
        people = self.demo.vaccinated()
        made = {}
        for citizen, record in people:
            made[citizen, record] = self.demo.json("certificate", "issue", citizen, "--record", record)
            if len(made) == 6:
                break
        kid = next(iter(made.values()))["kid"]
        concerned = {key for key, each in made.items() if each["kid"] == kid}
        self.demo.json("certificate", "reissue", "--key", kid, expect=1)
        self.demo.json("pki", "revoke", kid)
        self.imported("signers", "/v1/certificates/signers")
        for key, each in made.items():
            self.judged(each["text"], "untrusted-signer" if key in concerned else None)
        done = self.demo.json("certificate", "reissue", "--key", kid)
        self.assertEqual(done, {"reissued": len(concerned), "ended": 0, "left": 0})
        self.assertEqual(self.demo.json("certificate", "reissue", "--key", kid)["reissued"], 0)
        self.imported("signers", "/v1/certificates/signers")
        for citizen, record in made:
            self.judged(self.demo.json("certificate", "issue", citizen, "--record", record)["text"])
        states = {row["kid"]: row["state"] for row in self.demo.json("pki", "signers")["signers"]}
        self.assertEqual(states[kid], "revoked")

    def test_a_key_is_gone_when_its_week_is_over(self):
        citizen, record = next(self.demo.vaccinated())
        made = self.demo.json("certificate", "issue", citizen, "--record", record)
        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(time.time() + 8 * DAY)
        demo.wait_for("the end of the key in the log", self.ended)
        self.imported("signers", "/v1/certificates/signers")
        self.judged(made["text"])
        self.assertEqual([row["state"] for row in self.demo.json("pki", "signers")["signers"]], ["ended"])

    def ended(self):
        shutil.rmtree(self.folder / "log", ignore_errors=True)
        self.demo.command("log", "export", self.folder / "log")
        content = folders.content(self.folder / "log")
        return b"document-signers" in content


if __name__ == "__main__":
    demo.run()
