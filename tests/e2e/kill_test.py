"""SIGKILL under load, at random moments: what was acknowledged is there, once, and what was not can be asked for.

    kill_test.py LINDUNG [--rounds N] [--engine sqlite|postgres] [--seed N]

In each round some partners ask without pause until the server is killed. Each thread knows every question that it asked
and every answer that it got; people belong to one thread, so what happened to each of them has one order. After a
restart: a question without an answer gets one under its old request id, acknowledged answers are given again, occupancy
is what the answers say, and the exported log verifies and holds every answer at its index.

With --engine postgres the server is killed, not PostgreSQL; LINDUNG_TEST_POSTGRES says where that runs.
"""

import argparse
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

import demo
import lindung_client as client
from demo import Demo, exchange, lindung
from export import leaf_hashes
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, DENY, STATUS

THREADS = 6
CITIZENS = 240
LOAD_QUESTIONS, LOAD_SECONDS = (20, 400), 2.5  # the kill comes after so many answers or so long
AGAIN = 40  # acknowledged questions of a round that are asked again
SKIPPED = 77


class Asked:
    """One question, and what is known of its answer."""

    def __init__(self, link, operation, venue, question):
        self.link, self.operation, self.venue, self.question = link, operation, venue, question
        self.evidence = None  # of the request that was answered first
        self.answer = None


class Asker(threading.Thread):
    """Asks about its own people until the server is gone."""

    def __init__(self, server, people, venues, seed):
        super().__init__(daemon=True)
        self.server, self.people, self.venues = server, people, venues
        self.random = random.Random(seed)
        self.where = {}  # link token -> venue that the person is inside, as far as known before the question
        self.asked = []
        self.failure = None

    def next_question(self):
        link = self.random.choice(self.people)
        token = bytes.fromhex(link["token"])
        inside = self.where.get(link["token"])
        operation = self.random.choice((STATUS, CHECK_IN, CHECK_IN, CHECK_OUT if inside else CHECK_IN))
        venue = inside if operation == CHECK_OUT else self.random.choice(self.venues)
        question = client.Question(operation, token, bytes.fromhex(venue["code"]))
        return Asked(link, operation, venue, question)

    def run(self):
        try:
            with self.server.connect() as connection:
                while True:
                    asked = self.next_question()
                    draft = self.server.draft(self.server.partner(asked.link["partner"]), asked.question).sign()
                    asked.evidence = draft.evidence()
                    self.asked.append(asked)
                    try:
                        response = exchange(connection, draft)
                    except (OSError, EOFError):
                        return  # killed: this question is the one whose fate is unknown
                    if response.status != 200:
                        raise AssertionError(f"{response.status} {response.body!r}")
                    asked.answer = client.open_answer(draft, response.body)
                    client.check_answer(asked.answer, draft)
                    if asked.answer.repeated:
                        raise AssertionError("a new question was answered as a repeated one")
                    settle(self.where, asked)
        except BaseException as error:  # noqa: BLE001: the round fails on it
            self.failure = error


def settle(where, asked):
    """What an answer says about where the person is now."""
    if asked.answer.outcome not in (ALLOW, DENY):
        raise AssertionError(f"outcome {asked.answer.outcome}")
    if asked.answer.outcome == ALLOW and asked.operation == CHECK_IN:
        where[asked.link["token"]] = asked.venue
    if asked.answer.outcome == ALLOW and asked.operation == CHECK_OUT:
        where.pop(asked.link["token"], None)


