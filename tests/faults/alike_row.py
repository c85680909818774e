"""Tokens that lead to nobody are answered alike: in bytes and size always, and in time by Welch's t at the socket.

Five classes, asked about in random order on one connection by faults_alike (tests/faults/alike.cpp): tokens that never
were, of a withdrawn link, of another partner, that have expired, and of a citizen who was erased. In ctest only bytes
and sizes decide: a time is a figure of the machine as well.
"""

import json
import os
import shutil
import sqlite3
import subprocess

from row import Row

from demo import Demo, answered
from lindung_client import STATUS, UNLINKED

BEGIN = 1788256800  # 2026-09-01T10:00:00Z
DAY = 86400
PARTNER, OTHER = "gojek", "grab"
TOKENS, SHORT_TOKENS = 100, 10  # of each class
CITIZENS, SHORT_CITIZENS = 4000, 400  # a tenth of them are linked to one partner
T_LIMIT = 4.5
ASKED_AT_A_TIME = 100_000  # so that a run that is stopped has shown something
OF_PERSON = ("citizen", "identity", "record", "timeline", "open_visit", "link")


def next_tokens(server, links):
    """Has each link's token replaced, 31 days after it was made, and uses the new one."""
    for link in links:
        with server.connect() as connection:
            first = answered(connection, server.asking(link, STATUS))
            assert first.outcome != UNLINKED and any(first.next_token), first
            answered(connection, server.asking({**link, "token": first.next_token.hex()}, STATUS))


def erase(server, links):
    """What erasure leaves: tokens without a person. The server does not run meanwhile."""
    database = sqlite3.connect(server.data / "lindung.db")
    refs = []
    for link in links:
        refs += database.execute(
            "SELECT citizen_ref FROM citizen WHERE lower(hex(citizen_ref)) = ?", (link["citizen"].lower(),)
        ).fetchall()
    assert len(refs) == len(links), f"{len(refs)} of {len(links)} citizens"
    for table in OF_PERSON:
        database.executemany(f"DELETE FROM {table} WHERE citizen_ref = ?", refs)
    database.commit()
    database.close()


def classes_of(work, server):
    """Tokens by class; the server runs 33 days after the links were made."""
    tokens = SHORT_TOKENS if work.is_short else TOKENS
    server.start_at(BEGIN)
    mine, others = ([link for link, _ in server.people(name)] for name in (PARTNER, OTHER))
    assert len(mine) >= 3 * tokens and len(others) >= tokens, (len(mine), len(others))
    withdrawn, expired, erased = (mine[i * tokens : (i + 1) * tokens] for i in range(3))
    server.stop()
    server.start_at(BEGIN + 31 * DAY)
    next_tokens(server, expired)
    for link in withdrawn:
        server.command("link", "withdraw", PARTNER, "--citizen", link["citizen"])
    server.stop()
    erase(server, erased)
    server.start_at(BEGIN + 33 * DAY)
    return {
        "unknown": [(b"\x01" + os.urandom(27)).hex() for _ in range(tokens)],
        "withdrawn": [link["token"] for link in withdrawn],
        "foreign": [link["token"] for link in others[:tokens]],
        "expired": [link["token"] for link in expired],
        "erased": [link["token"] for link in erased],
    }


class Alike(Row):
    name = "alike"
    what = "answers about unknown, withdrawn, foreign, expired and erased tokens: the same bytes, size and time"
    unit = "answers"
    goal, short = 1_000_000, 10_000

    def run(self, work):
        tool = work.tool("faults_alike")
        server = Demo(work.folder / "d", SHORT_CITIZENS if work.is_short else CITIZENS)
        try:
            classes = classes_of(work, server)
            while work.goes_on():
                self.ask(work, server, tool, classes)
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)

    def ask(self, work, server, tool, classes):
        """One comparison. Each has its own t: the machine's load differs from one to the next."""
        count = work.left() if work.is_short else min(work.left(), ASKED_AT_A_TIME)
        question = {"classes": classes, "partner": PARTNER, "count": count, "ahead": round(server.ahead)}
        seconds = [] if work.limit_s is None else [f"{max(1.0, work.left_s()):.0f}"]
        done = subprocess.run(
            [tool, server.file_path, str(work.random.getrandbits(32)), *seconds],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        said = json.loads(done.stdout)
        if len(said["likenesses"]) != 1:
            work.lose(f"answers differ: {said['likenesses'][:3]}"[:500])
        work.try_(said["answers"])
        if work.is_short or "times" not in said:
            return
        times = said["times"]
        work.measure(
            worst_t=max(times["worst_t"], work.measured.get("worst_t", 0)),
            mean_us_below_p90=times["mean_us_below_p90"],
            resolution_us_below_p90=times["resolution_us_below_p90"],
            p50_us=round(times["p50_us"], 1),
            comparisons_of=ASKED_AT_A_TIME,
        )
        for pair in times["pairs"]:
            if abs(pair["t"]) >= T_LIMIT:
                work.lose(f"{pair['pair']} below the quantile {pair['below']}: t = {pair['t']}, {pair['us']} us")


ROWS = [Alike()]
