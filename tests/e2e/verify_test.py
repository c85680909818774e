"""`lindung verify`: certificates made here, by the standards and another language, judged line by line and one by one.

    verify_test.py LINDUNG
"""

import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import zlib

from certificates import ISSUED, LETTERS, CardIssuer, Signer, base45, cbor, hc1, vaccination

BINARY = os.path.abspath(sys.argv.pop(1))
AT = "2022-01-01T00:00:00Z"
STEPS = ["prefix", "base45", "zlib", "cose", "signature", "validity", "schema", "key_usage"]


def ask(lines, *options):
    """The answers to lines of text or objects, and the exit status."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = subprocess.run([BINARY, "verify", "--ndjson", *options], input=text, capture_output=True, text=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


class Lines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.signer = Signer("DE")
        cls.text = hc1(cls.signer, vaccination())
        cls.trust = {"dsc": [cls.signer.text]}

    def one(self, text, trust=None, **more):
        answers, status = ask([{"id": "a", "text": text, "at": AT, "trust": trust or self.trust} | more])
        self.assertEqual((len(answers), status), (1, 0))
        return answers[0]

    def refused(self, reason, step, text, trust=None, **more):
        answer = self.one(text, trust, **more)
        self.assertEqual((answer["verdict"], answer["reason"]), ("invalid", reason), answer)
        self.assertIs(answer["steps"][step], False)
        self.assertEqual(list(answer["steps"]), STEPS[: STEPS.index(step) + 1])

    def test_a_genuine_certificate_passes_every_step(self):
        answer = self.one(self.text)
        self.assertEqual(
            answer,
            {
                "id": "a",
                "format": "hc1",
                "verdict": "valid",
                "reason": None,
                "steps": {step: True for step in STEPS},
                "issuer": "DE",
                "subject_initials": "EM",
            },
        )

    def test_each_failure_names_its_step_and_reason(self):
        signer = self.signer
        self.refused("prefix", "prefix", self.text[4:])
        self.refused("too-long", "prefix", self.text + "0" * 9000)
        self.refused("base45", "base45", self.text.lower().replace("hc1", "HC1"))
        self.refused("zlib", "zlib", "HC1:" + base45(zlib.compress(b"cut short")[:-2]))
        self.refused("zlib", "zlib", "HC1:" + base45(zlib.compress(b"something behind") + b"\0"))
        self.refused("too-large", "zlib", "HC1:" + base45(zlib.compress(b"\0" * 70000)))
        self.refused("cbor", "cose", "HC1:" + base45(zlib.compress(b"\xff")))
        self.refused("cose", "cose", "HC1:" + base45(zlib.compress(cbor([1, 2]))))
        self.refused("untrusted-signer", "signature", self.text, {"dsc": [Signer("DE").text]})
        self.refused("signature", "signature", hc1(Signer("DE"), vaccination(), kid=signer.kid))
        self.refused("expired", "validity", self.text, at="2023-01-01T00:00:00Z")
        self.refused("not-yet-valid", "validity", self.text, at="2021-01-01T00:00:00")
        self.refused("signer-not-valid", "validity", hc1(signer, vaccination(), issued=1500000000))
        self.refused("schema", "schema", hc1(signer, vaccination(dt="2021-08-01T00:00:00Z")))
        self.refused("schema-version", "schema", hc1(signer, vaccination() | {"ver": "2.0.0"}))
        self.refused("value-set", "schema", hc1(signer, vaccination(ma="ORG-99999999")))
        doses = vaccination()["v"] * 2
        self.refused("entry-count", "schema", hc1(signer, vaccination() | {"ver": "1.2.1", "v": doses}))
        tester = Signer("DE", ["1"])
        self.refused("key-usage", "key_usage", hc1(tester, vaccination()), {"dsc": [tester.text]})

    def test_a_key_counts_for_the_country_that_it_is_bound_to(self):
        french = Signer("FR")
        forged = hc1(french, vaccination(), issuer="DE")
        self.refused("untrusted-signer", "signature", forged, {"dsc": [french.text]})
        ministry = hc1(french, vaccination(country="FR"), issuer="Ministry of Health")
        self.assertEqual(self.one(ministry, {"dsc": [french.text]})["issuer"], "FR")

    def test_the_message_may_be_tagged_twice_or_not_at_all(self):
        for tags in (b"", b"\xd2", b"\xd8\x3d\xd2", b"\xd8\x3d"):
            self.assertEqual(self.one(hc1(self.signer, vaccination(), tags=tags))["verdict"], "valid", tags)
        self.refused("cose", "cose", hc1(self.signer, vaccination(), tags=b"\xd8\x62"))

    def test_lines_are_answered_in_order_whatever_they_are(self):
        good = {"text": self.text, "at": AT, "trust": self.trust, "unknown": {"of": "no interest"}}
        lines, wanted = [], []
        for i in range(1500):
            kind = i % 5
            if kind == 0:
                lines.append("this is no JSON")
                wanted.append((None, "invalid", "input"))
            elif kind == 1:
                lines.append(good | {"id": i, "at": "tomorrow"})
                wanted.append((i, "invalid", "input"))
            elif kind == 2:
                lines.append({"id": str(i)})
                wanted.append((str(i), "invalid", "input"))
            else:
                lines.append(good | {"id": i})
                wanted.append((i, "valid", None))
        answers, status = ask(lines)
        self.assertEqual(status, 0)
        self.assertEqual([(a["id"], a["verdict"], a["reason"]) for a in answers], wanted)
        self.assertTrue(all(a["steps"] == {} for a in answers if a["reason"] == "input"))

    def test_an_empty_line_is_answered_as_a_bad_one(self):
        good = {"id": 1, "text": self.text, "at": AT, "trust": self.trust | {"csca": None, "jwks": None, "did": None}}
        answers, status = ask([good, "", "  ", good])
        self.assertEqual(status, 0)
        self.assertEqual([a["reason"] for a in answers], [None, "input", "input", None])

    def test_an_answer_comes_before_the_next_question(self):
        with subprocess.Popen(
            [BINARY, "verify", "--ndjson"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        ) as process:
            for i in range(3):
                process.stdin.write(json.dumps({"id": i, "text": self.text, "at": AT, "trust": self.trust}) + "\n")
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["verdict"], "valid")
            process.stdin.close()
            self.assertEqual(process.wait(60), 0)

    def test_no_flipped_bit_gives_another_certificate(self):
        draw = random.Random(20260822)
        letters = self.text[4:]
        data = bytearray()
        for i in range(0, len(letters), 3):
            group = letters[i : i + 3]
            data += sum(LETTERS.index(c) * 45**k for k, c in enumerate(group)).to_bytes(len(group) - 1, "big")
        lines = []
        for bit in draw.sample(range(8 * len(data)), 600):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            lines.append({"id": bit, "text": "HC1:" + base45(bytes(changed)), "at": AT, "trust": self.trust})
        answers, _ = ask(lines)
        self.assertEqual(len(answers), 600)
        for answer in answers:
            if answer["verdict"] == "valid":  # some bits of a zlib stream are free
                self.assertEqual((answer["issuer"], answer["subject_initials"]), ("DE", "EM"))
        self.assertLess(sum(a["verdict"] == "valid" for a in answers), 30)


class Cards(unittest.TestCase):
    """SMART Health Cards, with the line's key sets."""

    @classmethod
    def setUpClass(cls):
        cls.maker = CardIssuer()
        cls.issuer, cls.kid, cls.jwk = cls.maker.url, cls.maker.kid, cls.maker.jwk

    def card(self, **claims):
        return self.maker.card(**claims)

    @staticmethod
    def digits(text):
        return "".join(f"{ord(c) - 45:02}" for c in text)

    def judge(self, text, jwks):
        answers, status = ask([{"id": 1, "text": text, "at": AT, "trust": {"jwks": jwks}}])
        self.assertEqual(status, 0)
        return answers[0]

    def test_a_card_is_read_in_each_of_its_forms(self):
        card = self.card()
        digits = self.digits(card)
        half = len(digits) // 4 * 2
        parts = [f"shc:/1/2/{digits[:half]}", f"shc:/2/2/{digits[half:]}"]
        texts = [card, "shc:/" + digits, "\n".join(parts), "\n".join(reversed(parts)), json.dumps({"verifiableCredential": [card]})]
        for text in texts:
            for jwks in ({"keys": [self.jwk]}, {self.issuer: {"keys": [self.jwk]}}):
                answer = self.judge(text, jwks)
                self.assertEqual((answer["format"], answer["verdict"], answer["subject_initials"]), ("shc", "valid", "JA"), answer)
        for text in (parts[0], parts[0] + "\n" + parts[0]):
            self.assertEqual(self.judge(text, {"keys": [self.jwk]})["reason"], "chunk")

    def test_a_key_of_another_issuer_is_not_believed(self):
        answer = self.judge(self.card(), {"https://other.example": {"keys": [self.jwk]}})
        self.assertEqual((answer["verdict"], answer["reason"]), ("invalid", "untrusted-signer"))
        self.assertEqual(self.judge(self.card(iss=self.issuer + "/"), {"keys": [self.jwk]})["reason"], "issuer-url")

    def test_a_revoked_card_is_refused(self):
        def with_rids(*rids, counter=4):
            lists = [{"kid": self.kid, "method": "rid", "ctr": counter, "rids": list(rids)}]
            return {"keys": [self.jwk | {"crlVersion": 4}], "crls": lists}

        card = self.card()
        self.assertEqual(self.judge(card, with_rids("other"))["verdict"], "valid")
        self.assertEqual(self.judge(card, with_rids("abcde"))["reason"], "revoked")
        self.assertEqual(self.judge(card, with_rids(f"abcde.{ISSUED + 10}"))["reason"], "revoked")
        self.assertEqual(self.judge(card, with_rids(f"abcde.{ISSUED - 10}"))["verdict"], "valid")
        self.assertEqual(self.judge(card, with_rids("abcde", "abcde"))["reason"], "revocation-list")
        self.assertEqual(self.judge(card, with_rids(counter=5))["reason"], "revocation-list")


