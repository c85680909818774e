#!/usr/bin/python3
"""docs/openapi-travel.yaml against a running travel server: its routes, its problems, and that every operation answers
as documented.

    openapi_travel_test.py LINDUNG
"""

import json
import os
import pathlib
import secrets
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import carriers
import demo
import wire
from carriers import CarrierDraft, CarrierQuestion
from lindung_client import from_b64url, raw_public, sha256
from openapi import Document, name_of
from openapi_page import PageCase, ServedCase
from signed_request import SignedRequest
from transparency import cbor
from travel import Travel, card, passport
from variants import VARIANTS

DOCUMENT = "openapi-travel.yaml"
CARDS, CARD, KEYS = "/v1/cards", "/v1/cards/{card}", "/.well-known/lindung-travel-keys"
LIST, DECISIONS, QUEUE = "/v1/border/list", "/v1/border/decisions", "/v1/border/queue"
A_MINUTE = 600  # requests of one device's key
ANNA = {"document": passport("L898902C3", "Anna Maria", "1974-08-12"), "seat": "11F"}
BO = {"document": passport("D23145890", "Bo", "2022-01-05"), "guardian": 0}
# What a test does not bring about in a server that is well: the first three are the same code for every route, the
# others are told in the moment before the first checkpoint.
NEVER_HERE = {"busy", "outcome-unknown", "unavailable"}
TOO_SHORT = {("GET", path, 404, "not-found") for path in ("/log/checkpoint", "/log/log-key")}


class ThePage(PageCase, unittest.TestCase):
    document = DOCUMENT
    unreferred = {"schemas/TravelKeyPayload", "schemas/CarrierKeyPayload"}  # the payloads are base64url of them


