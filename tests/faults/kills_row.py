"""SIGKILL under load, at random moments: what was acknowledged is there, once, and what was not can be asked for.

In each round some partners ask without pause until the server is killed; in some rounds it is stopped and continued
before that, in some it is killed once more while it starts. Each thread knows every question that it asked and every
answer that it got; people belong to one thread, so what happened to each of them has one order. After the restart: a
question without an answer gets one under its old request id, acknowledged answers are given again byte for byte,
occupancy is what the answers say, and the exported log verifies and holds each answer at its index and no other answer.

After each 50 rounds a new installation begins, so that no day's quota and no log's length ends the row.
The server is killed, not PostgreSQL; LINDUNG_TEST_POSTGRES says where that runs.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
import time

from row import Row, Skipped

import demo
import lindung_client as client
from demo import Demo, exchange, lindung
from export import entries
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, DENY, STATUS
from transparency import cbor, leaf_hash

THREADS = 6
CITIZENS = 240
LOAD_QUESTIONS, LOAD_SECONDS = (20, 400), 2.5  # the kill comes after so many answers or so long
AGAIN = 40  # acknowledged questions of a round that are asked again
ROUNDS_OF_ONE = 50  # of one installation
PAUSED_OF_TEN, TWICE_OF_TEN = 2, 2  # rounds of ten in which the server is stopped for a while, or killed at its start too
PAUSE_S = (0.05, 0.9)  # around the 500 ms after which an answer may not leave any more
TRIES_AGAIN = 50  # of one question whose answer may not leave
NEVER = {"outcome-unknown", "busy", "unavailable"}  # problems after which the same question is asked again
ANSWER_HEAD = cbor("answer")


class Asked:
    """One question, and what is known of its answer."""

    def __init__(self, link, operation, venue, question):
        self.link, self.operation, self.venue, self.question = link, operation, venue, question
        self.evidences = []  # of every request that carried it
        self.answer = None
        self.was_interrupted = False  # an attempt ended without an answer


def ask(server, connection, asked):
    """Sends the question once; returns the answer, or None when its fate is unknown."""
    draft = server.draft(server.partner(asked.link["partner"]), asked.question).sign()
    asked.evidences.append(draft.evidence())
    response = exchange(connection, draft)
    if response.status != 200:
        problem = json.loads(response.body)["type"].removeprefix("urn:lindung:problem:")
        if problem not in NEVER:
            raise AssertionError(f"{response.status} {response.body!r}")
        asked.was_interrupted = True
        return None
    answer = client.open_answer(draft, response.body)
    if answer.evidence not in asked.evidences:
        raise AssertionError("the evidence is of no request that was sent")
    client.check_answer(answer, draft, answer.evidence)
    return answer


class Asker(threading.Thread):
    """Asks about its own people until the server is gone."""

    def __init__(self, server, people, venues, where, random):
        super().__init__(daemon=True)
        self.server, self.people, self.venues, self.random = server, people, venues, random
        self.where = where  # link token -> venue that the person is inside
        self.asked = []
        self.failure = None

    def next_question(self):
        link = self.random.choice(self.people)
        inside = self.where.get(link["token"])
        operation = self.random.choice((STATUS, CHECK_IN, CHECK_IN, CHECK_OUT if inside else CHECK_IN))
        venue = inside if operation == CHECK_OUT else self.random.choice(self.venues)
        question = client.Question(operation, bytes.fromhex(link["token"]), bytes.fromhex(venue["code"]))
        return Asked(link, operation, venue, question)

    def run(self):
        try:
            with self.server.connect() as connection:
                while True:
                    asked = self.next_question()
                    self.asked.append(asked)
                    try:
                        for _ in range(TRIES_AGAIN):
                            asked.answer = ask(self.server, connection, asked)
                            if asked.answer:
                                break
                    except (OSError, EOFError):
                        return  # killed: this question is the one whose fate is unknown
                    if asked.answer is None:
                        raise AssertionError(f"no answer in {TRIES_AGAIN} attempts")
                    if asked.answer.repeated and not asked.was_interrupted:
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


class Installation:
    """One data folder, its server, and everything that was asked of it."""

    def __init__(self, server, work):
        self.server, self.work, self.random = server, work, work.random
        self.history = []  # every Asked of every round
        self.where = [{} for _ in range(THREADS)]
        server.start()
        self.people = server.file["links"], server.file["citizens"]

    def load_and_kill(self):
        links = self.server.file["links"]
        venues = [v for v in self.server.file["venues"] if v["capacity"] == 0 or v["capacity"] >= CITIZENS]
        askers = [
            Asker(self.server, links[i::THREADS], venues, self.where[i], type(self.random)(self.random.random()))
            for i in range(THREADS)
        ]
        for asker in askers:
            asker.start()
        demo.wait_for("the first answers", lambda: all(len(a.asked) > 1 or a.failure for a in askers))
        pauses = self.random.randint(1, 2) if self.random.randrange(10) < PAUSED_OF_TEN else 0
        target, end = self.random.randint(*LOAD_QUESTIONS), time.monotonic() + LOAD_SECONDS
        while sum(len(a.asked) for a in askers) < target and time.monotonic() < end:
            time.sleep(self.random.uniform(0.0, 0.02))  # the moment of the kill lies anywhere
            if pauses and self.random.randrange(4) == 0:
                pauses -= 1
                self.pause()
        if self.random.randrange(10) < PAUSED_OF_TEN:
            self.server.process.send_signal(signal.SIGSTOP)  # killed as it stands, with what the clients sent meanwhile
            time.sleep(self.random.uniform(0.0, 0.1))
            self.work.count(kills_of_a_stopped_server=1)
        self.server.kill()
        for asker in askers:
            asker.join(30)
            if asker.is_alive() or asker.failure:
                raise AssertionError(f"{asker.failure or 'a client hangs'}") from asker.failure
        return askers

    def pause(self):
        self.server.process.send_signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(*PAUSE_S))
        self.server.process.send_signal(signal.SIGCONT)
        self.work.count(pauses=1)

    def start_again(self):
        while self.random.randrange(10) < TWICE_OF_TEN:
            self.server.spawn()
            time.sleep(self.random.uniform(0.0, 0.08))
            self.server.kill()
            self.work.count(kills_at_the_start=1)
        self.server.start()
        if self.people != (self.server.file["links"], self.server.file["citizens"]):
            raise AssertionError("other people after a restart")

    def answer_of(self, connection, asked):
        def once():
            return ask(self.server, connection, asked)

        return demo.wait_for("an answer after the restart", once)

    def resolve(self, askers):
        """Asks again after the restart: the unknown ones, then some of the acknowledged."""
        with self.server.connect() as connection:
            for i, asker in enumerate(askers):
                for asked in asker.asked:
                    if asked.answer is not None:
                        continue
                    asked.answer = self.answer_of(connection, asked)
                    self.work.count(unknown=1, of_which_recorded=int(asked.answer.repeated))
                    settle(self.where[i], asked)
            acknowledged = [a for asker in askers for a in asker.asked]
            for asked in self.random.sample(acknowledged, min(AGAIN, len(acknowledged))):
                again = self.answer_of(connection, asked)
                if not again.repeated or again.fact() != asked.answer.fact():
                    raise AssertionError(f"another answer to the same question: {again} after {asked.answer}")
                self.work.count(asked_again=1)
        self.history += acknowledged

    def check_occupancy(self):
        expected = {venue["id"]: 0 for venue in self.server.file["venues"]}
        for where in self.where:
            for venue in where.values():
                expected[venue["id"]] += 1
        got = {v["venue"]: v["inside"] for v in self.server.json("venue", "list")["venues"]}
        if got != expected:
            raise AssertionError(f"occupancy {got} instead of {expected}")

    def check_log(self):
        """The exported log holds what was answered, each answer once, and nothing that was not asked for."""
        highest = max(asked.answer.index for asked in self.history)
        with self.server.connect() as connection:
            demo.wait_for("every answer in a checkpoint", lambda: self.server.checkpoint(connection)[0] > highest, 10)
        export = self.work.folder / "export"
        self.server.command("log", "export", export)
        lindung("log", "verify", export, "--key", self.server.file["log"]["public_key"])
        logged = entries(export)
        shutil.rmtree(export)
        seen = set()
        for asked in self.history:
            answer = asked.answer
            if answer.index in seen:
                raise AssertionError(f"index {answer.index} was given twice")
            seen.add(answer.index)
            if leaf_hash(logged[answer.index]) != answer.leaf_hash:
                raise AssertionError(f"another leaf than that of the answer at {answer.index}")
        answers = sum(entry[2 : 2 + len(ANSWER_HEAD)] == ANSWER_HEAD for entry in logged)
        if answers != len(self.history):
            raise AssertionError(f"{answers} answers in the log of {len(self.history)} questions")

    def round(self):
        askers = self.load_and_kill()
        self.start_again()
        self.resolve(askers)
        self.check_occupancy()
        self.check_log()
        self.work.try_(questions=sum(len(asker.asked) for asker in askers), kills=1)

    def end(self):
        if self.server.stop() != 0:
            raise AssertionError("the server did not end well after the last round")
        self.work.count(inside_at_the_end=sum(len(where) for where in self.where))


class Kills(Row):
    unit = "rounds"

    def __init__(self, engine, goal, short):
        self.engine = engine
        self.name = f"kills-{engine}"
        self.what = (
            f"SIGKILL, SIGSTOP and SIGCONT under load on {engine}: no answer lost, no check-in twice, occupancy and log right"
        )
        self.goal, self.short = goal, short

    def run(self, work):
        while work.goes_on():
            database = new_database(work) if self.engine == "postgres" else None
            data = work.folder / f"d{work.tried}"
            server = Demo(data, CITIZENS, extra=["--postgres", database] if database else [])
            try:
                installation = Installation(server, work)
                for _ in range(ROUNDS_OF_ONE):
                    if not work.goes_on():
                        break
                    installation.round()
                installation.end()
            except BaseException:
                print(server.last_words())
                raise
            finally:
                server.kill()
                shutil.rmtree(data, ignore_errors=True)
                if database:
                    drop_database(database)


def new_database(work):
    address = os.environ.get("LINDUNG_TEST_POSTGRES")
    if not address:
        raise Skipped("LINDUNG_TEST_POSTGRES is not set")
    name = f"lindung_kills_{os.getpid()}_{work.tried}"
    subprocess.run(["psql", "-qX", "-d", address, "-c", f"CREATE DATABASE {name}"], check=True)
    return f"{address} dbname={name}"


def drop_database(database):
    address, name = database.rsplit(" dbname=", 1)
    subprocess.run(["psql", "-qX", "-d", address, "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=True)


ROWS = [Kills("sqlite", 1000, 20), Kills("postgres", 300, 5)]
