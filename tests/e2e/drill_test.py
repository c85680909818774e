#!/usr/bin/python3
"""The drill of a leaked canary, step by step, and drills of the program that leave no trace in the figures."""

import json
import pathlib
import re
import tempfile
import unittest
import urllib.request

import demo
import drill
import folders
from installation import Installation

SECONDS = 60.0


class Leak(unittest.TestCase):
    def test_from_the_leak_to_the_notices_within_a_minute(self):
        with tempfile.TemporaryDirectory() as folder:
            played = drill.Drill(folder)
            self.addCleanup(played.stop)
            played.prepare()
            played.run()
            print("\n" + drill.table(played))
            self.assertEqual(len(played.rows), 12)
            self.assertLess(played.seconds, SECONDS)
            self.assert_the_log_says_so(played)
            played.stop()

    def assert_the_log_says_so(self, played):
        def published():
            with tempfile.TemporaryDirectory() as export:
                played.server.command("log", "export", pathlib.Path(export) / "log")
                content = folders.content(pathlib.Path(export))
            return content if b"incident.persons-told" in content else None

        content = demo.wait_for("the log", published)
        for action in (b"incident.opened", b"incident.contained", b"incident.reported", b"incident.notified"):
            self.assertIn(action, content)
        self.assertNotIn(played.canary["token"].encode(), content)
        self.assertNotIn(played.incident.encode(), content)


class Figures(unittest.TestCase):
    """A drill of the program from its beginning to its lesson."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = demo.Demo(self.folder / "demo", citizens=60)
        self.addCleanup(self.server.stop)
        self.server.start()

    def figures(self):
        """Of incidents, alarms, notices and canaries: as /metrics has them, and as the commands do."""
        with urllib.request.urlopen(self.server.file["metrics_url"], timeout=30) as response:
            page = response.read().decode()
        lines = [line for line in page.splitlines() if re.match(r"lindung_(incident|alarm|notice|canary)", line)]
        return {
            "metrics": lines,
            "incidents": self.server.json("incident", "list")["incidents"],
            "lessons": self.server.json("incident", "lessons")["lessons"],
            "canaries": self.server.json("partner", "canary", "list")["canaries"],
            "outbox": sorted(path.name for path in self.server.data.glob("outbox/*")),
            "reports": sorted(path.name for path in self.server.data.glob("incident-outbox/**/*")),
        }

    def test_a_drill_leaves_no_trace_in_the_figures(self):
        self.server.json("partner", "canary", "plant", "gojek")
        before = self.figures()
        self.assertGreater(len(before["metrics"]), 10)
        opened = self.server.json("incident", "drill", "start", "--partner", "gojek", "--title", "=SUM(A1)")
        incident = opened["incident"]
        self.assertTrue(opened["drill"])
        self.server.json("incident", "contain", incident)
        self.server.json("incident", "persons", incident, "--partner", "gojek", "--from", "2000-01-01T00:00:00Z")
        self.server.json("incident", "notify", incident, "--to", "authorities")
        self.server.json("incident", "notify", incident, "--to", "persons")

        def done():
            shown = self.server.json("incident", "show", incident)
            return shown if shown["state"] == "notified" and len(shown["messages"]) == 4 else None

        shown = demo.wait_for("the drill", done, SECONDS)
        self.assertEqual(shown["persons"]["found"], 1, "the canary, and nobody else")
        self.assertEqual(shown["persons"]["delivered"], 0)

        def written():
            found = sorted(path.name for path in self.server.data.glob("drills/*/*.json"))
            return found if len(found) == 4 else None

        demo.wait_for("the drill's folder", written, SECONDS)
        for path in self.server.data.glob("drills/*/*.json"):
            self.assertTrue(json.loads(path.read_text())["drill"])
        for path in self.server.data.glob("drills/*/*.txt"):
            self.assertIn("LATIHAN", path.read_text())
            for line in path.read_text().splitlines():
                self.assertNotIn(line[:1], {"=", "+", "-", "@", "\t"}, path)
        self.server.json("incident", "close", incident, "--lesson", "Nomor telepon sudah lama")
        self.assertEqual(len(self.server.json("incident", "list", "--drills")["incidents"]), 1)
        self.assertEqual(len(self.server.json("incident", "lessons", "--drills")["lessons"]), 1)
        self.assertEqual(self.figures(), before)

    def test_a_full_outbox_loses_nothing(self):
        incident = self.server.json("incident", "open", "--title", "Berkas bocor")["incident"]
        blocked = self.server.data / "incident-outbox"
        blocked.write_text("a file where the folder should be\n")
        self.server.json("incident", "notify", incident[:6], "--to", "bssn")

        def message():
            return self.server.json("incident", "show", incident)["messages"][0]

        demo.wait_for("a failure", lambda: message()["attempts"] >= 1, SECONDS)
        self.assertEqual(message()["state"], "queued")
        blocked.unlink()
        demo.wait_for("the delivery", lambda: message()["state"] == "delivered", SECONDS)
        self.assertEqual(len(list(blocked.glob("bssn/*.json"))), 1)
        self.server.json("incident", "receipt", incident, "--from", "bssn", "--text", "Tiket 4711")
        self.assertEqual(message()["receipt"], "Tiket 4711")


class Unseals(unittest.TestCase):
    def test_wrong_passphrases_open_an_incident_once_somebody_has_the_right_one(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Installation(folder)
            self.addCleanup(server.stop)
            server.init()
            server.start()
            wrong = pathlib.Path(folder) / "wrong"
            wrong.write_text("wrong\n")
            for _ in range(3):
                self.assertEqual(server.run("unseal", "--passphrase-file", wrong, expect=1)["error"], "denied")
            server.unseal()

            def opened():
                rows = server.run("incident", "list")["incidents"]
                return rows if rows else None

            rows = demo.wait_for("the incident", opened, SECONDS)
            self.assertEqual([row["kind"] for row in rows], ["unseals-failed"])
            server.stop()


if __name__ == "__main__":
    demo.run()
