"""PostgreSQL killed, restarted, paused and failed over while the server is asked; the server itself stays.

Two PostgreSQL servers of the row's own stand behind one connection string, one the synchronous standby of the other. In
each round some partners ask without pause, one of the faults happens in the middle of it, and each question is asked
again under its request id until it has an answer. Every single call comes back within our own deadlines. While the
database is away readiness says so, and it says the other thing again when it is back. Then as after a kill of the server:
acknowledged answers are given again byte for byte, occupancy is what they say, the log verifies and holds each once.
"""

import signal
import threading
import time
import urllib.error
import urllib.request

from row import Row

import demo
from demo import Demo
from kills_row import CITIZENS, THREADS, Asker, Installation, ask, settle
from postgres import Pair

ROUNDS_OF_ONE = 25  # of one installation
BEFORE, BEHIND = 20, 20  # answers on both sides of a fault
PAUSE_S = (0.05, 1.4)  # around the deadline of 1.5 s
AGAIN_S = (0.005, 0.05)  # between two attempts at one question
LONGEST_CALL_S = 30  # connecting, a statement, a commit and a wait for them: 4 deadlines of 1.5 s, on a busy machine
PATIENCE_S = 90  # until readiness has changed, or a question has its answer


class PatientAsker(Asker):
    """Asks about its own people until it is told to end; a question that failed is asked again until it is answered."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.ending = threading.Event()
        self.answers = self.failures = 0
        self.longest_s = 0.0

    def run(self):
        try:
            with self.server.connect() as connection:
                while not self.ending.is_set():
                    asked = self.next_question()
                    self.asked.append(asked)
                    asked.answer = self.answer_to(connection, asked)
                    if asked.answer.repeated and not asked.was_interrupted:
                        raise AssertionError("a new question was answered as a repeated one")
                    settle(self.where, asked)
                    self.answers += 1
        except BaseException as error:  # noqa: BLE001: the round fails on it
            self.failure = error

    def answer_to(self, connection, asked):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            begin = time.monotonic()
            answer = ask(self.server, connection, asked)
            self.longest_s = max(self.longest_s, time.monotonic() - begin)
            if answer:
                return answer
            self.failures += 1
            time.sleep(self.random.uniform(*AGAIN_S))
        raise AssertionError(f"a question has no answer after {PATIENCE_S} s")


class Databased(Installation):
    def __init__(self, server, work, pair):
        super().__init__(server, work)
        self.pair = pair

    def readiness(self):
        host, port = self.server.address
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=LONGEST_CALL_S) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def wait_for_readiness(self, status):
        begin = time.monotonic()
        demo.wait_for(f"readiness {status}", lambda: self.readiness() == status, PATIENCE_S)
        name = "slowest_ready_ms" if status == 200 else "slowest_not_ready_ms"
        took = round(1000 * (time.monotonic() - begin))
        self.work.measure(**{name: max(took, self.work.measured.get(name, 0))})

    # The faults. Each ends with a database that works again.

    def kill(self):
        self.pair.primary.end(signal.SIGKILL)
        if self.random.randrange(2):
            self.wait_for_readiness(503)
        self.pair.primary.start()

    def restart(self):
        self.pair.primary.end(signal.SIGINT)
        self.pair.primary.start()

    def pause(self):
        self.pair.primary.pause()
        time.sleep(self.random.uniform(*PAUSE_S))
        self.pair.primary.resume()

    def hang(self):
        """Longer than any deadline: its kernel goes on to acknowledge what is sent to it."""
        self.pair.primary.pause()
        self.wait_for_readiness(503)
        self.pair.primary.resume()

    def hang_standby(self):
        """Commits wait for a standby that does not answer."""
        self.pair.standby.pause()
        self.wait_for_readiness(503)
        self.pair.standby.resume()

    def fail_over(self):
        """The standby takes over from a primary that is dead, or hangs and never comes back."""
        self.pair.wait_until_synchronous()
        if self.random.randrange(2):
            self.pair.primary.pause()
        else:
            self.pair.primary.end(signal.SIGKILL)
        self.pair.promote()
        self.wait_for_readiness(200)
        self.pair.standby.destroy()
        self.pair.make_standby()

    def round(self, fault):
        links = self.server.file["links"]
        venues = [v for v in self.server.file["venues"] if v["capacity"] == 0 or v["capacity"] >= CITIZENS]
        askers = [
            PatientAsker(self.server, links[i::THREADS], venues, self.where[i], type(self.random)(self.random.random()))
            for i in range(THREADS)
        ]
        try:
            for asker in askers:
                asker.start()
            self.wait_for_answers(askers, self.random.randint(1, BEFORE))
            getattr(self, fault)()
            self.wait_for_readiness(200)
            self.wait_for_answers(askers, BEHIND)
        finally:
            for asker in askers:
                asker.ending.set()
        for asker in askers:
            asker.join(PATIENCE_S + LONGEST_CALL_S)
            if asker.is_alive() or asker.failure:
                raise AssertionError(f"{asker.failure or 'a client hangs'}") from asker.failure
        longest_s = max(asker.longest_s for asker in askers)
        if longest_s > LONGEST_CALL_S:
            raise AssertionError(f"a call took {longest_s:.1f} s")
        self.work.measure(longest_call_ms=max(round(1000 * longest_s), self.work.measured.get("longest_call_ms", 0)))
        self.resolve(askers)
        self.check_occupancy()
        self.check_log()
        repeated = sum(asked.answer.repeated for asker in askers for asked in asker.asked)
        self.work.count(
            questions=sum(len(asker.asked) for asker in askers),
            without_answer_at_first=sum(asker.failures for asker in askers),
            of_which_recorded=repeated,
        )
        self.work.try_(**{fault: 1})

    def wait_for_answers(self, askers, count):
        before = [asker.answers for asker in askers]

        def enough():
            failed = [asker.failure for asker in askers if asker.failure]
            if failed:
                raise AssertionError(str(failed[0])) from failed[0]
            return sum(asker.answers for asker in askers) - sum(before) >= count

        demo.wait_for("answers", enough, PATIENCE_S)


class Database(Row):
    name = "database"
    what = "PostgreSQL killed, restarted, paused, hung, failed over while asked: no answer lost, readiness true"
    unit = "faults"
    goal, short = 500, 3
    faults = ("kill", "fail_over", "hang", "restart", "pause", "hang_standby")

    def run(self, work):
        work.needs("psql", "setpriv")
        while work.goes_on():
            pair = Pair(work.random)
            server = Demo(work.folder / f"d{work.tried}", CITIZENS, extra=["--postgres", pair.address])
            try:
                installation = Databased(server, work, pair)
                for _ in range(ROUNDS_OF_ONE):
                    if not work.goes_on():
                        break
                    installation.round(self.faults[(self.goal - work.left()) % len(self.faults)])
                installation.end()
            except BaseException:
                print(server.last_words(), pair.last_words())
                raise
            finally:
                server.kill()
                pair.close()


ROWS = [Database()]
