#!/usr/bin/python3
"""The operator's day: an installation by configuration, sealed until unsealed; officers; a leak; a backup restored."""

import json
import pathlib
import tempfile
import unittest
import urllib.request

import demo
import folders
import lindung_client as client
from demo import lindung
from installation import Installation


class Operator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = Installation(self.folder)
        self.addCleanup(self.server.stop)
        self.server.run("init", "--passphrase-file", self.server.secret)
        self.server.start()

    def officer(self, name, *signed_by):
        made = self.server.run("key", "make", self.folder / f"{name}.key", "--for", name)
        self.server.run("officer", "add", name, "--public-key", made["public_key"], *signed_by)
        return "--officer", self.folder / f"{name}.key"

    def test_it_is_sealed_until_unsealed_and_again_when_sealed(self):
        self.assertEqual(self.server.get("/healthz")[0], 200)
        status, body = self.server.get("/readyz")
        self.assertEqual((status, json.loads(body)["type"]), (503, "urn:lindung:problem:sealed"))
        self.assertEqual(json.loads(self.server.get("/.well-known/lindung-keys")[1])["type"], "urn:lindung:problem:sealed")
        self.assertEqual(self.server.run("status", expect=1)["error"], "sealed")
        wrong = self.folder / "wrong"
        wrong.write_text("wrong\n")
        self.assertEqual(self.server.run("unseal", "--passphrase-file", wrong, expect=1)["error"], "denied")
        self.assertFalse(self.server.unseal()["sealed"])
        demo.wait_for("readiness", lambda: self.server.get("/readyz")[0] == 200)
        self.assertTrue(self.server.run("seal")["sealed"])
        self.assertEqual(self.server.get("/readyz")[0], 503)
        self.assertFalse(self.server.unseal()["sealed"])

    def test_a_new_passphrase_takes_the_place_of_the_old_one(self):
        self.server.unseal()
        fresh = self.folder / "fresh"
        fresh.write_text("another one\n")
        self.server.run("passphrase", "change", "--passphrase-file", self.server.secret, "--new-passphrase-file", fresh)
        self.server.run("rekey")
        self.server.run("seal")
        self.assertEqual(self.server.run("unseal", "--passphrase-file", self.server.secret, expect=1)["error"], "denied")
        self.assertFalse(self.server.run("unseal", "--passphrase-file", fresh)["sealed"])

    def test_one_officer_can_stop_a_partner_and_two_start_it_again(self):
        self.server.unseal()
        siti = self.officer("siti")
        budi = self.officer("budi", *siti)
        self.assertEqual(self.server.run("partner", "register", "gojek", expect=1)["error"], "denied")
        self.server.run("partner", "register", "gojek", *siti)
        key = self.server.run("key", "make", self.folder / "gojek.key")["public_key"]
        self.server.run("partner", "key", "add", "gojek", "--key-id", "gojek.1", "--public-key", key, *siti)
        self.assertEqual(self.server.run("partner", "activate", "gojek", *siti, expect=1)["error"], "conflict")

        asked = self.server.run("partner", "shred", "gojek", *siti)
        self.assertEqual(self.server.run("partner", "list")["partners"][0]["state"], "registered")
        self.assertEqual(self.server.run("approve", asked["approval"], *siti, expect=1)["error"], "denied")
        self.server.run("approve", asked["approval"], *budi)
        self.assertEqual(self.server.run("partner", "list")["partners"][0]["state"], "shredded")
        self.assertEqual(self.server.run("approve", asked["approval"], *budi, expect=1)["error"], "conflict")

    def test_two_officers_are_needed_for_a_third(self):
        self.server.unseal()
        siti = self.officer("siti")
        budi = self.officer("budi", *siti)
        made = self.server.run("key", "make", self.folder / "tri.key", "--for", "tri")
        asked = self.server.run("officer", "add", "tri", "--public-key", made["public_key"], *siti)
        self.assertEqual([row["officer"] for row in self.server.run("officer", "list")["officers"]], ["budi", "siti"])
        self.assertEqual(self.server.run("approve", asked["approval"], *siti, expect=1)["error"], "denied")
        self.server.run("approve", asked["approval"], *budi)
        self.assertEqual(len(self.server.run("officer", "list")["officers"]), 3)

    def test_a_venue_gets_codes_for_its_door_and_new_ones(self):
        self.server.unseal()
        venue = self.server.run("venue", "add", "--name", "Warung", "--category", "restaurant", "--capacity", 40)["venue"]
        picture = self.folder / "door.svg"
        image = self.folder / "door.png"
        poster = self.server.run("venue", "code", venue, "--svg", picture, "--png", image)
        self.assertEqual(len(poster["code"]), 2 * 88)
        self.assertTrue(poster["text"].startswith("LINDUNG:1:"))
        self.assertIn("<svg", picture.read_text())
        self.assertTrue(image.read_bytes().startswith(b"\x89PNG"))
        self.assertEqual(len(self.server.run("venue", "code", venue, "--kind", "screen")["code"]), 2 * 40)
        self.server.run("venue", "replace-key", venue)
        self.assertNotEqual(self.server.run("venue", "code", venue)["code"][36:40], poster["code"][36:40])

    def test_a_backup_is_restored_with_its_ring(self):
        self.server.unseal()
        venue = self.server.run("venue", "add", "--name", "Warung", "--category", "restaurant")["venue"]
        self.server.run("backup", self.folder / "backup")
        (self.folder / "other" / "data").mkdir(parents=True)
        other = Installation(self.folder / "other")
        (other.data / "ring").write_bytes((self.server.data / "ring").read_bytes())
        lindung("restore", self.folder / "backup", "--data", other.data)
        lindung("restore", self.folder / "backup", "--data", other.data, expect=1)
        self.addCleanup(other.stop)
        other.start()
        other.unseal()
        self.assertEqual([row["venue"] for row in other.run("venue", "list")["venues"]], [venue])

    def test_every_problem_of_a_configuration_is_told_at_once(self):
        bad = self.folder / "bad.toml"
        bad.write_text('[server]\ndat = "x"\n[nope]\n[limits]\nmax_connections = 0\n')
        told = lindung("serve", "--config", bad, "--check-config", expect=2).stderr
        for problem in ("server.dat", "nope", "limits.max_connections", "server.data"):
            self.assertIn(problem, told)


