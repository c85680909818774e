"""A browser as far as the portal's server sees one: cookies, Origin, Fetch Metadata; and the telephone beside it."""

import json
import pathlib
import re

import demo
from wire import Connection


class Browser:
    def __init__(self, server, origin=None):
        """server: a demo.Demo that runs."""
        self.address = server.address
        port = server.address[1]
        self.host = f"localhost:{port}"
        self.origin = origin or f"http://localhost:{port}"
        self.cookies = {}
        self.set_cookies = []  # as the last answer said them

    def call(self, method, path, body=None, fields=None):
        """Status, JSON, the whole response."""
        headers = [("Host", self.host)]
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        if fields is None:
            fields = [("Sec-Fetch-Site", "same-origin"), ("Origin", self.origin)]
        headers += fields
        data = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            headers += [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        with Connection(self.address) as connection:
            response = connection.request(method, "/v1/portal/" + path, headers, data)
        self.set_cookies = response.all("Set-Cookie")
        for line in self.set_cookies:
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return response.status, json.loads(response.body) if response.body else None, response

    def get(self, path, **more):
        return self.call("GET", path, **more)[:2]

    def post(self, path, body=None, **more):
        return self.call("POST", path, body if body is not None else {}, **more)[:2]

    def delete(self, path, **more):
        return self.call("DELETE", path, {}, **more)[:2]


class Telephone:
    """Reads what the messages' folder holds for one number, as its owner would. A message is there before the answer to
    the request that caused it."""

    def __init__(self, server, number):
        self.folder = pathlib.Path(server.data) / "messages"
        self.number = number
        self.seen = set(self.names())

    def names(self):
        return [path.name for path in self.folder.glob("*.json")] if self.folder.is_dir() else []

    def messages(self):
        """(name, code) of all messages to this number."""
        out = []
        for name in self.names():
            message = json.loads((self.folder / name).read_text(encoding="utf-8"))
            if message["to"] == self.number:
                out.append((name, re.search(r"\b(\d{12}|\d{6})\b", message["text"]["en"]).group(1)))
        return out

    def new_codes(self):
        fresh = [(name, code) for name, code in self.messages() if name not in self.seen]
        self.seen.update(name for name, _ in fresh)
        return [code for _, code in fresh]

    def code(self):
        """The code that came now, or, where the number gets no more of them, the long one that serves meanwhile."""
        fresh = self.new_codes()
        if len(fresh) > 1:
            raise AssertionError(f"{len(fresh)} new messages")
        return fresh[0] if fresh else next(code for _, code in self.messages() if len(code) == 12)


def printed(server, pattern):
    """What the demo printed, behind its demo file, as a match of the pattern."""
    out = pathlib.Path(server.out)
    return demo.wait_for(pattern, lambda: re.search(pattern, out.read_text(encoding="utf-8")))


def logins(server):
    """What the demo printed: the telephone of a citizen with an account, and somebody who can register."""
    phone = printed(server, r"log-in of a citizen: telephone (\+\d+);").group(1)
    found = printed(server, r"who can register: NIK (\d+), (.*), born (\S+), family card (\d+), telephone (\+\d+)\n")
    person = dict(zip(("nik", "name", "born", "family_card", "phone"), found.groups()))
    return phone, person


def nik_with_an_account(server):
    """Whose account the demo has from the start: no other telephone opens it."""
    return printed(server, r"log-in of a citizen: .*; NIK (\d+)\n").group(1)


def sign_in(browser, server, number, device="Chrome, Android"):
    telephone = Telephone(server, number)
    status, answer = browser.post("codes", {"phone": number})
    if status != 202:
        raise AssertionError(f"codes: {status} {answer}")
    status, answer = browser.post("login/code", {"code": telephone.code(), "device": device})
    if status != 200:
        raise AssertionError(f"login/code: {status} {answer}")
    return answer
