"""A reporter's client, written from docs/reports.md alone: sealed reports, receipts, identities for two offices."""

import dataclasses
import hashlib
import json
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import lindung_client as client
from lindung_client import Draft, GatewayKey, Partner, Sealer, from_b64url, open_reply, sha256

PATH = "/v1/report"
REQUEST_TYPE = "application/vnd.lindung.report"
ANSWER_TYPE = "application/vnd.lindung.report-answer"
CREATE, ADD, WITHDRAW, STATUS = 1, 2, 3, 4
OUTCOMES = [None, "accepted", "duplicate", "added", "withdrawn", "shown", "unknown"]
STAGES = ["none", "received", "looked-at", "decided", "withdrawn"]
AGES = ["unknown", "0-4", "5-14", "15-44", "45-64", "65+"]
SNOMED, ICD10 = 1, 2
IDENTITY_LABEL = b"lindung report identity v1"


@dataclasses.dataclass
class Report:
    """The plaintext of 768 bytes; any part can be another than it should be."""

    operation: int = CREATE
    codes: tuple = ((ICD10, "J11"),)
    onset: int = 0  # days since 1970
    age: str = "15-44"
    district: str = "3174"
    id: bytes = dataclasses.field(default_factory=lambda: os.urandom(16))
    receipt: bytes = bytes(32)
    identity: bytes = b""  # 16 bytes of office key ids and 352 sealed

    @classmethod
    def about(cls, operation, receipt, **more):
        return cls(operation=operation, receipt=receipt, **({"codes": (), "age": "unknown", "district": ""} | more))

    def plaintext(self):
        out = bytes([1, self.operation]) + self.id + self.receipt + self.onset.to_bytes(4, "big")
        out += bytes([AGES.index(self.age), 1 if self.identity else 0]) + self.district.encode().ljust(4, b"\0")
        out += bytes([len(self.codes)])
        for system, code in self.codes:
            out += bytes([system, len(code)]) + code.encode().ljust(18, b"\0")
        out = out.ljust(61 + 8 * 20, b"\0") + self.identity
        return out.ljust(768, b"\0")


@dataclasses.dataclass
class Answer:
    outcome: str
    stage: str
    receipt: bytes
    identity_opened_at: int

    @classmethod
    def parse(cls, plaintext):
        assert len(plaintext) == 64 and plaintext[0] == 1 and plaintext[3] == 0 and not any(plaintext[44:])
        return cls(OUTCOMES[plaintext[1]], STAGES[plaintext[2]], plaintext[4:36], int.from_bytes(plaintext[36:44], "big"))


class ReportDraft(Draft):
    """One request on its way; what a Draft of the exchange is, under the labels of reports."""

    def __init__(self, reporter, gateway_key, authority, report, now):
        super().__init__(reporter, gateway_key, bytes(32), authority, report, now)
        self.target = self.signed_path = PATH
        self.content_type = REQUEST_TYPE
        self.components = tuple(name for name in client.COMPONENTS if name != "lindung-pact")
        self.tag, self.request_label, self.response_label = "lindung-report", b"report", b"report response"

    def headers(self):
        return [(name, value) for name, value in super().headers() if name != "Lindung-Pact"]


@dataclasses.dataclass
class Office:
    id: str
    role: str
    districts: list
    public_key: bytes


class Reporter:
    """A registered service, on a running server."""

    def __init__(self, server, name, districts="", syndromes="", per_day=2000, per_minute=1000):
        self.server, self.name = server, name
        self.key = Ed25519PrivateKey.generate()
        self.identity = Partner(name, 0, name + ".1", self.key)
        server.json("reporter", "add", name, "--per-day", per_day, "--per-minute", per_minute)
        scope = (["--districts", districts] if districts else []) + (["--syndromes", syndromes] if syndromes else [])
        server.json("reporter", "key", "add", name, "--key-id", name + ".1",
                    "--public-key", client.raw_public(self.key).hex(), *scope)  # fmt: skip

    def directory(self):
        with self.server.connect() as connection:
            body = connection.request("GET", "/.well-known/lindung-keys", [("Host", self.server.authority)], b"").body
        return client.open_directory(body, bytes.fromhex(self.server.json("status")["directory_key"]))

    def gateway_key(self):
        now = self.server.now()
        for key in self.directory()["keys"]:
            if key["use"] == "report" and key["not_before"] <= now <= key["not_after"]:
                return GatewayKey(key["key_id"], from_b64url(key["public_key"]))
        raise AssertionError("no key for reports")

    def offices(self):
        return [
            Office(key["office"], key["role"], key["districts"], from_b64url(key["public_key"]))
            for key in self.directory()["keys"]
            if key["use"] == "report-office"
        ]

    def today(self):
        return self.server.now() // 86400

    def draft(self, report, gateway_key=None):
        if report.operation == CREATE and report.onset == 0:
            report.onset = self.today()
        return ReportDraft(self.identity, gateway_key or self.gateway_key(), self.server.authority, report, self.server.now())

    def send(self, report, connection=None, gateway_key=None):
        """The answer, or the name of the problem."""
        draft = self.draft(report, gateway_key)
        if connection is None:
            with self.server.connect() as connection:
                return self.send_draft(draft, connection)
        return self.send_draft(draft, connection)

    def send_draft(self, draft, connection):
        response = connection.request(draft.method, draft.target, draft.headers(), draft.body)
        if response.status != 200:
            return json.loads(response.body)["type"].removeprefix("urn:lindung:problem:")
        assert response.all("Content-Type") == [ANSWER_TYPE], response.all("Content-Type")
        assert len(response.body) == 16 + 64 + 16, len(response.body)
        return Answer.parse(open_reply(draft, response.body))


