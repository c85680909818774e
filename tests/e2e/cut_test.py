"""After `partner cut` no answer, provably: load from several partners while one is cut, then the exported log.

    cut_test.py LINDUNG
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import demo
import lindung_client as client
import transparency
from demo import DemoCase, exchange, lindung
from export import leaf_hashes
from lindung_client import STATUS

READER = pathlib.Path(__file__).resolve().parent.parent / "log" / "tlog_reader.py"
LOADING = ("gojek", "grab", "tokopedia", "dana")


class Asker(threading.Thread):
    """Asks as one partner without pause; notes when each answer was asked for and when it came."""

    def __init__(self, case, partner_id):
        super().__init__(daemon=True)
        self.case, self.partner_id = case, partner_id
        self.links = list(case.demo.people(partner_id))
        self.answers = []  # (moment asked, moment answered, answer)
        self.refusals = []  # (moment asked, name of the problem, document)
        self.failure = None
        self.stopping = threading.Event()

    def run(self):
        try:
            self.load()
        except BaseException as error:  # noqa: BLE001: told to the test, which fails on it
            self.failure = error

    def load(self):
        venue, code = self.case.demo.venues("office")[0]
        partner, i = self.case.demo.partner(self.partner_id), 0
        with self.case.demo.connect() as connection:
            while not self.stopping.is_set():
                link, _ = self.links[i % len(self.links)]
                i += 1
                draft = self.case.demo.draft(partner, client.Question(STATUS, bytes.fromhex(link["token"]), code))
                asked = time.monotonic()
                response = exchange(connection, draft)
                if response.status == 200:
                    answer = client.open_answer(draft, response.body)
                    client.check_answer(answer, draft)
                    self.answers.append((asked, time.monotonic(), answer))
                else:
                    document = json.loads(response.body)
                    self.refusals.append((asked, document["type"], document))


class ExportCase(DemoCase):
    """Load, a cut in its middle, load, and the log exported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut_under_load()

    @classmethod
    def cut_under_load(cls):
        cls.askers = {name: Asker(cls, name) for name in LOADING}
        for asker in cls.askers.values():
            asker.start()
        gojek = cls.askers["gojek"]
        demo.wait_for("some load", lambda: all(len(a.answers) >= 20 or a.failure for a in cls.askers.values()))
        begin = time.monotonic()
        cls.cut = cls.demo.json("partner", "cut", "gojek")
        cls.effective = time.monotonic()
        cls.took = cls.effective - begin
        others = {name: len(a.answers) for name, a in cls.askers.items() if name != "gojek"}
        demo.wait_for(
            "load after the cut",
            lambda: len([r for r in gojek.refusals if r[0] > cls.effective]) >= 20
            and all(len(cls.askers[n].answers) > count + 20 or cls.askers[n].failure for n, count in others.items()),
        )
        for asker in cls.askers.values():
            asker.stopping.set()
        for asker in cls.askers.values():
            asker.join(60)
        highest = max(answer.index for a in cls.askers.values() for _, _, answer in a.answers)
        with cls.demo.connect() as connection:
            demo.wait_for("the last answers in a checkpoint", lambda: cls.demo.checkpoint(connection)[0] > highest, 10)
        cls.export = cls.folder / "export"
        cls.demo.command("log", "export", cls.export)
        cls.key = cls.demo.file["log"]["public_key"]


