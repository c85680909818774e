"""HTTP/1.1 as bytes: what a test sends is exactly what leaves, and what it gets is exactly what came."""

import dataclasses
import socket


@dataclasses.dataclass
class Response:
    status: int
    headers: list  # of (name as sent, value), in order
    body: bytes

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name):
        values = self.all(name)
        if len(values) != 1:
            raise AssertionError(f"{name} stands {len(values)} times in {self.headers}")
        return values[0]


def request_bytes(method, target, headers, body=b""):
    head = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body


class Connection:
    """One keep-alive connection; it connects again when the server has closed it between two requests."""

    def __init__(self, address, timeout=30.0, source=None):
        self.address = address
        self.timeout = timeout
        self.source = source  # our own address; None: as the machine likes
        self.socket = None
        self.buffer = b""

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def raw(self, data, head_only=False):
        """Sends data and reads one response. Raises OSError or EOFError when there is none."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, self.timeout, self.source and (self.source, 0))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.buffer = b""
        try:
            try:
                self.socket.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # A server may answer and close before it has read all; the answer may still be there.
            response = self.read(head_only)
        except BaseException:
            self.close()
            raise
        if any(value.lower() == "close" for value in response.all("Connection")):
            self.close()
        return response

    def request(self, method, target, headers, body=b""):
        return self.raw(request_bytes(method, target, headers, body), method == "HEAD")

    def get(self, target, host):
        return self.request("GET", target, [("Host", host)])

    def fill(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError("the connection ended within a response")
        self.buffer += piece

    def read(self, head_only):
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status, _ = (lines[0] + " ").split(" ", 2)
        if version != "HTTP/1.1":
            raise AssertionError(f"not HTTP/1.1: {lines[0]}")
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" ")))
        response = Response(int(status), headers, b"")
        if head_only or response.status in (204, 304):
            return response
        if [value.lower() for value in response.all("Transfer-Encoding")] == ["chunked"]:
            response.body = self.read_chunks()
            return response
        length = int(response.one("Content-Length"))
        while len(self.buffer) < length:
            self.fill()
        response.body, self.buffer = self.buffer[:length], self.buffer[length:]
        return response

    def read_line(self):
        while b"\r\n" not in self.buffer:
            self.fill()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def read_chunks(self):
        out = b""
        while True:
            size = int(self.read_line().split(b";")[0], 16)
            while len(self.buffer) < size + 2:
                self.fill()
            out += self.buffer[:size]
            self.buffer = self.buffer[size + 2 :]
            if size == 0:
                return out
