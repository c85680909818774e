"""Every request that the protocol refuses, made live: right status, named problem, never an empty body, nothing logged.

    refusal_test.py LINDUNG

The variants are those of the exchange's worked examples, by name, built anew for this server and this moment; a name in
the examples that has no variant here fails the test. What only exists on a wire (framing, limits, methods) follows.
"""

import json
import os
import pathlib
import time

import demo
import lindung_client as client
import wire
from demo import DemoCase, answered
from lindung_client import CHECK_IN, STATUS
from variants import VARIANTS, edited

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "data" / "sealed-exchange.json"
STATUS_OF = {
    "malformed": 400, "unsupported-key": 400, "bad-signature": 401, "clock-skew": 401, "pact-outdated": 403,
    "not-found": 404, "method": 405, "timeout": 408, "replay-conflict": 409,
}  # fmt: skip


class Refusals(DemoCase):
    citizens = 60

    def setUp(self):
        super().setUp()
        self.people = self.demo.people(colour="green")
        self.venue, self.code = self.demo.venues("office")[0]

    def draft(self, link=None, operation=CHECK_IN):
        link = link or next(iter(self.demo.people("gojek", "green")))[0]
        code = self.code if operation == CHECK_IN else b""
        question = client.Question(operation, bytes.fromhex(link["token"]), code)
        return self.demo.draft(self.demo.partner(link["partner"]), question)

    def index_now(self):
        """Index of an answer of now: asked twice, it must have grown by one if nothing was logged in between."""
        link = next(iter(self.demo.people("grab")))[0]
        return answered(self.connection, self.draft(link, STATUS)).index

    def check(self, response, name, status=None):
        self.assertEqual(response.status, status or STATUS_OF[name], response.body)
        self.assertEqual(response.all("Content-Type"), ["application/problem+json"])
        self.assertTrue(response.body)
        document = json.loads(response.body)
        self.assertEqual(document["type"], f"urn:lindung:problem:{name}")
        self.assertEqual(document["status"], response.status)
        self.assertTrue(document["title"])
        return document

    def send(self, draft, fields=None):
        fields = draft.headers() if fields is None else fields
        return self.connection.request(draft.method, draft.target, fields, draft.body)

    def test_each_refused_example_is_refused_live_with_its_problem(self):
        examples = {example["name"]: example["error"] for example in json.loads(VECTORS.read_text())["refuse"]}
        self.assertEqual(set(examples), set(VARIANTS))
        self.assertGreaterEqual(len(examples), 54)
        known = next(iter(self.demo.people("gojek", "green")))[0]
        unknown = {"partner": "gojek", "token": (b"\x01" + os.urandom(27)).hex()}
        before = self.index_now()
        for name, error in examples.items():
            with self.subTest(name):
                documents = []
                for link in (known, unknown):
                    draft = self.draft(link)
                    fields = VARIANTS[name](draft)
                    document = self.check(self.send(draft, fields), error)
                    if error == "clock-skew":
                        self.assertLess(abs(document.pop("server_time") - time.time()), 30)
                    documents.append(document)
                self.assertEqual(documents[0], documents[1], "the problem depends on the person")
        self.assertEqual(self.index_now(), before + 1, "something refused was logged")
        self.assertEqual(self.demo.inside(self.venue["id"]), 0)

    def test_what_is_only_spelled_otherwise_is_answered(self):
        """The accepted examples, as far as this authority has them."""

        def ordered(draft):
            return list(reversed(draft.headers()))

        def capitals(draft):
            return [(name.upper(), value) for name, value in draft.headers()]

        def older(draft):
            draft.created, draft.expires = draft.created - 50, draft.created + 10

        def younger(draft):
            draft.created, draft.expires = draft.created + 20, draft.created + 80

        for change in (lambda draft: None, ordered, capitals, older, younger):
            draft = self.draft(next(self.people)[0], STATUS)
            fields = change(draft)
            response = self.send(draft, fields)
            self.assertEqual(response.status, 200, response.body)
            client.check_answer(client.open_answer(draft, response.body), draft)

    def test_framing_in_any_other_way_is_malformed(self):
        draft = self.draft()
        fields, body = draft.headers(), draft.body
        without = [(n, v) for n, v in fields if n != "Content-Length"]
        chunked = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        authority = self.demo.authority

        def line(method, target, some, content, version="HTTP/1.1"):
            return wire.request_bytes(method, target, some, content).replace(b"HTTP/1.1", version.encode(), 1)

        cases = {
            "chunked": line("POST", client.PATH, [*without, ("Transfer-Encoding", "chunked")], chunked),
            "both lengths": line("POST", client.PATH, [*fields, ("Transfer-Encoding", "chunked")], chunked),
            "two lengths": line("POST", client.PATH, [*fields, ("Content-Length", "312")], body),
            "a length too short": line("POST", client.PATH, [*without, ("Content-Length", "100")], body[:100]),
            "a length of zero": line("POST", client.PATH, [*without, ("Content-Length", "0")], b""),
            "a length of 312": line("POST", client.PATH, [*without, ("Content-Length", "312")], body + b"\x00"),
            "no length": line("POST", client.PATH, without, b""),
            "a length with a sign": line("POST", client.PATH, [*without, ("Content-Length", "+311")], body),
            "a length beyond 64 bits": line(
                "POST", client.PATH, [*without, ("Content-Length", str(2**64 + 311))], body
            ),
            "a length of letters": line("POST", client.PATH, [*without, ("Content-Length", "x")], body),
            "a coding": line("POST", client.PATH, [*fields, ("Content-Encoding", "gzip")], body),
            "absolute form": line("POST", f"http://{authority}{client.PATH}", fields, body),
            "an empty query": line("POST", client.PATH + "?", fields, body),
            "two media types": line("POST", client.PATH, [*fields, ("Content-Type", client.REQUEST_TYPE)], body),
            "a media type with a parameter": line(
                "POST", client.PATH, edited(draft, "Content-Type", client.REQUEST_TYPE + "; a=b"), body
            ),
            "no media type": line("POST", client.PATH, edited(draft, "Content-Type", None), body),
            "a folded field": line("POST", client.PATH, [*fields, ("X-Note", "one\r\n two")], body),
            "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "no version": b"POST " + client.PATH.encode() + b"\r\n\r\n",
        }
        before = self.index_now()
        for name, data in cases.items():
            with self.subTest(name), self.demo.connect() as connection:
                self.check(connection.raw(data), "malformed")
        self.assertEqual(self.index_now(), before + 1)

    def test_a_missing_or_doubled_field_of_the_signature_is_a_bad_signature(self):
        # Host is the field of @authority: section 4 names target, framing, length and media type alone as malformed.
        for name in ("Host", "Content-Digest", "Lindung-Pact", "Signature-Input", "Signature"):
            draft = self.draft()
            with self.subTest("missing", field=name):
                self.check(self.send(draft, edited(draft, name, None)), "bad-signature")
            doubled = draft.headers() + [pair for pair in draft.headers() if pair[0] == name]
            with self.subTest("twice", field=name):
                self.check(self.send(draft, doubled), "bad-signature")

    def test_checks_come_in_their_order(self):
        """Section 8: length, media type, fields, clock, digest, key id, signature, partner, pact, gateway key, open."""
        steps = [
            ("malformed", VARIANTS["one byte long"]),
            ("malformed", VARIANTS["another media type"]),
            ("bad-signature", VARIANTS["an unknown parameter"]),
            ("clock-skew", VARIANTS["old and expired"]),
            ("bad-signature", VARIANTS["signed by another key"]),
            ("pact-outdated", VARIANTS["signed under an unknown pact"]),
            ("unsupported-key", VARIANTS["unknown gateway key"]),
            ("malformed", VARIANTS["unknown operation"]),
        ]
        for first in range(len(steps)):
            with self.subTest(steps[first][0], step=first):
                draft = self.draft()
                for _, spoil in reversed(steps[first:]):
                    spoil(draft)
                self.check(self.send(draft), steps[first][0])

    def test_what_is_not_there_is_not_found_and_other_methods_are_named(self):
        host = [("Host", self.demo.authority)]
        for target in ("/nobody", "/v1", "/v1/partner/exchange/", "/V1/partner/exchange", "/log/tile/9/000", "/healthz/.."):
            with self.subTest(target):
                self.check(self.connection.request("GET", target, host), "not-found")
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            with self.subTest(method):
                response = self.connection.request(method, client.PATH, [*host, ("Content-Length", "0")])
                self.check(response, "method")
                self.assertEqual(response.all("Allow"), ["POST"])
        response = self.connection.request("POST", "/log/checkpoint", [*host, ("Content-Length", "0")])
        self.check(response, "method")
        self.assertIn("GET", [item.strip() for item in response.one("Allow").split(",")])

    def test_what_is_too_large_is_said_to_be(self):
        draft = self.draft()
        for length in (64 * 1024 + 1, 10**9):
            with self.subTest("body", length=length), self.demo.connect() as connection:
                fields = edited(draft, "Content-Length", str(length))
                data = wire.request_bytes("POST", client.PATH, fields, draft.body)
                self.check(connection.raw(data), "too-large", 413)
        padded = draft.headers() + [("X-Padding", "x" * 17000)]
        with self.demo.connect() as connection:
            data = wire.request_bytes("POST", client.PATH, padded, draft.body)
            self.check(connection.raw(data), "too-large", 431)
        many = draft.headers() + [(f"X-{i}", "x") for i in range(4000)]
        with self.demo.connect() as connection:
            data = wire.request_bytes("POST", client.PATH, many, draft.body)
            self.check(connection.raw(data), "too-large", 431)
        small = self.draft(next(self.people)[0], STATUS)
        large = small.headers() + [("X-Padding", "x" * 14000)]
        self.assertEqual(self.send(small, large).status, 200, "below the limit")

    def test_a_request_that_stays_unfinished_costs_no_other_its_answer(self):
        draft = self.draft()
        data = wire.request_bytes("POST", client.PATH, draft.headers(), draft.body)
        with self.demo.connect() as half:
            half.socket = demo.socket_to(self.demo.address)
            half.socket.sendall(data[: len(data) // 2])
            self.assertGreater(self.index_now(), 0)
            self.check(half.read(False), "timeout")


if __name__ == "__main__":
    demo.run()
