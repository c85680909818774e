#!/usr/bin/python3
"""`server.sandbox`: a partner gets test citizens of each colour, everybody is told that nobody is real, and neither is
mistaken for the other.

    sandbox_test.py LINDUNG
"""

import json
import pathlib
import tempfile
import unittest
import urllib.request

import demo
import lindung_client as client
from demo import lindung
from installation import Installation

SANDBOX = "sandbox = true\n"


class Sandbox(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lindung-sandbox-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, more=SANDBOX, init=True):
        site = Installation(self.folder, more)
        self.addCleanup(site.stop)
        if init:
            site.init()
        return site.start()

    def onboard(self, site, partner="gojek"):
        key = self.folder / f"{partner}.key"
        public = site.run("key", "make", key)["public_key"]
        site.run("partner", "register", partner)
        site.run("partner", "key", "add", partner, "--key-id", f"{partner}.1", "--public-key", public)
        site.run("partner", "sign-pact", partner, "--key", key)
        site.run("partner", "activate", partner)
        config = self.folder / f"{partner}.toml"
        config.write_text(
            f'url = "{site.url}"\npartner = "{partner}"\nkey = "{partner}.key"\nkey_id = "{partner}.1"\n'
            f'directory_key = "{site.run("status")["directory_key"]}"\n'
        )
        return config

    def ask(self, config, *question):
        answer = {}
        for expect in (0, 1):
            try:
                done = lindung("partner", "ask", "--config", config, *question, "--json", expect=expect)
                answer = json.loads(done.stdout)
            except demo.CommandFailed:
                continue
        return answer["outcome"], answer["colour"]

    def test_each_test_citizen_and_each_door_gives_what_is_promised(self):
        site = self.start()
        site.unseal()
        config = self.onboard(site)
        links = site.run("sandbox", "links", "gojek")["links"]
        tokens = {link["citizen"]: link["token"] for link in links}
        got = {name: self.ask(config, "--token", token) for name, token in tokens.items()}
        self.assertEqual(
            got,
            {"green": ("allow", "green"), "yellow": ("deny", "yellow"), "red": ("deny", "red"),
             "black": ("deny", "black"), "second green": ("allow", "green"), "withdrawn": ("unlinked", "none"),
             "unknown": ("unlinked", "none")},
        )  # fmt: skip
        self.assertEqual(site.run("sandbox", "links", "gojek")["links"], links, "they are the same each time")
        doors = {door["door"]: door["code"] for door in site.run("sandbox", "doors")["doors"]}

        def enter(person, door):
            return self.ask(config, "--token", tokens[person], "--venue", doors[door], "--check-in")[0]

        self.assertEqual(enter("green", "Sandbox Mall"), "allow")
        self.assertEqual(enter("black", "Sandbox Mall"), "deny")
        self.assertEqual(enter("green", "Sandbox Kiosk"), "allow")
        self.assertEqual(enter("second green", "Sandbox Kiosk"), "venue_full")
        self.assertEqual(enter("green", "Sandbox Closed"), "venue_refused")

    def test_nobody_can_mistake_it(self):
        site = self.start()
        self.assertIn("SANDBOX", site.lines())
        site.unseal()
        self.assertTrue(site.run("status")["sandbox"])
        with urllib.request.urlopen(site.url + "/.well-known/lindung-keys", timeout=30) as response:
            self.assertEqual(response.headers["Lindung-Sandbox"], "nobody here is real")
            payload = client.open_directory(response.read(), bytes.fromhex(site.run("status")["directory_key"]))
        self.assertIs(payload["sandbox"], True)
        config = self.onboard(site)
        report = json.loads(lindung("partner", "doctor", "--config", config, "--json").stdout)
        self.assertIn("sandbox", [each["part"] for each in report["findings"]])

    def test_the_real_thing_says_nothing_of_it_and_has_no_test_citizens(self):
        site = self.start("")
        site.unseal()
        self.assertFalse(site.run("status")["sandbox"])
        with urllib.request.urlopen(site.url + "/.well-known/lindung-keys", timeout=30) as response:
            self.assertNotIn("Lindung-Sandbox", response.headers)
            self.assertNotIn("sandbox", client.open_directory(response.read(), bytes.fromhex(site.run("status")["directory_key"])))
        self.assertEqual(site.run("sandbox", "doors", expect=1)["error"], "conflict")

    def test_it_is_not_switched_on_over_an_installation_that_is_used_nor_off_again(self):
        site = self.start("")
        site.unseal()
        site.run("partner", "register", "gojek")
        site.stop()
        again = self.start(SANDBOX, init=False)
        refused = again.run("unseal", "--passphrase-file", again.secret, expect=1)
        self.assertEqual(refused["error"], "conflict")
        self.assertEqual(again.problem("/readyz"), (503, "sealed"))

    def test_it_stays_a_sandbox(self):
        site = self.start()
        site.unseal()
        site.stop()
        again = self.start("", init=False)
        refused = again.run("unseal", "--passphrase-file", again.secret, expect=1)
        self.assertEqual(refused["error"], "conflict")
        again.stop()
        site = self.start(SANDBOX, init=False)
        self.assertEqual(site.unseal(), {"sealed": False, "answering": True})


if __name__ == "__main__":
    demo.run()
