"""The operator's socket of a running server: commands without a process for each."""

import http.client
import json
import socket


class Refused(AssertionError):
    """A command that the server did not take; `problem` is the document that it sent instead."""

    def __init__(self, name, status, problem):
        super().__init__(f"{name}: {status} {problem}")
        self.problem = problem

    def is_a(self, problem):
        return self.problem.get("type", "").rsplit(":", 1)[-1] == problem


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Operator:
    """Of the server on a data folder. Errors: Refused; OSError or http.client.HTTPException when it is gone."""

    def __init__(self, data, timeout=60.0):
        self.connection = _Connection(data / "run" / "admin.sock", timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def run(self, name, /, **arguments):
        body = json.dumps({"arguments": arguments})
        try:
            self.connection.request("POST", f"/admin/{name}", body, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            document = json.loads(response.read())
        except BaseException:
            self.connection.close()  # the next command connects again
            raise
        if response.status != 200:
            raise Refused(name, response.status, document)
        return document
