"""Every small damage of an exported log is found, and a database that is older than its log is not served.

The log is a real one: answers of a demo, exported, about a mebibyte of it. faults_tamper damages it in one process
(tests/faults/tamper.cpp says how); the program `lindung log verify` itself is shown some hundred of the damages.
"""

import json
import shutil
import subprocess
import threading

from row import Row

import demo
import lindung_client as client
from demo import Demo, answered
from lindung_client import STATUS

MEBIBYTE = 1 << 20
BYTES_OF_AN_ENTRY = 92  # with its hash, at least, of a log of answers
SHORT_BYTES = 8_000
THREADS = 6
CITIZENS, SHORT_CITIZENS = 600, 20  # each has links of its own in the log
BY_PROGRAM = 200  # damages shown to `lindung log verify` as a process
SERVED = 20  # answers between a copy of the database and its restoration


def fill(server, count):
    """Has so many questions answered, by some connections at once."""
    links = server.file["links"]
    _, code = server.venues("office")[0]
    failures = []

    def load(first):
        try:
            with server.connect() as connection:
                for i in range(first, count, THREADS):
                    answered(connection, server.asking(links[i % len(links)], STATUS, code))
        except BaseException as error:  # noqa: BLE001: the row fails on it
            failures.append(error)

    threads = [threading.Thread(target=load, args=(i,), daemon=True) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def export_of(work, wanted):
    """A demo's log of at least so many bytes, exported; and its key."""
    server = Demo(work.folder / "d", SHORT_CITIZENS if work.is_short else CITIZENS)
    with server:
        fill(server, wanted // BYTES_OF_AN_ENTRY + 1)
        end = server.json("log", "status")["committed"]
        with server.connect() as connection:
            demo.wait_for("the whole log in a checkpoint", lambda: server.checkpoint(connection)[0] >= end, 10)
        export = work.folder / "export"
        server.command("log", "export", export)
        key = server.file["log"]["public_key"]
    shutil.rmtree(server.data)
    return export, key


class Tamper(Row):
    name = "tamper"
    what = "each byte of a 1 MiB export flipped, each length, each two neighbours swapped, one at a time: all found"
    unit = "damages"
    goal, short = 3_000_000, 20_000

    def run(self, work):
        tool = work.tool("faults_tamper")
        export, key = export_of(work, SHORT_BYTES if work.is_short else MEBIBYTE)
        demo.lindung("log", "verify", export, "--key", key)
        if not work.is_short:
            assert size_of(export) >= MEBIBYTE, size_of(export)
        self.by_program(work, export, key)
        seconds = [] if work.limit_s is None else [f"{max(1.0, work.left_s() - 30):.0f}"]
        done = subprocess.run(
            [tool, export, str(work.seed % 8), *seconds], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"{done.stdout}{done.stderr}")
        said = json.loads(done.stdout)
        for missed in said["missed"]:
            work.lose(missed)
        work.measure(bytes=said["bytes"], complete=said["complete"])
        work.try_(
            said["flips"] + said["truncations"] + said["swaps"],
            **{name: said[name] for name in ("flips", "truncations", "swaps")},
            shown_to_the_whole_verifier=said["whole"],
        )

    def by_program(self, work, export, key):
        """Some damages of files, as an outsider finds them: `lindung log verify` must end with 1 and name the file."""
        paths = sorted(path for path in export.rglob("*") if path.is_file())
        for i in range(BY_PROGRAM // 10 if work.is_short else BY_PROGRAM):
            path = work.random.choice(paths)
            kept = path.read_bytes()
            at, damaged = work.random.randrange(len(kept)), bytearray(kept)
            if i % 2:
                damaged[at] ^= 1 << work.random.randrange(8)
            else:
                del damaged[at:]
            path.write_bytes(damaged)
            said = demo.lindung("log", "verify", export, "--key", key, expect=1)
            if str(path.relative_to(export)) not in said.stdout + said.stderr:
                work.lose(f"{path.relative_to(export)} at {at} is not named: {said.stderr}"[:300])
            path.write_bytes(kept)
            work.count(by_the_program=1)


class Restored(Row):
    name = "restored"
    what = "a database put back under a log that was published further: not served, by name"
    unit = "restorations"
    goal, short = 200, 3

    def run(self, work):
        while work.goes_on():
            server = Demo(work.folder / f"r{work.tried}", 88)
            try:
                self.once(work, server)
            finally:
                server.kill()
                shutil.rmtree(server.data, ignore_errors=True)
            work.try_()

    def once(self, work, server):
        server.start()
        fill(server, work.random.randint(1, SERVED))
        server.stop()
        old = work.folder / "old"
        shutil.copytree(server.data, old)
        server.start()
        before = server.json("log", "status")["size"]
        fill(server, work.random.randint(1, SERVED))
        with server.connect() as connection:
            demo.wait_for("a further checkpoint", lambda: server.checkpoint(connection)[0] > before, 10)
        how = work.random.choice((server.stop, server.kill))
        how()
        for name in ("lindung.db", "lindung.db-wal", "lindung.db-shm"):
            (server.data / name).unlink(missing_ok=True)
            if (old / name).exists():
                shutil.copy(old / name, server.data / name)
        shutil.rmtree(old)
        server.spawn()
        status = server.process.wait(60)
        if status == 0 or "older than its log" not in server.last_words():
            raise AssertionError(f"exit {status}: {server.last_words()}")


ROWS = [Tamper(), Restored()]
