#!/usr/bin/python3
"""`lindung bench day`: a small day, replayed whole, counted right and cleaned up behind.

    bench_day_test.py LINDUNG
"""

import json
import pathlib
import tempfile
import unittest

import demo
from demo import lindung

SMALL = ("--scale", "0.0001", "--venues", "20", "--partners", "3")


class Day(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lindung-bench-day-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def replay(self, *more):
        done = lindung("bench", "day", *SMALL, "--folder", self.folder, "--json", *more)
        return json.loads(done.stdout), done.stderr

    def test_everything_that_is_asked_is_answered_counted_and_logged(self):
        report, said = self.replay()
        self.assertEqual((report["check_ins"], report["check_outs"], report["looks"]), (800, 800, 400))
        self.assertEqual(report["allowed"] + report["denied"], 800)
        self.assertGreater(report["allowed"], 600)
        self.assertEqual(report["log_answers"], 2_000)
        self.assertGreaterEqual(report["occupancies_compared"], 20, "at each hour of the day in which somebody came")
        self.assertGreater(report["most_inside"], 0)
        for figure in ("wall_s", "cpu_us_per_question", "check_ins_per_second", "peak_memory_mib", "disk_mib",
                       "looks_per_second", "times_faster_than_the_day", "whole_day_min"):  # fmt: skip
            self.assertGreater(report[figure], 0, figure)
        self.assertIn("800 of 800 check-ins", said, "it tells how far it is")
        self.assertIsNone(report["folder"])
        self.assertEqual(list(self.folder.iterdir()), [], "its folder is gone")

    def test_its_folder_stays_when_it_is_asked_for(self):
        report, _ = self.replay("--keep")
        data = pathlib.Path(report["folder"])
        self.assertTrue((data / "lindung.db").is_file())
        self.assertTrue((data / "log" / "checkpoint").is_file())

    def test_the_help_shows_how(self):
        self.assertIn("lindung bench day --scale", lindung("bench", "day", "--help").stdout)


if __name__ == "__main__":
    demo.run()
