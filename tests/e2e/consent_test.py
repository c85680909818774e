#!/usr/bin/python3
"""Linking a citizen, from docs/consent.md and docs/portal-api.md alone: pushed request, approval by a session, redeemed code,
questions, who looked, withdrawal, webhook, and what the log proves of it all.

    consent_test.py LINDUNG
"""

import base64
import http.server
import json
import os
import re
import threading
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import demo
import lindung_client as client
import transparency
from demo import DemoCase, exchange, wait_for
from lindung_client import ALLOW, DENY, STATUS, UNLINKED, b64, b64url, from_b64url, sha256

PERSON = {
    "nik": "3174056103900001", "name": "Siti Aminah", "born": "1990-03-21",
    "family_card": "3174051201100004", "phone": "+6281234567890",
}  # fmt: skip
REDIRECT = "https://app.gojek.example/linked"
GRANTED, UNKNOWN, LATE, USED, WRONG = range(1, 6)


class Signed(client.Draft):
    """A request that is signed as a question is, and not sealed."""

    def __init__(self, case, body):
        question = client.Question(STATUS, bytes(28))
        super().__init__(case.partner, case.demo.gateway_key(), case.demo.pact, case.demo.authority, question, case.demo.now())
        self.body = body
        self.target = self.signed_path = "/v1/partner/par"
        self.content_type, self.tag = "application/json", "lindung-par"


class Redemption(client.Draft):
    def __init__(self, case, code, verifier, request_id=None):
        question = client.Question(STATUS, bytes(28))
        super().__init__(case.partner, case.demo.gateway_key(), case.demo.pact, case.demo.authority, question, case.demo.now())
        self.target = self.signed_path = "/v1/partner/token"
        self.content_type, self.tag = "application/vnd.lindung.redemption", "lindung-token"
        self.request_label, self.response_label = b"redemption", b"redemption response"
        self.request_id = request_id or os.urandom(16)
        plaintext = bytes([1, len(verifier), 0, 0]) + self.request_id + code + verifier.encode()
        self.plaintext = plaintext.ljust(256, b"\x00")


