"""A travel installation as its operator makes it, and cards as travellers file them."""

import json
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

import demo

PASSPHRASE = "another horse, another battery"
CONFIG = '[travel]\ndata = "{data}"\nlisten = "127.0.0.1:0"\nrequire_synchronised_clock = false\n'


class Travel:
    """`lindung travel serve` on a data folder of its own; `more` is further TOML."""

    def __init__(self, folder, more=""):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "travel"
        self.config = self.folder / "travel.toml"
        self.config.write_text(CONFIG.format(data=self.data) + more)
        self.secret = self.folder / "travel-passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self.err = self.folder / "travel-stderr"
        self.process = None
        self.url = None

    def start(self):
        with open(self.err, "ab") as err:
            self.process = subprocess.Popen(
                [str(demo.BINARY), "travel", "serve", "--config", str(self.config)],
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
            )
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line + self.err.read_text(errors="replace")
        self.url = line.split()[2]
        return self

    def kill(self, how=signal.SIGKILL):
        """Ends the server; its exit status, or None when it does not run."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        status = self.process.wait(demo.READY_SECONDS)
        self.process.stdout.close()
        self.process = None
        return status

    def stop(self):
        return self.kill(signal.SIGTERM)

    def run(self, *arguments, expect=0):
        return json.loads(demo.lindung("travel", *arguments, "--data", self.data, "--json", expect=expect).stdout)

    def init(self):
        return self.run("init", "--passphrase-file", self.secret)

    def unseal(self):
        self.run("unseal", "--passphrase-file", self.secret)
        demo.wait_for("the travel server to answer", lambda: self.call("GET", "/readyz")[0] == 200)
        return self

    def call(self, method, path, body=None, secret=None):
        """Status, and the body as JSON where it is some."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if secret is not None:
            request.add_header("Lindung-Card-Secret", secret)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def problem(self, method, path, body=None, secret=None):
        status, document = self.call(method, path, body, secret)
        return status, document["type"].removeprefix("urn:lindung:problem:")

    def file(self, card, filing):
        status, filed = self.call("POST", "/v1/cards", {"filing": filing, "card": card})
        assert status == 201, (status, filed)
        return filed


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def passport(number, given, birth, **more):
    return {
        "kind": "passport", "number": number, "issuing_state": "UTO", "nationality": "UTO", "family": "Eriksson",
        "given": given, "birth": birth, "sex": "F", "expiry": "2039-04-15", **more,
    }  # fmt: skip


def citizen(nik, name, birth="1990-01-01"):
    return {
        "kind": "nik", "number": nik, "issuing_state": "IDN", "nationality": "IDN", "given": name, "birth": birth,
        "sex": "X",
    }  # fmt: skip


def card(*people, scope="international", origin="SIN", departure=86_400, hours=2, address="Jalan Thamrin 1, Jakarta"):
    return {
        "journey": {
            "scope": scope, "mode": "air", "carrier": "GA", "number": "GA 825", "origin": origin, "destination": "CGK",
            "departure": at(departure), "arrival": at(departure + 3600 * hours),
        },
        "people": list(people),
        "contact": {"address": address, "phone": "+628123456789"},
    }  # fmt: skip
