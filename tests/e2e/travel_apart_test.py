#!/usr/bin/python3
"""Travel cards and check-ins share nothing: one person in both, and neither side holds a mark of the other.

    travel_apart_test.py LINDUNG

Looked for in every file of both data folders as text, hex, base64 and UTF-16, in the databases value by value, in both
logs key by key, among the open files and sockets of both processes; and either side answers when the other is killed.
"""

import base64
import os
import pathlib
import re
import shutil
import sqlite3
import tempfile
import unittest

import demo
import lindung_client as client
from demo import Demo
from folders import contents
from lindung_client import CHECK_IN, STATUS
from spellings import SHORTEST, Search, add_person, nik_spellings, spellings, text_spellings
from travel import Travel, card, citizen, passport

LOG_TABLES = {"log_head", "log_entry", "schema_version"}  # one form, two databases
FILING = "5ca1ab1e" * 4
ADDRESS = "Jalan Cempaka Putih Tengah 27, Jakarta"
NUMBER = "QX7730915"


def tables(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def snapshot(of, to):
    """A whole copy of a database that is being written."""
    with sqlite3.connect(f"file:{of}?mode=ro", uri=True) as live, sqlite3.connect(to) as copy:
        live.backup(copy)
    return to


def long_values(path):
    """Every value of 16 bytes and more of every table, with its place."""
    found = {}
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        for table in sorted(tables(path)):
            for row in database.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    value = value.encode() if isinstance(value, str) else value
                    if isinstance(value, bytes) and len(value) >= 16:
                        found[value] = table
    return found


def digests_in_log(path):
    """All byte strings of 32 bytes in the log's leaves: digests of keys, commitments."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        leaves = [row[0] for row in database.execute("SELECT leaf FROM log_entry")]
    found = set()
    for leaf in leaves:
        for match in re.finditer(rb"\x58\x20", leaf):
            digest = leaf[match.end() : match.end() + 32]
            if len(digest) == 32 and any(digest):
                found.add(digest)
    return found


def open_things(pid):
    """What a process has open: paths of files, and inodes of sockets."""
    files, sockets = set(), set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
        except FileNotFoundError:
            continue
        if target.startswith("socket:"):
            sockets.add(target)
        elif target.startswith("/") and not target.startswith(("/dev/", "/proc/")):
            files.add(target)
    return files, sockets


class Apart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.main = Demo(cls.folder / "main", citizens=200)
        cls.addClassCleanup(cls.main.kill)
        cls.main.start()
        cls.travel = Travel(cls.folder / "apart")
        cls.addClassCleanup(cls.travel.kill)
        cls.travel.init()
        cls.travel.start().unseal()
        cls.link, cls.person = next(
            (link, person) for link, person in cls.main.people() if len(person["name"]) >= SHORTEST
        )
        cls.live_on_both_sides()

    @classmethod
    def live_on_both_sides(cls):
        """The same citizen asks at a door and files a card."""
        cls.ask()
        _, code = cls.main.venues("transport_hub")[0]
        with cls.main.connect() as connection:
            question = client.Question(CHECK_IN, bytes.fromhex(cls.link["token"]), code)
            demo.answered(connection, cls.main.draft(cls.main.partner(cls.link["partner"]), question))
        wanted = card(
            {"document": citizen(cls.person["nik"], cls.person["name"]), "symptoms": ["cough"]},
            {"document": passport(NUMBER, "Guest", "1980-01-01"), "seat": "27F"},
            scope="domestic", origin="DPS", address=ADDRESS,
        )  # fmt: skip
        cls.filed = cls.travel.file(wanted, FILING)

    @classmethod
    def ask(cls):
        with cls.main.connect() as connection:
            question = client.Question(STATUS, bytes.fromhex(cls.link["token"]), b"")
            return demo.answered(connection, cls.main.draft(cls.main.partner(cls.link["partner"]), question))

    def show(self):
        return self.travel.call("GET", "/v1/cards/" + self.filed["card"], secret=self.filed["secret"])

    def copies(self):
        """Both data folders as they lie on the disk."""
        out = []
        for name, data in (("main", self.main.data), ("travel", self.travel.data)):
            to = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / name
            shutil.copytree(data, to, ignore=shutil.ignore_patterns("*.sock", "*.new"))  # a socket; a file on its way
            out.append(to)
        return out

    def snapshots(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        sides = ((self.main, "lindung.db"), (self.travel, "travel.db"))
        return [snapshot(side.data / name, folder / name) for side, name in sides]

    def search_for(self, of_person, of_main, of_travel):
        search = Search()
        if of_person:
            search.add("the NIK", nik_spellings(self.person["nik"]))
            search.add("the name", text_spellings(self.person["name"]))
            search.add("the name in the zone", text_spellings(self.person["name"].upper().replace(" ", "<")))
        if of_main:
            for link, person in self.main.people():
                add_person(search, link, person)
                search.add("a citizen", spellings(bytes.fromhex(person["id"])))
            for table in tables(self.main.data / "lindung.db") - LOG_TABLES:
                search.add("a table", [("plain", f"CREATE TABLE {table} (".encode())])
        if of_travel:
            raw = base64.urlsafe_b64decode(self.filed["secret"] + "==")
            for what, data in (("card", bytes.fromhex(self.filed["card"])), ("filing", bytes.fromhex(FILING)), ("secret", raw)):
                search.add(f"the {what}", spellings(data))
            for what, text in (("address", ADDRESS), ("number", NUMBER), ("secret", self.filed["secret"])):
                search.add(f"the {what}", text_spellings(text))
            search.add("a table", [("plain", b"travel_card"), ("plain", b"travel_crossing")])
        return search

    def found(self, folder, search):
        found, looked_at = [], 0
        for path, data in contents(folder).items():
            looked_at += len(data)
            found += [(path.name, *each) for each in search.found_in(data)]
        self.assertGreater(looked_at, 50_000)
        return found

    def test_no_file_of_one_side_holds_a_mark_of_the_other(self):
        main, travel = self.copies()
        self.assertEqual(self.found(travel, self.search_for(of_person=True, of_main=True, of_travel=False)), [])
        self.assertEqual(self.found(main, self.search_for(of_person=True, of_main=False, of_travel=True)), [])

    def test_the_search_finds_what_is_there(self):
        planted = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (planted / "dump").write_bytes(
            b"x" * 60_000 + self.filed["card"].encode() + self.person["nik"].encode() + b"travel_card"
        )
        found = self.found(planted, self.search_for(of_person=True, of_main=False, of_travel=True))
        self.assertEqual({what for _, what, _ in found}, {"the card, hex", "the NIK, plain", "a table, plain"})

    def test_the_databases_share_no_table_but_the_logs_and_no_value_of_16_bytes(self):
        main, travel = self.snapshots()
        self.assertEqual(tables(main) & tables(travel), LOG_TABLES)
        ours, theirs = long_values(main), long_values(travel)
        self.assertGreater(len(ours), 1000)
        self.assertGreater(len(theirs), 10)
        self.assertEqual({place for value, place in theirs.items() if value in ours}, set())

    def test_the_logs_name_no_common_key(self):
        main, travel = self.snapshots()
        ours, theirs = digests_in_log(main), digests_in_log(travel)
        self.assertGreater(len(ours), 5)
        self.assertGreater(len(theirs), 3)
        self.assertEqual(ours & theirs, set())

    def test_one_sides_passphrase_opens_nothing_of_the_other(self):
        wrong = self.folder / "main-passphrase"
        wrong.write_text("lindung demo: not a secret\n")
        self.travel.run("seal")
        self.assertEqual(self.travel.run("unseal", "--passphrase-file", wrong, expect=1)["error"], "denied")
        self.travel.unseal()

    def test_a_ring_and_database_of_one_side_are_refused_by_the_server_of_the_other(self):
        swapped = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        other = Travel(swapped)
        other.data.mkdir(mode=0o700)
        shutil.copy(self.main.data / "ring", other.data / "ring")
        snapshot(self.main.data / "lindung.db", other.data / "travel.db")
        other.secret.write_text("lindung demo: not a secret\n")
        other.start()
        self.addCleanup(other.kill)
        self.assertEqual(other.run("unseal", "--passphrase-file", other.secret, expect=1)["error"], "conflict")

    def test_the_processes_share_no_file_socket_or_port(self):
        main_files, main_sockets = open_things(self.main.process.pid)
        travel_files, travel_sockets = open_things(self.travel.process.pid)
        self.assertTrue(any(path.startswith(str(self.main.data)) for path in main_files))
        self.assertTrue(any(path.startswith(str(self.travel.data)) for path in travel_files))
        own_lines = {str(self.travel.err), str(self.main.err), str(self.main.out)}
        self.assertEqual((main_files & travel_files) - own_lines, set())
        self.assertFalse(any(path.startswith(str(self.travel.data)) for path in main_files))
        self.assertFalse(any(path.startswith(str(self.main.data)) for path in travel_files))
        self.assertEqual(main_sockets & travel_sockets, set())
        self.assertNotEqual(self.main.file["url"].rsplit(":", 1)[-1], self.travel.url.rsplit(":", 1)[-1])

    def test_either_side_answers_on_when_the_other_is_killed(self):
        self.travel.kill()
        self.ask()
        self.travel.start().unseal()
        self.assertEqual(self.show()[0], 200)
        self.main.kill()
        self.addCleanup(self.main.start)
        self.assertEqual(self.show()[0], 200)
        again = self.travel.file(card({"document": passport("QX7730916", "Other", "1980-01-01")}), "0f" * 16)
        self.assertEqual(again["version"], 1)


if __name__ == "__main__":
    demo.run()
