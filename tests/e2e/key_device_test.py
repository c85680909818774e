"""The authority's key in a device: SoftHSM stands for it, and everything else is as with any PKCS#11 module.

    key_device_test.py LINDUNG
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import demo
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from installation import Installation

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "482913"


class KeyDevice(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-device-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tokens = self.folder / "tokens"
        self.tokens.mkdir()
        settings = self.folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = os.environ | {"SOFTHSM2_CONF": str(settings)}
        self.tool("--init-token", "--free", "--label", "lindung", "--so-pin", "87654321", "--pin", PIN)
        self.pin = self.folder / "pin"
        self.pin.write_text(PIN + "\n")
        self.pin.chmod(0o600)
        more = f'[pki]\npkcs11_module = "{MODULE}"\npkcs11_token = "lindung"\npkcs11_pin_file = "{self.pin}"\n'
        self.site = Installation(self.folder, more)
        self.site.environment = self.environment
        self.addCleanup(self.site.stop)

    def tool(self, *arguments):
        subprocess.run(["softhsm2-util", *arguments], env=self.environment, check=True, capture_output=True, timeout=60)

    def objects(self):
        return sorted(self.tokens.rglob("*.object"))

    def begin(self):
        self.site.start()
        self.site.unseal()

    def authority(self):
        rows = json.loads(self.site.get("/v1/certificates/signers")[1])
        (der,) = [base64.b64decode(row["rawData"]) for row in rows if row["certificateType"] == "CSCA"]
        return x509.load_der_x509_certificate(der)

    def test_the_authoritys_key_is_made_in_the_device_and_nowhere_else(self):
        self.site.init()
        self.begin()
        before = self.objects()
        self.site.run("pki", "init", "--country", "ID", "--organisation", "Ministry")
        self.assertEqual(len(self.objects()), len(before) + 2)  # a public and a private key
        certificate = self.authority()
        certificate.public_key().verify(
            certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(certificate.signature_hash_algorithm)
        )
        # It is the device's: the server comes back with it, and not without.
        self.site.stop()
        self.begin()
        self.assertEqual(self.authority(), certificate)
        self.site.stop()
        shutil.rmtree(self.tokens)
        self.tokens.mkdir()
        self.assertIn("no PKCS#11 token of that label", self.refused())

    def test_what_is_wrong_with_the_device_is_told_at_the_start(self):
        self.site.init()
        self.pin.chmod(0o644)
        self.assertIn("nobody but its owner", self.refused())
        self.pin.chmod(0o600)
        self.pin.write_text("000000\n")
        told = self.refused()
        self.assertIn("C_Login", told)
        self.assertNotIn("000000", told)
        self.pin.unlink()
        self.assertIn("pkcs11_pin_file", self.refused())

    def refused(self):
        """What the server says when it does not start."""
        done = subprocess.run([demo.BINARY, "serve", "--config", self.site.config], env=self.environment, timeout=60,
                              capture_output=True, text=True, check=False)  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        return done.stdout + done.stderr


if __name__ == "__main__":
    demo.run()
