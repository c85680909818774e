"""A row of the proof: a fault that is tried again and again, and what must never come of it.

Every file NAME_row.py of this folder has a list ROWS of such rows; prove.py finds them. A row's run(work) tries, tells
`work` what it tried and what was lost, and ends when work.goes_on() says so. What it raises is a loss, and ends it.
"""

import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))


class Skipped(Exception):
    """The machine lacks something that the row needs; the text says what."""


class Work:
    """One run of a row: how much of it is wanted, what it needs, and what came of it so far."""

    def __init__(self, program, build, wanted, seconds, seed, is_short, report=None):
        self.program = pathlib.Path(program).resolve()
        self.build = pathlib.Path(build).resolve()  # of programs beside the tests
        self.wanted = wanted  # tries, at most
        self.limit_s = seconds  # None: as long as it takes
        self.seed = seed
        self.random = random.Random(seed)
        self.is_short = is_short  # in ctest: nothing that depends on the machine's speed may decide
        self.tried, self.losses = 0, []
        self.counts, self.measured = {}, {}
        self.begin = time.monotonic()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-faults-"))
        self.report = report
        self.reported = self.begin

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def seconds(self):
        return time.monotonic() - self.begin

    def left(self):
        """How many tries are still wanted."""
        return max(0, self.wanted - self.tried)

    def left_s(self):
        return float("inf") if self.limit_s is None else max(0.0, self.limit_s - self.seconds())

    def goes_on(self):
        return not self.losses and self.left() > 0 and self.left_s() > 0

    def try_(self, tries=1, **counts):
        """So many tries came out well, or are told as losses besides; counts: what else grows with them."""
        self.tried += tries
        self.count(**counts)
        if self.report and time.monotonic() - self.reported > 20:
            self.reported = time.monotonic()
            self.report(self)

    def count(self, **counts):
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def measure(self, **figures):
        """Figures that do not add up: the newest stands."""
        self.measured.update(figures)

    def lose(self, what):
        self.losses.append(what)

    def say(self, text):
        print(f"  {text}", file=sys.stderr, flush=True)

    def tool(self, name):
        """A program of this folder's, built beside the tests."""
        path = self.build / "tests" / "faults" / name
        if not os.access(path, os.X_OK):
            raise Skipped(f"{path} is not built")
        return path

    def needs(self, *programs):
        for program in programs:
            if shutil.which(program) is None:
                raise Skipped(f"{program} is not installed (script/bootstrap)")


class Row:
    name = ""  # [a-z-]+: of the file in docs/proof and of the ctest
    what = ""  # one line: what is tried, and what must not come of it
    unit = ""  # what a try is, in the plural
    goal = 0  # tries that prove it
    short = 0  # tries in ctest

    def run(self, work):
        raise NotImplementedError
