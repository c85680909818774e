"""Nothing of a person at rest, and neither people nor keys in a core file.

In each try a server is asked about people whose every field is a planted mark, commands about them are given, and it is
ended by SIGABRT at a random moment. Then the data folder with database and WAL, what lies in its folder for temporary
files, files without a name that it holds, the export of the log, the backup, its log lines and metrics are searched for
the marks; its core file is searched for them, for every key of the ring and what is derived from it. Every second try
is an operator's installation, unsealed by a passphrase and speaking TLS, whose private key OpenSSL holds.

The control is the same program without the one call that keeps memory out of core files: its core must have them.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from row import Row

import core_files
import demo
import lindung_client as client
from demo import Demo, exchange
from installation import PASSPHRASE, Authority, Installation
from lindung_client import CHECK_IN, CHECK_OUT, STATUS
from planted import Marks, Person, key_marks, token_marks, write_bundle
from spellings import text_spellings

CITIZENS, SHORT_CITIZENS = 1_000, 60
THREADS = 3
OF_ONE = 6  # cores of one installation
LOAD_S = (0.05, 1.0)
DEMO_PASSPHRASE = "lindung demo: not a secret"
TLS = '[tls]\ncertificate_chain = "{0}"\nprivate_key = "{1}"\n'


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def open_files(pid):
    """Regular files that the process holds and that have no name any more."""
    folder, found = f"/proc/{pid}/fd", []
    for name in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
            if os.readlink(f"{folder}/{name}").endswith("(deleted)") and os.path.isfile(f"{folder}/{name}"):
                found.append(f"{folder}/{name}")
    return found


class Site:
    """One installation, what is searched for in its files, and what in its core files besides."""

    def __init__(self, work, number):
        self.work = work
        self.folder = work.folder / f"s{number}"
        self.cores, self.temporary = self.folder / "cores", self.folder / "tmp"
        for folder in (self.folder, self.cores, self.temporary):
            folder.mkdir()
        self.people = [Person(i, work.random) for i in range(SHORT_CITIZENS if work.is_short else CITIZENS)]
        self.bundle = write_bundle(self.folder / "bundle.json", self.people)
        self.environment = {**os.environ, "TMPDIR": str(self.temporary), "SQLITE_TMPDIR": str(self.temporary)}
        self.marks, self.secrets = Marks(work, f"people{number}"), Marks(work, f"keys{number}")
        for person in self.people:
            self.marks.add(person.marks())
        self.copies = 0

    def add_ring(self, passphrase):
        """Every key of the ring as it is now."""
        tool = self.work.tool("faults_keys")
        said = subprocess.run([tool, self.data / "ring"], input=passphrase, capture_output=True, text=True, check=True)
        for line in said.stdout.splitlines():
            key, name = line.split(" ", 1)
            key = bytes.fromhex(key)
            self.secrets.add(key_marks(name, key))
            if name.startswith(("key log", "key directory")):  # what Ed25519 makes of its seed
                digest = bytearray(hashlib.sha512(key).digest())
                self.secrets.add(key_marks(f"{name}, prefix", bytes(digest[32:])))
                digest[0] &= 248
                digest[31] = digest[31] & 63 | 64
                self.secrets.add(key_marks(f"{name}, scalar", bytes(digest[:32])))

    def command(self, *arguments):
        return demo.lindung(*arguments, "--data", self.data, env=self.environment)

    def write_copies(self):
        """The export of the log and the backup: they must be as clean as what they are made from."""
        self.copies += 1
        self.command("log", "export", self.folder / f"export{self.copies}")
        self.command("backup", self.folder / f"backup{self.copies}")

    def search(self, program):
        """Aborts the server; returns what was found in files, and what in its core."""
        held = []
        for path in open_files(self.process.pid):
            held.append(self.folder / f"held{len(held)}")
            shutil.copyfile(path, held[-1])
        metrics = self.folder / "metrics"
        metrics.write_bytes(self.metrics())
        core = core_files.core_of(self.process, self.cores, self.work.cores_by_kernel)
        rest = files_in(self.data) + files_in(self.temporary) + [self.err, metrics, *held]
        for folder in self.folder.glob("[eb][xa][pc]*[0-9]"):
            rest += files_in(folder)
        at_rest, bytes_at_rest = self.marks.found_in(rest)
        in_core, core_bytes = self.marks.found_in([core])
        in_core += self.secrets.found_in([core])[0]
        core.unlink()
        self.work.count(bytes_at_rest=bytes_at_rest, **{f"core_bytes_of_the_{program}": core_bytes})
        if bytes_at_rest < 300_000:
            raise AssertionError(f"only {bytes_at_rest} bytes at rest")
        return at_rest, in_core

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class DemoSite(Site):
    """A demo of planted people, asked about them by partners."""

    wanted = ("NIK, plain", "name, plain", "token, plain", "master key, plain", "wrapping key, plain", "key exchange")

    def __init__(self, work, number, program):
        super().__init__(work, number)
        self.server = Demo(self.folder / "d", extra=["--bundle", str(self.bundle)])
        self.server.program, self.server.environment, self.server.folder = program, self.environment, self.cores
        self.data, self.err = self.server.data, self.server.err
        self.is_first = True

    @property
    def process(self):
        return self.server.process

    def start(self):
        self.server.start()
        if len(self.server.file["citizens"]) != len(self.people):
            raise AssertionError("people are missing")
        if self.is_first:
            for link in self.server.file["links"]:
                self.marks.add(token_marks(bytes.fromhex(link["token"])))
            for partner in self.server.file["partners"]:
                key = bytes.fromhex(partner["signing_private_key"])
                self.secrets.add(key_marks("key of a partner of the demo", key))
        self.is_first = False
        self.add_ring(DEMO_PASSPHRASE)

    def metrics(self):
        return urllib.request.urlopen(self.server.file["metrics_url"], timeout=30).read()

    def ask(self, number):
        _, code = self.server.venues("transport_hub")[0]
        links = self.server.file["links"]
        try:
            with self.server.connect() as connection:
                for at in range(number, 10**9, THREADS):
                    link = links[at % len(links)]
                    for operation in (STATUS, CHECK_IN, CHECK_OUT):
                        question = client.Question(operation, bytes.fromhex(link["token"]), code)
                        exchange(connection, self.server.draft(self.server.partner(link["partner"]), question))
        except (OSError, EOFError):
            return  # it is gone

    def use(self):
        askers = [threading.Thread(target=self.ask, args=(i,), daemon=True) for i in range(THREADS)]
        for asker in askers:
            asker.start()
        random = self.work.random
        person = random.choice(self.people)
        number = self.folder / "number"
        number.write_text(person.nik + "\n")
        self.command("citizen", "find", "--kind", "nik", "--file", number)
        citizen = next(c["id"] for c in self.server.file["citizens"] if c["nik"] == person.nik)
        self.command("why", "--citizen", citizen)
        self.write_copies()
        time.sleep(random.uniform(*LOAD_S))
        return askers


class ServeSite(Site):
    """An operator's installation: a passphrase that somebody typed, TLS, and an import of the planted people."""

    wanted = ("NIK, plain", "name, plain", "master key, plain", "wrapping key, plain", "key of TLS")

    def __init__(self, work, number, program):
        super().__init__(work, number)
        self.authority = Authority(self.folder / "tls")
        files = self.authority.issue("server", "/CN=gateway")
        self.server = Installation(self.folder, TLS.format(*files))
        self.server.program, self.server.environment, self.server.cwd = program, self.environment, self.cores
        self.data, self.err = self.server.data, self.server.err
        scalar = load_pem_private_key(files[1].read_bytes(), None).private_numbers().private_value
        self.secrets.add(key_marks("key of TLS", scalar.to_bytes(32, "big")))
        for line in files[1].read_bytes().splitlines():
            if not line.startswith(b"-"):
                self.secrets.add([("key of TLS", "PEM", line)])
        self.secrets.add(("passphrase", form, pattern) for form, pattern in text_spellings(PASSPHRASE))
        self.server.init()
        self.is_first = True

    @property
    def process(self):
        return self.server.process

    def start(self):
        self.server.start()
        self.server.unseal()
        if self.is_first:
            made = json.loads(demo.lindung("key", "make", self.folder / "clinic.key", "--json").stdout)
            self.server.run("issuer", "add", "klinik", "--public-key", made["public_key"])
            said = self.server.run("import", "--issuer", "klinik", "--key", self.folder / "clinic.key", self.bundle)
            if said["accepted"] != 3 * len(self.people):
                raise AssertionError(f"accepted {said}")
        self.is_first = False
        self.add_ring(PASSPHRASE)

    def metrics(self):
        return self.server.lines().encode()

    def use(self):
        random = self.work.random
        context = self.authority.context()
        person = random.choice(self.people)
        number = self.folder / "number"
        number.write_text(person.passport + "\n")
        self.command("citizen", "find", "--kind", "passport", "--file", number)
        self.write_copies()
        for _ in range(random.randint(1, 10)):
            if self.server.get("/healthz", context)[0] != 200:
                raise AssertionError("not healthy")
        time.sleep(random.uniform(0, 0.05))
        return []