class Cut(ExportCase):
    def test_the_command_says_when_it_was_logged_and_effective(self):
        self.assertTrue(self.cut["effective"])
        self.assertLessEqual(0, self.cut["logged_after_us"])
        self.assertLessEqual(self.cut["logged_after_us"], self.cut["effective_after_us"])
        self.assertLessEqual(self.cut["effective_after_us"], self.took * 1e6)
        print(f"logged after {self.cut['logged_after_us']} us, effective after {self.cut['effective_after_us']} us")

    def test_no_answer_arrives_after_the_cut_is_effective(self):
        for asker in self.askers.values():
            self.assertIsNone(asker.failure, asker.partner_id)
        gojek = self.askers["gojek"]
        self.assertFalse([a for _, arrived, a in gojek.answers if arrived > self.effective])
        self.assertFalse([a for _, _, a in gojek.answers if a.index > self.cut["log_index"]])
        self.assertTrue(gojek.refusals)
        for _, name, document in gojek.refusals:
            self.assertEqual(name, "urn:lindung:problem:partner-cut")
            self.assertEqual(document["cut_log_index"], self.cut["log_index"])

    def test_the_others_are_answered_all_the_while(self):
        for name in LOADING[1:]:
            asker = self.askers[name]
            self.assertFalse(asker.refusals)
            self.assertTrue([a for _, _, a in asker.answers if a.index > self.cut["log_index"]])

    def test_the_export_proves_the_cut(self):
        said = json.loads(
            lindung("log", "verify", self.export, "--key", self.key, "--cut", "gojek", "--json").stdout
        )
        last = max(answer.index for _, _, answer in self.askers["gojek"].answers)
        self.assertTrue(said["verified"])
        self.assertEqual(said["cut_index"], self.cut["log_index"])
        self.assertGreaterEqual(said["last_answer_index"], last)
        self.assertLess(said["last_answer_index"], self.cut["log_index"])
        lindung("log", "verify", self.export, "--key", self.key, "--cut", "grab", expect=1)
        lindung("log", "verify", self.export, "--key", "00" * 32, expect=1)
        said = lindung("log", "verify", self.export, "--cut", "gojek").stdout
        self.assertIn("the export itself", said, "whose key it was is said")

    def test_every_answer_stands_in_the_export_at_its_index(self):
        hashes = leaf_hashes(self.export)
        count = 0
        for asker in self.askers.values():
            for _, _, answer in asker.answers:
                self.assertEqual(hashes[answer.index], answer.leaf_hash)
                count += 1
        self.assertGreater(count, 100)

    def test_what_is_exported_is_what_the_server_shows(self):
        with self.demo.connect() as connection:
            for path in files_of(self.export / "tile"):
                response = connection.get(f"/log/tile/{path}", self.demo.authority)
                self.assertEqual((response.status, response.body), (200, (self.export / "tile" / path).read_bytes()))

    def test_a_reader_that_knows_only_the_public_documents_accepts_the_export(self):
        origin, public = self.demo.log_key()
        done = subprocess.run(
            [sys.executable, str(READER), str(self.export), transparency.vkey(origin, public)],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        size, root = transparency.open_checkpoint((self.export / "checkpoint").read_bytes(), origin, public)
        self.assertEqual(done.stdout, f"size {size}\nroot {root.hex()}\n")


def files_of(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


class Damage(ExportCase):
    """The export with one thing wrong: found, with the name of the file and the place in it."""

    def refused(self, change, names):
        """Verifies a copy that change(folder) has spoiled; what is said must name one of the files."""
        copy = self.folder / "damaged"
        shutil.copytree(self.export, copy)
        self.addCleanup(shutil.rmtree, copy, ignore_errors=True)
        change(copy)
        done = lindung("log", "verify", copy, "--key", self.key, expect=1)
        shutil.rmtree(copy)
        said = done.stdout + done.stderr
        self.assertTrue(any(name in said for name in names), f"{said!r} names none of {names}")
        return said

    def test_an_undamaged_copy_is_accepted(self):
        copy = self.folder / "whole"
        shutil.copytree(self.export, copy)
        lindung("log", "verify", copy, "--key", self.key)

    def test_a_flipped_byte_is_found_where_it_is(self):
        for path in files_of(self.export):
            size = (self.export / path).stat().st_size
            for at in sorted({0, 1, size // 3, size // 2, size - 2, size - 1}):
                with self.subTest(str(path), at=at):

                    def change(folder, path=path, at=at):
                        data = bytearray((folder / path).read_bytes())
                        data[at] ^= 1
                        (folder / path).write_bytes(data)

                    said = self.refused(change, [str(path)])
                    place = re.search(rf"{re.escape(str(path))} at byte (\d+)", said)
                    self.assertIsNotNone(place, f"no offset is named: {said}")
                    self.assertLessEqual(int(place[1]), at if path.parts[0] == "tile" else size)

    def test_a_dropped_or_added_byte_and_a_truncation_are_found(self):
        for path in files_of(self.export):
            data = (self.export / path).read_bytes()
            half = len(data) // 2
            spoiled = {
                "dropped": data[:half] + data[half + 1 :],
                "doubled": data[:half] + data[half : half + 1] + data[half:],
                "truncated": data[:-1],
                "halved": data[:half],
                "emptied": b"",
                "longer": data + b"\x00",
            }
            for name, content in spoiled.items():
                with self.subTest(str(path), damage=name):
                    self.refused(lambda folder, p=path, c=content: (folder / p).write_bytes(c), [str(path)])

    def test_swapped_bytes_are_found(self):
        for path in files_of(self.export):
            data = bytearray((self.export / path).read_bytes())
            at = next(i for i in range(len(data) // 2, len(data)) if data[i] != data[i - 1])
            data[at - 1], data[at] = data[at], data[at - 1]
            with self.subTest(str(path)):
                self.refused(lambda folder, p=path, c=bytes(data): (folder / p).write_bytes(c), [str(path)])

    def test_a_missing_or_unknown_file_and_swapped_files_are_found(self):
        paths = files_of(self.export)
        for path in paths:
            with self.subTest(str(path), damage="missing"):
                self.refused(lambda folder, p=path: (folder / p).unlink(), [str(path)])
        self.refused(lambda folder: (folder / "tile" / "note").write_bytes(b"x"), ["tile/note"])
        full = [p for p in paths if p.parent == pathlib.Path("tile/entries")]
        self.assertGreaterEqual(len(full), 2)

        def swap(folder):
            one, two = (folder / p for p in full[:2])
            content = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(content)

        self.refused(swap, [str(p) for p in full[:2]])


if __name__ == "__main__":
    demo.run()
