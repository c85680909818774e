#!/usr/bin/python3
"""Witnesses: checkpoints are cosigned by others, published with their words, and a log that splits is found.

    witness_test.py LINDUNG
"""

import json
import pathlib
import shutil
import socket
import tempfile
import unittest
import urllib.error
import urllib.request

import demo
import transparency
from demo import lindung, wait_for
from installation import Installation
from witnesses import FalseWitness, Witness, cosigned_at

INTERVAL_MS = 100


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asking(*witnesses, timeout_ms=5000):
    """The part of a configuration that names witnesses."""
    text = f"metrics_listen = \"127.0.0.1:{free_port()}\"\n[limits]\n"
    text += f"witness_interval_ms = {INTERVAL_MS}\nwitness_timeout_ms = {timeout_ms}\n"
    for witness in witnesses:
        text += f'[[witnesses]]\nurl = "{witness.url}"\nverifier_key = "{witness.key}"\n'
    return text


class WitnessCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-witness-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.partners = 0

    def made(self, name="first"):
        """An installation that has run once, so that its log has a key."""
        (self.folder / name).mkdir()
        server = Installation(self.folder / name, 'log_origin = "gateway.test/log"\n')
        self.addCleanup(server.stop)
        server.init()
        server.start()
        server.unseal()
        self.log_key = (server.data / "log" / "log-key").read_text().strip()
        server.stop()
        return server

    def witness(self, name="w1"):
        witness = Witness(self.folder / name, f"witness.test/{name}")
        self.addCleanup(witness.kill)
        return witness.start(f"gateway.test/log={self.log_key}")

    def served(self, server, *witnesses, timeout_ms=5000):
        """The installation with these witnesses in its configuration, unsealed."""
        text = server.config.read_text().split("metrics_listen")[0]
        server.config.write_text(text + asking(*witnesses, timeout_ms=timeout_ms))
        server.start()
        server.unseal()
        return server

    def append(self, server):
        """One more entry."""
        self.partners += 1
        server.run("partner", "register", f"p{self.partners}")

    def cosigned(self, server, witness):
        """The newest checkpoint once it is cosigned; an entry more each time."""
        self.append(server)
        committed = server.run("log", "status")["committed"]

        def probe():
            note = server.get("/log/checkpoint")[1]
            return note if int(note.split("\n")[1]) >= committed and cosigned_at(note, witness.key) else None

        return wait_for("a cosigned checkpoint", probe)

    def metric(self, server, start):
        port = server.config.read_text().split('metrics_listen = "127.0.0.1:')[1].split('"')[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as response:
            for line in response.read().decode().splitlines():
                if line.startswith(start + " "):
                    return int(line.rsplit(" ", 1)[1])
        return None


class Gathers(WitnessCase):
    def test_a_checkpoint_is_published_with_the_word_of_every_witness_and_a_verifier_can_demand_it(self):
        server = self.made()
        first, second, absent = self.witness("w1"), self.witness("w2"), Witness(self.folder / "w3", "witness.test/w3")
        self.served(server, first, second)
        note = self.cosigned(server, first)
        origin, public = "gateway.test/log", bytes.fromhex(server.run("status")["log_key"])
        size, root = transparency.open_checkpoint(note.encode(), origin, public)
        self.assertGreater(size, 0)
        self.assertEqual(len(root), 32)

        out = self.folder / "export"
        server.run("log", "export", out)
        kept = (out / "checkpoint").read_text()
        self.assertIsNotNone(cosigned_at(kept, first.key))
        self.assertIsNotNone(cosigned_at(kept, second.key))
        verify = ["log", "verify", out, "--key", public.hex(), "--json", "--witness", first.key, "--witness"]
        both = json.loads(lindung(*verify, second.key).stdout)
        self.assertEqual([each["witness"] for each in both["witnesses"]], ["witness.test/w1", "witness.test/w2"])
        lacking = json.loads(lindung(*verify, absent.key, expect=1).stdout)
        self.assertEqual(lacking["error"], "bad-signature")
        self.assertEqual(len(json.loads(lindung(*verify, absent.key, "--need", "1").stdout)["witnesses"]), 1)
        self.assertEqual(lindung(*verify, second.key, "--need", "3", expect=1).returncode, 1)

        self.assertGreaterEqual(self.metric(server, 'lindung_witness_cosignatures_total{witness="witness.test/w1"}'), 1)
        served = urllib.request.urlopen(first.url + first.status()["logs"][0]["path"], timeout=30).read().decode()
        self.assertIsNotNone(cosigned_at(served, first.key))

    def test_a_witness_that_was_killed_goes_on_and_never_behind_what_it_cosigned(self):
        server = self.made()
        witness = self.witness()
        self.served(server, witness)
        largest = 0
        for _ in range(4):
            note = self.cosigned(server, witness)
            largest = max(largest, int(note.split("\n")[1]))
            witness.kill()
            self.append(server)  # published without the witness: nobody waits for it
            self.assertGreaterEqual(witness.size(), largest)
            witness.start(self.log_key)
        note = self.cosigned(server, witness)
        self.assertGreater(int(note.split("\n")[1]), largest)
        self.assertNotIn("witness-alarm", server.lines())

    def test_what_is_wrong_with_a_witness_in_the_configuration_is_told(self):
        key = Witness(self.folder / "w", "witness.test/w").key
        config = self.folder / "lindung.toml"
        good = f'url = "https://witness.test/prefix/"\nverifier_key = "{key}"\nname = "witness.test/w"\n'
        for text, problem in (
            (good, None),
            (good.replace("/w\"", "/x\""), "witnesses.name: the verifier key has another one"),
            (good.replace(key, key[:-1]), "witnesses.verifier_key: "),
            (good.replace("https:", "ftp:"), "witnesses.url: "),
            (good + "weight = 1\n", "witnesses.weight: there is no such key"),
            ("url = 1\n", "witnesses.url: a text is needed"),
            (good + "[[witnesses]]\n" + good, "witnesses.verifier_key: this witness stands here twice"),
        ):
            config.write_text('[server]\ndata = "d"\n[[witnesses]]\n' + text)
            done = lindung("serve", "--config", config, "--check-config", expect=2 if problem else 0)
            self.assertIn(problem or "is good", done.stderr + done.stdout)
        config.write_text('[server]\ndata = "d"\n[witnesses]\n')
        self.assertIn("[[witnesses]] is needed", lindung("serve", "--config", config, "--check-config", expect=2).stderr)

    def test_no_two_processes_share_a_witness(self):
        self.made()
        witness = self.witness()
        self.assertIn("another process", lindung("witness", "run", witness.folder, "--log", self.log_key, expect=1).stderr)


class FindsForks(WitnessCase):
    def test_a_forked_database_is_found_and_the_two_signed_trees_are_kept(self):
        server = self.made()
        copy = self.folder / "second"
        shutil.copytree(server.folder, copy)
        witness = self.witness()
        self.served(server, witness)
        size = int(self.cosigned(server, witness).split("\n")[1])
        while size & (size - 1) == 0:  # of a power of two no consistency proof tells the older root
            size = int(self.cosigned(server, witness).split("\n")[1])
        server.stop()

        fork = Installation(copy)
        fork.config.write_text(server.config.read_text().replace(str(server.data), str(fork.data)))
        self.addCleanup(fork.stop)
        fork.start()
        fork.unseal()
        alarm = "event=witness-alarm witness=witness.test/w1 kind="
        wait_for("the alarm about a log that is shorter", lambda: alarm + "ahead" in fork.lines())
        while fork.run("log", "status")["committed"] <= size:
            self.append(fork)
        wait_for("the alarm about the other tree", lambda: alarm + "does-not-extend" in fork.lines())
        self.assertGreaterEqual(
            self.metric(fork, 'lindung_witness_alarms_total{witness="witness.test/w1",kind="does-not-extend"}'), 1
        )
        self.assertIsNone(cosigned_at(fork.get("/log/checkpoint")[1], witness.key))

        status = witness.status(expect=1)
        self.assertEqual(status["logs"][0]["size"], size, "the honest tree stays what was cosigned")
        split = [each for each in status["findings"] if each["kind"] == "split"]
        self.assertTrue(split, status)
        self.proves_a_split(split[0], bytes.fromhex(fork.run("status")["log_key"]))

    def proves_a_split(self, finding, public):
        """With the log's key alone: it signed two trees, and the newer one had another beginning."""
        folder = pathlib.Path(finding["folder"])
        cosigned = (folder / "cosigned").read_bytes()
        head, _, shown = (folder / "request").read_bytes().partition(b"\n\n")
        size, root = transparency.open_checkpoint(cosigned, "gateway.test/log", public)
        other_size, other_root = transparency.open_checkpoint(shown, "gateway.test/log", public)
        if other_size == size:
            self.assertNotEqual(root, other_root)
            return
        old, *proof = head.decode().split("\n")
        self.assertEqual(old, f"old {size}")
        proof = [transparency.base64.b64decode(line) for line in proof]
        with self.assertRaises(transparency.Unproven):
            transparency.check_consistency(size, other_size, proof, root, other_root)


class Endures(WitnessCase):
    def test_witnesses_that_lie_or_are_slow_hold_nothing_up_and_nothing_of_theirs_is_kept(self):
        server = self.made()
        honest = self.witness()
        liars = [FalseWitness(mode, f"{mode}.test/w") for mode in
                 ("slow", "garbage", "other-key", "other-tree", "future", "ahead", "refuses")]  # fmt: skip
        for liar in liars:
            self.addCleanup(liar.close)
        self.served(server, honest, *liars, timeout_ms=2000)
        note = self.cosigned(server, honest)
        lines = wait_for("what each of them did", lambda: self.told(server, liars))
        kinds = {"slow": "unreachable", "garbage": "lied", "other-key": "lied", "other-tree": "lied", "future": "lied"}
        for mode, kind in kinds.items():
            self.assertIn(f"event=witness-failed witness={mode}.test/w kind={kind}", lines)
        self.assertIn("event=witness-alarm witness=ahead.test/w kind=ahead", lines)
        self.assertIn("event=witness-alarm witness=refuses.test/w kind=does-not-extend", lines)
        self.assertNotIn("event=witness-alarm witness=witness.test/w1", lines)
        note = self.cosigned(server, honest)
        self.assertEqual(len(note.rpartition("\n\n")[2].splitlines()), 2, "the log's line and the honest one's")

    def told(self, server, liars):
        lines = server.lines()
        return lines if all(f"witness={liar.name} " in lines for liar in liars) else None

    def test_a_witness_answers_malformed_and_strange_requests_by_the_protocol(self):
        server = self.made()
        witness = self.witness()
        note = (server.data / "log" / "checkpoint").read_text()
        size = int(note.split("\n")[1])

        def post(body):
            request = urllib.request.Request(witness.url + "/add-checkpoint", body.encode(), method="POST")
            try:
                with urllib.request.urlopen(request, timeout=30) as response:
                    return response.status, response.headers["Content-Type"], response.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers["Content-Type"], error.read().decode()

        self.assertEqual(post("hello")[0], 400)
        self.assertEqual(post(f"old 0\n\n{note.replace('gateway.test', 'other.test')}")[0], 404)
        self.assertEqual(post(f"old 0\n\n{note.replace(f'{size}', f'{size + 1}', 1)}")[0], 403)
        self.assertEqual(post(f"old {size + 1}\n\n{note}")[0], 400)
        self.assertEqual(post(f"old 1\n\n{note}"), (409, "text/x.tlog.size", "0\n"))
        self.assertEqual(post(f"old 0\n{'A' * 43}=\n\n{note}")[0], 422)
        status, _, line = post(f"old 0\n\n{note}")
        self.assertEqual(status, 200)
        self.assertIsNotNone(cosigned_at(note + line, witness.key))
        self.assertEqual(post(f"old 0\n\n{note}"), (409, "text/x.tlog.size", f"{size}\n"))
        self.assertEqual(post(f"old {size}\n\n{note}")[0], 200)
        self.assertEqual(witness.status()["findings"], [])
        self.assertEqual(post(f"old {size}\n{'A' * 43}=\n\n{note}")[0], 422)
        self.assertEqual(post("old 0\n\n" + "x" * 70_000)[0], 413)
        self.assertEqual(witness.status(expect=1)["findings"][0]["kind"], "unproven")


if __name__ == "__main__":
    demo.run()
