"""What the public listener answers about somebody whom the civil register, an account or a record knows, and about
somebody who is not there, cannot be told apart: NIK, name, birth date and telephone in every place of every route that
takes no session and no signature, and in front of every route that wants one.

Both classes come in random order from the same browsers, so that the machine's load is a noise that both share.
"""

import contextlib
import json
import re
import shutil
from urllib.parse import quote

from likeness import Send, compare
from row import Row

import openapi
from demo import Demo
from portal import logins
from wire import Connection, request_bytes

BEGIN = 1788256800  # 2026-09-01T10:00:00Z
NEXT = 30 * 3600  # later: more than a day behind every code that was sent
COMPARED, SHORT = 20_000, 8  # answers of one route
TRIES = 5  # of one code
CODES_OF_NUMBER = 5  # a day; then longer ones, one an hour
CODES_OF_NETWORK = 500  # an hour: 600 are taken
CITIZENS, ACCOUNTS = 12_000, 400
FEW_CITIZENS, FEW_ACCOUNTS = 60, 8
METHOD = re.compile(r"^    (get|post|put|delete):$")
PATH = re.compile(r"^  (/\S*):$")
PARAMETER = re.compile(r"\{[a-z_]+\}")
# What is random in an answer by purpose.
HANDLES = [
    re.compile(r"__Host-lindung-try=([A-Za-z0-9_-]{43});"),
    re.compile(r'"challenge":"([A-Za-z0-9_-]{43})"'),
]


def documented():
    """[(method, path)] of docs/openapi.yaml, which a test holds to the server's routes. Without a reader of YAML: this is
    looked at whenever rows are listed."""
    found, path = [], None
    for line in (openapi.DOCS / "openapi.yaml").read_text(encoding="utf-8").split("\ncomponents:")[0].splitlines():
        path = (PATH.match(line) or [None, path])[1]
        if METHOD.match(line):
            found.append((METHOD.match(line)[1].upper(), path))
    return found


class Person:
    def __init__(self, nik, phone):
        self.nik, self.phone = nik, phone
        self.claim = {
            "nik": nik, "name": "Siti Aminah", "born": "1990-03-21", "family_card": nik[:12] + "0001", "phone": phone,
            "citizen": nik, "device": "x", "code": nik, "receipt": nik, "text": nik, "id": nik, "venue": nik,
            "credential": {"id": nik, "rawId": nik, "type": "public-key", "response": {"userHandle": nik}},
        }  # fmt: skip


class Portal:
    """The server under test, as browsers of many networks see it."""

    def __init__(self, work, server):
        self.work, self.server, self.random = work, server, work.random
        self.days = self.networks = self.codes = self.missing_numbers = 0
        self.sent_to = {}
        self.connection = self.asking = None

    def start(self):
        """On another day: what is counted by number and day begins anew."""
        self.server.start_at(BEGIN + self.days * NEXT)
        self.days += 1
        self.sent_to = {}
        self.host = f"localhost:{self.server.address[1]}"
        self.connection = Connection(self.server.address)
        self.change_network()

    def stop(self):
        for each in (self.connection, self.asking):
            each.close()
        self.server.stop()

    def change_network(self):
        if self.asking:
            self.asking.close()
        self.networks, self.codes = self.networks % 250 + 1, 0
        self.asking = Connection(self.server.address, source=f"127.0.{self.networks}.1")

    def data(self, method, target, body=None, cookies=()):
        headers = [("Host", self.host), ("Origin", f"http://{self.host}"), ("Sec-Fetch-Site", "same-origin")]
        if cookies:
            headers.append(("Cookie", "; ".join(cookies)))
        content = b""
        if method != "GET":
            content = json.dumps({} if body is None else body).encode()
            headers += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        return request_bytes(method, target, headers, content)

    def post(self, path, body, cookies=()):
        return self.asking.raw(self.data("POST", "/v1/portal/" + path, body, cookies))

    def may_have_code(self, phone):
        return self.sent_to.get(phone, 0) < CODES_OF_NUMBER

    def count_code(self, phone):
        self.sent_to[phone] = self.sent_to.get(phone, 0) + 1
        self.codes += 1
        if self.codes >= CODES_OF_NETWORK:
            self.change_network()

    def code(self, phone):
        """The cookie of a browser that asked for a code, and the code."""
        response = self.post("codes", {"phone": phone})
        assert response.status == 202, response
        self.count_code(phone)
        files = list((self.server.data / "messages").glob("*.json"))
        message = next(m for m in (json.loads(path.read_text()) for path in files) if m["to"] == phone)
        for path in files:
            path.unlink()
        return response.one("Set-Cookie").split(";")[0], re.search(r"\b(\d{12}|\d{6})\b", message["text"]["en"])[1]

    def new_number(self):
        self.missing_numbers += 1
        return f"+62877{self.missing_numbers:08}"


