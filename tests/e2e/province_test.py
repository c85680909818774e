"""A month of a province, imported twice: once undisturbed, once with the server killed on the way. Both end the same.

    province_test.py LINDUNG [--citizens N] [--kills N] [--seed N]

The kills come by SIGKILL, when the progress of an import says so; then the same import is sent again. Compared are each
receipt with its named rows, what waits in quarantine, the rows of the database, the lots, the colours of everybody by
province and age on each of the next 30 days, and for some people the rule and the facts. 100,000 citizens by hand.
"""

import argparse
import collections
import contextlib
import dataclasses
import datetime
import hashlib
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import demo
from installation import Installation
from issuer import Issuer
from province import Province
from wire import Connection

PART = 500  # rows that are written at once; an import of fewer has no middle
MOST_MADE_UP = 50  # kills that came too late
RULES = pathlib.Path(__file__).resolve().parents[2] / "data" / "rules" / "id-2021.json"
COUNTED = ("citizen", "citizen_index", "record", "timeline", "quarantine", "batch", "batch_part", "import", "trace_case")
TERMS = {"lab-jogja": ("--kinds", "test"), "klinik-selatan": ("--kinds", "vaccination"), "dinkes-diy": ("--districts", "34")}


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


class Site(Installation):
    """An installation of the province with its issuers."""

    def __init__(self, folder, issuers, lots):
        folder.mkdir()
        super().__init__(folder)
        self.issuers = issuers
        self.init()
        self.begin()
        register = self.folder / "lots.json"
        register.write_text(json.dumps(lots))
        self.run("issuer", "lots", register)
        for issuer in issuers.values():
            self.run("issuer", "add", *issuer.arguments, *TERMS.get(issuer.id, ()))

    def begin(self):
        self.start()
        self.unseal()
        host, port = self.url.removeprefix("http://").rstrip("/").rsplit(":", 1)
        self.authority = f"{host}:{port}"
        self.address = host, int(port)
        self.connection = Connection(self.address, 600)

    def reconnect(self):
        """The server ends a connection that says nothing for long."""
        self.connection.close()
        self.connection = Connection(self.address, 600)

    def kill(self):
        if self.process is not None:
            self.connection.close()
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(60)
            self.process.stdout.close()
            self.process = None

    def post(self, file, *more):
        issuer = self.issuers[file.issuer]
        response = issuer.post(self.connection, self.authority, file.content, file.import_id, file.kind, *more)
        assert response.status in (200, 202), f"{file.issuer} {file.import_id}: {response.status} {response.body!r}"
        return response.status, json.loads(response.body) if response.status == 200 else None

    def send(self, file):
        return self.post(file)[1]

    def is_done(self, file):
        imports = self.run("batch", "list", file.issuer)["batches"]
        return any(each["import_id"] == file.import_id and each["state"] == "done" for each in imports)

    def state(self, file):
        issuer = self.issuers[file.issuer]
        response = issuer.state(self.connection, self.authority, file.content, file.import_id)
        assert response.status == 200, f"{response.status} {response.body!r}"
        return json.loads(response.body)

    def counts(self):
        """Of the database's tables; the server is stopped."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'lindung.db'}?mode=ro", uri=True)) as database:
            counts = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}
            accepted = "SELECT issuer_id, sum(accepted) FROM issuer_day GROUP BY issuer_id ORDER BY issuer_id"
            counts["accepted"] = database.execute(accepted).fetchall()
            ids = sorted(row[0] for row in database.execute("SELECT record_id FROM record"))
            counts["records"] = hashlib.sha256(b"".join(ids)).hexdigest()
            counts["lots"] = database.execute("SELECT * FROM lot ORDER BY vaccine, lot").fetchall()
        return counts

    def quarantined(self):
        return [without(row, "held_at") for row in self.run("quarantine", "list", "--all")["rows"]]

    def colours(self):
        """Of everybody, by day; the rules in force compared with themselves."""
        days = self.run("rules", "impact", RULES)
        return days["citizens"], [without(day, "at") for day in days["days"]]

    def why(self, person, at):
        number = self.folder / "number"
        number.write_text(person.nik + "\n")
        citizen = self.run("citizen", "find", "--file", number)["citizen"]
        why = without(self.run("why", "--citizen", citizen, "--at", at), "citizen", "log_size")
        return {**why, "facts": [without(fact, "entered_at") for fact in why["facts"]]}

    def verify(self, folder):
        key = self.run("status")["log_key"]
        self.run("log", "export", folder)
        return json.loads(demo.lindung("log", "verify", folder, "--key", key, "--json").stdout)


class Killer:
    """Sends imports to a site and kills it in the middle of some."""

    def __init__(self, site, files, kills, seed):
        self.site, self.random = site, random.Random(seed)
        large = [file for file in files if file.rows > PART]
        chosen = self.random.choices(large, [file.rows for file in large], k=kills)
        self.plan = collections.Counter((file.issuer, file.import_id) for file in chosen)
        self.moments = []  # rows that were done, of how many

    def send(self, file):
        """The receipt, after the kills that are planned for this import."""
        for _ in range(self.plan[file.issuer, file.import_id]):
            # Now and then before the first part is written, else behind some part.
            first = 0 if self.random.random() < 0.2 else 1
            goal, polls = PART * self.random.randint(first, (file.rows - 1) // PART), self.random.randrange(6)
            if not self.kill_within(file, goal, polls):
                break
        return self.site.send(file)

    def kill_within(self, file, goal, polls):
        """Waits until `goal` rows are done and `polls` looks more. False when the import was finished before."""
        if self.site.post(file, ("Prefer", "respond-async"))[0] == 200:
            return False
        while (state := self.site.state(file))["state"] == "running":
            polls -= state["rows_done"] >= goal
            if polls < 0:
                break
        self.site.kill()
        self.site.begin()
        if state["state"] != "running" or self.site.is_done(file):
            return False
        self.moments.append((file, state["rows_done"]))
        return True

    def make_up(self, file):
        """The receipt of an import that is killed at its begin: for a kill that came too late for its own."""
        self.kill_within(file, 0, 0)
        return self.site.send(file)


def same(what, one, other):
    if one != other:
        raise AssertionError(f"{what}: {str(one)[:2000]}\ninstead of {str(other)[:2000]}")


def compare(killed, calm, province, seed):
    same("what is quarantined", killed.quarantined(), calm.quarantined())
    for _ in range(3):  # two looks at the clock, between which a colour may change
        shown = killed.colours(), calm.colours()
        if shown[0] == shown[1]:
            break
    same("colours of everybody", *shown)
    midnight = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)
    colours = collections.Counter()
    chosen = random.Random(seed)
    for person in chosen.sample(province.people, 20) + chosen.sample(province.notable, 20):
        whys = [site.why(person, f"{midnight.isoformat()}T00:00:00Z") for site in (killed, calm)]
        same("why", *whys)
        colours[whys[0]["colour"], whys[0]["rule"]] += 1
    assert len(colours) > 2, colours
    return colours


def run(arguments, folder):
    begin = time.monotonic()
    yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    province = Province(arguments.citizens, arguments.seed, yesterday)
    issuers = {name: Issuer(name) for name in sorted({file.issuer for file in province.files})}
    issuers["lab-jogja"] = Issuer.on_p256("lab-jogja")
    rows = sum(file.rows for file in province.files)
    print(f"{len(province.files)} files of {len(issuers)} issuers, {rows} rows, {time.monotonic() - begin:.1f} s", flush=True)
    with contextlib.ExitStack() as ending:
        sites = []
        for name in ("killed", "calm"):
            sites.append(Site(folder / name, issuers, province.lots))
            ending.callback(sites[-1].kill)
        killed, calm = sites
        begin = time.monotonic()
        receipts = [calm.send(file) for file in province.files]
        undisturbed = time.monotonic() - begin

        killer = Killer(killed, province.files, arguments.kills, arguments.seed)
        total = collections.Counter()

        def check(file, got, receipt):
            own = ("log_index", "repeated")
            same(f"{file.issuer} {file.import_id}", without(got, *own), without(receipt, *own))
            assert got["not_named"] == 0, got["not_named"]
            assert got["rows"] == got["accepted"] + got["rejected"] + got["quarantined"], got
            total.update({name: got[name] for name in ("rows", "accepted", "rejected", "quarantined")})
            for row in got["rejections"] + got["quarantines"]:
                total[row["reason"]] += 1

        for file, receipt in zip(province.files, receipts, strict=True):
            check(file, killer.send(file), receipt)
        # A fast machine is done before a kill comes. The largest file is then sent again under ids of its own.
        files, largest = list(province.files), max(province.files, key=lambda file: file.rows)
        while len(killer.moments) < arguments.kills and len(files) < len(province.files) + MOST_MADE_UP:
            files.append(dataclasses.replace(largest, import_id=f"made-up-for-{len(files)}"))
            calm.reconnect()
            receipts.append(calm.send(files[-1]))
            check(files[-1], killer.make_up(files[-1]), receipts[-1])
        for file, done in killer.moments:
            print(f"killed within {file.import_id} of {file.issuer} when {done} of {file.rows} rows were done")
        assert len(killer.moments) >= arguments.kills, "too few kills came in the middle of an import"
        print("balance:", json.dumps(total))
        assert total["rejected"] > 0 and total["quarantined"] > 0, total

        print("colours:", dict(compare(killed, calm, province, arguments.seed)))
        for i, site in enumerate(sites):
            verified = site.verify(folder / f"log-{i}")
            assert verified["verified"] and verified["entries"]["import"] == len(files), verified
            print("log:", verified["size"], verified["entries"])
            site.stop()
        counts = killed.counts()
        same("the database", counts, calm.counts())
        print("database:", {table: counts[table] for table in COUNTED})

        # Everything once more: nothing changes.
        for site in sites:
            site.begin()
        for file, receipt in zip(files, receipts, strict=True):
            again = [site.send(file) for site in sites]
            same("a receipt", again[1], {**receipt, "repeated": True})
            same("a receipt of both", without(again[0], "log_index"), without(again[1], "log_index"))
        for site in sites:
            site.stop()
            same("the database after everything was sent again", site.counts(), counts)
        print(f"undisturbed: {rows / undisturbed:.0f} rows a second")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lindung")
    parser.add_argument("--citizens", type=int, default=4000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    demo.BINARY = str(pathlib.Path(arguments.lindung).resolve())
    print(f"seed {arguments.seed}", flush=True)
    begin = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-province-"))
    try:
        run(arguments, folder)
    except BaseException:
        for errors in folder.glob("*/stderr"):
            print(errors.read_text(errors="replace")[-3000:], file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{arguments.citizens} citizens, {arguments.kills} kills: {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