class Rounds:
    def __init__(self, server, seed):
        self.server, self.random = server, random.Random(seed)
        self.folder = server.data.parent
        self.history = []  # every Asked of every round
        self.where = [{} for _ in range(THREADS)]
        self.unknown = self.recorded = self.repeated = 0

    def ask_again(self, connection, asked):
        draft = self.server.draft(self.server.partner(asked.link["partner"]), asked.question).sign()
        response = exchange(connection, draft)
        if response.status != 200:
            raise AssertionError(f"asked again: {response.status} {response.body!r}")
        answer = client.open_answer(draft, response.body)
        if not answer.repeated:
            asked.evidence = draft.evidence()
        client.check_answer(answer, draft, asked.evidence)
        return answer

    def load_and_kill(self, number):
        links = self.server.file["links"]
        venues = [v for v in self.server.file["venues"] if v["capacity"] == 0 or v["capacity"] >= CITIZENS]
        askers = []
        for i in range(THREADS):
            asker = Asker(self.server, links[i::THREADS], venues, self.random.random())
            asker.where = self.where[i]
            askers.append(asker)
        for asker in askers:
            asker.start()
        demo.wait_for("the first answers", lambda: all(len(a.asked) > 1 or a.failure for a in askers))
        target, end = self.random.randint(*LOAD_QUESTIONS), time.monotonic() + LOAD_SECONDS
        while sum(len(a.asked) for a in askers) < target and time.monotonic() < end:
            threading.Event().wait(self.random.uniform(0.0, 0.02))  # the moment of the kill lies anywhere
        self.server.kill()
        for asker in askers:
            asker.join(30)
            if asker.is_alive() or asker.failure:
                raise AssertionError(f"round {number}: {asker.failure or 'a client hangs'}") from asker.failure
        return askers

    def resolve(self, askers):
        """Asks again after the restart: the unknown ones, then some of the acknowledged."""
        with self.server.connect() as connection:
            for i, asker in enumerate(askers):
                for asked in asker.asked:
                    if asked.answer is not None:
                        continue
                    self.unknown += 1
                    asked.answer = self.ask_again(connection, asked)
                    self.recorded += asked.answer.repeated
                    settle(self.where[i], asked)
            acknowledged = [a for asker in askers for a in asker.asked]
            for asked in self.random.sample(acknowledged, min(AGAIN, len(acknowledged))):
                again = self.ask_again(connection, asked)
                if not again.repeated or again.fact() != asked.answer.fact():
                    raise AssertionError(f"another answer to the same question: {again} after {asked.answer}")
                self.repeated += 1

    def check_occupancy(self):
        expected = {venue["id"]: 0 for venue in self.server.file["venues"]}
        for where in self.where:
            for venue in where.values():
                expected[venue["id"]] += 1
        got = {v["venue"]: v["inside"] for v in self.server.json("venue", "list")["venues"]}
        if got != expected:
            raise AssertionError(f"occupancy {got} instead of {expected}")

    def check_log(self):
        highest = max(asked.answer.index for asked in self.history)
        with self.server.connect() as connection:
            demo.wait_for("every answer in a checkpoint", lambda: self.server.checkpoint(connection)[0] > highest, 10)
        export = self.folder / "export"
        self.server.command("log", "export", export)
        lindung("log", "verify", export, "--key", self.server.file["log"]["public_key"])
        hashes = leaf_hashes(export)
        seen = set()
        for asked in self.history:
            answer = asked.answer
            if answer.index in seen:
                raise AssertionError(f"index {answer.index} was given twice")
            seen.add(answer.index)
            if hashes[answer.index] != answer.leaf_hash:
                raise AssertionError(f"another leaf than that of the answer at {answer.index}")
        shutil.rmtree(export)

    def run(self, count):
        self.server.start()
        people = self.server.file["links"], self.server.file["citizens"]
        for number in range(1, count + 1):
            begin = time.monotonic()
            askers = self.load_and_kill(number)
            self.server.start()
            if people != (self.server.file["links"], self.server.file["citizens"]):
                raise AssertionError("other people after a restart")
            self.resolve(askers)
            self.history += [asked for asker in askers for asked in asker.asked]
            self.check_occupancy()
            self.check_log()
            asked = sum(len(asker.asked) for asker in askers)
            print(f"round {number}: {asked} questions, {time.monotonic() - begin:.1f} s", flush=True)
        if self.server.stop() != 0:
            raise AssertionError("the server did not end well after the last round")
        inside = sum(len(where) for where in self.where)
        print(
            f"{count} rounds: {len(self.history)} questions, {self.unknown} without an answer at the kill, of which "
            f"{self.recorded} were recorded; {self.repeated} asked again; {inside} people inside at the end"
        )
        if self.unknown < count or len(self.history) < LOAD_QUESTIONS[0] * count:
            raise AssertionError("there was hardly any load: this shows nothing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lindung")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    demo.BINARY = str(pathlib.Path(arguments.lindung).resolve())
    extra = []
    if arguments.engine == "postgres":
        address = demo.postgres_address("kill")
        if address is None:
            print("SKIPPED: LINDUNG_TEST_POSTGRES is not set: nothing was shown about PostgreSQL", file=sys.stderr)
            return 1 if os.environ.get("CI") in ("true", "1") else SKIPPED
        extra = ["--postgres", address]
    print(f"seed {arguments.seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-kill-"))
    server = Demo(folder / "d", CITIZENS, extra=extra)
    try:
        Rounds(server, arguments.seed).run(arguments.rounds)
    except BaseException:
        print(server.last_words(), file=sys.stderr)
        raise
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