class Partner(http.server.ThreadingHTTPServer):
    """The partner's own server: keeps what its webhook was sent; down until it is told otherwise."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.received, self.is_up = [], False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/ended"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers.items()), body))
        self.send_response(204 if self.server.is_up else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Consent(DemoCase):
    def setUp(self):
        super().setUp()
        self.partner = self.demo.partner("gojek")
        self.origin = "http://localhost:" + str(self.demo.address[1])
        self.cookies = {}

    def portal(self, method, path, body=None, status=200):
        data = b"" if body is None else json.dumps(body).encode()
        headers = [("Host", self.demo.authority), ("Sec-Fetch-Site", "same-origin"), ("Content-Length", str(len(data)))]
        if body is not None:
            headers.append(("Content-Type", "application/json"))
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        response = self.connection.request(method, "/v1/portal/" + path, headers, data)
        self.assertEqual(response.status, status, response.body)
        for value in response.all("Set-Cookie"):
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response.body if response.one("Content-Type") == "application/pdf" else json.loads(response.body)

    def code_to_phone(self):
        """The newest one-time code that went to the telephone."""
        folder = self.demo.data / "messages"
        files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
        message = json.loads(files[-1].read_text())
        self.assertEqual(message["to"], PERSON["phone"])
        return re.search(r"\b[0-9]{6}\b", message["text"]["en"]).group()

    def sign_in(self):
        path = self.folder / "register.csv"
        path.write_text(",".join(PERSON) + "\n" + ",".join(PERSON.values()) + "\n")
        self.demo.command("register", "load", path)
        self.portal("POST", "codes", {"phone": PERSON["phone"]}, status=202)
        claim = {name: PERSON[name] for name in ("nik", "name", "born", "family_card")}
        session = self.portal("POST", "register", {"code": self.code_to_phone(), **claim})
        self.assertEqual(session["role"], "citizen")

    def push(self, **change):
        self.verifier, self.state = b64url(os.urandom(32)), b64url(os.urandom(16))
        members = {
            "response_type": "code", "client_id": "gojek", "code_challenge": b64url(sha256(self.verifier.encode())),
            "code_challenge_method": "S256", "redirect_uri": REDIRECT, "state": self.state,
            "purposes": ["venue-entry"], "profile": "colour", "days": 90, **change,
        }  # fmt: skip
        return exchange(self.connection, Signed(self, json.dumps(members).encode()))

    def pushed(self):
        response = self.push()
        self.assertEqual(response.status, 201, response.body)
        document = json.loads(response.body)
        self.assertEqual(document["expires_in"], 600)
        reference = document["request_uri"].removeprefix("urn:ietf:params:oauth:request_uri:")
        self.assertEqual(document["open_at"], f"{self.origin}/#consent/{reference}")
        return reference

    def approved(self, reference):
        shown = self.portal("GET", f"requests/{reference}")
        self.assertEqual((shown["partner"], shown["profile"], shown["days"]), ("gojek", "colour", 90))
        self.assertEqual([each["name"] for each in shown["purposes"]], ["venue-entry"])
        options = self.portal("POST", f"requests/{reference}/options", {})
        self.assertEqual(options["by"], "code")
        self.portal("POST", f"requests/{reference}/approve", {"code": {"nonce": options["nonce"], "code": "000"}}, status=403)
        proof = {"nonce": options["nonce"], "code": self.code_to_phone()}
        url = self.portal("POST", f"requests/{reference}/approve", {"code": proof})["redirect_to"]
        address, _, query = url.partition("?")
        self.assertEqual(address, REDIRECT)
        members = dict(urllib.parse.parse_qsl(query))
        self.assertEqual((members["state"], members["iss"]), (self.state, self.origin))
        return from_b64url(members["code"])

    def redeem(self, code, verifier=None, request_id=None):
        draft = Redemption(self, code, verifier or self.verifier, request_id)
        response = exchange(self.connection, draft)
        self.assertEqual((response.status, len(response.body)), (200, 288), response.body)
        plaintext = client.open_reply(draft, response.body)
        self.assertEqual((plaintext[0], plaintext[4:20]), (1, draft.request_id))
        if plaintext[1] != GRANTED:
            self.assertFalse(any(plaintext[20:]))
        return plaintext

    def ask(self, token):
        question = client.Question(STATUS, token, client_time=self.demo.now())
        return demo.answered(self.connection, self.demo.draft(self.partner, question))

    def consent_keys(self):
        response = self.connection.get("/.well-known/lindung-consent-keys", self.demo.authority)
        document = json.loads(response.body)
        payload = from_b64url(document["payload"])
        directory_key = bytes.fromhex(self.demo.json("status")["directory_key"])
        Ed25519PublicKey.from_public_bytes(directory_key).verify(
            from_b64url(document["signature"]), b"lindung consent keys v1\x00" + payload
        )
        return {key["kid"]: Ed25519PublicKey.from_public_bytes(from_b64url(key["x"])) for key in json.loads(payload)["keys"]}

    def verified(self, webhook, partner):
        path, headers, body = webhook
        digest = f"sha-256=:{b64(sha256(body))}:"
        self.assertEqual(headers["Content-Digest"], digest)
        covered = headers["Signature-Input"].removeprefix("lindung=")
        self.assertIn(';alg="ed25519";tag="lindung-webhook"', covered)
        base = "\n".join([
            '"@method": POST', f'"@authority": 127.0.0.1:{partner.server_port}', f'"@path": {path}',
            '"content-type": application/json', f'"content-digest": {digest}', f'"@signature-params": {covered}',
        ])  # fmt: skip
        signature = base64.b64decode(headers["Signature"].removeprefix("lindung=:").removesuffix(":"))
        key = self.consent_keys()[re.search('keyid="([^"]*)"', covered).group(1)]
        key.verify(signature, base.encode())
        with self.assertRaises(InvalidSignature):
            key.verify(signature, base.encode() + b" ")
        return json.loads(body)

    def test_a_citizen_links_a_partner_sees_who_looked_and_withdraws(self):
        webhook = Partner()
        self.addCleanup(webhook.shutdown)
        self.demo.command("partner", "redirect", "gojek", REDIRECT)
        self.assertEqual(self.demo.json("partner", "webhook", "gojek", webhook.url)["webhook"], webhook.url)
        self.demo.command("partner", "webhook", "gojek", "http://10.0.0.1/ended", expect=1)
        self.portal("GET", "consents", status=401)
        self.sign_in()

        # Refusals of a push name the field.
        for change, field in (({"profile": "decision_only"}, "profile"), ({"redirect_uri": REDIRECT + "/x"}, "redirect_uri"),
                              ({"purposes": ["spying"]}, "purposes"), ({"client_id": "grab"}, "client_id")):  # fmt: skip
            response = self.push(**change)
            self.assertEqual(response.status, 400)
            self.assertIn(field, json.loads(response.body)["detail"])

        # A refused request is over.
        reference = self.pushed()
        url = self.portal("POST", f"requests/{reference}/refuse", {})["redirect_to"]
        self.assertEqual(dict(urllib.parse.parse_qsl(url.partition("?")[2]))["error"], "access_denied")
        self.portal("GET", f"requests/{reference}", status=404)

        code = self.approved(self.pushed())
        self.assertEqual(self.redeem(os.urandom(32))[1], UNKNOWN)
        self.assertEqual(self.redeem(code, b64url(os.urandom(32)))[1], WRONG)
        request_id = os.urandom(16)
        granted = self.redeem(code, request_id=request_id)
        self.assertEqual(granted[1:3], bytes([GRANTED, 1]))
        self.assertEqual(self.redeem(code, request_id=request_id)[20:80], granted[20:80])  # the reply was lost
        self.assertEqual(self.redeem(code)[1], USED)
        token, consent = granted[20:48], granted[48:64].hex()

        first = self.ask(token)
        self.assertIn(first.outcome, (ALLOW, DENY))

        consents = self.portal("GET", "consents")["consents"]
        self.assertEqual([(each["id"], each["ended"]) for each in consents], [(consent, None)])
        self.check_receipt(consent)
        self.check_looks(first)

        ended = self.portal("DELETE", f"consents/{consent}", {})
        self.assertEqual(self.ask(token).outcome, UNLINKED)
        self.assertEqual(self.portal("DELETE", f"consents/{consent}", {}), ended)
        self.assertEqual(self.portal("GET", "consents")["consents"][0]["ended_by"], "withdrawn")

        # The partner was down; it is told when it is up again.
        wait_for("the first attempt", lambda: len(webhook.received) > 0)
        webhook.is_up = True
        wait_for("another attempt", lambda: len(webhook.received) > 1)
        events = [self.verified(each, webhook) for each in webhook.received[:2]]
        self.assertEqual(events[0], events[1])
        self.assertEqual((events[0]["event"], events[0]["consent"], events[0]["reason"]), ("consent.ended", consent, "withdrawn"))
        self.assertEqual(events[0]["log_index"], ended["log_index"])

        exported = self.folder / "exported"
        self.demo.command("log", "export", exported)
        report = self.demo.json("log", "verify", exported, "--consents")["consents"]
        self.assertGreaterEqual(report["consented"], 1)
        self.assertGreaterEqual(report["about_nobody"], 1)

    def check_receipt(self, consent):
        document = self.portal("GET", f"consents/{consent}/receipt")
        head, payload, signature = document["jws"].split(".")
        key = self.consent_keys()[json.loads(from_b64url(head))["kid"]]
        key.verify(from_b64url(signature), f"{head}.{payload}".encode())
        self.assertEqual(json.loads(from_b64url(payload)), document["receipt"])
        receipt = document["receipt"]
        self.assertEqual((receipt["record_id"], receipt["consent_state"]), (consent, "active"))
        self.assertEqual(receipt["pii_processing"]["purposes"][0]["purpose_type"], "venue-entry")
        self.assertNotIn(PERSON["nik"], document["jws"] + json.dumps(receipt))
        self.assertTrue(self.portal("GET", f"consents/{consent}/receipt.pdf").startswith(b"%PDF-"))

    def check_looks(self, answer):
        def there():
            page = self.portal("GET", "looks")
            return page if any(look["index"] == answer.index for look in page["looks"]) else None

        page = wait_for("the answer among the looks", there)
        look = next(look for look in page["looks"] if look["index"] == answer.index)
        self.assertEqual((look["kind"], look["partner"], look["operation"], look["own"]), ("answer", "gojek", "status", False))
        leaf = from_b64url(look["leaf"])
        self.assertEqual(transparency.leaf_hash(leaf), answer.leaf_hash)
        size, root = transparency.open_checkpoint(page["checkpoint"].encode(), *self.demo.log_key())
        proof = [base64.b64decode(each) for each in look["proof"]]
        transparency.check_inclusion(answer.index, size, answer.leaf_hash, proof, root)


if __name__ == "__main__":
    demo.run()
