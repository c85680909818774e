#!/usr/bin/python3
"""docs/openapi.yaml against the running server: its routes, its problems, and what every operation answers.

    openapi_test.py LINDUNG
"""

import json
import pathlib
import tempfile
import time
import unittest

import demo
import lindung_client as client
import wire
from demo import DemoCase, exchange
from installation import Installation
from issuer import PATH as IMPORTS
from issuer import Issuer
from lindung_client import CHECK_IN, STATUS
from openapi import Document, name_of
from openapi_page import PageCase, ServedCase
from variants import VARIANTS

KEYS = "/.well-known/lindung-keys"
STATE = "/v1/issuer/imports/{issuer}/{import_id}"
CSV = b"nik,nama,jenis,tanggal,vaksin,dosis\n3174056103900001,Siti,vaksinasi,2021-06-01,Sinovac,1\n3174,x,tes,,,\n"


class ThePage(PageCase, unittest.TestCase):
    document = "openapi.yaml"
    unreferred = {
        "schemas/KeyPayload",  # the payload is base64url of its own schema
        "securitySchemes/session",  # named by `security`
    }


class TheServer(DemoCase, ServedCase):
    citizens = 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = Document()
        cls.address, cls.authority = cls.demo.address, cls.demo.authority
        cls.surface = cls.demo.json("api")
        cls.issuer = Issuer("klinik")
        cls.demo.json("issuer", "add", *cls.issuer.arguments)
        cls.venue, cls.code = cls.demo.venues("office")[0]

    def get(self, path, target=None, method="GET", host=None):
        target = target or path
        response = self.connection.request(method, target, [("Host", host or self.demo.authority)])
        return self.page.check("GET", path, response)

    def draft(self, partner="gojek", operation=CHECK_IN, **question):
        link = next(iter(self.demo.people(partner, "green")))[0]
        code = self.code if operation == CHECK_IN else b""
        return self.demo.asking(link, operation, code, **question)

    def exchanged(self, draft):
        return self.page.check("POST", client.PATH, exchange(self.connection, draft))

    def test_every_route_is_documented_and_every_documented_path_is_a_route(self):
        self.assertAllRoutesDocumented(self.surface)

    def test_every_problem_of_the_program_is_shown_with_its_cause_and_mend_and_no_other(self):
        ours = {(p["name"], p["status"], p["title"]): (p["cause"], p["mend"]) for p in self.surface["problems"]}
        self.assertEqual(self.page.problems(), ours)

    def test_what_is_public_answers_as_documented(self):
        document = self.get(KEYS)
        payload = json.loads(client.from_b64url(document["payload"]))
        self.page.matches(payload, {"$ref": "#/components/schemas/KeyPayload"})
        self.exchanged(self.draft())
        size = demo.wait_for("a published log", lambda: self.demo.checkpoint(self.connection)[0] or None)
        self.get("/log/checkpoint")
        self.get("/log/log-key")
        partial = f"000.p/{size}" if size < 256 else "000"
        self.get("/log/tile/{level}/{index}", f"/log/tile/0/{partial}")
        self.get("/log/tile/entries/{index}", f"/log/tile/entries/{partial}")
        self.assertEqual(self.get("/log/proof/inclusion", f"/log/proof/inclusion?index=0&size={size}")["index"], 0)
        proof = self.get("/log/proof/consistency", f"/log/proof/consistency?from=1&to={size}")
        self.assertEqual((proof["from"], proof["to"]), (1, size))
        self.get("/v1/public/overrides")
        self.assertEqual(self.get("/v1/passes/keys")["keys"], [], "before the first use")
        self.demo.json("pass", "keys")
        self.assertEqual(len(self.get("/v1/passes/keys")["keys"]), 2)
        self.get("/v1/public/overrides", "/v1/public/overrides?month=2026-11")
        self.assertEqual(self.get("/v1/legal/figures")["months"], [])
        for path in ("/.well-known/security.txt", "/disclosure", "/v1/disclosure/key", "/v1/disclosure/figures"):
            self.assertEqual(name_of(self.get(path)), "not-found", "no inbox is configured here")
        self.get("/healthz")
        self.get("/readyz")

    def test_what_verifiers_of_certificates_read_answers_as_documented(self):
        paths = {name: f"/v1/certificates/{name}" for name in ("signers", "revocations", "logged")}
        self.assertEqual(name_of(self.get(paths["revocations"])), "not-found", "nothing is issued here")
        self.assertEqual(self.get(paths["signers"]), [])
        address = "https://cards.example/id"
        self.demo.json("pki", "init", "--country", "ID", "--organisation", "Kemenkes", "--card-issuer", address)
        citizen, record = next(self.vaccinated())
        made = self.demo.json("certificate", "issue", citizen, "--record", record)
        self.assertEqual([row["certificateType"] for row in self.get(paths["signers"])], ["CSCA", "DSC"])
        signed = self.demo.json("certificate", "logged", made["text"])["signed"]
        target = paths["logged"] + "?digest="
        logged = demo.wait_for("publication", lambda: "index" in (told := self.get(paths["logged"], target + signed)) and told)
        self.assertEqual(logged["index"], made["log_index"])
        self.assertEqual(name_of(self.get(paths["logged"], target + "0" * 64)), "not-found")
        self.assertEqual(name_of(self.get(paths["logged"], target + "x")), "malformed")
        self.assertEqual(name_of(self.get(paths["logged"])), "malformed")
        self.assertEqual(self.get(paths["revocations"])["entries"], [])
        self.demo.json("certificate", "revoke", made["certificate"])
        self.assertEqual(len(self.get(paths["revocations"])["entries"]), 1)
        self.cards_answer_as_documented(citizen, record)

    def vaccinated(self):
        """Reference of somebody who was vaccinated, and the number of that record."""
        number = self.folder / "number"
        for _, citizen in self.demo.people(colour="green"):
            number.write_text(citizen["nik"] + "\n")
            reference = self.demo.json("citizen", "find", "--file", number)["citizen"]
            for record in self.demo.json("certificate", "list", reference)["records"]:
                if record["kind"] == "vaccination":
                    yield reference, str(record["number"])

    def cards_answer_as_documented(self, citizen, record):
        crl = "/.well-known/crl/{list}"
        made = self.demo.json("certificate", "issue", citizen, "--record", record, "--format", "shc")
        self.assertEqual([key["kid"] for key in self.get("/.well-known/jwks.json")["keys"]], [made["kid"]])
        path = f"/.well-known/crl/{made['kid']}.json"
        self.assertEqual(name_of(self.get(crl, path)), "not-found", "none was taken back")
        self.demo.json("certificate", "revoke", made["certificate"])
        self.assertEqual(self.get(crl, path)["rids"], [made["certificate"]])
        self.assertEqual(self.get("/.well-known/jwks.json")["keys"][0]["crlVersion"], 1)

    def test_what_is_public_refuses_as_documented(self):
        cases = {
            "/log/checkpoint": [],
            "/log/tile/{level}/{index}": [("/log/tile/0/999", "not-found")],
            "/log/tile/entries/{index}": [("/log/tile/entries/999", "not-found")],
            "/log/proof/inclusion": [("?index=x&size=1", "malformed"), ("?index=5&size=99999999", "not-found")],
            "/log/proof/consistency": [("?from=1", "malformed"), ("?from=0&to=1", "not-found")],
            "/v1/public/overrides": [("?month=May", "malformed"), ("?year=2026", "malformed")],
        }
        for path, refusals in cases.items():
            for target, name in refusals:
                with self.subTest(path, target=target):
                    target = path + target if target.startswith("?") else target
                    self.assertEqual(name_of(self.get(path, target)), name)
        for method, path, _ in self.page.operations():
            if method == "GET":
                with self.subTest(path, refusal="general"):
                    self.refuses_what_no_route_takes(method, path)

    def test_a_question_is_answered_as_documented_and_its_fields_are_of_the_schemas(self):
        draft = self.draft()
        fields = dict(draft.headers())
        operation = self.page.operation("POST", client.PATH)
        for parameter in map(self.page.open, operation["parameters"]):
            self.page.matches(fields[parameter["name"]], parameter["schema"])
        self.page.matches(draft.body.decode("latin-1"), {"$ref": "#/components/schemas/SealedQuestion"})
        answer = client.open_answer(draft, self.exchanged(draft).encode("latin-1"))
        self.assertEqual(answer.outcome, client.ALLOW)

    def test_a_bundle_is_answered_and_refused_as_documented(self):
        def bundle(size, **more):
            questions = [self.draft(**more).question for _ in range(size)]
            now = self.demo.now()
            made = client.Bundle(
                self.demo.partner("gojek"), self.demo.gateway_key(now), self.demo.pact, self.demo.authority, questions, now
            )
            made.expires = made.created + 60
            return made

        def sent(made):
            return self.page.check("POST", made.target, exchange(self.connection, made))

        for size in (1, 17):
            made = bundle(size)
            fields = dict(made.headers())
            for parameter in map(self.page.open, self.page.operation("POST", made.target)["parameters"]):
                self.page.matches(fields[parameter["name"]], parameter["schema"])
            self.page.matches(made.body.decode("latin-1"), {"$ref": "#/components/schemas/SealedBundle"})
            answers = made.open(sent(made).encode("latin-1"))
            self.assertEqual({answer.outcome for answer in answers}, {client.ALLOW})
        self.assertEqual(name_of(sent(bundle(2, request_id=bytes(16)))), "malformed")
        for variant, name in (("signed by another key", "bad-signature"), ("unknown gateway key", "unsupported-key")):
            made = bundle(1)
            VARIANTS[variant](made)
            self.assertEqual(name_of(sent(made)), name)

    def test_a_question_is_refused_as_documented(self):
        def sent(*names, **question):
            draft = self.draft(**question)
            for name in names:
                VARIANTS[name](draft)
            return name_of(self.exchanged(draft))

        self.assertEqual(sent("unknown operation"), "malformed")
        self.assertEqual(sent("unknown gateway key"), "unsupported-key")
        self.assertEqual(sent("signed by another key"), "bad-signature")
        self.assertEqual(sent("old and expired"), "clock-skew")
        self.assertEqual(sent("signed under an unknown pact"), "pact-outdated")
        request_id = bytes(range(16))
        self.assertIsInstance(self.exchanged(self.draft(request_id=request_id)), str)
        self.assertEqual(sent(request_id=request_id, operation=STATUS), "replay-conflict")
        with self.demo.connect() as connection:
            host = ("Host", self.demo.authority)
            response = connection.request("POST", client.PATH, [host, ("Content-Length", str(10**6))])
            self.assertEqual(name_of(self.page.check("POST", client.PATH, response)), "too-large")
        with self.demo.connect() as connection:
            response = connection.request("POST", client.PATH, [host, ("X-Padding", "x" * 17000)])
            self.assertEqual(name_of(self.page.check("POST", client.PATH, response)), "too-large")
        response = self.connection.request("GET", client.PATH, [host])
        self.assertEqual(name_of(self.page.check("POST", client.PATH, response)), "method")

    def test_states_and_quotas_of_a_partner_are_told_as_documented(self):
        self.demo.json("partner", "suspend", "dana")
        self.assertEqual(name_of(self.exchanged(self.draft("dana"))), "partner-suspended")
        self.demo.json("partner", "cut", "livin")
        refused = self.exchanged(self.draft("livin"))
        self.assertEqual((name_of(refused), "cut_log_index" in refused), ("partner-cut", True))
        key = self.folder / "tiny.key"
        public = self.demo.json("key", "make", key)["public_key"]
        self.demo.json("partner", "register", "tiny", "--per-minute", "1")
        self.demo.json("partner", "key", "add", "tiny", "--key-id", "tiny.1", "--public-key", public)
        self.demo.json("partner", "sign-pact", "tiny", "--key", key)
        self.demo.json("partner", "activate", "tiny")
        seed = client.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.read_text().split()[0]))
        partner = client.Partner("tiny", 1, "tiny.1", seed)

        def refused_for_quota():
            draft = self.demo.draft(partner, client.Question(STATUS, bytes(28), client_time=self.demo.now()))
            told = self.exchanged(draft)
            return isinstance(told, dict) and name_of(told)

        self.assertEqual(demo.wait_for("the quota", refused_for_quota), "quota")

    def test_an_import_is_answered_and_refused_as_documented(self):
        def sent(response, path=IMPORTS):
            return self.page.check("POST" if path == IMPORTS else "GET", path, response)

        def post(content, import_id, kind="text/csv", *more, sender=None):
            return (sender or self.issuer).post(self.connection, self.demo.authority, content, import_id, kind, *more)

        receipt = sent(post(CSV, "june"))
        self.assertEqual((receipt["rows"], receipt["accepted"], receipt["rejected"]), (2, 1, 1))
        accepted = sent(post(CSV, "july", "text/csv", ("Prefer", "respond-async")))
        self.assertEqual(accepted["state"], "running")

        def done():
            state = sent(self.issuer.state(self.connection, self.demo.authority, CSV, "july"), STATE)
            return state if state["state"] == "done" else None

        self.assertIn("receipt", demo.wait_for("the import", done))
        unknown = sent(self.issuer.state(self.connection, self.demo.authority, CSV, "never"), STATE)
        self.assertEqual(unknown["state"], "unknown")
        bad = b"nik,alamat\n3174056103900001,x\n"
        self.assertEqual(name_of(sent(post(bad, "bad"))), "malformed")
        failed = sent(self.issuer.state(self.connection, self.demo.authority, bad, "bad"), STATE)
        self.assertEqual(name_of(failed["problem"]), "malformed")
        self.assertEqual(name_of(sent(post(CSV + b"\n", "june"))), "conflict")
        changed = self.issuer.state(self.connection, self.demo.authority, CSV + b"\n", "june")
        self.assertEqual(name_of(sent(changed, STATE)), "conflict")
        self.assertEqual(name_of(sent(post(CSV, "x", "text/html"))), "unsupported")
        stranger = Issuer("stranger")
        self.assertEqual(name_of(sent(post(CSV, "x", sender=stranger))), "denied")
        with self.demo.connect() as connection:
            response = stranger.state(connection, self.demo.authority, CSV, "x")
            self.assertEqual(name_of(sent(response, STATE)), "denied")
        with self.demo.connect() as connection:
            fields = [("Host", self.demo.authority), ("Content-Type", "text/csv"), self.issuer.claim(CSV, "x")]
            response = connection.request("POST", IMPORTS, [*fields, ("Content-Length", str(3 << 30))])
            self.assertEqual(name_of(sent(response)), "too-large")

    def test_a_fifth_body_under_way_is_busy(self):
        content = b"nik\n" * 1000
        waiting = []
        for number in range(4):
            connection = self.demo.connect()
            self.addCleanup(connection.close)
            connection.socket = demo.socket_to(self.demo.address)
            fields = [("Host", self.demo.authority), ("Content-Type", "text/csv"), ("Expect", "100-continue"),
                      ("Content-Length", str(len(content))), self.issuer.claim(content, f"w{number}")]  # fmt: skip
            connection.socket.sendall(wire.request_bytes("POST", IMPORTS, fields))
            self.assertTrue(connection.socket.recv(64).startswith(b"HTTP/1.1 100"))  # its body has begun
            waiting.append(connection)
        response = self.issuer.post(self.connection, self.demo.authority, content, "fifth", "text/csv")
        self.assertEqual(name_of(self.page.check("POST", IMPORTS, response)), "busy")
        for connection in waiting:
            connection.close()

        def is_taken_again():
            with self.demo.connect() as connection:
                return self.issuer.post(connection, self.demo.authority, CSV, "sixth", "text/csv").status == 200

        demo.wait_for("the server to see that they are gone", is_taken_again)


