"""A disk that fails at one write, at every one in turn: the server recovers or says so, and gives no answer that is lost.

A library of ours (disk_shim.cpp) is preloaded into the server and counts its writes, synchronisations, creations and
renames below the data folder. In each try one of them fails: once with EIO, from there on with EIO, from there on for
want of space, by half, by half with the death of the server, or with the loss of whatever was not synchronised. They
are taken in turn from two recorded runs: the making of an installation, and the serving of one: questions, a link, a
forgetting, a backup, the end.

Then the disk is well again and the server starts. Every question without an answer gets one, each acknowledged answer is
the same again, the acknowledged link and backup are there, occupancy is what the answers say, the exported log verifies
and holds each answer at its index and no other. And what failed was told: by a problem instead of an answer, a log line,
readiness or an exit status. Only what may fail without loss is not (HARMLESS).

The control is a disk that says of the database that it synchronised, and did not: what it loses must be missed.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.request

from row import Row

import demo
import lindung_client as client
from demo import Demo
from kills_row import Asked, Asker, Installation, ask, settle
from lindung_client import CHECK_OUT, STATUS, UNLINKED

CITIZENS, MAKING_CITIZENS, SEED = 240, 12, 11
QUESTIONS, AFTERWARDS = 24, 3
STRIDE = 389  # a prime: each call has its turn, and those of a short run come from everywhere
ATTEMPTS = 3  # of one question while the disk is ill
KINDS = ("once", "on", "full", "short", "torn", "power")
# At its end SQLite moves the write-ahead log into the database, and if it cannot the next start does; what a file held
# before it was replaced is overwritten where that is possible.
HARMLESS = re.compile(r"(write|sync|truncate) (/lindung\.db|.* \(deleted\))|sync /lindung\.db-wal")
TOLD = re.compile(r"^\S+Z (error|warn\w*) event=(?!gate-closed guard=demo )", re.M)


class Fault:
    """One failing call, as the program's environment says it, and what became of it."""

    def __init__(self, work, data, kind="none", at=0):
        self.journal = data.with_name(data.name + "-journal")
        self.journal.unlink(missing_ok=True)
        self.environment = {
            **os.environ,
            "LINDUNG_FAULT_FOLDER": str(data),
            "LINDUNG_FAULT_JOURNAL": str(self.journal),
            "LINDUNG_FAULT_AT": str(at),
            "LINDUNG_FAULT_KIND": kind,
            "LD_PRELOAD": str(work.tool("faults_disk.so")),
        }

    def calls(self):
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    def struck(self):
        """The calls that failed, each as "write /lindung.db-wal"."""
        return [line.split(" ", 1)[1].removesuffix(" FAULT") for line in self.calls() if line.endswith(" FAULT")]


class IllDisk(Installation):
    """An installation whose server runs on an ill disk, and then on a well one."""

    def __init__(self, server, work):  # the server is not started yet
        self.server, self.work, self.random = server, work, work.random
        self.history, self.where = [], [{}]
        self.asked = []  # as an Asker
        self.token = self.backup = self.readiness = None
        self.problems = 0
        server.err.unlink(missing_ok=True)

    def start_on(self, fault):
        """Starts the server on the ill disk; whether it became ready. Else it has ended."""
        self.server.environment = fault.environment
        process = self.server.spawn()
        self.server.environment = None

        def ready_or_ended():
            self.server.file = self.server.file_of(process.pid)
            if self.server.file is not None:
                return "ready"
            return "ended" if process.poll() is not None else None

        return demo.wait_for("a server that is ready or has ended", ready_or_ended, demo.READY_SECONDS) == "ready"

    def use(self):
        """Asks and commands until all is done or the server is gone."""
        venues = [v for v in self.server.file["venues"] if v["capacity"] == 0 or v["capacity"] >= CITIZENS]
        asker = Asker(self.server, self.server.file["links"], venues, self.where[0], self.random)
        with contextlib.suppress(OSError, EOFError), self.server.connect() as connection:
            for i in range(QUESTIONS):
                asked = asker.next_question()
                self.asked.append(asked)
                for _ in range(ATTEMPTS):
                    asked.answer = ask(self.server, connection, asked)
                    if asked.answer:
                        settle(self.where[0], asked)
                        break
                    self.problems += 1
                if i == QUESTIONS // 2:
                    self.command_all()
            self.publish(connection)
        self.readiness = self.ready_status()

    def publish(self, connection):
        """Waits for a further checkpoint as long as a publication takes; on an ill disk it may never come."""
        begin = self.server.checkpoint(connection)[0]
        with contextlib.suppress(AssertionError):
            demo.wait_for("a further checkpoint", lambda: self.server.checkpoint(connection)[0] > begin, 1.5)

    def command_all(self):
        link = self.server.file["links"][-1]
        partner = next(p["id"] for p in self.server.file["partners"] if p["id"] != link["partner"])
        said = self.command("link", "grant", partner, "--citizen", link["citizen"])
        if said:
            self.token = {**link, "partner": partner, "token": said["token"]}
        self.command("retention", "run", "--keep-days", "14")
        folder = self.server.data / "backup"
        if self.command("backup", folder):
            self.backup = folder

    def command(self, *arguments):
        """What a command says, or None when it says that it failed."""
        done = subprocess.run(
            [demo.BINARY, *map(str, arguments), "--data", self.server.data, "--json"],
            capture_output=True,
            text=True,
            timeout=demo.READY_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return json.loads(done.stdout)
        if not (done.stdout + done.stderr).strip():
            raise AssertionError(f"{arguments[0]} failed with {done.returncode} and says nothing")
        self.problems += 1
        return None

    def ready_status(self):
        host, port = self.server.address
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=30) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def end_on_ill_disk(self):
        """The exit status."""
        process = self.server.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        status = process.wait(demo.READY_SECONDS)
        self.server.process = None
        return status

    def was_told(self, status):
        log = self.server.err.read_text(errors="replace")
        return bool(self.problems or self.readiness == 503 or status != 0 or TOLD.search(log))

    def check(self):
        """On the well disk: everything that was acknowledged is there, and nothing else."""
        self.server.start()
        self.resolve([self])
        with self.server.connect() as connection:
            if self.token:
                if self.later(connection, self.token).outcome == UNLINKED:
                    raise AssertionError("a link that was granted leads to nobody")
            for link in self.random.sample(self.server.file["links"], AFTERWARDS):
                self.later(connection, link)
        self.replay()
        self.check_occupancy()
        self.check_log()
        if self.backup:
            check_backup(self.backup)
        if self.server.stop() != 0:
            raise AssertionError("it did not end well on the well disk")

    def replay(self):
        """Who is where, in the order of the log: a question that failed at first may stand behind those asked after it."""
        where = self.where[0]
        where.clear()
        for asked in sorted(self.history, key=lambda asked: asked.answer.index):
            if asked.operation != CHECK_OUT or where.get(asked.link["token"]) is asked.venue:
                settle(where, asked)

    def later(self, connection, link):
        asked = Asked(link, STATUS, None, client.Question(STATUS, bytes.fromhex(link["token"]), b""))
        asked.answer = self.answer_of(connection, asked)
        self.history.append(asked)
        return asked.answer


