#!/usr/bin/python3
"""The end of a system: the stand-in for the old e-HAC is really started, really closed, and its certificate really tried.

    decommission_test.py LINDUNG
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

import demo
import folders
from demo import Demo, lindung

NAME = "ehac-legacy"
STEPS = ["listeners-closed", "routes-gone", "keys-destroyed", "backup-unreadable", "reach-refused", "domain-kept"]


def fetch(url, **headers):
    """(status, headers, body), whatever the status is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Listener:
    """Somebody who listens again where nobody should."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_server((host, int(port)))
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


class Ending(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-ending-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 60)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.legacy = self.folder / "d-ehac"
        self.certificate = self.folder / "closed.json"
        self.stand_in = None
        self.addCleanup(self.end_stand_in)

    def start_stand_in(self):
        self.stand_in = subprocess.Popen([demo.BINARY, "decommission", "stand-in", str(self.legacy)],
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        words = self.stand_in.stdout.readline().split()
        self.assertEqual(words[:2], ["listening", "on"])
        return words[2], words[4]

    def end_stand_in(self):
        if self.stand_in:
            self.stand_in.kill()
            self.stand_in.wait(60)
            self.stand_in.stdout.close()
            self.stand_in = None

    def run_steps(self, *more, expect=0):
        return json.loads(self.demo.command("decommission", "run", NAME, *more, "--json", expect=expect).stdout)

    def close(self):
        """Officers, the whole closing, the certificate in its file."""
        self.siti = self.demo.officer(self.folder, "siti")
        self.budi = self.demo.officer(self.folder, "budi", *self.siti)
        first = self.run_steps(*self.siti)
        self.assertFalse(first["closed"])
        return self.run_steps(*self.budi, "--output", self.certificate)

    def verify(self, *more, expect=0):
        told = json.loads(lindung("decommission", "verify", *more, "--json", expect=expect).stdout)
        return told, {check["check"]: check for check in told["checks"]}

    def export(self):
        shutil.rmtree(self.folder / "log", ignore_errors=True)
        self.demo.command("log", "export", self.folder / "log")
        return self.folder / "log"

    def broken(self, checks):
        return sorted(name for name, check in checks.items() if check["result"] != "holds")

    def test_the_legacy_e_hac_is_closed_for_good_and_a_stranger_can_check_it(self):
        service, store = self.start_stand_in()
        marks = (self.legacy / "marks").read_text().splitlines()
        for url in (service, store):
            self.assertEqual(sorted(card["name"] for card in json.loads(fetch(url + "/cards")[2])["cards"]), sorted(marks))
        listed = {row["name"]: row for row in self.demo.json("decommission", "list")["ledger"]}
        self.assertLessEqual({"own.store", "own.log", "own.key.row", "own.key.exchange", NAME, NAME + "-ring"}, set(listed))
        planned = self.demo.json("decommission", "plan", NAME)["plan"]
        self.assertEqual([*dict.fromkeys(line["step"] for line in planned)], [*STEPS, "certificate"])
        self.assertFalse(any(line["done"] for line in planned))

        # Nobody who is no officer closes anything once there are officers; and nothing is closed by one alone.
        closed = self.close()
        self.assertTrue(closed["closed"])
        self.assertEqual(self.stand_in.wait(60), 0, "it ended by itself when it was asked to")
        file = json.loads(self.certificate.read_text())
        steps = {step["step"]: step["findings"] for step in file["certificate"]["steps"]}
        self.assertEqual([*steps], STEPS)
        backup = steps["backup-unreadable"]
        self.assertEqual((backup[f"rows/{NAME}-backup"], backup[f"readable/{NAME}-backup"]), ("200", "0"))
        self.assertEqual(backup[f"marks/{NAME}-backup"], "0 of 200")
        self.assertEqual(backup[f"tried-with/{NAME}-backup"], "the ring that is left, open")
        self.assertRegex(steps["keys-destroyed"][f"keys/{NAME}-ring"], r"^[1-9][0-9]* destroyed, 0 left$")
        self.assertFalse((self.legacy / "tls.key").exists())
        self.assertEqual({sign["officer"] for sign in file["signatures"]}, {"siti", "budi"})

        # Old address and old name say in both languages that it is over; the store's port is shut.
        status, headers, body = fetch(service + "/cards")
        problem = json.loads(body)
        self.assertEqual((status, headers["Content-Type"], problem["system"]), (410, "application/problem+json", NAME))
        self.assertIn("ditutup", problem["text"]["id"])
        self.assertIn("closed", problem["text"]["en"])
        status, headers, page = fetch(service + "/anything", Accept="text/html,*/*")
        self.assertEqual((status, headers["Content-Type"]), (410, "text/html; charset=utf-8"))
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn("ditutup", page.decode())
        self.assertEqual(fetch(self.demo.file["url"] + "/old/page", Host="EHAC.example.go.id:80")[0], 410)
        self.assertEqual(fetch(self.demo.file["url"] + "/old/page")[0], 404)
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(store + "/cards", timeout=30)

        # It stands in the log, and whoever has certificate, log and key checks all of it.
        log, key = self.export(), ("--key", self.demo.file["log"]["public_key"])
        told, checks = self.verify(self.certificate, "--log", log, *key)
        self.assertTrue(told["holds"], checks)
        self.assertLessEqual({"signatures", "log", "officers", f"ring {NAME}-ring", f"backup {NAME}-backup"}, set(checks))
        told, checks = self.verify(self.certificate, "--log", log, *key, "--passphrase-file", self.legacy / "passphrase")
        self.assertIn("0 of 200 rows can be read with the ring", checks[f"backup {NAME}-backup"]["says"])
        self.assertTrue(self.verify(self.certificate, "--url", self.demo.file["url"], *key)[0]["holds"])
        self.assertTrue(self.verify(NAME, "--data", self.demo.data)[0]["holds"])
        self.assertEqual(self.run_steps()["closed"], True, "closed is closed: nothing is done again")

        # Nothing of it is anywhere in the installation.
        content = folders.content(self.demo.data)
        for mark in marks:
            self.assertNotIn(mark.encode(), content)
        self.it_does_not_come_back(store, log, key)

    def it_does_not_come_back(self, store, log, key):
        self.assertEqual(lindung("decommission", "stand-in", self.legacy, expect=1).stdout, "")
        with Listener(store.removeprefix("http://")):
            told, checks = self.verify(self.certificate, "--log", log, *key, expect=1)
            self.assertEqual(self.broken(checks), ["reach " + store.removeprefix("http://")])
            self.assertIn("a listener came back", checks["reach " + store.removeprefix("http://")]["says"])
        (self.legacy / "tls.key").write_text("again")
        _, checks = self.verify(self.certificate, "--log", log, *key, expect=1)
        self.assertEqual(self.broken(checks), [f"key file {NAME}-tls"])
        (self.legacy / "tls.key").unlink()
        with open(self.legacy / "ring", "ab") as ring:
            ring.write(b"x")
        _, checks = self.verify(self.certificate, "--log", log, *key, expect=1)
        self.assertEqual(self.broken(checks), [f"ring {NAME}-ring"])
        # Without the gateway nobody says 410 any more, and that is named too.
        self.demo.stop()
        _, checks = self.verify(self.certificate, "--log", log, *key, expect=1)
        self.assertEqual(len([name for name in self.broken(checks) if name.startswith("reach")]), 1)

    def test_a_certificate_that_was_changed_or_is_of_another_log_is_not_believed(self):
        self.start_stand_in()
        self.close()
        log, key = self.export(), ("--key", self.demo.file["log"]["public_key"])
        original = json.loads(self.certificate.read_text())

        def judge(change, expect=1):
            other = json.loads(json.dumps(original))
            change(other)
            path = self.folder / "other.json"
            path.write_text(json.dumps(other))
            return lindung("decommission", "verify", path, "--log", log, *key, "--json", expect=expect)

        judge(lambda other: None, expect=0)
        told = json.loads(judge(lambda other: other["certificate"]["steps"][3]["findings"].update({"x/y": "z"})).stdout)
        self.assertEqual([check["check"] for check in told["checks"]], ["signatures"])
        told = json.loads(judge(lambda other: other["signatures"].pop()).stdout)
        self.assertEqual(told["checks"][0]["result"], "NO LONGER HOLDS")
        told = json.loads(judge(lambda other: other["signatures"].__setitem__(1, other["signatures"][0])).stdout)
        self.assertIn("one officer", told["checks"][0]["says"])
        told = json.loads(judge(lambda other: other["log"].update(index=0)).stdout)
        self.assertEqual(self.broken({check["check"]: check for check in told["checks"]}), ["log"])
        self.assertIn("malformed", judge(lambda other: other["certificate"].pop("parts")).stdout)

    def test_a_closing_that_is_killed_goes_on_and_ends_the_same(self):
        self.start_stand_in()
        self.siti = self.demo.officer(self.folder, "siti")
        self.budi = self.demo.officer(self.folder, "budi", *self.siti)
        self.run_steps(*self.siti, "--up-to", STEPS[0])
        for _ in range(4):
            process = subprocess.Popen([demo.BINARY, "decommission", "run", NAME, *map(str, self.siti), "--data", str(self.demo.data)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
            process.stderr.readline()  # a step was made, or there was none left
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            process.stderr.close()
        self.run_steps(*self.siti)
        closed = self.run_steps(*self.budi, "--output", self.certificate)
        self.assertTrue(closed["closed"])
        self.assertTrue(self.verify(self.certificate, "--log", self.export())[0]["holds"])

    def test_a_process_that_is_another_one_is_left_alone_and_what_still_answers_ends_the_closing(self):
        service, _ = self.start_stand_in()
        (self.legacy / "pid").write_text(f"{os.getpid()}\n")
        refused = self.run_steps(expect=1)
        self.assertEqual(refused["error"], "conflict")
        self.assertIn("does not listen there", refused["detail"])
        (self.legacy / "pid").unlink()
        refused = self.run_steps(expect=1)
        self.assertIn("still listens", refused["detail"])
        self.assertEqual(fetch(service + "/cards")[0], 200, "nothing was done to it")
        self.assertEqual(self.demo.json("decommission", "plan", NAME)["plan"][0]["done"], False)

    def test_a_backup_whose_keys_are_still_there_is_found_readable_and_the_closing_stops(self):
        self.start_stand_in()
        # A copy of the ring that the ledger does not know is exactly what the trial cannot see; one that it opens, it does.
        shutil.copytree(self.legacy / "backup", self.folder / "other-backup")
        shutil.copy(self.legacy / "ring", self.folder / "kept-ring")
        self.run_steps("--up-to", "keys-destroyed")
        shutil.copy(self.folder / "kept-ring", self.legacy / "ring")
        refused = self.run_steps(expect=1)
        self.assertEqual(refused["error"], "conflict")
        self.assertIn("200 rows can be read", refused["detail"])

    def test_a_closing_takes_two_officers(self):
        self.start_stand_in()
        self.assertIn("two officers", self.run_steps(expect=1)["detail"])
        siti = self.demo.officer(self.folder, "siti")
        self.assertFalse(self.run_steps(*siti)["closed"])
        self.assertFalse(self.run_steps(*siti)["closed"], "the same one twice is one")
        self.assertEqual(self.run_steps(expect=1)["error"], "denied")

    def test_a_backup_of_this_installation_is_in_the_ledger_and_domains_come_up_again(self):
        self.start_stand_in()
        self.demo.json("backup", self.folder / "own-backup")
        (own,) = [row for row in self.demo.json("decommission", "list")["ledger"] if row["kind"] == "backup" and "system" in row
                  and row["name"].startswith("backup.")]  # fmt: skip
        self.assertEqual(own["places"]["backup"], str(self.folder / "own-backup"))
        self.run_steps("--up-to", STEPS[-1])
        self.assertEqual(self.demo.json("decommission", "remind")["due"], [])
        self.demo.stop()
        year = 365 * 86400
        self.demo.start_at(self.demo.now() + year)
        (due,) = self.demo.json("decommission", "remind")["due"]
        self.assertEqual(due["name"], NAME + "-domain")
        metrics = lambda: b"lindung_decommission_reminders_due 1" in fetch(self.demo.file["metrics_url"])[2]
        demo.wait_for("the reminder in the metrics", metrics)
        self.demo.json("decommission", "remind", NAME + "-domain", "--until", "2035-01-01")
        self.assertEqual(self.demo.json("decommission", "remind")["due"], [])


if __name__ == "__main__":
    demo.run()