class Licences(DemoCase):
    citizens = 10

    def test_a_licence_that_ended_is_told_as_documented(self):
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        register = self.folder / "licences.json"
        licence = {"id": "SIO-1", "holder": "Klinik", "valid_until": until}
        register.write_text(json.dumps({"source": "register", "licences": [licence]}))
        self.demo.json("issuer", "licences", register)
        clinic = Issuer("berizin")
        self.demo.json("issuer", "add", *clinic.arguments, "--licence", "SIO-1", "--valid-until", until)
        register.write_text(json.dumps({"source": "register", "licences": [{**licence, "id": "SIO-2"}]}))
        self.demo.json("issuer", "licences", register)
        response = clinic.post(self.connection, self.demo.authority, CSV, "x", "text/csv")
        told = Document().check("POST", IMPORTS, response)
        self.assertEqual((told["type"], "detail" in told), ("urn:lindung:problem:denied", True))


class SealedAndSlow(ServedCase):
    def test_a_sealed_server_and_a_slow_request_are_told_as_documented(self):
        self.page = Document()
        folder = tempfile.TemporaryDirectory(prefix="lindung-openapi-")
        self.addCleanup(folder.cleanup)
        more = "\n[limits]\nheader_timeout_ms = 3000\nbody_timeout_ms = 3000\n"
        site = Installation(pathlib.Path(folder.name), more)
        self.addCleanup(site.stop)
        site.init()
        site.start()
        host, port = site.url.removeprefix("http://").split(":")
        self.address, self.authority = (host, int(port)), f"{host}:{port}"
        fields, sealed = [("Host", self.authority)], 0
        for method, path, _ in self.page.operations():
            if method == "GET" and path != STATE and path != "/healthz":
                with wire.Connection(self.address) as connection, self.subTest(path):
                    told = self.page.check(method, path, connection.request(method, self.target(path), fields))
                    self.assertEqual(name_of(told), "sealed")
                    sealed += 1
        self.assertGreaterEqual(sealed, 8)
        self.is_slow_everywhere()
        with wire.Connection(self.address) as connection:
            response = connection.request("POST", client.PATH, [*fields, ("Content-Length", "0")])
            self.assertEqual(name_of(self.page.check("POST", client.PATH, response)), "sealed")


if __name__ == "__main__":
    demo.run()
