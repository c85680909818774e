#!/usr/bin/python3
"""Attribution: whose leak a dump is, in any layout, and what is said when it is nobody's.

    attribution_test.py LINDUNG
"""

import base64
import gzip
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

import demo
from demo import DemoCase

ESCAPE = b"\x1b[31m\x1b]0;title\x07"


class Attribution(DemoCase):
    citizens = 120

    def setUp(self):
        super().setUp()
        self.folder_ = pathlib.Path(tempfile.mkdtemp(prefix="lindung-leak-"))
        self.addCleanup(shutil.rmtree, self.folder_, ignore_errors=True)
        by_partner = {}
        for link in self.demo.file["links"]:
            by_partner.setdefault(link["partner"], []).append(bytes.fromhex(link["token"]))
        # Whoever has most links; who is linked to whom differs from run to run.
        self.partner, self.tokens = max(by_partner.items(), key=lambda each: len(each[1]))
        self.other = next((name, tokens) for name, tokens in by_partner.items() if name != self.partner)
        self.assertGreaterEqual(len(self.tokens), 8)

    def dump(self, content, name="dump"):
        path = self.folder_ / name
        path.write_bytes(content)
        return path

    def attribute(self, *files, expect=0, stdin=None):
        arguments = [demo.BINARY, "token", "attribute", *map(str, files), "--data", str(self.demo.data), "--json"]
        done = subprocess.run(arguments, capture_output=True, input=stdin, timeout=180, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_every_layout_names_the_partner(self):
        layouts = {
            "csv": lambda t: b"7;" + t.hex().encode() + b";x\n",
            "upper": lambda t: t.hex().upper().encode(),
            "json": lambda t: json.dumps({"token": base64.b64encode(t).decode()}).replace("/", "\\/").encode(),
            "url": lambda t: b"https://x/?t=" + base64.b64encode(t).replace(b"+", b"%2B").replace(b"/", b"%2F"),
            "mixed": lambda t: b"\x00\xff" + ESCAPE + base64.urlsafe_b64encode(t).rstrip(b"=") + b"\xc3\x28",
            "utf16": lambda t: ("token: " + t.hex()).encode("utf-16"),
            "raw": lambda t: b"SQLite format 3\0" + t,
            "bytea": lambda t: b"\\\\x" + t.hex().encode(),
        }
        for (name, write), token in zip(layouts.items(), self.tokens, strict=False):
            with self.subTest(name):
                found = self.attribute(self.dump(write(token), name))
                self.assertEqual(found["verdict"], f"partner {self.partner}")
                self.assertEqual(found["partners"][0]["tokens"], 1)
        every = self.attribute(*(self.folder_ / name for name in layouts))
        self.assertEqual(every["partners"][0]["tokens"], len(layouts))
        self.assertEqual(every["searched"]["files"], len(layouts))

    def test_a_large_dump_counts_each_token_once_and_says_how_sure_it_is_and_from_when_it_is(self):
        lines = []
        for i in range(60_000):
            token = self.tokens[i % len(self.tokens)]
            lines.append(b"%016d;nobody;%s\n" % (i, token.hex().encode() if i % 2 else base64.b64encode(token)))
        text = b"".join(lines)
        found = self.attribute(self.dump(gzip.compress(text, 1), "dump.csv.gz"))
        self.assertEqual(found["verdict"], f"partner {self.partner}")
        self.assertEqual(found["partners"][0]["tokens"], len(self.tokens))
        self.assertGreater(found["repeated"], 50_000)
        self.assertTrue(found["repeated_is_whole"])
        searched = found["searched"]
        self.assertEqual((searched["lines"], searched["bytes_unpacked"], searched["gzip_files"]), (60_000, len(text), 1))
        bound = found["tokens_found"] * searched["partners_tested"] * 2.0**-64
        self.assertTrue(math.isclose(found["error_of_all"], bound, rel_tol=1e-9))
        self.assertLess(found["error_of_all"], 1e-9)
        made = found["tokens_made"][0]
        self.assertEqual((made["partner"], made["epoch"]), (self.partner, 1))
        self.assertEqual(made["still_known"], len(self.tokens))
        self.assertRegex(made["first_made"], r"^\d{4}-\d\d-\d\d$")
        self.assertLessEqual(made["first_made"], made["last_made"])
        again = self.attribute("-", stdin=text)
        self.assertEqual(again["partners"], found["partners"])

    def test_several_partners_and_nobody(self):
        both = self.tokens[0].hex() + "\n" + self.other[1][0].hex()
        found = self.attribute(self.dump(both.encode()))
        self.assertTrue(found["verdict"].startswith("several partners:"), found["verdict"])
        self.assertEqual({row["partner"] for row in found["partners"]}, {self.partner, self.other[0]})

        made = random.Random(7)
        strangers = b"".join((b"\x01" + made.randbytes(27)).hex().encode() + b"\n" for _ in range(1000))
        none = self.attribute(self.dump(strangers), expect=1)
        self.assertTrue(none["verdict"].startswith("not ours: "), none["verdict"])
        self.assertIn(f"{none['tokens_found']} candidates tested", none["verdict"])
        self.assertGreaterEqual(none["tokens_found"], 1000)
        self.assertEqual(none["partners"], [])

    def test_hostile_bytes_end_nothing_and_are_not_printed(self):
        made = random.Random(11)
        content = made.randbytes(1 << 20) + b"\0" * (1 << 20) + b"A" * (8 << 20) + b"\\" * 4096 + b"%" * 4097 + ESCAPE
        found = self.attribute(self.dump(content + self.tokens[0].hex().encode()))
        self.assertEqual(found["verdict"], f"partner {self.partner}")
        broken = gzip.compress(os.urandom(100_000))[:-20]
        self.assertEqual(self.attribute(self.dump(broken), expect=1)["error"], "malformed")
        self.assertEqual(self.attribute(self.dump(b""), expect=1)["partners"], [])
        self.assertEqual(self.attribute(self.folder_ / "absent", expect=1)["error"], "not-found")


if __name__ == "__main__":
    demo.run()
