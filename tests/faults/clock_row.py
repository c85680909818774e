"""A clock that is wrong, by Debian's libfaketime: the server refuses to answer, by name, and answers again when it is right.

The wall clock is set while the server runs, forwards and backwards; or it is wrong from the start, behind the newest log
entry or beside PostgreSQL's. Within 2 s nothing is refused. In the last try of an installation a partner is cut while
its questions come and the clock jumps about: no answer follows the cut in the log, and no question asked after it was
effective gets one.
"""

import json
import os
import pathlib
import shutil
import threading
import time

from row import Row, Skipped

import demo
import lindung_client as client
from demo import Demo, answered, exchange, lindung
from kills_row import drop_database, new_database
from lindung_client import ALLOW, STATUS

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
CITIZENS = 88
TRIES_OF_ONE = 8  # installation, the cut included
TOLERATED, REFUSED = 2, 7  # seconds: twice the one is within the 5, the other beyond it, whatever the rounding
QUESTIONS = 5
CUT_PARTNER = "gojek"
JUMPS_S = 0.4  # how long the clock jumps about before and after the cut


class WrongClock:
    """A demo whose wall clock this test sets; the time since the machine's start stays true."""

    def __init__(self, work, database):
        self.file = work.folder / "offset"
        self.server = Demo(work.folder / f"c{work.tried}", CITIZENS, extra=["--postgres", database] if database else [])
        self.server.environment = {
            **os.environ,
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(0)

    def set(self, offset):
        new = self.file.with_suffix(".new")
        new.write_text(f"{offset:+d}\n")
        new.replace(self.file)
        self.server.ahead = offset

    def closed_by(self):
        return self.server.json("status")["closed_by"]

    def ask(self, link):
        """The name of the problem, or None for an answer."""
        draft = self.server.asking(link, STATUS)
        with self.server.connect() as connection:
            response = exchange(connection, draft)
            if response.status != 200:
                return json.loads(response.body)["type"].removeprefix("urn:lindung:problem:")
            client.check_answer(client.open_answer(draft, response.body), draft)
            return None

    def must_answer(self, link):
        with self.server.connect() as connection:
            answer = answered(connection, self.server.asking(link, STATUS))
        if answer.outcome not in (ALLOW, client.OVER_QUOTA):
            raise AssertionError(f"outcome {answer.outcome}")


class Clock(Row):
    unit = "wrong clocks"

    def __init__(self, engine, goal, short):
        self.engine, self.goal, self.short = engine, goal, short
        self.name = f"clock-{engine}"
        self.what = f"the wall clock set while the server runs, or wrong from the start ({engine}): refused, by name"

    def run(self, work):
        if not LIBRARY.exists():
            raise Skipped(f"{LIBRARY} is not installed (script/bootstrap)")
        while work.goes_on():
            database = new_database(work) if self.engine == "postgres" else None
            clock = WrongClock(work, database)
            try:
                self.installation(work, clock)
            except BaseException:
                print(clock.server.last_words())
                raise
            finally:
                clock.server.kill()
                shutil.rmtree(clock.server.data, ignore_errors=True)
                if database:
                    drop_database(database)

    def installation(self, work, clock):
        clock.server.start()
        links = [link for link, _ in clock.server.people(colour="green")]
        tries = [self.set_while_running, self.tolerated, self.wrong_from_the_start]
        for i in range(min(TRIES_OF_ONE, work.left()) - 1):
            if not work.goes_on():
                return
            (tries[i] if i < len(tries) else work.random.choice(tries))(work, clock, work.random.choice(links))
            work.try_()
        self.cut(work, clock)
        work.try_(cuts=1)

    def refuses(self, work, clock, link):
        for _ in range(QUESTIONS):
            problem = clock.ask(link)
            if problem != "unavailable":
                raise AssertionError(f"{problem or 'an answer'} with a clock that is wrong by {clock.server.ahead} s")
            work.count(questions_refused=1)

    def comes_back(self, clock, link):
        clock.set(0)
        demo.wait_for("the gate to open", lambda: not clock.closed_by())
        clock.must_answer(link)

    def set_while_running(self, work, clock, link):
        clock.must_answer(link)  # so that the newest log entry is of now
        offset = work.random.choice((-1, 1)) * work.random.randint(REFUSED, 25)
        clock.set(offset)
        if offset < 0 and clock.ask(link) != "unavailable":
            raise AssertionError("an answer with a clock behind the newest log entry")
        demo.wait_for("the gate to close", lambda: any(r.startswith("clock-drift: ") for r in clock.closed_by()))
        self.refuses(work, clock, link)
        self.comes_back(clock, link)

    def tolerated(self, work, clock, link):
        for offset in (TOLERATED, -TOLERATED, 0):
            clock.set(offset)
            clock.must_answer(link)
        if clock.closed_by():
            raise AssertionError(f"closed by {clock.closed_by()} within what is tolerated")
        work.count(within_the_tolerance=1)

    def wrong_from_the_start(self, work, clock, link):
        clock.must_answer(link)
        clock.server.stop()
        behind = self.engine == "sqlite" or work.random.randrange(2)
        clock.set((-1 if behind else 1) * work.random.randint(REFUSED + 2, 25))
        clock.server.spawn()
        pid = clock.server.process.pid

        def is_up_or_gone():
            return clock.server.process.poll() is not None or clock.server.file_of(pid)

        file = demo.wait_for("the server to be up, or to end", is_up_or_gone, demo.READY_SECONDS)
        if clock.server.process.poll() is None:
            clock.server.file = file
            if self.engine == "postgres" and not any(r.startswith("clock: ") for r in clock.closed_by()):
                raise AssertionError(f"closed by {clock.closed_by()} beside a database of another time")
            self.refuses(work, clock, link)
        elif clock.server.process.returncode == 0 or "clock" not in clock.server.last_words():
            raise AssertionError(f"ended with {clock.server.process.returncode}: {clock.server.last_words()}")
        clock.server.kill()
        clock.set(0)
        clock.server.start()
        clock.must_answer(link)
        work.count(wrong_from_the_start=1)

    def cut(self, work, clock):
        server, answers, failures = clock.server, [], []
        links = [link for link, _ in server.people(CUT_PARTNER)]
        ending = threading.Event()

        def load(mine):
            try:
                with server.connect() as connection:
                    for i in range(1_000_000):
                        if ending.is_set():
                            return
                        draft = server.asking(mine[i % len(mine)], STATUS)
                        asked = time.monotonic()
                        response = exchange(connection, draft)
                        if response.status == 200:
                            answers.append((asked, client.open_answer(draft, response.body)))
            except BaseException as error:  # noqa: BLE001: the row fails on it
                failures.append(error)

        def jump(seconds):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                far = 20 if work.random.randrange(4) == 0 else TOLERATED
                clock.set(work.random.randint(-far, far))
                time.sleep(work.random.uniform(0.01, 0.05))

        askers = [threading.Thread(target=load, args=(links[i::4],), daemon=True) for i in range(4)]
        for asker in askers:
            asker.start()
        demo.wait_for("an answer", lambda: answers or failures)
        jump(JUMPS_S)
        clock.set(work.random.randint(-4, 0))  # an officer's command is an entry as well, and waits for a clock that is right

        def cut_once():
            try:
                return server.json("partner", "cut", CUT_PARTNER)
            except demo.CommandFailed:
                clock.set(work.random.randint(0, 20))
                return None

        cut = demo.wait_for("the cut", cut_once)
        effective = time.monotonic()
        if not cut["effective"]:
            raise AssertionError("the cut was not effective in time")
        jump(JUMPS_S)
        ending.set()
        for asker in askers:
            asker.join(60)
        if failures:
            raise failures[0]
        late = [a for asked, a in answers if asked > effective or a.index > cut["log_index"]]
        if late:
            raise AssertionError(f"{len(late)} answers after the cut at {cut['log_index']}")
        self.check_log(work, clock, cut)
        work.count(answers_before_a_cut=len(answers))

    def check_log(self, work, clock, cut):
        server = clock.server
        clock.set(0)
        with server.connect() as connection:
            demo.wait_for("the cut in a checkpoint", lambda: server.checkpoint(connection)[0] > cut["log_index"])
        export = work.folder / "export"
        server.command("log", "export", export)
        lindung("log", "verify", export, "--key", server.file["log"]["public_key"], "--cut", CUT_PARTNER)
        shutil.rmtree(export)


ROWS = [Clock("sqlite", 400, 8), Clock("postgres", 100, 8)]