def key_id_of(public_key):
    return hashlib.sha256(public_key).digest()[:8]


def seal_layer(public_key, plaintext):
    sealer = Sealer.to(public_key, IDENTITY_LABEL + b"\0" + key_id_of(public_key))
    return sealer.enc + sealer.seal(b"", plaintext)


def sealed_identity(health, second, nik, name, phone):
    """For the health office first, who finds what only the second office opens."""
    plain = nik.encode().ljust(16, b"\0")
    for text in (name, phone):
        plain += bytes([len(text.encode())]) + text.encode()
    plain = plain.ljust(256, b"\0")
    sealed = seal_layer(health.public_key, seal_layer(second.public_key, plain))
    assert len(sealed) == 352, len(sealed)
    return key_id_of(health.public_key) + key_id_of(second.public_key) + sealed




FHIR_PATH = "/v1/report/fhir"
FHIR_TYPE = "application/fhir+json"
SYSTEMS = {SNOMED: "http://snomed.info/sct", ICD10: "http://hl7.org/fhir/sid/icd-10"}


def bundle(*resources, district="3174", age="15-44", report_id=None, **more):
    """A report as a Bundle; resources: Conditions and Observations."""
    number = (report_id or os.urandom(16)).hex()
    uuid = "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))
    tags = [{"system": "urn:lindung:district", "code": district}, {"system": "urn:lindung:age-band", "code": age}]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:" + uuid},
        "meta": {"tag": tags},
        "entry": [{"resource": resource} for resource in resources],
    } | more


def condition(onset, *codes, **more):
    coding = [{"system": SYSTEMS[system], "code": code} for system, code in codes or ((ICD10, "J11"),)]
    return {"resourceType": "Condition", "code": {"coding": coding}, "onsetDateTime": onset} | more


def observation(seen, *codes, **more):
    coding = [{"system": SYSTEMS[system], "code": code} for system, code in codes or ((ICD10, "J11"),)]
    return {"resourceType": "Observation", "status": "final", "code": {"coding": coding}, "effectiveDateTime": seen} | more


def send_fhir(reporter, content):
    """The answer as JSON, or the detail of the problem."""
    body = json.dumps(content).encode()
    now, nonce = reporter.server.now(), os.urandom(16)
    digest = f"sha-256=:{client.b64(sha256(body))}:"
    covered = '("@method" "@authority" "@path" "content-type" "content-digest")'
    covered += f';created={now};expires={now + 30};nonce="{client.b64url(nonce)}";keyid="{reporter.identity.key_id}"'
    covered += ';alg="ed25519";tag="lindung-report-fhir"'
    lines = (("@method", "POST"), ("@authority", reporter.server.authority), ("@path", FHIR_PATH),
             ("content-type", FHIR_TYPE), ("content-digest", digest), ("@signature-params", covered))  # fmt: skip
    base = "\n".join(f'"{name}": {value}' for name, value in lines)
    headers = [
        ("Host", reporter.server.authority),
        ("Content-Type", FHIR_TYPE),
        ("Content-Length", str(len(body))),
        ("Content-Digest", digest),
        ("Signature-Input", f"lindung={covered}"),
        ("Signature", f"lindung=:{client.b64(reporter.identity.signing_key.sign(base.encode()))}:"),
    ]
    with reporter.server.connect() as connection:
        response = connection.request("POST", FHIR_PATH, headers, body)
    content = json.loads(response.body)
    return content if response.status == 200 else content.get("detail", content["type"])