def check_backup(folder):
    with contextlib.closing(sqlite3.connect(folder / "lindung.db")) as database:
        said = database.execute("PRAGMA integrity_check").fetchall()
    if said != [("ok",)]:
        raise AssertionError(f"an acknowledged backup: {said[:3]}")


class Disk(Row):
    name = "disk"
    what = "a failing, full, short, torn or never synchronised write, each of a run in turn: recovered and told, nothing lost"
    unit = "faults"
    goal, short = 6_000, 12

    def run(self, work):
        made = work.folder / "made"
        with Demo(made, CITIZENS, SEED):
            pass
        runs = [(made, CITIZENS, self.once(work, made, CITIZENS)), (None, MAKING_CITIZENS, self.once(work, None, MAKING_CITIZENS))]
        calls = [(origin, citizens, at) for origin, citizens, count in runs for at in range(1, count + 1)]
        work.measure(calls_of_serving=runs[0][2], calls_of_making=runs[1][2])
        self.control(work, made, runs[0][2])
        first = work.random.randrange(10**6) if work.is_short else 0
        while work.goes_on():
            number = first + self.goal - work.left()
            kind = KINDS[number % len(KINDS)]
            origin, citizens, at = calls[number // len(KINDS) * STRIDE % len(calls)]
            try:
                self.once(work, origin, citizens, kind, at)
            except Exception as error:
                what = "serving" if origin else "making"
                raise AssertionError(f"{kind} at call {at} of {what}: {error}") from error

    def control(self, work, made, calls):
        """What is acknowledged on a disk that lies is lost with its power, and these checks see it."""
        try:
            self.once(work, made, CITIZENS, "lies", calls // 2)
        except AssertionError as why:
            work.say(f"the control is found: {str(why)[:120]}")
            work.count(controls=1)
        else:
            raise AssertionError("answers that a lying disk has lost were not missed")

    def once(self, work, origin, citizens, kind="none", at=0):
        """One run on an ill disk and one on a well disk; returns how many calls were counted."""
        data = work.folder / "d"
        server = Demo(data, citizens, SEED)
        server.file_path.unlink(missing_ok=True)
        if origin:
            shutil.copytree(origin, data)
            shutil.copy(origin.with_name(origin.name + "-demo.json"), server.file_path)
        fault, ill = Fault(work, data, kind, at), IllDisk(server, work)
        try:
            if ill.start_on(fault):
                ill.use()
            status = ill.end_on_ill_disk()
            struck = fault.struck()
            if kind != "none":
                self.judge(work, ill, kind, struck, status)
            elif status != 0:
                raise AssertionError(f"without a fault it ended with {status}")
            ill.check()
            if kind != "none":
                work.try_(**{kind: 1}, questions=len(ill.asked), not_reached=int(not struck))
            return len(fault.calls())
        except BaseException:
            print(fault.struck()[:3], server.last_words())
            raise
        finally:
            server.kill()
            shutil.rmtree(data, ignore_errors=True)

    def judge(self, work, ill, kind, struck, status):
        if not struck or kind == "short":
            if status != 0 or ill.problems:
                raise AssertionError(f"half a write is none that failed: {struck}, exit {status}, {ill.problems} problems")
            return
        if kind in ("torn", "power", "lies"):
            if status != -signal.SIGKILL:
                raise AssertionError(f"exit {status} instead of a kill")
            return
        if not ill.was_told(status):
            if not all(HARMLESS.fullmatch(call) for call in struck):
                raise AssertionError(f"nobody was told: {struck}")
            work.count(harmless=1)


ROWS = [Disk()]
