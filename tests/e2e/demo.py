"""The program under test as a test sees it: `lindung demo` as a process, its commands, its demo file.

Nothing here waits by sleeping for a time that should be enough: everything is polled for, with a deadline.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import lindung_client as client
import transparency
from wire import Connection

READY_SECONDS = 180  # a sanitized program on a busy machine
BINARY = None  # set by run()


def wait_for(what, probe, seconds=30.0):
    """The first value of probe() that is not None and not False; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


class CommandFailed(AssertionError):
    pass


def lindung(*arguments, expect=0, timeout=READY_SECONDS, env=None):
    """Runs one command; returns what it printed. expect: the exit status that it must have."""
    done = subprocess.run(
        [BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, env=env, check=False
    )
    if done.returncode != expect:
        raise CommandFailed(
            f"lindung {' '.join(map(str, arguments))}: exit {done.returncode} instead of {expect}\n"
            f"{done.stdout}{done.stderr}"
        )
    return done


class Demo:
    """One data folder, and the server on it when it is started."""

    def __init__(self, data, citizens=300, seed=7, extra=()):
        self.data = pathlib.Path(data)
        self.file_path = self.data.with_name(self.data.name + "-demo.json")
        self.arguments = ["--citizens", str(citizens), "--seed", str(seed), *extra]
        self.process = None
        self.file = None
        self.strangers = {}  # partners by id that the demo file does not know
        self.ahead = 0.0  # seconds from this machine's clock to the server's
        self.environment = None  # of the server's process; None: this one's
        self.program = None  # of the server; None: BINARY
        self.folder = None  # that the server runs in; None: this process's
        self.out = self.data.with_name(self.data.name + "-stdout")
        self.err = self.data.with_name(self.data.name + "-stderr")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def spawn(self, *extra):
        with open(self.out, "ab") as out, open(self.err, "ab") as err:
            self.process = subprocess.Popen(
                [str(self.program or BINARY), "demo", "--data", str(self.data), "--listen", "127.0.0.1:0", *self.arguments, *extra],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env=self.environment,
                cwd=self.folder,
            )
        return self.process

    def start(self, *extra):
        """Starts the server and returns when it is ready, with its demo file read."""
        self.spawn(*extra)
        pid = self.process.pid

        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}\n{self.last_words()}")
            return self.file_of(pid)

        try:
            self.file = wait_for("the demo file", ready, READY_SECONDS)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.last_words()}") from None
        return self

    def file_of(self, pid):
        """The demo file of a process, or None as long as it has not written one."""
        try:
            file = json.loads(self.file_path.read_text())
        except FileNotFoundError:
            return None
        return file if file["pid"] == pid else None

    def start_at(self, moment):
        """Starts the server with its clock set to Unix seconds moment."""
        text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
        self.start("--at", text)
        self.ahead = moment - time.time()  # later than the process set its clock, so a little behind it
        return self

    def now(self):
        """The server's clock, to a few seconds."""
        return int(time.time() + self.ahead)

    def last_words(self):
        with contextlib.suppress(FileNotFoundError):
            return self.err.read_text(errors="replace")[-4000:]
        return ""

    def stop(self, how=signal.SIGTERM, seconds=READY_SECONDS):
        """Ends the server; returns its exit status (None when it was not running)."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end within {seconds} s of {how!r}") from None
        self.process = None
        return status

    def kill(self):
        return self.stop(signal.SIGKILL)

    @property
    def address(self):
        host, port = self.file["url"].removeprefix("http://").rstrip("/").rsplit(":", 1)
        return host, int(port)

    @property
    def authority(self):
        return self.file["authority"]

    @property
    def pact(self):
        return bytes.fromhex(self.file["pact_digest"])

    def connect(self):
        return Connection(self.address)

    def command(self, *arguments, expect=0):
        return lindung(*arguments, "--data", self.data, expect=expect)

    def json(self, *arguments, expect=0):
        return json.loads(self.command(*arguments, "--json", expect=expect).stdout)

    def partner(self, partner_id):
        if partner_id in self.strangers:
            return self.strangers[partner_id]
        for p in self.file["partners"]:
            if p["id"] == partner_id:
                key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(p["signing_private_key"]))
                return client.Partner(p["id"], p["epoch"], p["key_id"], key)
        raise KeyError(partner_id)

    def gateway_key(self, now=None):
        now = self.now() if now is None else now
        for key in self.file["gateway_keys"]:
            if key["not_before"] <= now <= key["not_after"]:
                return client.GatewayKey(key["key_id"], bytes.fromhex(key["public_key"]))
        raise AssertionError("the demo file has no gateway key of now")

    def draft(self, partner, question, now=None):
        now = self.now() if now is None else now
        return client.Draft(partner, self.gateway_key(now), self.pact, self.authority, question, now)

    def asking(self, link, operation, code=b"", **question):
        """A draft about a link, by the server's clock."""
        question = client.Question(
            operation, bytes.fromhex(link["token"]), code, **{"client_time": self.now(), **question}
        )
        draft = self.draft(self.partner(link["partner"]), question)
        draft.expires = draft.created + 60
        return draft

    def venues(self, category, capacity=None):
        return [
            (v, bytes.fromhex(v["code"]))
            for v in self.file["venues"]
            if v["category"] == category and (capacity is None or v["capacity"] == capacity)
        ]

    def people(self, partner=None, colour=None):
        """(link, citizen) of everybody of a partner and colour, in the order of the demo file."""
        citizens = {c["id"]: c for c in self.file["citizens"]}
        for link in self.file["links"]:
            citizen = citizens[link["citizen"]]
            if (partner is None or link["partner"] == partner) and (colour is None or citizen["colour"] == colour):
                yield link, citizen

    def officer(self, folder, name, *signed_by):
        """Registers an officer with a key of their own in `folder`; what signs a command of theirs."""
        key = folder / f"{name}.key"
        made = self.json("key", "make", key, "--for", name)
        self.json("officer", "add", name, "--public-key", made["public_key"], *signed_by)
        return "--officer", key

    def vaccinated(self):
        """(reference, number of the record) of green citizens who were vaccinated, each once: there are plenty of them."""
        for citizen in dict.fromkeys(link["citizen"] for link, _ in self.people(colour="green")):
            for record in self.json("certificate", "list", citizen)["records"]:
                if record["kind"] == "vaccination":
                    yield citizen, str(record["number"])
                    break

    def inside(self, venue_id):
        for venue in self.json("venue", "list")["venues"]:
            if venue["venue"] == venue_id:
                return venue["inside"]
        raise KeyError(venue_id)

    def log_key(self):
        return self.file["log"]["origin"], bytes.fromhex(self.file["log"]["public_key"])

    def checkpoint(self, connection):
        """(size, root), its signature checked."""
        response = connection.get("/log/checkpoint", self.authority)
        if response.status != 200:
            raise AssertionError(f"checkpoint: {response.status}")
        return transparency.open_checkpoint(response.body, *self.log_key())


