"""Strangers who only make noise: the server stays up, in bounded memory, and answers whoever asks meanwhile.

Each try of `noise` is one kind of noise for a second or so: connections that send their head byte by byte or their body never, more
connections than there may be, bodies and heads and chunks without end, bytes of no protocol, forged requests. Beside it
one partner asks without pause, and each of its questions must be answered. A try of `noise-slow` holds connections for
longer than the server's patience: it must be the server that ends each of them.
"""

import contextlib
import os
import resource
import shutil
import socket
import threading
import time

from row import Row

import demo
import lindung_client as client
from demo import Demo, answered
from lindung_client import ALLOW, OVER_QUOTA, STATUS
from wire import request_bytes

CITIZENS = 300
NOISE_SECONDS = 1.0
SLOW = 300  # slow connections at a time
FLOOD = 5_000  # beyond the 4,096 of limits.max_connections
GROWTH_MIB = 128  # of the resident memory, over all of it
MEBIBYTE = 1 << 20
GIVEN_UP_S = 120.0  # limits.header_timeout_ms and body_timeout_ms are 10 s: by then each slow connection has ended
MAY_SAY = {400, 401, 403, 404, 405, 408, 413, 431, 501, 503, 505}


def memory_mib(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name + ":"))


class Asker(threading.Thread):
    """One partner that does nothing wrong."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.links = server, server.file["links"]
        self.answers, self.longest_s, self.failure = 0, 0.0, None
        self.ending = threading.Event()

    def run(self):
        _, code = self.server.venues("office")[0]
        try:
            with self.server.connect() as connection:
                while not self.ending.is_set():
                    link = self.links[self.answers % len(self.links)]
                    begin = time.monotonic()
                    answer = answered(connection, self.server.asking(link, STATUS, code))
                    self.longest_s = max(self.longest_s, time.monotonic() - begin)
                    if answer.outcome not in (ALLOW, OVER_QUOTA, client.DENY):
                        raise AssertionError(f"outcome {answer.outcome}")
                    self.answers += 1
        except BaseException as error:  # noqa: BLE001: the row fails on it
            self.failure = error


class Noise(Row):
    name = "noise"
    what = "slow heads and bodies, floods, oversize, garbage and forgeries: bounded memory, and others are answered"
    unit = "bursts"
    goal, short = 500, 14

    def run(self, work):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000) if hard > 0 else 20_000, hard))
        server = Demo(work.folder / "d", CITIZENS)
        kinds = self.kinds()
        try:
            server.start()
            before = memory_mib(server.process.pid, "VmRSS")
            while work.goes_on():
                kind = kinds[work.tried % len(kinds)]
                self.burst(work, server, kind)
                highest = memory_mib(server.process.pid, "VmHWM")
                if highest > before + GROWTH_MIB:
                    work.lose(f"{highest:.0f} MiB after {kind.__name__}, {before:.0f} before all")
                work.measure(mib_before=round(before), mib_at_most=round(highest))
                work.try_(1, **{kind.__name__: 1})
            if server.stop() != 0:
                work.lose(f"the server did not end well: {server.last_words()[-300:]}")
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def kinds(self):
        return [self.slow_heads, self.slow_bodies, self.flood, self.oversize, self.endless_chunks, self.garbage, self.forged]

    def burst(self, work, server, kind):
        asker = Asker(server)
        asker.start()
        demo.wait_for("an answer", lambda: asker.answers or asker.failure)
        kind(work, server)
        at_the_end = asker.answers
        demo.wait_for("answers behind the noise", lambda: asker.answers > at_the_end + 2 or asker.failure)
        asker.ending.set()
        asker.join(60)
        if asker.failure or asker.is_alive():
            raise AssertionError(f"{kind.__name__}: {asker.failure or 'the asker hangs'}") from asker.failure
        work.count(questions_beside=asker.answers)
        work.measure(longest_answer_ms=max(round(asker.longest_s * 1000), work.measured.get("longest_answer_ms", 0)))

    def connections(self, stack, server, count):
        """So many connections, fewer where the machine or the server gives no more."""
        out = []
        for _ in range(count):
            try:
                out.append(stack.enter_context(socket.create_connection(server.address, 5)))
            except OSError:
                break
        return out

    def trickle(self, work, server, head):
        with contextlib.ExitStack() as stack:
            sockets = self.connections(stack, server, SLOW)
            end, at = time.monotonic() + NOISE_SECONDS, 0
            while time.monotonic() < end:
                for one in sockets:
                    with contextlib.suppress(OSError):
                        one.send(head[at % len(head) : at % len(head) + 1] if at < len(head) else b"x")
                at += 1
            work.count(slow_connections=len(sockets))

    def slow_heads(self, work, server):
        self.trickle(work, server, b"POST /v1/partner/exchange HTTP/1.1\r\nHost: x\r\nX-")

    def slow_bodies(self, work, server):
        with contextlib.ExitStack() as stack:
            head = request_bytes("POST", client.PATH, [("Host", server.authority), ("Content-Length", "311")])
            sockets = self.connections(stack, server, SLOW)
            for one in sockets:
                one.send(head)
            end = time.monotonic() + NOISE_SECONDS
            while time.monotonic() < end:
                for one in sockets:
                    with contextlib.suppress(OSError):
                        one.send(b"\x00")
                time.sleep(0.05)
            work.count(slow_connections=len(sockets))

    def flood(self, work, server):
        with contextlib.ExitStack() as stack:
            work.count(flooding_connections=len(self.connections(stack, server, FLOOD)))

    def oversize(self, work, server):
        host = [("Host", server.authority)]
        for headers in (
            [("Content-Length", str(1 << 40))],
            [("Content-Length", str((64 << 10) + 1))],
            [("X-Long", "x" * MEBIBYTE)],
            [(f"X-{i}", "y" * 100) for i in range(5_000)],
        ):
            self.send_all(work, server, request_bytes("POST", client.PATH, host + headers), b"z" * MEBIBYTE)

    def endless_chunks(self, work, server):
        head = request_bytes("POST", client.PATH, [("Host", server.authority), ("Transfer-Encoding", "chunked")])
        self.send_all(work, server, head, (b"ffff\r\n" + b"c" * 0xFFFF + b"\r\n") * 64)
        self.send_all(work, server, head, b"1;" + b"e" * MEBIBYTE)

    def garbage(self, work, server):
        end = time.monotonic() + NOISE_SECONDS
        while time.monotonic() < end:
            self.send_all(work, server, os.urandom(work.random.randint(1, 4096)), b"\r\n\r\n")

    def send_all(self, work, server, head, more):
        """Sends until the server has had enough; what it says, if anything, must be a refusal."""
        with socket.create_connection(server.address, 5) as one:
            said = b""
            with contextlib.suppress(OSError):
                one.sendall(head + more)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_WR)
                said = one.recv(64)
        if said and (not said.startswith(b"HTTP/1.1 ") or int(said[9:12]) not in MAY_SAY):
            raise AssertionError(f"{said!r} to noise")
        work.count(refusals_told=int(bool(said)), requests_of_noise=1)

    def forged(self, work, server):
        """Requests with everything right but the signature."""
        link = server.file["links"][0]
        end = time.monotonic() + NOISE_SECONDS
        with server.connect() as connection:
            while time.monotonic() < end:
                draft = server.asking(link, STATUS).sign()
                draft.signature = os.urandom(64)
                response = demo.exchange(connection, draft)
                if response.status != 401:
                    raise AssertionError(f"{response.status} to a forgery")
                work.count(forgeries=1)


class SlowNoise(Noise):
    name = "noise-slow"
    what = "heads and bodies that come byte by byte for longer than 10 s: the server ends them, and others are answered"
    unit = "rounds"
    goal, short = 30, 1

    def kinds(self):
        return [self.slower_than_patience]

    def slower_than_patience(self, work, server):
        head = b"POST /v1/partner/exchange HTTP/1.1\r\nHost: x\r\nX-Slow: "
        body = request_bytes("POST", client.PATH, [("Host", server.authority), ("Content-Length", "60000")])
        with contextlib.ExitStack() as stack:
            begin = time.monotonic()
            open_ones = dict.fromkeys(self.connections(stack, server, SLOW))
            for i, one in enumerate(open_ones):
                one.send(head if i % 2 else body)
                one.setblocking(False)
            work.count(slow_connections=len(open_ones))
            shortest = GIVEN_UP_S
            while open_ones and time.monotonic() < begin + GIVEN_UP_S:
                for one in list(open_ones):
                    if self.has_ended(one):
                        del open_ones[one]
                        shortest = min(shortest, time.monotonic() - begin)
                time.sleep(0.5)
            if open_ones:
                work.lose(f"{len(open_ones)} slow connections were still open after {GIVEN_UP_S} s")
            work.measure(held_for_s=round(time.monotonic() - begin, 1), shortest_s=round(shortest, 1))

    def has_ended(self, one):
        """Sends one byte more; whether the server has closed the connection, with or without a word."""
        try:
            one.send(b"x")
            return not one.recv(4096) or self.has_ended(one)
        except BlockingIOError:
            return False
        except OSError:
            return True


ROWS = [Noise(), SlowNoise()]
