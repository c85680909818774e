"""No NIK, name or token of the demo stands in any file of the data directory, in a log line or in the metrics.

    secrets_test.py LINDUNG

Searched for as text, UTF-16, base64 at each of the three phases, hex, and a NIK also as a number. That the search finds
what is there is shown with one person's marks planted into a file.
"""

import base64
import pathlib
import shutil
import urllib.request

import demo
import lindung_client as client
from demo import DemoCase
from folders import contents
from lindung_client import CHECK_IN, CHECK_OUT, STATUS
from spellings import SHORTEST, Search, add_person, spellings


class Secrets(DemoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.search = Search()
        for link, citizen in cls.demo.people():
            add_person(cls.search, link, citizen)
        with cls.demo.connect() as connection:
            cls.use(connection)
        cls.metrics = urllib.request.urlopen(cls.demo.file["metrics_url"], timeout=30).read()

    @classmethod
    def use(cls, connection):
        """Leaves everybody's traces: answers, visits open and closed, refusals, a link granted and one withdrawn."""
        _, code = cls.demo.venues("transport_hub")[0]
        for i, (link, _) in enumerate(cls.demo.people()):
            partner = cls.demo.partner(link["partner"])
            for operation, at in ((STATUS, b""), (CHECK_IN, code), (CHECK_OUT, code))[: 2 + i % 2]:
                question = client.Question(operation, bytes.fromhex(link["token"]), at)
                demo.answered(connection, cls.demo.draft(partner, question))
            if i % 10 == 0:
                question = client.Question(9, bytes.fromhex(link["token"]), code)
                demo.exchange(connection, cls.demo.draft(partner, question))
        link, citizen = next(iter(cls.demo.people("gojek")))
        token = cls.demo.json("link", "grant", "grab", "--citizen", citizen["id"])["token"]
        cls.demo.command("link", "withdraw", "gojek", "--citizen", citizen["id"])
        cls.search.add("a granted token", spellings(bytes.fromhex(token)))
        cls.demo.command("log", "export", cls.demo.data / "export")
        cls.demo.command("backup", cls.demo.data / "backup")

    def assert_clean(self, folder):
        files = contents(folder)
        self.assertIn("lindung.db", {path.name for path in files})
        total = 0
        for path, data in files.items():
            total += len(data)
            self.assertEqual(self.search.found_in(data), [], path.name)
        self.assertGreater(total, 500_000)
        return total

    def test_nothing_is_found_while_the_server_runs_nor_after_it(self):
        self.assertGreater(self.search.count, 300 * 40)
        self.assert_clean(self.demo.data)
        self.assertEqual(self.search.found_in(self.metrics), [], "metrics")
        self.demo.stop()
        print(f"{self.search.count} patterns in {self.assert_clean(self.demo.data)} bytes")
        lines = self.demo.err.read_bytes()
        self.assertIn(b"event=", lines)
        self.assertEqual(self.search.found_in(lines), [], "log lines")

    def test_the_search_finds_what_is_planted_in_every_form(self):
        link, citizen = next((li, c) for li, c in self.demo.people() if len(c["name"]) >= SHORTEST)
        token = bytes.fromhex(link["token"])
        planted = {
            "nik": citizen["nik"].encode(),
            "nik, UTF-16": citizen["nik"].encode("utf-16-le"),
            "nik as a number": int(citizen["nik"]).to_bytes(8, "little"),
            "nik as the other number": int(citizen["nik"]).to_bytes(8, "big"),
            "nik in BCD": bytes.fromhex(citizen["nik"]),
            "name": citizen["name"].encode(),
            "name, UTF-16": citizen["name"].encode("utf-16-be"),
            "name in hex": citizen["name"].encode().hex().encode(),
            "token": token,
            "token in hex": token.hex().upper().encode(),
            "token in hex, UTF-16": token.hex().encode("utf-16-le"),
        }
        for lead in range(3):
            for name in ("nik", "name", "token"):
                planted[f"{name} in base64, {lead}"] = base64.b64encode(b"\xfb" * lead + planted[name] + b"\xfb\xff")
                url = base64.urlsafe_b64encode(b"\xfb" * lead + planted[name])
                planted[f"{name} in base64url, {lead}"] = url.rstrip(b"=")
        folder = pathlib.Path(self.folder) / "planted"
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir()
        (folder / "lindung.db").write_bytes(bytes(600_000))
        for name, mark in planted.items():
            with self.subTest(name):
                (folder / "file").write_bytes(b"\x00\xffmark" + mark + b"\x17end")
                with self.assertRaises(AssertionError):
                    self.assert_clean(folder)
        (folder / "file").write_bytes(b"nothing")
        self.assert_clean(folder)


if __name__ == "__main__":
    demo.run()
