"""A witness of the log as a test runs it, and one that is not to be trusted; its cosignatures as an outsider checks them.

Sources: C2SP tlog-witness, tlog-cosignature and signed-note. Nothing here is shared with the program.
"""

import base64
import contextlib
import hashlib
import http.server
import json
import pathlib
import signal
import subprocess
import threading

import demo
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from transparency import Unproven


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x04" + public).digest()[:4]


def vkey(name, public):
    typed = base64.b64encode(b"\x04" + public).decode()
    return f"{name}+{key_id(name, public).hex()}+{typed}"


def parse_vkey(text):
    """(name, public key), the id checked."""
    name, number, data = text.split("+", 2)
    data = base64.b64decode(data, validate=True)
    if len(data) != 33 or data[0] != 4 or key_id(name, data[1:]).hex() != number:
        raise Unproven("not the verifier key of a witness")
    return name, data[1:]


def cosigned_at(note, key):
    """When the witness of this verifier key saw the checkpoint, or None; raises for a wrong cosignature."""
    name, public = parse_vkey(key)
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        _, signer, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if signer != name or data[:4] != key_id(name, public):
            continue
        at = int.from_bytes(data[4:12], "big")
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(public).verify(data[12:], message)
        return at
    return None


class Witness:
    """`lindung witness run` in a folder of its own."""

    def __init__(self, folder, name="witness.example/w1"):
        self.folder, self.process, self.url, self.port = pathlib.Path(folder), None, None, 0
        made = json.loads(demo.lindung("witness", "init", self.folder, "--name", name, "--json").stdout)
        self.key = made["verifier_key"]

    def start(self, *logs):
        arguments = [demo.BINARY, "witness", "run", str(self.folder), "--listen", f"127.0.0.1:{self.port}"]
        for log in logs:
            arguments += ["--log", log]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.url = line.split()[2]
        self.port = int(self.url.rsplit(":", 1)[1])  # the same after a restart
        assert self.process.stdout.readline() == f"verifier key {self.key}\n"
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process.stdout.close()
            self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)

    def status(self, expect=0):
        return json.loads(demo.lindung("witness", "status", self.folder, "--json", expect=expect).stdout)

    def size(self):
        return max((log["size"] for log in self.status()["logs"]), default=0)


class FalseWitness:
    """Answers add-checkpoint as `mode` says: late, with garbage, with another's signature, with untrue sizes."""

    def __init__(self, mode, name="false.example/w"):
        self.mode, self.name, self.asked = mode, name, 0
        self.secret = Ed25519PrivateKey.generate()
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = vkey(name, self.public)
        self.released = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked += 1
                status, answer = outer.answer(body.split("\n\n", 1)[1].rpartition("\n\n")[0] + "\n")
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for the slow one
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def line(self, text, at, secret):
        data = key_id(self.name, self.public) + at.to_bytes(8, "big")
        data += secret.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return f"\u2014 {self.name} {base64.b64encode(data).decode()}\n".encode()

    def answer(self, text):
        if self.mode == "slow":
            self.released.wait(60)
            return 500, b""
        if self.mode == "other-key":
            return 200, self.line(text, 1_700_000_000, Ed25519PrivateKey.generate())
        if self.mode == "other-tree":
            return 200, self.line(text.replace("\n", "\n1", 1), 1_700_000_000, self.secret)
        if self.mode == "future":
            return 200, self.line(text, 1 << 40, self.secret)
        if self.mode == "ahead":
            return 409, b"18446744073709551615\n"
        if self.mode == "refuses":
            return 422, b"no\n"
        return 200, b"\xff\x00 not a signature line\n"

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
