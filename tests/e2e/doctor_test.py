#!/usr/bin/python3
"""`lindung partner doctor`: each thing that can be wrong is broken for real, and the finding that names it is asserted.

    doctor_test.py LINDUNG
"""

import json
import pathlib
import socket
import tempfile
import time
import unittest

import demo
import wire
from demo import DemoCase, exchange, lindung
from installation import Installation
from lindung_client import STATUS, raw_public
from variants import VARIANTS


def wrong(report):
    return {each["part"]: each for each in report["findings"] if each["verdict"] == "wrong"}


class Gateway(unittest.TestCase):
    """A partner of an installation of its own, with a file of its settings."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lindung-doctor-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.site = Installation(cls.folder)
        cls.site.init()
        cls.site.start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.unseal()
        cls.pinned = cls.site.run("status")["directory_key"]
        cls.onboard("gojek")

    @classmethod
    def onboard(cls, partner, *more, steps=("sign-pact", "activate")):
        key = cls.folder / f"{partner}.key"
        public = cls.site.run("key", "make", key)["public_key"]
        cls.site.run("partner", "register", partner, *more)
        cls.site.run("partner", "key", "add", partner, "--key-id", f"{partner}.1", "--public-key", public)
        if "sign-pact" in steps:
            cls.site.run("partner", "sign-pact", partner, "--key", key)
        if "activate" in steps:
            cls.site.run("partner", "activate", partner)

    def config(self, partner="gojek", **changes):
        values = {"url": self.site.url, "partner": partner, "key": f"{partner}.key", "key_id": f"{partner}.1",
                  "directory_key": self.pinned, **changes}  # fmt: skip
        path = self.folder / "partner.toml"
        path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items() if value != ""))
        return path

    def doctor(self, partner="gojek", expect=1, **changes):
        done = lindung("partner", "doctor", "--config", self.config(partner, **changes), "--json", expect=expect)
        seed = (self.folder / f"{partner}.key").read_text().split()[0]
        self.assertNotIn(seed, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def only_wrong(self, part, words, *args, expect=1, **changes):
        report = self.doctor(*args, expect=expect, **changes)
        self.assertFalse(report["healthy"])
        self.assertEqual(list(wrong(report)), [part], report)
        self.assertRegex(wrong(report)[part]["found"], words)
        self.assertTrue(wrong(report)[part]["mend"])
        return wrong(report)[part]

    def test_a_healthy_partner_is_told_so_and_its_probe_stands_in_the_log(self):
        before = self.site.run("log", "status")["committed"]
        report = self.doctor(expect=0)
        self.assertTrue(report["healthy"], report)
        self.assertEqual([each["verdict"] for each in report["findings"]], ["good"] * len(report["findings"]))
        self.assertEqual([each["part"] for each in report["findings"]],
                         ["connection", "clock", "readiness", "key directory", "gateway key", "pact", "question"])  # fmt: skip
        self.assertIn("unlinked", report["findings"][-1]["found"])
        self.assertEqual(self.site.run("log", "status")["committed"], before + 1)
        text = lindung("partner", "doctor", "--config", self.config()).stdout
        self.assertRegex(text, "(?m)^good   question: was answered unlinked")

    def test_nobody_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            self.only_wrong("connection", "connect", expect=3, url=url)

    def test_a_key_that_is_not_registered_or_revoked(self):
        self.only_wrong("signing key", "gojek.9", key_id="gojek.9")
        self.site.run("key", "make", self.folder / "other.key")
        self.only_wrong("signing key", "gojek.1", key="other.key")
        self.onboard("dana")
        self.assertTrue(self.doctor("dana", expect=0)["healthy"])
        self.site.run("partner", "key", "revoke", "dana", "--key-id", "dana.1")
        self.only_wrong("signing key", "dana.1", "dana")

    def test_another_directory_key_than_the_pinned_one(self):
        other = self.site.run("key", "make", self.folder / "stranger.key")["public_key"]
        report = self.doctor(directory_key=other)
        self.assertEqual(list(wrong(report)), ["key directory"])
        self.assertIn("Do not ask this gateway", wrong(report)["key directory"]["mend"])
        self.assertNotIn("question", [each["part"] for each in report["findings"]], "nothing was sent to it")

    def test_no_pinned_key_is_said_and_is_not_wrong(self):
        report = self.doctor(expect=0, directory_key="")
        notes = {each["part"]: each["found"] for each in report["findings"] if each["verdict"] == "note"}
        self.assertEqual(notes, {"key directory": "nothing vouches for it"})

    def test_an_epoch_or_an_id_that_is_not_the_partners(self):
        self.only_wrong("epoch", "is 7, and the gateway answers epoch 1", epoch=7)
        config = self.config()
        config.write_text(config.read_text().replace('partner = "gojek"', 'partner = "grab"'))
        report = json.loads(lindung("partner", "doctor", "--config", config, "--json", expect=1).stdout)
        self.assertEqual(wrong(report)["partner"]["found"], "the log entry is not about grab")

    def test_a_host_that_is_not_the_gateways(self):
        port = self.site.url.rsplit(":", 1)[1]
        self.only_wrong("Host", "127.1:", url=f"http://127.1:{port}")  # the same machine by another name

    def test_states_of_the_partner(self):
        self.onboard("young", steps=())
        self.only_wrong("partner", "not active", "young")
        self.onboard("tired")
        self.site.run("partner", "suspend", "tired")
        self.only_wrong("partner", "not active", "tired")
        self.onboard("gone")
        index = self.site.run("partner", "cut", "gone")["log_index"]
        self.only_wrong("partner", f"was cut, at index {index} of the log", "gone")

    def test_a_used_up_quota(self):
        self.onboard("tiny", "--per-minute", "1")

        def used_up():
            try:
                self.doctor("tiny", expect=0)
            except demo.CommandFailed:
                return wrong(self.doctor("tiny")).get("quota")
            return None

        self.assertRegex(demo.wait_for("the quota", used_up)["found"], "used up for the next [0-9]+ s")

    def test_a_bad_file_is_named_with_its_line(self):
        path = self.folder / "bad.toml"
        path.write_text('url = "http://127.0.0.1:1"\nkex = "x"\n')
        told = json.loads(lindung("partner", "doctor", "--config", path, "--json", expect=1).stdout)
        self.assertEqual(told["error"], "invalid-argument")
        self.assertIn("line 2: kex is not known", told["detail"])


class ClockBehind(DemoCase):
    """The server's clock stands elsewhere, and this machine's is what is off, seen from there."""

    citizens = 10
    moment = int(time.time()) + 300
    way, seconds = "behind", 300

    def test_it_is_told_by_how_much(self):
        done = self.demo.command("partner", "doctor", "--partner", "gojek", "--json", expect=1)
        found = wrong(json.loads(done.stdout))["clock"]["found"]
        off = int(found.split()[1])
        self.assertLessEqual(abs(off - self.seconds), 60, found)  # the module was loaded a while ago
        self.assertIn(f"{self.way} ", found)


class ClockAhead(ClockBehind):
    moment = int(time.time()) - 300
    way = "ahead of"


class Requests(DemoCase):
    """Captured requests: refused by the server, then read by the doctor, which sends nothing."""

    citizens = 20

    def captured(self, draft, body=None):
        path = self.folder / "request.http"
        path.write_bytes(wire.request_bytes(draft.method, draft.target, draft.headers(), draft.body if body is None else body))
        return path

    def report(self, draft, expect=1, body=None):
        path = self.captured(draft, body)
        done = self.demo.command("partner", "doctor", "--partner", "gojek", "--request", path, "--json", expect=expect)
        return json.loads(done.stdout)

    def draft(self):
        link = next(iter(self.demo.people("gojek")))[0]
        return self.demo.asking(link, STATUS)

    def test_a_request_that_was_answered_has_nothing_wrong(self):
        draft = self.draft()
        self.assertEqual(exchange(self.connection, draft).status, 200)
        self.assertEqual(wrong(self.report(draft, expect=0)), {})

    def test_each_spoiled_part_is_refused_by_the_server_and_named(self):
        cases = {
            "old and expired": ("created", "expires"),
            "signed by another key": ("Signature",),
            "another tag": ("tag",),
            "another alg": ("alg",),
            "nonce padded": ("nonce",),
            "a seventh component": ("components",),
            "unknown gateway key": ("gateway key 200",),
            "another media type": ("Content-Type",),
            "signed under an unknown pact": ("Lindung-Pact",),
            "digest with a second member": ("Content-Digest",),
        }
        for name, parts in cases.items():
            with self.subTest(name):
                draft = self.draft()
                VARIANTS[name](draft)
                self.assertGreaterEqual(exchange(self.connection, draft).status, 400)
                report = self.report(draft)
                self.assertEqual(tuple(wrong(report)), parts)
                token = draft.plaintext[20:48].hex()
                self.assertNotIn(token, json.dumps(report))

    def test_the_authority_that_was_signed_is_told(self):
        draft = self.draft()
        draft.signed_authority = "gateway.example"
        report = self.report(draft)
        self.assertEqual(list(wrong(report)), ["Signature"])
        self.assertIn(f'"@authority": {self.demo.authority}', report["signature_base"])
        port = self.demo.authority.rsplit(":", 1)
        draft = self.draft()
        draft.signed_authority = port[0]
        self.assertEqual(list(wrong(self.report(draft))), ["@authority"])

    def test_a_body_that_was_changed_after_signing_is_told(self):
        draft = self.draft().sign()
        report = self.report(draft, body=draft.body[:-1] + bytes([draft.body[-1] ^ 1]))
        self.assertEqual(wrong(report)["Content-Digest"]["found"], "is not the SHA-256 of the body")

    def test_it_works_without_a_gateway_and_with_head_and_body_apart(self):
        draft = self.draft()
        head, body = self.folder / "head", self.folder / "body"
        head.write_bytes(wire.request_bytes(draft.method, draft.target, draft.headers()))
        body.write_bytes(draft.body)
        public = raw_public(draft.signing_key).hex()
        words = ("partner", "doctor", "--request", head, "--body", body, "--public-key", public, "--json")
        self.assertTrue(json.loads(lindung(*words).stdout)["healthy"])
        late = json.loads(lindung(*words, "--sent-at", "2030-01-01T00:00:00Z", expect=1).stdout)
        self.assertEqual(list(wrong(late)), ["created", "expires"])


if __name__ == "__main__":
    demo.run()