def socket_to(address, timeout=60.0):
    return socket.create_connection(address, timeout)


def exchange(connection, draft):
    """Sends a draft; returns the response as it came."""
    return connection.request(draft.method, draft.target, draft.headers(), draft.body)


def answered(connection, draft, evidence=None):
    """Sends a draft that must be answered; returns the answer after every check that a client can make."""
    response = exchange(connection, draft)
    if response.status != 200:
        raise AssertionError(f"{response.status} {response.body!r} instead of an answer")
    for name, value in (
        ("Content-Type", client.ANSWER_TYPE),
        ("Content-Length", "288"),
        ("Cache-Control", "no-store"),
    ):
        if response.all(name) != [value]:
            raise AssertionError(f"{name}: {response.all(name)} instead of {value}")
    extra = {name.lower() for name, _ in response.headers} - {"content-type", "content-length", "cache-control"}
    if not extra <= {"date", "connection"}:
        raise AssertionError(f"header fields that section 5 does not have: {extra}")
    answer = client.open_answer(draft, response.body)
    client.check_answer(answer, draft, evidence)
    return answer


def postgres_address(purpose):
    """A database of our own where LINDUNG_TEST_POSTGRES says, or None."""
    address = os.environ.get("LINDUNG_TEST_POSTGRES")
    if not address:
        return None
    name = f"lindung_{purpose}_{os.getpid()}"
    subprocess.run(["psql", "-qX", "-d", address, "-c", f"CREATE DATABASE {name}"], check=True)
    return f"{address} dbname={name}"


class DemoCase(unittest.TestCase):
    """A test class with a demo of its own."""

    citizens = 300
    moment = None  # Unix seconds that the server's clock is set to; the time of day matters to quotas

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.demo = Demo(cls.folder / "d", cls.citizens)
        cls.addClassCleanup(cls.demo.kill)
        cls.demo.start() if cls.moment is None else cls.demo.start_at(cls.moment)

    def setUp(self):
        self.connection = self.demo.connect()
        self.addCleanup(self.connection.close)

    def ask(self, link, operation, code=b"", **question):
        """Asks as the partner of a link; returns the checked answer."""
        return answered(self.connection, self.demo.asking(link, operation, code, **question))


def run():
    """main() of a test script: SCRIPT PATH-OF-LINDUNG [unittest arguments]."""
    global BINARY
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} LINDUNG [TEST...]")
    path = pathlib.Path(sys.argv.pop(1)).resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} cannot be run")
    sys.modules["demo"].BINARY = str(path)
    unittest.main(module="__main__", verbosity=2)