class People:
    """Who is there: citizens, of whom the register knows all and some have accounts; and people who are not."""

    def __init__(self, portal, accounts):
        self.portal, self.random = portal, portal.random
        niks = [citizen["nik"] for citizen in portal.server.file["citizens"]]
        self.there = [Person(nik, f"+62813{number:08}") for number, nik in enumerate(niks)]
        known = {*niks, logins(portal.server)[1]["nik"]}
        made_up = (nik[:12] + f"{9999 - turn:04}" for turn in range(20) for nik in niks)
        self.missing = [Person(nik, None) for nik in dict.fromkeys(made_up) if nik not in known]
        rows = [person.claim for person in self.there]
        columns = ("nik", "name", "born", "family_card", "phone")
        register = portal.work.folder / "register.csv"
        register.write_text("\n".join(",".join(each) for each in [columns, *([row[c] for c in columns] for row in rows)]))
        loaded = portal.server.json("register", "load", register)
        assert loaded["rows"] == len(self.there), loaded
        self.accounts = [person.phone for person in self.there[:accounts] if self.registers(person)]
        assert len(self.accounts) >= accounts - 1, self.accounts
        self.venues = [self.open_venue(f"+62814{number:08}") for number in range(accounts)]

    def registers(self, person):
        """Not the one whom the demo gave an account under another number."""
        cookie, code = self.portal.code(person.phone)
        return self.portal.post("register", {**person.claim, "code": code}, [cookie]).status == 200

    def open_venue(self, phone):
        cookie, code = self.portal.code(phone)
        response = self.portal.post("venue/login", {"code": code, "device": "x"}, [cookie])
        assert response.status == 200, response
        return phone

    def one(self, kind):
        return self.random.choice(self.there if kind == "there" else self.missing)

    def number(self, kind, of):
        """A number that may still have a code today."""
        if kind != "there":
            return self.portal.new_number()
        free = [phone for phone in of if self.portal.may_have_code(phone)]
        if not free:
            self.portal.stop()
            self.portal.start()
            free = of
        return self.random.choice(free)


class PortalAlike(Row):
    name = "portal-alike"
    what = "answers of every public route about people who are there and who are not: the same bytes, size and time"
    unit = "answers"

    SPECIAL = {
        ("POST", "/v1/portal/codes"): "codes",
        ("POST", "/v1/portal/login/code"): "log_in",
        ("POST", "/v1/portal/register"): "register",
        ("POST", "/v1/portal/recover"): "recover",
        ("POST", "/v1/portal/venue/login"): "venue_log_in",
    }

    def __init__(self):
        others = [route for route in documented() if route not in self.SPECIAL]
        self.routes = [*self.SPECIAL, *others, ("GET", "/{nik}")]  # the last one is no route
        self.goal, self.short = COMPARED * len(self.routes), SHORT * len(self.routes)

    def run(self, work):
        server = Demo(work.folder / "d", FEW_CITIZENS if work.is_short else CITIZENS)
        self.portal = Portal(work, server)
        try:
            self.portal.start()
            self.people = People(self.portal, FEW_ACCOUNTS if work.is_short else ACCOUNTS)
            each = SHORT if work.is_short else COMPARED
            done = 0 if work.is_short else self.goal - work.left()
            for method, path in self.routes[done // each :]:
                if not work.goes_on():
                    break
                special = self.SPECIAL.get((method, path))
                classes = getattr(self, special)() if special else self.plain(method, path)
                compare(work, f"{method} {path}", classes, each, is_told=special is not None)
            self.portal.stop()
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)

    def classes(self, prepare):
        """prepare(kind): the bytes of one request."""
        return {
            kind: (lambda kind=kind: self.send(prepare(kind)))
            for kind in ("there", "missing")
        }

    def send(self, data):
        return Send(self.portal.connection, data, HANDLES)

    def plain(self, method, path):
        """A person in every place: path, query, body."""

        def prepare(kind):
            person = self.people.one(kind)
            target = PARAMETER.sub(person.nik, path)
            if method == "GET":
                target += f"?nik={person.nik}&name={quote(person.claim['name'])}&born={person.claim['born']}"
            return self.portal.data(method, target, person.claim)

        return self.classes(prepare)

    def tries(self, of):
        """next(kind) -> (cookie, code), each code as often as it may be tried, and on the day of its sending."""
        left = {"there": [], "missing": []}

        def one(kind):
            left[kind] = [each for each in left[kind] if each[0] == self.portal.days]
            if not left[kind]:
                cookie, code = self.portal.code(self.people.number(kind, of))
                left[kind] = [(self.portal.days, cookie, code)] * TRIES
            return left[kind].pop()[1:]

        return one

    def codes(self):
        def prepare(kind):
            phone = self.people.number(kind, self.people.accounts)
            self.portal.count_code(phone)
            return self.portal.data("POST", "/v1/portal/codes", {"phone": phone})

        def one(kind):
            data = prepare(kind)
            for path in (self.portal.server.data / "messages").glob("*.json"):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
            return Send(self.portal.asking, data, HANDLES)

        return {kind: (lambda kind=kind: one(kind)) for kind in ("there", "missing")}

    def with_code(self, path, of, body_of):
        of_try = self.tries(of)

        def prepare(kind):
            cookie, code = of_try(kind)
            return self.portal.data("POST", "/v1/portal/" + path, body_of(kind, code), [cookie])

        return self.classes(prepare)

    def log_in(self):
        return self.with_code("login/code", self.people.accounts, lambda _, code: {"code": other(code), "device": "x"})

    def venue_log_in(self):
        return self.with_code("venue/login", self.people.venues, lambda _, code: {"code": other(code), "device": "x"})

    def recover(self):
        """A telephone at hand, and a printed code that nobody was given."""
        wrong = {"code": "AAAAA-AAAAA AAAAA-AAAAA", "device": "x"}
        return self.with_code("recover", self.people.accounts, lambda _, code: {**wrong, "sms": code})

    def register(self):
        """Everything that the register holds but for the telephone, which is another's."""
        of_try = self.tries([])

        def prepare(kind):
            cookie, code = of_try("missing")
            claim = {**self.people.one(kind).claim, "code": code}
            return self.portal.data("POST", "/v1/portal/register", claim, [cookie])

        return self.classes(prepare)


def other(code):
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


ROWS = [PortalAlike()]
