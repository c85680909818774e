#!/usr/bin/python3
"""Light passes and printed certificates: a strip for a green citizen, verified at a door without a network, from a screen and from paper.

    pass_test.py LINDUNG
"""

import datetime
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import urllib.request
import zlib

import demo
from demo import Demo, lindung


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Passes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-pass-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.demo = Demo(cls.folder / "d", 88)
        cls.addClassCleanup(cls.demo.kill)
        cls.demo.start()
        cls.keys = cls.folder / "keys.json"
        cls.strip = cls.first_strip()
        cls.demo.json("pass", "keys", "--output", cls.keys)
        cls.trust = cls.folder / "trust"
        lindung("trust", "import", "passes", cls.keys, "--trust", cls.trust)

    @classmethod
    def reference(cls, citizen):
        number = cls.folder / "number"
        number.write_text(citizen["nik"] + "\n")
        return cls.demo.json("citizen", "find", "--file", number)["citizen"]

    @classmethod
    def first_strip(cls):
        """Of the first who is green for long enough: with some it ends within hours."""
        for _, citizen in cls.demo.people(colour="green"):
            done = subprocess.run([demo.BINARY, "pass", "issue", cls.reference(citizen), "--json", "--data", cls.demo.data],
                                  capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
            if done.returncode == 0:
                return json.loads(done.stdout)
            if "is not green for the whole" not in done.stderr:
                raise AssertionError(done.stderr)
        raise AssertionError("nobody of the demo got a pass")

    def verify(self, text, *more, expect=0):
        return json.loads(lindung("verify", text, "--json", *more, expect=expect).stdout)

    def at_door(self, a_pass, *more, **how):
        return self.verify(a_pass["text"], "--trust", self.trust, "--at", a_pass["show_from"], *more, **how)

    def test_a_door_without_a_network_verifies_each_pass_and_compares_the_name(self):
        self.assertGreaterEqual(len(self.strip["passes"]), 1)
        for a_pass in self.strip["passes"]:
            answer = self.at_door(a_pass)
            self.assertEqual((answer["verdict"], answer["format"], answer["reason"]), ("valid", "light-pass", None))
            self.assertEqual(list(answer["steps"]), ["prefix", "base45", "cose", "cwt", "signature", "validity"])
            self.assertRegex(answer["holder"], "^[A-Z]+( [A-Z]+)*$")
            self.assertGreater(answer["birth_year"], 1900)
            self.assertEqual(moment(a_pass["expires"]) - moment(a_pass["not_before"]), datetime.timedelta(hours=12))
            self.assertLessEqual(a_pass["not_before"], a_pass["show_from"])
            self.assertGreater(a_pass["expires"], a_pass["show_until"])

    def test_a_door_says_why_not(self):
        a_pass = self.strip["passes"][0]
        last = (moment(a_pass["expires"]) - datetime.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for at, reason in ((last, None), (a_pass["expires"], "expired"), ("2020-01-01T00:00:00Z", "not-yet-valid"), ("2100-01-01T00:00:00Z", "stale-trust")):
            answer = self.verify(a_pass["text"], "--trust", self.trust, "--at", at, expect=0 if reason is None else 1)
            self.assertEqual(answer["reason"], reason)
        nobody = self.folder / "nobody"
        nobody.mkdir()
        self.assertEqual(self.verify(a_pass["text"], "--trust", nobody, expect=1)["reason"], "untrusted-signer")
        flipped = a_pass["text"][:-1] + ("0" if a_pass["text"][-1] != "0" else "1")
        self.assertNotEqual(self.verify(flipped, "--trust", self.trust, expect=1)["verdict"], "valid")

    def test_lines_take_passes_with_the_keys_of_the_line(self):
        a_pass = self.strip["passes"][0]
        keys = json.loads(self.keys.read_text())
        lines = [{"id": "a", "text": a_pass["text"], "at": a_pass["show_from"], "trust": {"jwks": keys}},
                 {"id": "b", "text": a_pass["text"], "at": a_pass["show_from"], "trust": {}}]  # fmt: skip
        done = subprocess.run([demo.BINARY, "verify", "--ndjson"], input="".join(json.dumps(line) + "\n" for line in lines),
                              capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
        first, second = map(json.loads, done.stdout.splitlines())
        self.assertEqual((first["verdict"], second["reason"]), ("valid", "untrusted-signer"))

    def test_a_red_citizen_gets_none_and_is_told_why(self):
        _, citizen = next(iter(self.demo.people(colour="red")))
        done = self.demo.command("pass", "issue", self.reference(citizen), expect=1)
        self.assertIn("the citizen is not green for the whole of any of them", done.stderr)

    def test_keys_are_public_and_hold_no_secret(self):
        with urllib.request.urlopen(self.demo.file["url"] + "/v1/passes/keys", timeout=30) as response:
            self.assertEqual(response.headers["Cache-Control"], "public, max-age=3600")
            keys = json.loads(response.read())
        self.assertEqual(keys, json.loads(self.keys.read_text()))
        self.assertEqual(len(keys["keys"]), 2)
        for key in keys["keys"]:
            self.assertEqual(set(key), {"kty", "crv", "use", "alg", "lnd", "x", "y", "kid", "nbf", "exp"})

    def test_a_pass_on_paper_is_read_by_the_door_again(self):
        a_pass = self.strip["passes"][0]
        text = self.folder / "pass.txt"
        text.write_text(a_pass["text"] + "\n")
        for name, options in (("a4.pdf", ["--format", "a4"]), ("card.pdf", ["--format", "card"]), ("qr.png", ["--qr", "png"])):
            picture = self.folder / name
            made = json.loads(lindung("certificate", "print", text, *options, "--output", picture, "--json").stdout)
            self.assertEqual((made["certificate"], made["bytes"]), ("light-pass", picture.stat().st_size))
            answer = self.verify(str(picture), "--trust", self.trust, "--at", a_pass["show_from"])
            self.assertEqual(answer["verdict"], "valid", name)
            again = self.folder / ("again-" + name)
            lindung("certificate", "print", text, *options, "--output", again)
            self.assertEqual(again.read_bytes(), picture.read_bytes(), "the same certificate is the same bytes")
        svg = self.folder / "qr.svg"
        lindung("certificate", "print", text, "--qr", "svg", "--output", svg)
        self.assertTrue(svg.read_text().startswith("<svg"))
        scanned = subprocess.run(["zbarimg", "--quiet", "--raw", self.folder / "qr.png"], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(scanned.stdout.strip(), a_pass["text"])

    def test_a_picture_without_a_code_is_refused_in_words(self):
        rows = b"".join(b"\0" + b"\xff" * 64 for _ in range(64))

        def chunk(name, data):
            return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

        head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
        empty = self.folder / "empty.png"
        empty.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        self.assertIn("no code in the picture", lindung("verify", empty, expect=1).stderr)


if __name__ == "__main__":
    demo.run()