class Secrets(Row):
    name = "secrets"
    what = "a server aborted at a random moment: no planted mark in any file, neither marks nor keys in its core"
    unit = "cores"
    goal, short = 500, 2
    sites = (DemoSite, ServeSite)

    def run(self, work):
        probe = work.folder / "probe"
        probe.mkdir()
        work.cores_by_kernel = core_files.are_written(probe)
        work.measure(cores_of_the_kernel=work.cores_by_kernel)
        number = 0
        for site in self.sites:
            self.control(work, site, number)
            number += 1
        while work.goes_on():
            self.installation(work, self.sites[number % len(self.sites)], number)
            number += 1

    def installation(self, work, kind, number):
        site = kind(work, number, work.program)
        try:
            for _ in range(1 if work.is_short else OF_ONE):
                if not work.goes_on():
                    break
                at_rest, in_core = self.abort(site, "program")
                for what, where, at in at_rest + in_core:
                    work.lose(f"{what} at {at} of {os.path.relpath(where, site.folder)}")
                work.try_()
            work.measure(strings_searched_for=site.marks.count + site.secrets.count)
        except BaseException:
            print(site.err.read_text(errors="replace")[-4000:])
            raise
        finally:
            site.close()

    def control(self, work, kind, number):
        """The same program without its protection is caught, and by each kind of mark."""
        site = kind(work, number, work.tool("faults_dumped"))
        try:
            at_rest, in_core = self.abort(site, "control")
        finally:
            site.close()
        if at_rest:
            raise AssertionError(f"at rest: {at_rest[:3]}")
        for wanted in kind.wanted:
            if not any(what.startswith(wanted) for what, _, _ in in_core):
                raise AssertionError(f"the control's core has no {wanted}: {sorted({what for what, _, _ in in_core})}")
        work.count(controls=1, found_in_controls=len(in_core))

    def abort(self, site, program):
        site.start()
        threads = site.use()
        found = site.search(program)
        for thread in threads:
            thread.join(60)
        site.server.process = None
        return found


ROWS = [Secrets()]