class Leak(unittest.TestCase):
    """A canary is planted, and seen outside: by a question, and in a leaked file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = demo.Demo(self.folder / "demo", citizens=44)
        self.addCleanup(self.server.stop)
        self.server.start()

    def metric(self, name):
        with urllib.request.urlopen(self.server.file["metrics_url"], timeout=30) as response:
            for line in response.read().decode().splitlines():
                if line.startswith(name + " "):
                    return int(line.split()[1])
        return None

    def dump(self, text):
        path = self.folder / "dump.csv"
        path.write_text(text)
        return path

    def attributed(self, text):
        return self.server.json("token", "attribute", self.dump(text))["partners"]

    def test_a_canary_seen_outside_names_its_partner(self):
        canary = self.server.json("partner", "canary", "plant", "gojek")
        metric = 'lindung_canary_questions_total{partner="gojek"}'
        self.assertEqual(self.metric(metric), 0)
        link = {"partner": "gojek", "token": canary["token"]}
        with self.server.connect() as connection:
            for person, _ in self.server.people("gojek"):
                demo.answered(connection, self.server.asking(person, client.STATUS))
            self.assertEqual(self.metric(metric), 0)
            answer = demo.answered(connection, self.server.asking(link, client.STATUS))
            self.assertIn(answer.outcome, (client.ALLOW, client.DENY))
        demo.wait_for("the metric", lambda: self.metric(metric) == 1)
        demo.wait_for("the log line", lambda: "event=canary-asked partner=gojek" in self.server.err.read_text())
        self.assertNotIn(canary["token"], self.server.err.read_text())

        person, citizen = next(iter(self.server.people("tokopedia")))
        leaked = f"{citizen['nik']};{citizen['name']}\n{canary['nik']};x\n"
        self.assertEqual(
            self.attributed(leaked),
            [{"partner": "gojek", "tokens": 0, "canary_tokens": 0, "canary_niks": 1, "canary_names": 0}],
        )
        self.assertEqual(
            self.attributed(f"{canary['token']},{canary['name'].upper()}\n{person['token']}\n"),
            [
                {"partner": "gojek", "tokens": 1, "canary_tokens": 1, "canary_niks": 0, "canary_names": 1},
                {"partner": "tokopedia", "tokens": 1, "canary_tokens": 0, "canary_niks": 0, "canary_names": 0},
            ],
        )
        self.assertEqual(
            json.loads(
                lindung("token", "attribute", self.dump(citizen["nik"]), "--data", self.server.data, "--json", expect=1)
                .stdout
            )["partners"],
            [],
        )

        def listed():
            rows = self.server.json("partner", "canary", "list", "gojek")["canaries"]
            return [(row["partner"], row["questions"], row["found"]) for row in rows] == [("gojek", 1, 2)]

        demo.wait_for("the list", listed)
        self.assertEqual(self.server.json("partner", "canary", "list", "grab")["canaries"], [])

        # It is no citizen of the demo, and is watched for after a restart too.
        links = self.server.file["links"]
        self.server.stop()
        self.server.start()
        self.assertEqual(self.server.file["links"], links)
        self.assertEqual(self.metric(metric), 1)

    def test_a_large_dump_is_gone_through_in_pieces(self):
        canary = self.server.json("partner", "canary", "plant", "gojek")
        path = self.folder / "dump.csv"
        line = "9999999999999999;a line of a dump that says nothing;0123456789abcdef\n" * 1000
        with path.open("w") as out:
            for i in range(600):  # about 40 MB: three pieces
                out.write(line)
                if i % 200 == 0:
                    out.write(f"{canary['nik']};{canary['token']};{canary['name']}\n")
        found = self.server.json("token", "attribute", path)["partners"]
        self.assertEqual(
            found, [{"partner": "gojek", "tokens": 1, "canary_tokens": 1, "canary_niks": 3, "canary_names": 3}]
        )

    def test_the_log_does_not_say_that_a_link_was_a_canarys(self):
        made = self.server.json("key", "make", self.folder / "siti.key", "--for", "siti")
        self.server.json("officer", "add", "siti", "--public-key", made["public_key"])
        self.assertEqual(self.server.json("partner", "canary", "plant", "gojek", expect=1)["error"], "denied")
        self.server.json("partner", "canary", "plant", "gojek", "--officer", self.folder / "siti.key")

        def published():
            with tempfile.TemporaryDirectory() as export:
                self.server.command("log", "export", pathlib.Path(export) / "log")
                content = folders.content(pathlib.Path(export))
            return content if b"link/grant" in content else None

        content = demo.wait_for("publication", published)
        self.assertIn(b"officer/add", content)
        self.assertNotIn(b"canary", content)


if __name__ == "__main__":
    demo.run()
