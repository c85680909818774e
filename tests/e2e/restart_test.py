"""A server that ends in any way goes on as it was; what must not be served is refused by name.

    restart_test.py LINDUNG
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

import demo
import lindung_client as client
from demo import Demo, answered, lindung
from lindung_client import ALLOW, CHECK_IN, STATUS

CITIZENS = 22


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-restart-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def demo_on(self, path):
        server = Demo(path, CITIZENS)
        self.addCleanup(server.kill)
        return server

    def ask(self, server, operation=STATUS, code=b"", partner=None):
        link = next(iter(server.people(partner, "green")))[0]
        question = client.Question(operation, bytes.fromhex(link["token"]), code)
        draft = server.draft(server.partner(link["partner"]), question)
        with server.connect() as connection:
            return answered(connection, draft), draft

    def refused(self, server):
        """Starts a server that must end by itself with 1; returns what it said."""
        said = server.err.stat().st_size if server.err.exists() else 0
        process = server.spawn()
        try:
            status = process.wait(demo.READY_SECONDS)
        except subprocess.TimeoutExpired:
            self.fail("the server runs where it must not")
        words = server.err.read_text()[said:]
        self.assertEqual(status, 1, words)
        return words


class GoesOn(FolderCase):
    def test_tokens_people_and_keys_are_the_same_after_either_end(self):
        server = self.demo_on(self.folder / "d").start()
        first = server.file
        answer, _ = self.ask(server, CHECK_IN, server.venues("office")[0][1])
        self.assertEqual(answer.outcome, ALLOW)
        last = answer.index
        for how, status in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 0)):
            with self.subTest(how.name):
                self.assertEqual(server.stop(how), status)
                server.start()
                for name in ("partners", "links", "citizens", "gateway_keys", "log", "pact_digest", "version"):
                    self.assertEqual(server.file[name], first[name], name)
                self.assertEqual(
                    [(v["id"], v["name"], v["category"], v["capacity"]) for v in server.file["venues"]],
                    [(v["id"], v["name"], v["category"], v["capacity"]) for v in first["venues"]],
                )
                old_code = bytes.fromhex(next(v for v in first["venues"] if v["category"] == "school")["code"])
                answer, _ = self.ask(server, STATUS, old_code)
                self.assertEqual(answer.outcome, ALLOW)
                self.assertEqual(answer.index, last + 1, "the log goes on without a gap")
                last = answer.index
                self.assertEqual(server.inside(server.venues("office")[0][0]["id"]), 1)

    def test_the_demo_file_is_for_its_owner_only(self):
        server = self.demo_on(self.folder / "d").start()
        self.assertEqual(server.file_path.stat().st_mode & 0o777, 0o600)
        for path in (server.data / "ring", server.data / "lindung.db"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path.name)
        self.assertEqual(sorted(server.file), sorted([
            "version", "url", "authority", "metrics_url", "pid", "pact_digest", "log", "gateway_keys", "partners",
            "venues", "links", "citizens",
        ]))  # fmt: skip

    def test_an_answer_is_given_again_after_a_restart(self):
        server = self.demo_on(self.folder / "d").start()
        answer, draft = self.ask(server)
        server.kill()
        server.start()
        again = server.draft(draft.partner, client.Question(STATUS, bytes(28)))
        again.plaintext = draft.plaintext
        with server.connect() as connection:
            repeated = answered(connection, again, answer.evidence)
        self.assertTrue(repeated.repeated)
        self.assertEqual(repeated.fact(), answer.fact())

    def test_a_cut_outlives_a_kill(self):
        server = self.demo_on(self.folder / "d").start()
        cut = server.json("partner", "cut", "gojek")["log_index"]
        server.kill()
        server.start()
        link = next(iter(server.people("gojek")))[0]
        draft = server.draft(server.partner("gojek"), client.Question(STATUS, bytes.fromhex(link["token"])))
        with server.connect() as connection:
            response = demo.exchange(connection, draft)
        self.assertEqual(response.status, 403)
        self.assertEqual(json.loads(response.body)["cut_log_index"], cut)

    def test_a_path_too_long_for_a_socket_works(self):
        deep = self.folder
        while len(str(deep)) < 300:
            deep = deep / ("long" * 12)
        deep.mkdir(parents=True)
        server = self.demo_on(deep / "data").start()
        self.assertEqual(self.ask(server)[0].outcome, ALLOW)
        self.assertTrue(server.json("status")["answering"])
        self.assertTrue(server.json("partner", "cut", "gojek")["effective"])
        self.assertEqual(server.stop(), 0)
        server.command("status", expect=3)

    def test_a_sealed_server_answers_sealed_and_healthz_until_it_is_opened(self):
        server = self.demo_on(self.folder / "d").start()
        answer, draft = self.ask(server)
        server.command("seal")
        with server.connect() as connection:
            self.assertEqual(connection.get("/healthz", server.authority).status, 200)
            refused = [demo.exchange(connection, draft)]
            for target in ("/readyz", "/.well-known/lindung-keys"):
                refused.append(connection.get(target, server.authority))
        for response in refused:
            self.assertEqual(response.status, 503)
            self.assertEqual(response.all("Content-Type"), ["application/problem+json"])
            self.assertEqual(json.loads(response.body)["type"], "urn:lindung:problem:sealed")
        server.stop()
        server.start()
        again = server.asking(next(iter(server.people(colour="green")))[0], STATUS)
        again.plaintext = draft.plaintext
        with server.connect() as connection:
            self.assertEqual(answered(connection, again, answer.evidence).fact(), answer.fact())

    def test_a_relative_path_is_the_same_folder(self):
        server = self.demo_on(self.folder / "d").start()
        relative = os.path.relpath(server.data)
        self.assertTrue(json.loads(lindung("status", "--json", "--data", relative).stdout)["answering"])


class Refuses(FolderCase):
    def test_a_second_server_on_the_same_folder_is_refused_and_harms_nothing(self):
        server = self.demo_on(self.folder / "d").start()
        file = server.file_path.read_bytes()
        second = self.demo_on(self.folder / "d")
        words = self.refused(second)
        self.assertIn(str(server.data), words)
        self.assertIn(str(server.process.pid), words)
        self.assertEqual(server.file_path.read_bytes(), file)
        self.assertEqual(self.ask(server)[0].outcome, ALLOW)

    def test_a_database_older_than_its_log_is_refused(self):
        server = self.demo_on(self.folder / "d").start()
        server.stop()
        old = {path.name: path.read_bytes() for path in server.data.glob("lindung.db*")}
        server.start()
        answer, _ = self.ask(server)
        with server.connect() as connection:
            demo.wait_for("the answer in a checkpoint", lambda: server.checkpoint(connection)[0] > answer.index, 10)
        server.stop()
        for path in server.data.glob("lindung.db*"):
            path.unlink()
        for name, data in old.items():
            (server.data / name).write_bytes(data)
        words = self.refused(server)
        self.assertRegex(words, "database.*(older|ends)")
        self.assertIn(str(answer.index + 1), words, "what was published is named")

    def test_a_database_of_another_history_is_refused(self):
        """As long as the log, but not the log's: a copy that went its own way."""
        server = self.demo_on(self.folder / "d").start()
        server.stop()
        old = {path.name: path.read_bytes() for path in server.data.glob("lindung.db*")}
        server.start()
        first, _ = self.ask(server)
        with server.connect() as connection:
            demo.wait_for("the answer in a checkpoint", lambda: server.checkpoint(connection)[0] > first.index, 10)
        server.stop()
        published = {path: path.read_bytes() for path in server.data.glob("log*/**/*") if path.is_file()}
        anchor = (server.data / "log-anchor").read_bytes()
        for path in server.data.glob("lindung.db*"):
            path.unlink()
        for name, data in old.items():
            (server.data / name).write_bytes(data)
        shutil.copytree(server.data, self.folder / "fork" / "d")
        fork = self.demo_on(self.folder / "fork" / "d")
        shutil.rmtree(fork.data / "log")
        (fork.data / "log-anchor").unlink()
        shutil.copy(server.file_path, fork.file_path)
        fork.start()
        for _ in range(3):
            self.ask(fork)
        fork.stop()
        for path in fork.data.glob("lindung.db*"):
            shutil.copy(path, server.data / path.name)
        (server.data / "log-anchor").write_bytes(anchor)
        for path, data in published.items():
            path.write_bytes(data)
        self.assertIn("not those that were published", self.refused(server))

    def test_a_damaged_ring_is_refused(self):
        server = self.demo_on(self.folder / "d").start()
        server.stop()
        ring = server.data / "ring"
        whole = ring.read_bytes()
        for spoiled in (whole[:-1], b"", whole[:100], whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:]):
            ring.write_bytes(spoiled)
            self.assertIn("ring", self.refused(server))
        ring.write_bytes(whole)
        server.start()

    def test_a_database_of_another_installation_is_refused(self):
        one, two = self.demo_on(self.folder / "one").start(), self.demo_on(self.folder / "two").start()
        one.stop()
        two.stop()
        for path in one.data.glob("lindung.db*"):
            path.unlink()
        for path in two.data.glob("lindung.db*"):
            shutil.copy(path, one.data / path.name)
        self.refused(one)


if __name__ == "__main__":
    demo.run()