class TheServer(ServedCase):
    PLACES = {**ServedCase.PLACES, "{card}": "0" * 32}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lindung-openapi-")
        cls.addClassCleanup(folder.cleanup)
        cls.travel = Travel(pathlib.Path(folder.name), "[cards]\nfilings_per_minute = 30\n")
        cls.addClassCleanup(cls.travel.kill)
        cls.travel.init()
        cls.travel.start()
        host, port = cls.travel.url.removeprefix("http://").split(":")
        cls.address, cls.authority = (host, int(port)), f"{host}:{port}"
        cls.page = Document(DOCUMENT)
        cls.device, cls.carrier = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()

    def setUp(self):
        self.connection = wire.Connection(self.address)
        self.addCleanup(self.connection.close)

    def call(self, method, path, target=None, body=None, secret=None, fields=()):
        headers = [("Host", self.authority), *fields]
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if method in ("POST", "PUT"):
            headers.append(("Content-Length", str(len(content))))
        if secret is not None:
            headers.append(("Lindung-Card-Secret", secret))
        response = self.connection.request(method, target or self.target(path), headers, content)
        return self.page.check(method, path, response)

    def file(self, *people, filing=None, **more):
        filing = {"filing": filing or secrets.token_hex(16), "card": card(*people, departure=3_600, **more)}
        self.page.matches(filing, {"$ref": "#/components/schemas/Filing"})
        return self.call("POST", CARDS, body=filing)

    def signed(self, path, body, content_type="application/json", key=None, key_id="cgk-1"):
        tag = "lindung-border-" + path.rsplit("/", 1)[1]
        key = key or self.device
        return SignedRequest(key_id, key, self.authority, path, tag, body, int(time.time()), content_type)

    def sent(self, request):
        response = self.connection.request("POST", request.path, request.headers(), request.body)
        return self.page.check("POST", request.path, response)

    def asked(self, draft):
        return self.page.check("POST", carriers.PATH, demo.exchange(self.connection, draft))

    def draft(self, number="GA 825", **more):
        question = CarrierQuestion(bytes.fromhex(self.filed["card"]), number=number, day=self.day, **more)
        holder = carriers.holder("GA", self.carrier)
        return CarrierDraft(holder, carriers.gateway_key(self.travel), self.authority, question)

    def decision(self, number=1, previous=bytes(32)):
        now = int(time.time())
        body = cbor(
            ["lindung border decision v1", "cgk-1", number, previous, now, now, "CGK", bytes.fromhex(self.filed["card"]),
             1, self.day, 0, os.urandom(8), 1, 0, 0, "", 0]
        )  # fmt: skip
        return body + self.device.sign(b"lindung border decision v1\0" + body)

    def test_1_sealed_it_says_so_everywhere(self):
        for method, path, _ in self.page.operations():
            if path != "/healthz":
                with self.subTest(path, method=method):
                    self.assertEqual(name_of(self.call(method, path)), "sealed")
        self.travel.unseal()

    def test_2_every_route_is_documented_and_every_documented_path_is_a_route(self):
        surface = self.travel.run("api")
        self.assertAllRoutesDocumented(surface)
        ours = {(p["name"], p["status"], p["title"]): (p["cause"], p["mend"]) for p in surface["problems"]}
        shown = self.page.problems()
        self.assertEqual(shown, {name: ours[name] for name in shown})

    def test_3_cards(self):
        filing = secrets.token_hex(16)
        filed = self.file(ANNA, BO, filing=filing)
        self.assertEqual(name_of(self.file(ANNA, filing=filing)), "replay-conflict")
        secret, target = filed["secret"], "/v1/cards/" + filed["card"]
        for wrong in ({}, {"filing": filing, "card": {}}, {"filing": filing, "card": card(ANNA, origin="CGK")}):
            self.assertEqual(name_of(self.call("POST", CARDS, body=wrong)), "malformed")
        self.assertEqual(self.call("GET", CARD, target, secret=secret)["card"], filed["card"])
        changed = card(ANNA, departure=7_200)
        self.assertEqual(self.call("PUT", CARD, target, changed, secret)["version"], 2)
        self.assertEqual(name_of(self.call("PUT", CARD, target, b"{", secret)), "malformed")
        for method in ("GET", "PUT", "DELETE"):
            told = self.call(method, CARD, target, changed if method == "PUT" else None, "A" * 22)
            self.assertEqual(name_of(told), "not-found", method)
        for _ in range(2):
            self.assertTrue(self.call("DELETE", CARD, target, secret=secret)["withdrawn"])

    def test_4_what_is_public(self):
        payload = json.loads(from_b64url(self.call("GET", KEYS)["payload"]))
        self.page.matches(payload, {"$ref": "#/components/schemas/TravelKeyPayload"})
        self.file(ANNA)
        demo.wait_for("a checkpoint", lambda: self.travel.call("GET", "/log/checkpoint")[0] == 200)
        size = int(self.call("GET", "/log/checkpoint").splitlines()[1])
        self.call("GET", "/log/log-key")
        partial = f"000.p/{size}"
        self.call("GET", "/log/tile/{level}/{index}", f"/log/tile/0/{partial}")
        self.call("GET", "/log/tile/entries/{index}", f"/log/tile/entries/{partial}")
        self.call("GET", "/log/proof/inclusion", f"/log/proof/inclusion?index=0&size={size}")
        self.call("GET", "/log/proof/consistency", f"/log/proof/consistency?from=1&to={size}")
        for path, target, name in (
            ("/log/tile/{level}/{index}", "/log/tile/0/999", "not-found"),
            ("/log/tile/entries/{index}", "/log/tile/entries/999", "not-found"),
            ("/log/proof/inclusion", "/log/proof/inclusion?index=x&size=1", "malformed"),
            ("/log/proof/inclusion", "/log/proof/inclusion?index=5&size=99999999", "not-found"),
            ("/log/proof/consistency", "/log/proof/consistency?from=1", "malformed"),
            ("/log/proof/consistency", "/log/proof/consistency?from=0&to=1", "not-found"),
        ):
            self.assertEqual(name_of(self.call("GET", path, target)), name)
        self.call("GET", "/healthz")
        self.call("GET", "/readyz")

    def test_5_border_desks(self):
        self.travel.run("device", "add", "cgk-1", "--port", "CGK", "--public-key", raw_public(self.device).hex())
        type(self).filed = self.file(ANNA)
        type(self).day = int(time.time() + 3_600) // 86_400
        wish = json.dumps({"sealing_key": secrets.token_hex(32)}).encode()
        today = json.dumps({"day": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3_600))}).encode()
        first = self.decision()
        wishes = {
            LIST: (wish, "application/json"),
            DECISIONS: (cbor([first]), "application/vnd.lindung.decisions"),
            QUEUE: (today, "application/json"),
        }
        for path, (body, content_type) in wishes.items():
            with self.subTest(path):
                request = self.signed(path, body, content_type)
                fields = dict(request.headers())
                for parameter in map(self.page.open, self.page.operation("POST", path)["parameters"]):
                    self.page.matches(fields[parameter["name"]], parameter["schema"])
                self.sent(request)
                self.assertEqual(name_of(self.sent(request)), "replay-conflict")
                self.assertEqual(name_of(self.sent(self.signed(path, b"x", content_type))), "malformed")
                stranger = self.signed(path, body, content_type, key=Ed25519PrivateKey.generate())
                self.assertEqual(name_of(self.sent(stranger)), "bad-signature")
                self.assertEqual(name_of(self.sent(self.signed(path, body, content_type, key_id="no-1"))), "bad-signature")
                stale = self.signed(path, body, content_type)
                stale.created, stale.expires = stale.created - 600, stale.expires - 600
                self.assertEqual(name_of(self.sent(stale)), "clock-skew")
        previous = sha256(b"lindung border decision v1", first)
        taken = self.sent(self.signed(DECISIONS, cbor([first, self.decision(2, previous)]), wishes[DECISIONS][1]))
        self.assertEqual((taken["up_to"], taken["taken"]), (2, 1))
        gap = self.signed(DECISIONS, cbor([self.decision(9)]), wishes[DECISIONS][1])
        self.assertEqual(name_of(self.sent(gap)), "unavailable")
        figures = self.sent(self.signed(QUEUE, today))
        self.assertTrue(figures["passed"] or figures["expected"])
        target, secret = "/v1/cards/" + self.filed["card"], self.filed["secret"]
        self.assertEqual(name_of(self.call("PUT", CARD, target, card(ANNA, BO, departure=3_600), secret)), "replay-conflict")

    def test_6_carriers(self):
        public = raw_public(self.carrier).hex()
        self.travel.run("carrier", "add", "GA", "--name", "Garuda", "--public-key", public)
        payload = json.loads(from_b64url(self.call("GET", carriers.KEYS)["payload"]))
        self.page.matches(payload, {"$ref": "#/components/schemas/CarrierKeyPayload"})
        draft = self.draft()
        fields = dict(draft.headers())
        for parameter in map(self.page.open, self.page.operation("POST", carriers.PATH)["parameters"]):
            self.page.matches(fields[parameter["name"]], parameter["schema"])
        self.page.matches(draft.body.decode("latin-1"), {"$ref": "#/components/schemas/SealedCheck"})
        self.assertFalse(draft.is_fit(self.asked(draft).encode("latin-1")))
        self.assertEqual(name_of(self.asked(draft)), "replay-conflict")
        self.assertEqual(name_of(self.asked(self.draft(number="no number"))), "malformed")
        for variant, name in (
            ("signed by another key", "bad-signature"),
            ("unknown gateway key", "unsupported-key"),
            ("old and expired", "clock-skew"),
        ):
            draft = self.draft()
            VARIANTS[variant](draft)
            self.assertEqual(name_of(self.asked(draft)), name)

    def test_7_what_no_route_takes_is_refused_and_slow_requests_are_let_go(self):
        for method, path, _ in self.page.operations():
            with self.subTest(path, method=method):
                self.refuses_what_no_route_takes(method, path)
        self.is_slow_everywhere()

    def test_8_quotas(self):
        for path in (LIST, DECISIONS, QUEUE):

            def refused(path=path):
                content_type = {DECISIONS: "application/vnd.lindung.decisions"}.get(path, "application/json")
                told = self.sent(self.signed(path, b"x", content_type))
                return name_of(told) == "quota"

            with self.subTest(path):
                self.assertTrue(any(refused() for _ in range(2 * A_MINUTE)))
        told = [self.file(ANNA) for _ in range(100)]  # at most three minutes' worth of 30
        self.assertEqual({name_of(each) for each in told if "type" in each}, {"quota"})

    def test_9_nothing_that_is_documented_was_left_out(self):
        promised = {each for each in self.page.promises() if each[3] not in NEVER_HERE}
        self.assertEqual(promised - self.page.seen - TOO_SHORT, set())


if __name__ == "__main__":
    demo.run()
