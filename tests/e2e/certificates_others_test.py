"""HC1 between implementations: what two others sign is valid here, and what is signed here is valid for four others.

    certificates_others_test.py LINDUNG FOLDER_OF_OTHERS NODE
"""

import base64
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import serialization

OTHERS, NODE = (os.path.abspath(each) for each in sys.argv[2:4])
del sys.argv[2:4]
sys.argv.insert(1, sys.argv[1])  # each of the two takes the program's path from the arguments
import certificates  # noqa: E402
import demo  # noqa: E402
import verify_test  # noqa: E402

EVERYBODY = {"dcc-utils", "dcc-sdk", "cosette", "node:crypto"}


def is_installed():
    """The folder holds what its lock file names (script/bootstrap)."""
    lock = pathlib.Path(OTHERS, "package-lock.json")
    mark = pathlib.Path(OTHERS, "node_modules", ".installed-lock")
    return os.path.exists(NODE) and mark.exists() and mark.read_bytes() == lock.read_bytes()


def ask_others(question):
    done = subprocess.run([NODE, os.path.join(OTHERS, "exchange.mjs")], input=json.dumps(question), capture_output=True,
                          text=True, timeout=240)  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def base45_bytes(text):
    out = b""
    for i in range(0, len(text), 3):
        letters = [certificates.LETTERS.index(each) for each in text[i : i + 3]]
        value = sum(letter * 45**place for place, letter in enumerate(letters))
        out += value.to_bytes(len(letters) - 1, "big")
    return out


def number(value):
    return base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode()


def theirs(signer, content):
    """The same content, signed by dcc-sdk and by cosette."""
    private = signer.key.private_numbers()
    public = private.public_numbers
    certificate = x509.load_der_x509_certificate(signer.der).public_bytes(serialization.Encoding.PEM).decode()
    key = signer.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    jwk = {"kty": "EC", "crv": "P-256", "x": number(public.x), "y": number(public.y), "d": number(private.private_value)}
    return ask_others({"make": {"certificate": certificate, "key": key, "jwk": jwk, "content": content, "issuer": "DE",
                                "kid": base64.b64encode(signer.kid).decode(), "issued": certificates.ISSUED,
                                "expires": certificates.EXPIRES}})  # fmt: skip


class Exchange(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.signer = certificates.Signer("DE")
        cls.trust = {"dsc": [cls.signer.text]}

    def verdict(self, text):
        answers, status = verify_test.ask([{"id": 1, "text": text, "at": verify_test.AT, "trust": self.trust}])
        self.assertEqual(status, 0)
        return answers[0]

    def judged_by_others(self, text, signer):
        at = 1640995200  # verify_test.AT
        kid = base64.b64encode(signer.kid).decode()
        return ask_others({"judge": [{"text": each, "der": signer.text, "kid": kid, "at": at} for each in text]})

    def test_what_two_others_sign_is_valid_here(self):
        made = theirs(self.signer, certificates.vaccination())
        self.assertEqual(set(made), {"dcc-sdk", "cosette"})
        for name, text in made.items():
            answer = self.verdict(text)
            self.assertEqual((answer["verdict"], answer["reason"], answer["issuer"]), ("valid", None, "DE"), (name, answer))
            self.assertEqual(answer["subject_initials"], "EM", name)
            self.assertTrue(all(answer["steps"].values()), name)

    def test_what_they_sign_under_a_key_that_is_not_trusted_is_not(self):
        for name, text in theirs(certificates.Signer("DE"), certificates.vaccination()).items():
            self.assertEqual(self.verdict(text)["reason"], "untrusted-signer", name)

    def test_the_others_agree_among_themselves_about_good_and_bad(self):
        good = certificates.hc1(self.signer, certificates.vaccination())
        bad = certificates.hc1(certificates.Signer("DE"), certificates.vaccination(), kid=self.signer.kid)
        answers = self.judged_by_others([good, bad], self.signer)
        self.assertEqual(answers, {name: [True, False] for name in EVERYBODY})


class OursElsewhere(unittest.TestCase):
    """What an installation issues, judged by everybody else under the signers that it publishes."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-others-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = demo.Demo(self.folder / "d", 60)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.demo.json("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan")

    def test_what_is_issued_here_is_valid_for_four_others_and_no_changed_one_is(self):
        texts = [
            self.demo.json("certificate", "issue", citizen, "--record", record)["text"]
            for citizen, record in itertools.islice(self.demo.vaccinated(), 3)
        ]
        self.assertEqual(len(texts), 3)
        with self.demo.connect() as connection:
            rows = json.loads(connection.get("/v1/certificates/signers", self.demo.authority).body)
        signers = {base64.b64decode(row["kid"]): row["rawData"] for row in rows if row["certificateType"] == "DSC"}
        asked = []
        for text in texts:
            compressed = base45_bytes(text.removeprefix("HC1:"))
            message = bytearray(zlib.decompress(compressed))
            (kid,) = [each for each in signers if each in message]
            named = {"der": signers[kid], "kid": base64.b64encode(kid).decode(), "at": int(self.demo.now()) + 5}
            asked.append({"text": text, **named})
            message[-1] ^= 1  # of the signature
            asked.append({"text": "HC1:" + certificates.base45(zlib.compress(bytes(message))), **named})
        answers = ask_others({"judge": asked})
        self.assertEqual(answers, {name: [True, False] * len(texts) for name in EVERYBODY})


if __name__ == "__main__":
    if not is_installed():
        print("skipped: bench/certificates_js has not what its lock file names; script/bootstrap installs it where it reaches npm")
        sys.exit(77)
    demo.run()
