"""Forgetting: after `retention run` the rows of old days cannot be read any more, in a restored backup neither.

    retention_test.py LINDUNG
"""

import pathlib
import shutil
import tempfile
import unittest

import demo
import export
import transparency
from demo import Demo, answered
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, STATUS

BEGIN = 1788256800  # 2026-09-01T10:00:00Z
DAY = 86400
KEEP = 14


class Retention(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-retention-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = self.demo_on("d").start_at(BEGIN)

    def demo_on(self, name):
        server = Demo(self.folder / name, 44)
        self.addCleanup(server.kill)
        return server

    def visits(self, server):
        """Everybody goes in; every second one leaves. Returns how many answers were given, and check-ins recorded."""
        answers = check_ins = 0
        with server.connect() as connection:
            for i, (link, _) in enumerate(server.people()):
                code = server.venues("office")[0][1]
                for operation in (CHECK_IN, CHECK_OUT)[: 1 + i % 2]:
                    answer = answered(connection, server.asking(link, operation, code))
                    answers += 1
                    check_ins += operation == CHECK_IN and answer.outcome == ALLOW
        return answers, check_ins

    def forget(self, server, days=KEEP):
        said = server.json("retention", "run", "--keep-days", str(days))
        self.assertEqual((said["keep_days"], said["rows_readable"]), (days, 0))
        return said

    def test_old_days_are_forgotten_here_and_in_a_backup_of_before(self):
        answers, check_ins = self.visits(self.demo)
        self.assertGreater(check_ins, 20)
        early = self.forget(self.demo)
        self.assertEqual((early["visit_days"], early["rows"]), ([], 0), "today is kept")
        self.demo.command("backup", self.folder / "backup")
        self.assertFalse((self.folder / "backup" / "ring").exists())
        self.demo.stop()

        self.demo.start_at(BEGIN + (KEEP - 1) * DAY)
        self.assertEqual(self.forget(self.demo)["visit_days"], [], "kept until its time")
        recent, _ = self.visits(self.demo)
        self.assertGreater(recent, 0)
        self.demo.stop()

        self.demo.start_at(BEGIN + (KEEP + 2) * DAY)
        said = self.forget(self.demo)
        first_day = BEGIN // DAY
        self.assertEqual((said["visit_days"], said["answer_days"]), ([first_day], [first_day]))
        self.assertGreaterEqual(said["rows"], answers + check_ins)
        self.assertEqual(self.forget(self.demo)["rows"], 0, "nothing is left to forget")
        self.check_log(first_day)
        link = next(iter(self.demo.people(colour="green")))[0]
        with self.demo.connect() as connection:
            self.assertEqual(answered(connection, self.demo.asking(link, STATUS)).outcome, ALLOW)
        self.demo.stop()

        restored = self.demo_on("restored")
        shutil.copytree(self.folder / "backup", restored.data)
        shutil.copy(self.demo.data / "ring", restored.data / "ring")
        shutil.copy(self.demo.file_path, restored.file_path)
        restored.start_at(BEGIN + (KEEP + 2) * DAY + 60)
        said = self.forget(restored)
        self.assertEqual((said["visit_days"], said["answer_days"]), ([first_day], [first_day]))
        self.assertGreaterEqual(said["rows"], answers)
        self.assertNotIn("chore-failed", restored.last_words())
        self.assertEqual(restored.inside(restored.venues("office")[0][0]["id"]), 0)

    def check_log(self, day):
        """The log says which keys were destroyed."""
        out = self.folder / "export"
        with self.demo.connect() as connection:

            def logged():
                shutil.rmtree(out, ignore_errors=True)
                self.demo.command("log", "export", out)
                return [e for e in export.entries(out) if b"retention" in e[:16]]

            entries = demo.wait_for("the retention's entries in a checkpoint", logged, 10)
        read = [transparency.cbor_read(entry)[0] for entry in entries]
        for version, kind, when, what, period in read:
            self.assertEqual((version, kind), (1, "retention"))
            self.assertLess(abs(when - self.demo.now()), 120)
            self.assertIn(period, (day,))
        self.assertEqual(len({what for _, _, _, what, _ in read}), len(read))
        self.assertIn("check-ins", {what for _, _, _, what, _ in read})
        demo.lindung("log", "verify", out, "--key", self.demo.file["log"]["public_key"])

    def test_rows_of_another_time_stay_readable(self):
        """A question of today is still answered again after a retention that forgets older days only."""
        link = next(iter(self.demo.people(colour="green")))[0]
        self.visits(self.demo)
        self.demo.stop()
        self.demo.start_at(BEGIN + 20 * DAY)
        when = self.demo.now()
        with self.demo.connect() as connection:
            first = answered(connection, self.demo.asking(link, STATUS, request_id=bytes(16), client_time=when))
            self.forget(self.demo)
            again = self.demo.asking(link, STATUS, request_id=bytes(16), client_time=when)
            repeated = answered(connection, again, first.evidence)
        self.assertEqual(repeated.fact(), first.fact())


if __name__ == "__main__":
    demo.run()
