#!/usr/bin/python3
"""A month of made-up reports through the real interface, with a planted outbreak: found on the day on which the methods
find it by their formulas, computed here anew; then published, drawn, and refused when the privacy budget is spent.

    surveillance_test.py LINDUNG
"""

import json
import math
import pathlib
import random
import shutil
import statistics
import tempfile
import unittest
import xml.etree.ElementTree
from collections import defaultdict

import demo
from demo import CommandFailed, Demo
from openapi import Document
from reporting import ICD10, Report, Reporter

BEGIN = 1788220800  # 2026-09-01T00:00:00Z
NOON, DAY = 43200, 86400
DAYS, OUTBREAK = 30, 24
CODES = {"diarrhoea": "A09", "ili": "J11", "fever-rash": "B05.9"}
MEANS = {("3174", "diarrhoea"): 4.0, ("3273", "diarrhoea"): 2.0, ("3174", "ili"): 3.0, ("3578", "fever-rash"): 0.5}
RISE = (2, 5, 8, 10, 9, 7)  # more cases on each day of the outbreak, in 3174


def poisson(source, mean):
    limit, count, product = math.exp(-mean), 0, source.random()
    while product > limit:
        count, product = count + 1, product * source.random()
    return count


def ears(counts):
    """Of the last day: Hutwagner et al. 2003, with a least deviation of a half."""

    def standardised(day, lag):
        if day - lag < 7:
            return None
        base = counts[day - lag - 7 : day - lag]
        return (counts[day] - statistics.mean(base)) / max(0.5, statistics.stdev(base))

    last = len(counts) - 1
    found = set()
    if (c1 := standardised(last, 0)) is not None and c1 > 3:
        found.add("C1")
    c2 = [standardised(day, 2) for day in (last - 2, last - 1, last)]
    if c2[2] is not None and c2[2] > 3:
        found.add("C2")
    if c2[0] is not None and sum(max(0, each - 1) for each in c2) > 2:
        found.add("C3")
    return found


def cusum(counts):
    """Whether the upper sum is over 4 on the last day; 14 days make mean and deviation."""
    if len(counts) <= 14:
        return False
    base, total = counts[:14], 0
    mean, deviation = statistics.mean(base), max(0.5, statistics.stdev(base))
    for count in counts[14:]:
        total = max(0, (count - mean) / deviation - 0.5 + total)
    return total > 4


