"""Load for the row `cut`: requests that were made beforehand, sent as fast as they go, and a history of what came.

The moment at which an answer left is the kernel's: SO_TIMESTAMPNS says when its bytes were put into the receiving socket,
which over the loopback is within the server's write(). So neither side's scheduling is taken for a late answer.
"""

import contextlib
import dataclasses
import json
import random
import socket
import struct
import threading
import time

from wire import request_bytes

SO_TIMESTAMPNS = 35
TIMESPEC = struct.Struct("qq")
REPEATS = 0.3  # share of the questions that were asked before
FOCUS = 0.7  # share of the questions of the partner that is cut next


@dataclasses.dataclass
class Request:
    """One question, sealed."""

    partner: str
    place: int  # of the question among its partner's
    draft: object
    data: bytes

    @classmethod
    def of(cls, partner, place, draft):
        return cls(partner, place, draft, request_bytes(draft.method, draft.target, draft.headers(), draft.body))


@dataclasses.dataclass
class Came:
    """A response: when its request was sent, when it left the server as the kernel saw it (None: not told), and what."""

    request: Request
    node: int
    sent_ns: int
    left_ns: int | None
    status: int
    body: bytes

    def problem(self):
        return json.loads(self.body)["type"].removeprefix("urn:lindung:problem:")


class Stream:
    """One connection that says when bytes arrived."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def close(self):
        self.socket.close()

    def ask(self, data):
        """(moment of the last bytes, status, body)."""
        self.socket.sendall(data)
        got, stamp, need = b"", None, None
        while need is None or len(got) < need:
            piece, notes, _, _ = self.socket.recvmsg(65536, 256)
            if not piece:
                raise EOFError("the connection ended within a response")
            for level, kind, value in notes:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, rest = TIMESPEC.unpack(value)
                    stamp = seconds * 10**9 + rest
            got += piece
            end = got.find(b"\r\n\r\n")
            if need is None and end >= 0:
                length = next(
                    line.split(b":")[1] for line in got[:end].split(b"\r\n") if line.lower().startswith(b"content-length:")
                )
                need = end + 4 + int(length)
        return stamp, int(got[9:12]), got[end + 4 :]


class Asker(threading.Thread):
    """Sends requests of its own to one node, without pause, until it is told to end: new and old ones, most of one partner."""

    def __init__(self, server, node, requests, seed):
        super().__init__(daemon=True)
        self.server, self.node = server, node
        self.random = random.Random(seed)
        self.unasked, self.asked, self.focus = {}, {}, None
        for request in requests:
            self.unasked.setdefault(request.partner, []).append(request)
        self.partners = list(self.unasked)
        self.history, self.failure = [], None
        self.ending = threading.Event()

    def run(self):
        try:
            while not self.ending.is_set():
                self.while_connected()
        except BaseException as error:  # noqa: BLE001: the row fails on it
            self.failure = error

    def while_connected(self):
        """Until the end, or until the server is gone: then nothing of its last request is known."""
        with contextlib.suppress(OSError, EOFError):
            stream = Stream(self.server.address)
            with contextlib.closing(stream):
                while not self.ending.is_set():
                    request = self.next_request()
                    sent = time.time_ns()
                    left, status, body = stream.ask(request.data)
                    self.history.append(Came(request, self.node, sent, left, status, body))
            return
        self.ending.wait(0.02)  # killed: it comes back at another port

    def next_request(self):
        focus, partner = self.focus, self.random.choice(self.partners)
        if focus in self.unasked and self.random.random() < FOCUS:
            partner = focus
        unasked, asked = self.unasked[partner], self.asked.setdefault(partner, [])
        if asked and (not unasked or self.random.random() < REPEATS):
            return self.random.choice(asked)
        asked.append(unasked.pop())
        return asked[-1]
