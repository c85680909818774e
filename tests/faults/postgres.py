"""Two PostgreSQL servers of a test's own, one the synchronous standby of the other, to be killed, paused and promoted."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from row import Skipped

import demo

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
OPTIONS = ("listen_addresses=127.0.0.1", "max_connections=60", "wal_keep_size=256MB", "shared_buffers=32MB")


def as_postgres(*command):
    """PostgreSQL refuses root; it ends when this process does."""
    other = ("--reuid=postgres", "--regid=postgres", "--init-groups") if os.geteuid() == 0 else ()
    return ["setpriv", *other, "--pdeathsig", "INT", "--", *map(str, command)]


class Node:
    """One server; it keeps its port and folder, also when it is made anew as a standby."""

    def __init__(self, folder, name, port):
        self.folder, self.data, self.port = folder, folder / name, port
        self.process = None

    def spawn(self):
        options = [word for option in OPTIONS for word in ("-c", option)]
        command = as_postgres(BIN / "postgres", "-D", self.data, "-k", self.folder, "-p", self.port, *options)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")

    def sql(self, text, expect=True):
        """What a statement says, or None when it fails and is not expected to succeed."""
        command = ["psql", "-h", self.folder, "-p", str(self.port), "-U", "lindung", "-d", "postgres", "-qtAXc", text]
        environment = {**os.environ, "PGCONNECT_TIMEOUT": "5"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
        if done.returncode != 0 and expect:
            raise AssertionError(f"{text}: {done.stderr}")
        return done.stdout.strip() if done.returncode == 0 else None

    def start(self):
        """Also right after a kill: its children of then may still hold the shared memory for a moment."""

        def answers():
            if self.process is None or self.process.poll() is not None:
                self.spawn()
            return self.sql("SELECT 1", expect=False) == "1"

        demo.wait_for("PostgreSQL", answers, 60)

    def processes(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def signal_all(self, number):
        for pid in self.processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)  # before it can make more children
        self.signal_all(signal.SIGSTOP)

    def resume(self):
        self.signal_all(signal.SIGCONT)

    def end(self, how=signal.SIGINT):
        """Ends it: SIGINT as on a clean restart, SIGKILL for the postmaster alone, whose children notice."""
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(60)
        self.process = None

    def destroy(self):
        """Nothing of it runs any more, also if it was paused."""
        if self.process is not None:
            pids = self.processes()
            self.process.kill()
            self.process.wait(60)
            self.process = None
            for pid in pids[1:]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        shutil.rmtree(self.data, ignore_errors=True)


class Pair:
    """A primary and its standby. A commit is on both before it is acknowledged."""

    def __init__(self, random):
        if not os.access(BIN / "postgres", os.X_OK):
            raise Skipped("PostgreSQL 15 is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-pair-", dir="/tmp"))
        try:
            if os.geteuid() == 0:
                shutil.chown(self.folder, "postgres", "postgres")
            first = random.randrange(20_000, 30_000, 2)
            self.primary, self.standby = (Node(self.folder, name, first + i) for i, name in enumerate(("a", "b")))
            self.run(BIN / "initdb", "-D", self.primary.data, "-U", "lindung", "--auth=trust", "--encoding=UTF8",
                     "--locale=C")  # fmt: skip
            self.primary.start()
            self.primary.sql("CREATE DATABASE lindung")
            self.make_standby()
        except BaseException:
            self.close()
            raise

    def run(self, *command):
        done = subprocess.run(as_postgres(*command), capture_output=True, text=True, cwd="/", timeout=300, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command[0]}: {done.stderr}")

    @property
    def address(self):
        """Both, in an order that stays: whoever connects looks for the one that takes writes."""
        nodes = sorted((self.primary, self.standby), key=lambda node: node.port)
        ports = ",".join(str(node.port) for node in nodes)
        return f"host=127.0.0.1,127.0.0.1 port={ports} dbname=lindung user=lindung"

    def make_standby(self):
        """Copies the primary; from then on commits wait for the copy."""
        source, node = self.primary, self.standby
        self.run(BIN / "pg_basebackup", "-D", node.data, "-h", self.folder, "-p", source.port, "-U", "lindung", "-R",
                 "-X", "stream", "--checkpoint=fast")  # fmt: skip
        node.start()
        source.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        source.sql("SELECT pg_reload_conf()")
        self.wait_until_synchronous()

    def wait_until_synchronous(self):
        def is_synchronous():
            return self.primary.sql("SELECT sync_state FROM pg_stat_replication", expect=False) == "sync"

        demo.wait_for("a synchronous standby", is_synchronous, 60)

    def promote(self):
        """The standby becomes the primary, alone until there is a standby again."""
        self.primary, self.standby = self.standby, self.primary
        self.primary.sql("SELECT pg_promote()")
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.primary.sql("SELECT pg_reload_conf()")

    def last_words(self):
        log = self.folder / "log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def close(self):
        for node in (getattr(self, "standby", None), getattr(self, "primary", None)):
            if node is not None:
                node.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)