class Month(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-month-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.demo = Demo(cls.folder / "d", 40)
        cls.addClassCleanup(cls.demo.kill)
        source = random.Random(20260927)
        cls.sent = defaultdict(lambda: [0] * DAYS)
        cls.alarms = []
        reporters = None
        for day in range(DAYS):
            cls.demo.start_at(BEGIN + day * DAY + NOON)
            if reporters is None:
                reporters = [Reporter(cls.demo, name, per_minute=10000) for name in ("halosehat", "sehatku")]
            keys = [each.gateway_key() for each in reporters[:1]]
            with cls.demo.connect() as connection:
                for (district, syndrome), mean in MEANS.items():
                    count = poisson(source, mean)
                    if (district, syndrome) == ("3174", "diarrhoea") and OUTBREAK <= day < OUTBREAK + len(RISE):
                        count += RISE[day - OUTBREAK]
                    for number in range(count):
                        report = Report(codes=((ICD10, CODES[syndrome]),), district=district)
                        answer = reporters[number % 2].send(report, connection, keys[0])
                        assert not isinstance(answer, str) and answer.outcome == "accepted", answer
                    cls.sent[district, syndrome][day] = count
            found = cls.demo.json("surveillance", "alarms")["alarms"]
            cls.alarms.append({(row["place"], row["syndrome"], row["method"]) for row in found})
            if day < DAYS - 1:
                assert cls.demo.stop() == 0

    def date(self, day):
        return f"2026-09-{day + 1:02}"

    def expected(self, day):
        """A day is held against 30 days before it, from the first on that had any report."""
        series = {}
        for (district, syndrome), counts in self.sent.items():
            for place in (district, district[:2]):
                window = counts[max(0, day - 30) : day + 1]
                known = series.setdefault((place, syndrome), [0] * len(window))
                series[place, syndrome] = [a + b for a, b in zip(known, window, strict=True)]
        out = set()
        for (place, syndrome), counts in series.items():
            if not any(counts):
                continue
            out |= {(place, syndrome, method) for method in ears(counts)}
            if cusum(counts):
                out.add((place, syndrome, "CUSUM"))
        return out

    def test_each_day_has_the_alarms_that_the_formulas_give(self):
        self.assertEqual(len(self.alarms), DAYS)
        for day, alarms in enumerate(self.alarms):
            self.assertEqual(alarms, self.expected(day), self.date(day))

    def test_the_planted_outbreak_is_found_on_its_day(self):
        mine = [{method for place, syndrome, method in day if (place, syndrome) == ("3174", "diarrhoea")}
                for day in self.alarms]  # fmt: skip
        first = {method: next(day for day in range(14, DAYS) if method in mine[day]) for method in ("C1", "C2", "C3")}
        by_hand = {method: next(day for day in range(14, DAYS) if ("3174", "diarrhoea", method) in self.expected(day))
                   for method in first}  # fmt: skip
        self.assertEqual(first, by_hand)
        self.assertTrue(all(OUTBREAK <= day <= OUTBREAK + 3 for day in first.values()), first)

    def test_counts_are_those_that_were_sent(self):
        rows = self.demo.json("surveillance", "counts", "--from", self.date(0), "--to", self.date(DAYS - 1))["counts"]
        counted = {(row["place"], row["syndrome"], row["day"]): row["reports"] for row in rows}
        expected = {(district, syndrome, self.date(day)): count
                    for (district, syndrome), counts in self.sent.items() for day, count in enumerate(counts) if count}  # fmt: skip
        self.assertEqual(counted, expected)

    def test_figures_are_published_once_with_noise_hidden_cells_and_a_budget(self):
        day = self.date(OUTBREAK)
        published = self.demo.json("surveillance", "publish", "--day", day, "--epsilon", "1")
        self.assertEqual(self.demo.json("surveillance", "publish", "--day", day, "--epsilon", "0.5"), published)
        with self.demo.connect() as connection:
            answer = connection.request("GET", f"/v1/surveillance/figures?day={day}", [("Host", self.demo.authority)], b"")
            missing = connection.request("GET", "/v1/surveillance/figures?day=2026-09-02", [("Host", self.demo.authority)], b"")
            series = connection.request("GET", "/v1/surveillance/series", [("Host", self.demo.authority)], b"")
        self.assertEqual((answer.status, missing.status), (200, 404))
        page = Document()
        for response in (answer, missing):
            page.check("GET", "/v1/surveillance/figures", response)
        page.check("GET", "/v1/surveillance/series", series)
        self.assertEqual(json.loads(answer.body), published)
        totals = {name: row["total"] for name, row in published["syndromes"].items()}
        self.assertEqual(json.loads(series.body), {"days": [{"day": day, "totals": totals}]})
        cells = published["syndromes"]["diarrhoea"]["provinces"]
        self.assertEqual(len(cells), 38)
        for row in published["syndromes"].values():
            shown = [count for count in row["provinces"].values() if count is not None]
            self.assertTrue(all(count >= 5 for count in shown), row)
            self.assertNotEqual(len(row["provinces"]) - len(shown), 1)
        spent = 1
        with self.assertRaises(CommandFailed) as refused:
            for each in range(DAYS - 1):
                if each != OUTBREAK:
                    self.demo.json("surveillance", "publish", "--day", self.date(each), "--epsilon", "1")
                    spent += 1
        self.assertIn("budget", str(refused.exception))
        self.assertEqual(spent, 15)
        budget = self.demo.json("surveillance", "budget", "--from", self.date(0), "--to", self.date(DAYS - 1))["budget"]
        self.assertEqual(budget[-1]["spent_milli"], 15000)
        with self.assertRaises(CommandFailed):  # the running day
            self.demo.json("surveillance", "publish", "--day", self.date(DAYS - 1))

        for language, word in (("id", "Diare akut"), ("en", "Acute diarrhoea")):
            for what in (("map", "--day", day), ("series", "--from", self.date(0), "--to", self.date(DAYS - 2))):
                file = self.folder / f"{what[0]}-{language}.svg"
                self.demo.json("surveillance", *what, "--syndrome", "diarrhoea", "--language", language, "--output", file)
                picture = xml.etree.ElementTree.parse(file).getroot()
                self.assertTrue(picture.find("{http://www.w3.org/2000/svg}title").text.startswith(word))
                tiles = picture.findall("{http://www.w3.org/2000/svg}g")
                self.assertEqual(len(tiles), 38 if what[0] == "map" else 15)


if __name__ == "__main__":
    demo.run()
