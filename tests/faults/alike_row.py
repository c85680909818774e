"""Tokens that lead to nobody are answered alike: in bytes and size always, and in time by Welch's t at the socket.

Five classes, asked about in random order on one connection by faults_alike (tests/faults/alike.cpp): tokens that never
were, of a withdrawn link, of another partner, that have expired, and of a citizen who was erased. Their order makes the
machine's load a noise that all classes share. In ctest a pair that differs in time is compared once more, afresh: a
leak is there again, chance is not.
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
TOKENS = 100  # of each class
CITIZENS = 4000  # a tenth of them are linked to one partner
T_LIMIT = 4.5
ASKED_AT_A_TIME = 100_000  # so that a run that is stopped has shown something
SHORT_SECONDS, LONGEST_SECONDS = 240, 86_400  # a slow machine compares fewer
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


def classes_of(server):
    """Tokens by class; the server runs 33 days after the links were made."""
    server.start_at(BEGIN)
    mine, others = ([link for link, _ in server.people(name)] for name in (PARTNER, OTHER))
    assert len(mine) >= 3 * TOKENS and len(others) >= TOKENS, (len(mine), len(others))
    withdrawn, expired, erased = (mine[i * TOKENS : (i + 1) * TOKENS] for i in range(3))
    server.stop()
    server.start_at(BEGIN + 31 * DAY)
    next_tokens(server, expired)
    for link in withdrawn:
        server.command("link", "withdraw", PARTNER, "--citizen", link["citizen"])
    server.stop()
    erase(server, erased)
    server.start_at(BEGIN + 33 * DAY)
    return {
        "unknown": [(b"\x01" + os.urandom(27)).hex() for _ in range(TOKENS)],
        "withdrawn": [link["token"] for link in withdrawn],
        "foreign": [link["token"] for link in others[:TOKENS]],
        "expired": [link["token"] for link in expired],
        "erased": [link["token"] for link in erased],
    }


class Alike(Row):
    name = "alike"
    what = "answers about unknown, withdrawn, foreign, expired and erased tokens: the same bytes, size and time"
    unit = "answers"
    goal, short = 1_000_000, 20_000  # short: on a slow machine

    def run(self, work):
        tool = work.tool("faults_alike")
        server = Demo(work.folder / "d", CITIZENS)
        try:
            classes = classes_of(server)
            while work.goes_on():
                self.ask(work, server, tool, classes)
                if work.is_short:
                    break
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)

    def ask(self, work, server, tool, classes):
        """One comparison. Each has its own t: the machine's load differs from one to the next."""
        count = ASKED_AT_A_TIME if work.is_short else min(work.left(), ASKED_AT_A_TIME)
        said = self.compare(work, server, tool, classes, count)
        work.try_(said["answers"])
        if "times" not in said:
            return
        different = differing(said["times"])
        if different and work.is_short:
            work.say(f"once more, because of {different}")
            again = differing(self.compare(work, server, tool, classes, ASKED_AT_A_TIME)["times"])
            different = {pair: told for pair, told in again.items() if pair in different}
        for pair, told in different.items():
            work.lose(f"{pair}: {told}")

    def compare(self, work, server, tool, classes, count):
        question = {"classes": classes, "partner": PARTNER, "count": count, "ahead": round(server.ahead)}
        seconds = SHORT_SECONDS if work.is_short else min(max(1.0, work.left_s()), LONGEST_SECONDS)
        done = subprocess.run(
            [tool, server.file_path, str(work.random.getrandbits(32)), f"{seconds:.0f}"],
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
        if "times" in said:
            times = said["times"]
            work.measure(
                worst_t=max(times["worst_t"], work.measured.get("worst_t", 0)),
                mean_us_below_p90=times["mean_us_below_p90"],
                resolution_us_below_p90=times["resolution_us_below_p90"],
                p50_us=round(times["p50_us"], 1),
                comparisons_of=ASKED_AT_A_TIME,
            )
        return said


def differing(times):
    """Pairs of classes whose answers took different times, each with what was found."""
    return {
        f"{pair['pair']} below the quantile {pair['below']}": f"t = {pair['t']}, {pair['us']} us"
        for pair in times["pairs"]
        if abs(pair["t"]) >= T_LIMIT
    }


ROWS = [Alike()]