class Person(unittest.TestCase):
    """One certificate, words and exit status; lists of signers in a folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.signer = Signer("DE")
        self.text = hc1(self.signer, vaccination())

    def run_it(self, *arguments, text=""):
        done = subprocess.run([BINARY, *arguments], input=text, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_a_text_a_file_and_standard_input_are_the_same(self):
        (self.folder / "signer.der").write_bytes(self.signer.der)
        path = self.folder / "code.txt"
        path.write_text(self.text + "\n")
        for argument in (self.text, str(path), "-"):
            status, out = self.run_it("verify", "--at", AT, "--trust", str(self.folder), argument, text=self.text + "\n")
            self.assertEqual(status, 0, out)
            self.assertTrue(out.startswith("valid\n"), out)
            self.assertIn("\ncolour: green, by this certificate alone\n", out)
        first = hc1(self.signer, vaccination(dn=1))
        _, out = self.run_it("verify", "--at", AT, "--trust", str(self.folder), first)
        self.assertIn("\ncolour: yellow, by this certificate alone\n", out)
        status, out = self.run_it("verify", "--at", AT, "--json", self.text)
        self.assertEqual((status, json.loads(out)["reason"]), (1, "untrusted-signer"))

    def test_a_list_that_is_too_old_is_believed_no_longer(self):
        (self.folder / "trustlist.json").write_text(
            json.dumps([{"kid": base64.b64encode(self.signer.kid).decode(), "country": "DE", "certificateType": "DSC", "rawData": self.signer.text}])
        )
        trust = str(self.folder / "trust")
        status, out = self.run_it(
            "trust", "import", "eu", str(self.folder / "trustlist.json"), "--trust", trust, "--origin",
            str(self.folder / "trustlist.json"), "--fetched-at", "2021-12-30T00:00:00Z", "--fresh-for", "3",
        )  # fmt: skip
        self.assertEqual(status, 0, out)
        self.assertIn("signers: 1", out)
        status, out = self.run_it("verify", "--at", AT, "--trust", trust, self.text)
        self.assertEqual(status, 0, out)
        status, out = self.run_it("verify", "--at", "2022-01-03T00:00:00Z", "--trust", trust, "--json", self.text)
        self.assertEqual((status, json.loads(out)["reason"]), (1, "stale-trust"))
        status, out = self.run_it("trust", "refresh", "--trust", trust, "--json")
        self.assertEqual(json.loads(out)["lists"][0]["outcome"], "refreshed")
        status, out = self.run_it("trust", "list", "--trust", trust, "--json")
        row = json.loads(out)["lists"][0]
        self.assertEqual((row["name"], row["signers"], row["stale"]), ("eu", 1, False))

    def test_a_key_on_a_list_of_revoked_keys_is_believed_no_longer(self):
        trust = str(self.folder / "trust")
        (self.folder / "signer.der").write_bytes(self.signer.der)
        (self.folder / "keys.json").write_text(json.dumps({"revokedKeys": [base64.b64encode(self.signer.kid).decode()]}))
        self.run_it("trust", "import", "de", str(self.folder / "signer.der"), "--trust", trust)
        self.assertEqual(self.run_it("verify", "--at", AT, "--trust", trust, self.text)[0], 0)
        status, out = self.run_it("trust", "import", "revoked", str(self.folder / "keys.json"), "--trust", trust)
        self.assertEqual(status, 0, out)
        self.assertIn("revoked_keys: 1", out)
        status, out = self.run_it("verify", "--at", AT, "--trust", trust, "--json", self.text)
        self.assertEqual((status, json.loads(out)["reason"], json.loads(out)["steps"]["signature"]), (1, "revoked", False))

    def test_our_own_rules_of_entry_say_in_two_languages_what_is_missing(self):
        (self.folder / "signer.der").write_bytes(self.signer.der)
        where = ("--at", AT, "--trust", str(self.folder))
        status, out = self.run_it("verify", *where, "--arrival", "ID", self.text)
        self.assertEqual(status, 0, out)
        self.assertIn("passed rules", out)
        first = hc1(self.signer, vaccination(dn=1))
        status, out = self.run_it("verify", *where, "--arrival", "id", first)
        self.assertEqual(status, 1)
        self.assertIn("VR-ID-0002: The series of doses is complete. / Rangkaian dosis vaksin lengkap.", out)
        status, out = self.run_it("verify", *where, "--arrival", "FR", self.text)
        self.assertEqual(status, 1)
        self.assertIn("--rules", out)

    def test_rules_of_another_country_are_read_from_a_folder(self):
        (self.folder / "signer.der").write_bytes(self.signer.der)
        rules = self.folder / "rules" / "AT"
        rules.mkdir(parents=True)
        (rules.parent / "valueSets.json").write_text(json.dumps({"vaccines-covid-19-names": ["EU/1/20/1528"]}))
        (rules.parent / "notes.json").write_text("{}")
        known = {"in": [{"var": "payload.v.0.mp"}, {"var": "external.valueSets.vaccines-covid-19-names"}]}
        rule = {"Identifier": "VR-AT-0001", "Type": "Acceptance", "Country": "AT", "Version": "1.0.0", "Engine": "CERTLOGIC"}
        rule |= {"CertificateType": "Vaccination", "ValidFrom": "2021-06-01T00:00:00Z", "ValidTo": "2030-06-01T00:00:00Z"}
        rule |= {"Description": [{"lang": "en", "desc": "Known vaccines only"}], "Logic": known}
        (rules / "rule.json").write_text(json.dumps(rule))
        where = ("--at", AT, "--trust", str(self.folder), "--rules", str(rules.parent), "--arrival", "AT")
        status, out = self.run_it("verify", *where, self.text)
        self.assertEqual(status, 0, out)
        status, out = self.run_it("verify", *where, hc1(self.signer, vaccination(mp="CoronaVac")))
        self.assertEqual(status, 1)
        self.assertIn("VR-AT-0001: Known vaccines only", out)

    @unittest.skipUnless(os.environ.get("LINDUNG_VECTORS"), "no folder of third-party data")
    def test_the_rules_that_states_published_judge_a_certificate(self):
        folder = next(pathlib.Path(os.environ["LINDUNG_VECTORS"]).rglob("business-rules"), None)
        if folder is None:
            self.skipTest("no business rules among the third-party data")
        (self.folder / "signer.der").write_bytes(self.signer.der)
        where = ("--trust", str(self.folder), "--rules", str(folder), "--arrival", "AT", "--json")
        status, out = self.run_it("verify", "--at", "2021-11-01T00:00:00Z", *where, self.text)
        self.assertEqual((status, json.loads(out)["steps"]["rules"]), (0, True), out)
        status, out = self.run_it("verify", "--at", "2021-11-01T00:00:00Z", *where, hc1(self.signer, vaccination(dn=1)))
        self.assertEqual((status, json.loads(out)["reason"]), (1, "rule"), out)

    def test_what_is_no_list_is_not_imported(self):
        path = self.folder / "text.txt"
        path.write_text("nothing of the kind")
        status, out = self.run_it("trust", "import", "eu", str(path), "--trust", str(self.folder / "trust"))
        self.assertEqual(status, 1)
        self.assertFalse((self.folder / "trust").exists())


if __name__ == "__main__":
    unittest.main()
