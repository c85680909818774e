"""Two servers on one PostgreSQL: one log, one answer to a question, one quota, and a cut that holds on both.

    nodes_test.py LINDUNG
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import demo
import lindung_client as client
from demo import Demo, answered, exchange, lindung
from lindung_client import OVER_QUOTA, STATUS
from served import Served

BARE_A_DAY = 24  # of one link, protocol section 5
LEASE_SECONDS = 5


class Asker(threading.Thread):
    """Asks one node as one partner without pause, each question twice; notes what came when."""

    def __init__(self, node, partner_id):
        super().__init__(daemon=True)
        self.node, self.links = node, [link for link, _ in node.people(partner_id)]
        self.code = node.venues("office")[0][1]
        self.answers, self.refusals, self.failure = [], [], None
        self.ending = threading.Event()

    def cut_refusals(self):
        return sum(name == "partner-cut" for _, name in self.refusals)

    def run(self):
        try:
            i, connection = 0, self.node.connect()
            with connection:
                while not self.ending.is_set():
                    draft = self.node.asking(self.links[i // 2 % len(self.links)], STATUS, self.code)
                    if i % 2:
                        draft = self.node.draft(draft.partner, question)
                    question, i, asked = draft.question, i + 1, time.monotonic()
                    response = exchange(connection, draft)
                    if response.status == 200:
                        self.answers.append((asked, client.open_answer(draft, response.body)))
                    else:
                        self.refusals.append((asked, json.loads(response.body)["type"].rsplit(":", 1)[1]))
        except BaseException as error:  # noqa: BLE001: told to the test, which fails on it
            self.failure = error


class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        address = demo.postgres_address("nodes")
        if address is None:
            if os.environ.get("CI") in ("true", "1"):
                raise AssertionError("LINDUNG_TEST_POSTGRES is not set: nothing of this was shown")
            raise unittest.SkipTest("LINDUNG_TEST_POSTGRES is not set")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.first = Demo(cls.folder / "d", 200, extra=["--postgres", address])
        cls.addClassCleanup(cls.first.kill)
        cls.first.start()
        cls.second = Served(cls.first, address, is_further=True)
        cls.addClassCleanup(cls.second.kill)
        cls.second.start()
        cls.nodes = (cls.first, cls.second)
        demo.wait_for("each node to see the other", lambda: all(n.json("status")["nodes"] == 2 for n in cls.nodes))

    def ask(self, node, link, **question):
        with node.connect() as connection:
            return answered(connection, node.asking(link, STATUS, **question))

    def under_load(self, partner_id, act):
        """What both nodes answered before, during and behind act(); each with what it returned and its end."""
        askers = [Asker(node, partner_id) for node in self.nodes]
        for asker in askers:
            asker.start()
        demo.wait_for("load on both", lambda: all(len(a.answers) >= 10 or a.failure for a in askers))
        out = act()
        effective = time.monotonic()
        demo.wait_for("refusals by both", lambda: all(a.cut_refusals() >= 10 or a.failure for a in askers))
        for asker in askers:
            asker.ending.set()
        for asker in askers:
            asker.join(60)
            self.assertIsNone(asker.failure)
        return askers, out, effective

    def cut(self, node, partner_id):
        """Cuts; again while a node that stands still has the head of the log, at most two deadlines of the database."""

        def once():
            try:
                return node.json("partner", "cut", partner_id)
            except demo.CommandFailed as error:
                self.assertIn("unavailable", str(error))
                return None

        return demo.wait_for("the cut", once)

    def assert_cut(self, partner_id, askers, cut, effective, refusals=("partner-cut",)):
        self.assertTrue(cut["effective"])
        for asker in askers:
            self.assertFalse([a for asked, a in asker.answers if asked > effective])
            self.assertFalse([a for _, a in asker.answers if a.index > cut["log_index"]])
            self.assertFalse([r for asked, r in asker.refusals if asked > effective and r not in refusals])
        highest = max(a.index for asker in askers for _, a in asker.answers)
        for i, node in enumerate(self.nodes):
            with node.connect() as connection:
                demo.wait_for("all in a checkpoint", lambda: node.checkpoint(connection)[0] > max(highest, cut["log_index"]))
            export = self.folder / f"export-{partner_id}-{i}"
            node.command("log", "export", export)
            lindung("log", "verify", export, "--key", self.first.file["log"]["public_key"], "--cut", partner_id)

    def test_both_publish_one_log(self):
        link = next(self.first.people())[0]
        indexes = [self.ask(node, link).index for node in self.nodes for _ in range(3)]
        self.assertEqual(indexes, sorted(set(indexes)))

        def checkpoints():
            with self.first.connect() as one, self.second.connect() as other:
                a, b = self.first.checkpoint(one), self.second.checkpoint(other)
            return (a, b) if a[0] == b[0] and a[0] > indexes[-1] else None

        one, other = demo.wait_for("checkpoints of one size", checkpoints)
        self.assertEqual(one, other)

    def test_a_question_is_answered_once_whichever_node_is_asked(self):
        link = list(self.first.people("dana"))[0][0]
        for _ in range(5):
            question = self.first.asking(link, STATUS).question

            def ask(node, question=question):
                draft = node.draft(node.partner("dana"), question)
                with node.connect() as connection:
                    response = exchange(connection, draft)
                self.assertEqual(response.status, 200, response.body)
                return client.open_answer(draft, response.body)

            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(ask, self.nodes * 2))
            self.assertEqual(len({answer.fact() for answer in answers}), 1)
            self.assertEqual(sum(not answer.repeated for answer in answers), 1)

    def test_a_quota_is_one_for_both(self):
        link = list(self.first.people("dana"))[1][0]
        outcomes = [self.ask(self.nodes[i % 2], link).outcome for i in range(BARE_A_DAY + 6)]
        over = outcomes.count(OVER_QUOTA)
        self.assertLessEqual(over, 6)
        self.assertGreaterEqual(over, 6 if time.time() % 86400 > 120 else 0)  # unless the day began meanwhile
        self.assertEqual(outcomes, sorted(outcomes, key=lambda outcome: outcome == OVER_QUOTA))

    def test_a_partner_of_one_node_is_answered_by_the_other(self):
        key = self.folder / "baru.key"
        public = self.first.json("key", "make", key)["public_key"]
        self.first.command("partner", "register", "baru")
        self.first.command("partner", "key", "add", "baru", "--key-id", "baru.1", "--public-key", public)
        self.first.command("partner", "sign-pact", "baru", "--key", key)
        self.first.command("partner", "activate", "baru")
        citizen = self.first.file["citizens"][0]["id"]
        token = self.first.json("link", "grant", "baru", "--citizen", citizen)["token"]
        directory_key = self.first.json("status")["directory_key"]

        def ask():
            done = subprocess.run(
                [demo.BINARY, "partner", "ask", "--url", self.second.file["url"], "--partner", "baru", "--key", key,
                 "--key-id", "baru.1", "--epoch", "1", "--token", token, "--directory-key", directory_key, "--json"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            return "outcome" in done.stdout and json.loads(done.stdout)  # whatever the colour: it was answered

        answer = demo.wait_for("an answer of the second node", ask)
        self.assertNotEqual(answer["outcome"], "unlinked")

    def test_no_answer_leaves_either_node_after_a_cut_on_one(self):
        for node, partner_id in ((self.first, "gojek"), (self.second, "grab")):
            with self.subTest(partner_id):
                askers, cut, effective = self.under_load(
                    partner_id, lambda n=node, p=partner_id: self.cut(n, p)
                )
                self.assert_cut(partner_id, askers, cut, effective)
                print(f"logged after {cut['logged_after_us']} us, effective on both after {cut['effective_after_us']} us")

    def test_a_node_that_stands_still_is_waited_for_until_its_lease_is_over(self):
        def cut_while_the_second_stands():
            self.second.process.send_signal(signal.SIGSTOP)
            try:
                begin = time.monotonic()
                cut = self.cut(self.first, "tokopedia")
                self.assertGreater(time.monotonic() - begin, LEASE_SECONDS - 1.5)  # it renewed a second before, or less
                return cut
            finally:
                self.second.process.send_signal(signal.SIGCONT)

        askers, cut, effective = self.under_load("tokopedia", cut_while_the_second_stands)
        back = ("partner-cut", "unavailable", "outcome-unknown")  # until it has a lease again
        self.assert_cut("tokopedia", askers, cut, effective, back)
        demo.wait_for("the second node to be back", lambda: self.second.json("status")["answering"])
        demo.wait_for("the first to see it", lambda: self.first.json("status")["nodes"] == 2)


if __name__ == "__main__":
    demo.run()
