#!/usr/bin/python3
"""POST /v1/verify: doors and officers have certificates judged, by requests that this client signs itself.

    verify_route_test.py LINDUNG
"""

import datetime
import json
import pathlib
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import demo
from certificates import Signer, hc1, vaccination
from demo import DemoCase
from lindung_client import raw_public, sha256
from openapi import Document
from signed_request import SignedRequest

PATH = "/v1/verify"
DAY = 86400


class VerifyCase(DemoCase):
    """A server that trusts one signer, and a door with a key."""

    citizens = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = Document()
        cls.signer = Signer("DE", until=2200)
        cls.import_signer("de", cls.signer)
        cls.venue = cls.demo.venues("office")[0][0]["id"]
        cls.key = Ed25519PrivateKey.generate()
        cls.add_key("door.1", cls.key)

    @classmethod
    def import_signer(cls, name, signer):
        path = pathlib.Path(cls.demo.data) / f"{name}.der"
        path.write_bytes(signer.der)
        cls.demo.json("trust", "import", name, path)

    @classmethod
    def add_key(cls, key_id, key, expect=0):
        public = raw_public(key).hex()
        return cls.demo.json("venue", "key", "add", cls.venue, "--key-id", key_id, "--public-key", public, expect=expect)

    def text(self, signer=None, **changes):
        now = self.demo.now()
        return hc1(signer or self.signer, vaccination(**changes), issued=now - DAY, expires=now + DAY)

    def request(self, content=None, key_id="door.1", key=None):
        content = {"text": self.text()} if content is None else content
        body = json.dumps(content).encode()
        return SignedRequest(key_id, key or self.key, self.demo.authority, PATH, "lindung-verify", body, self.demo.now())

    def send(self, request, headers=None):
        response = self.connection.request("POST", PATH, headers or request.headers(), request.body)
        return self.page.check("POST", PATH, response)

    def refused(self, name, request, headers=None):
        problem = self.send(request, headers)
        self.assertEqual(problem["type"], f"urn:lindung:problem:{name}", problem)
        return problem


class VerifyRoute(VerifyCase):
    def test_a_certificate_is_judged_as_the_command_does(self):
        content = {"text": self.text()}
        answer = self.send(self.request(content))
        self.assertEqual(answer, self.demo.json("verify", content["text"]))
        self.assertEqual((answer["verdict"], answer["issuer"], answer["subject_initials"]), ("valid", "DE", "EM"))
        self.assertEqual(self.send(self.request({"text": "no certificate"}))["reason"], "prefix")
        self.assertEqual(self.send(self.request({"text": self.text() + "0" * 9000}))["reason"], "too-long")
        later = datetime.datetime.fromtimestamp(self.demo.now() + 2 * DAY, datetime.timezone.utc)
        late = self.send(self.request(content | {"at": later.strftime("%Y-%m-%dT%H:%M:%SZ")}))
        self.assertEqual((late["verdict"], late["reason"]), ("invalid", "expired"))

    def test_what_is_imported_counts_from_the_next_request_on(self):
        french = Signer("FR", until=2200)
        now = self.demo.now()
        text = hc1(french, vaccination(country="FR"), issuer="FR", issued=now - DAY, expires=now + DAY)
        self.assertEqual(self.send(self.request({"text": text}))["reason"], "untrusted-signer")
        self.import_signer("fr", french)
        self.assertEqual(self.send(self.request({"text": text}))["verdict"], "valid")

    def test_what_we_issued_is_believed_without_an_import_and_refused_once_it_was_taken_back(self):
        cards = ("--card-issuer", "https://cards.example")
        self.demo.json("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan", *cards)
        citizen, record = next(self.demo.vaccinated())
        for form in ("hc1", "shc"):
            made = self.demo.json("certificate", "issue", citizen, "--record", record, "--format", form)
            judged = self.send(self.request({"text": made["text"]}))
            self.assertEqual((judged["verdict"], judged["format"]), ("valid", form), judged)
            self.demo.json("certificate", "revoke", made["certificate"])
            self.assertEqual(self.send(self.request({"text": made["text"]}))["reason"], "revoked")

    def test_who_is_not_known_or_known_no_more_is_refused(self):
        request = self.request()
        unsigned = [field for field in request.headers() if field[0] not in ("Signature", "Signature-Input")]
        self.refused("bad-signature", request, unsigned)
        self.refused("bad-signature", self.request(key_id="door.unknown"))
        self.refused("bad-signature", self.request(key=Ed25519PrivateKey.generate()))
        changed = self.request()
        changed.digest = sha256(b"another body")
        self.refused("bad-signature", changed)
        other = Ed25519PrivateKey.generate()
        self.add_key("door.2", other)
        self.assertEqual(self.send(self.request(key_id="door.2", key=other))["verdict"], "valid")
        self.demo.json("venue", "key", "revoke", self.venue, "--key-id", "door.2")
        self.refused("bad-signature", self.request(key_id="door.2", key=other))
        self.assertEqual(self.add_key("door.1", other, expect=1)["error"], "conflict")
        self.assertEqual(self.add_key("officer.siti", other, expect=1)["error"], "invalid-argument")

    def test_a_request_counts_once_and_for_a_minute(self):
        request = self.request()
        self.assertEqual(self.send(request)["verdict"], "valid")
        self.refused("replay-conflict", request)
        stale = self.request()
        stale.created, stale.expires = stale.created - 600, stale.expires - 600
        self.assertIn("server_time", self.refused("clock-skew", stale))

    def test_a_body_that_is_no_question_is_refused(self):
        for content in ({}, {"text": 5}, {"text": "x", "at": "tomorrow"}, []):
            self.refused("malformed", self.request(content))
        self.refused("too-large", self.request({"text": "x" * 30000}))

    def test_each_key_is_counted_by_day_and_nothing_else_is_kept(self):
        key = Ed25519PrivateKey.generate()
        self.add_key("door.counted", key)
        for text in (self.text(ci="URN:UVCI:01:DE:KEPT#1"), "no certificate", "x"):
            self.send(self.request({"text": text}, "door.counted", key))
        listed = self.demo.json("venue", "key", "list", self.venue)["keys"]
        counted = next(row for row in listed if row["key_id"] == "door.counted")
        self.assertEqual(sum(counted["verifications"].values()), 3)
        self.assertIsNone(counted["revoked_at"])
        for path in (self.demo.out, self.demo.err, *pathlib.Path(self.demo.data).glob("lindung.db*")):
            self.assertNotIn(b"KEPT#1", path.read_bytes(), path.name)


class Officers(VerifyCase):
    def test_an_officers_key_is_good_for_it(self):
        path = pathlib.Path(self.demo.data) / "siti.key"
        public = self.demo.json("key", "make", path, "--for", "siti")["public_key"]
        self.demo.json("officer", "add", "siti", "--public-key", public)
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().split()[1]))
        self.assertEqual(self.send(self.request(key_id="officer.siti", key=key))["verdict"], "valid")
        self.refused("bad-signature", self.request(key_id="officer.budi", key=key))


if __name__ == "__main__":
    demo.run()
