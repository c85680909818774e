"""A partner's client of the sealed exchange, written from the protocol's document alone; section numbers are those.

HPKE and HKDF are composed here from X25519, HMAC and AES-GCM (RFC 9180, 5869); the request is signed as RFC 9421 in the
one spelling of section 4. A Draft holds every part of a request as an attribute, so that a test can spoil any one of
them before it is sealed, signed or sent.
"""

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import time

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from transparency import cbor, cbor_head, leaf_hash

STATUS, CHECK_IN, CHECK_OUT = 1, 2, 3
UNLINKED, ALLOW, DENY, VENUE_REFUSED, VENUE_FULL, OVER_QUOTA = range(6)
COLOURS = {"none": 0, "green": 1, "yellow": 2, "red": 3, "black": 4}
PATH = "/v1/partner/exchange"
REQUEST_TYPE = "application/vnd.lindung.request"
ANSWER_TYPE = "application/vnd.lindung.answer"
KEM, KDF, AEAD = 0x0020, 0x0001, 0x0001
COMPONENTS = ("@method", "@authority", "@path", "content-type", "content-digest", "lindung-pact")


class BadAnswer(Exception):
    """An answer or a document of the gateway that does not keep the protocol."""


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_b64url(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64url(data) != text:
        raise BadAnswer("base64url in a second spelling")
    return data


def raw_public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


# HKDF-SHA256 (RFC 5869) and HPKE base mode (RFC 9180 sections 4, 4.1, 5.1, 5.3)


def extract(salt, ikm):
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(prk, info, length):
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(prk, block + info + bytes([count]), "sha256")
        out += block
        count += 1
    return out[:length]


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


@dataclasses.dataclass
class Sealer:
    """The sender's end of one HPKE context."""

    enc: bytes
    key: bytes
    base_nonce: bytes
    exporter_secret: bytes

    SUITE = b"HPKE" + KEM.to_bytes(2, "big") + KDF.to_bytes(2, "big") + AEAD.to_bytes(2, "big")

    @classmethod
    def to(cls, public, info, ephemeral=None):
        ephemeral = X25519PrivateKey.from_private_bytes(ephemeral) if ephemeral else X25519PrivateKey.generate()
        enc = raw_public(ephemeral)
        dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        kem = b"KEM" + KEM.to_bytes(2, "big")
        eae = labeled_extract(kem, b"", b"eae_prk", dh)
        shared = labeled_expand(kem, eae, b"shared_secret", enc + public, 32)
        context = b"\x00" + labeled_extract(cls.SUITE, b"", b"psk_id_hash", b"")
        context += labeled_extract(cls.SUITE, b"", b"info_hash", info)
        secret = labeled_extract(cls.SUITE, shared, b"secret", b"")
        return cls(
            enc,
            labeled_expand(cls.SUITE, secret, b"key", context, 16),
            labeled_expand(cls.SUITE, secret, b"base_nonce", context, 12),
            labeled_expand(cls.SUITE, secret, b"exp", context, 32),
        )

    def seal(self, aad, plaintext):
        return AESGCM(self.key).encrypt(self.base_nonce, plaintext, aad)  # sequence number 0

    def export(self, label, length):
        return labeled_expand(self.SUITE, self.exporter_secret, b"sec", label, length)


# Section 4: the question, and the request that carries it


@dataclasses.dataclass
class Question:
    operation: int
    token: bytes
    venue_code: bytes = b""
    request_id: bytes = dataclasses.field(default_factory=lambda: os.urandom(16))
    client_time: int = dataclasses.field(default_factory=lambda: int(time.time()))

    def plaintext(self):
        out = bytes([1, self.operation]) + len(self.venue_code).to_bytes(2, "big") + self.request_id + self.token
        out += self.client_time.to_bytes(8, "big") + self.venue_code
        return out.ljust(256, b"\x00")


@dataclasses.dataclass
class GatewayKey:
    key_id: int
    public_key: bytes


@dataclasses.dataclass
class Partner:
    id: str
    epoch: int
    key_id: str
    signing_key: Ed25519PrivateKey


class Draft:
    """One request on its way. Attributes set to None are computed from the others when they are needed."""

    def __init__(self, partner, gateway_key, pact, authority, question, now=None):
        now = int(time.time()) if now is None else now
        self.partner, self.signing_key = partner, partner.signing_key
        self.public_key, self.ephemeral = gateway_key.public_key, None
        self.key_id, self.kem, self.kdf, self.aead = gateway_key.key_id, KEM, KDF, AEAD
        self.pact = pact
        self.question, self.plaintext = question, question.plaintext()
        self.nonce, self.created, self.expires = os.urandom(16), now, now + 30
        self.method, self.target, self.host = "POST", PATH, authority
        self.signed_authority, self.signed_path = authority, PATH
        self.content_type = REQUEST_TYPE
        self.label, self.components = "lindung", COMPONENTS
        self.parameters = None  # text after the list of components
        self.pact_field = None
        self.digest_field = None
        self.signature = None
        self.sealer, self.body = None, None

        self.tag, self.request_label, self.response_label = "lindung-request", b"request", b"response"

    def header(self):
        return bytes([self.key_id]) + b"".join(part.to_bytes(2, "big") for part in (self.kem, self.kdf, self.aead))

    def info(self):
        key_id = self.partner.key_id.encode()
        return b"lindung " + self.request_label + b" v1\x00" + self.header() + bytes([len(key_id)]) + key_id + self.pact

    def aad(self):
        return self.nonce + self.created.to_bytes(8, "big")

    def seal(self):
        """Makes the body, once; later calls change nothing."""
        if self.body is None:
            self.sealer = Sealer.to(self.public_key, self.info(), self.ephemeral)
            self.body = self.header() + self.sealer.enc + self.sealer.seal(self.aad(), self.plaintext)
        return self

    def parameter_text(self):
        if self.parameters is not None:
            return self.parameters
        return (
            f';created={self.created};expires={self.expires};nonce="{b64url(self.nonce)}"'
            f';keyid="{self.partner.key_id}";alg="ed25519";tag="{self.tag}"'
        )

    def covered(self):
        return "(" + " ".join(f'"{name}"' for name in self.components) + ")" + self.parameter_text()

    def base(self):
        """The signature base, RFC 9421 section 2.5."""
        values = {
            "@method": self.method,
            "@authority": self.signed_authority,
            "@path": self.signed_path,
            "content-type": self.content_type,
            "content-digest": self.digest_field,
            "lindung-pact": self.pact_field,
            "content-length": str(len(self.body)),
        }
        lines = [f'"{name}": {values[name]}' for name in self.components]
        return "\n".join(lines + [f'"@signature-params": {self.covered()}'])

    def sign(self):
        """Fills in what is still missing, up to the signature."""
        self.seal()
        if self.digest_field is None:
            self.digest_field = f"sha-256=:{b64(sha256(self.body))}:"
        if self.pact_field is None:
            self.pact_field = f"sha-256=:{b64(self.pact)}:"
        if self.signature is None:
            self.signature = self.signing_key.sign(self.base().encode())
        return self

    def headers(self):
        self.sign()
        return [
            ("Host", self.host),
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            ("Content-Digest", self.digest_field),
            ("Lindung-Pact", self.pact_field),
            ("Signature-Input", f"{self.label}={self.covered()}"),
            ("Signature", f"{self.label}=:{b64(self.signature)}:"),
        ]

    def evidence(self):
        return sha256(self.base().encode(), self.signature)


# docs/adr/0015-bundles.md: many questions in one request

BUNDLE_SLOTS = (16, 64)
REPLAY_CONFLICT, QUOTA, MALFORMED = 16, 17, 18  # in place of an outcome: what became of this slot alone


class Bundle(Draft):
    """One request with many questions."""

    def __init__(self, partner, gateway_key, pact, authority, questions, now=None):
        super().__init__(partner, gateway_key, pact, authority, questions[0], now)
        self.questions = questions
        self.size = next(size for size in BUNDLE_SLOTS if len(questions) <= size)
        self.plaintext = bytes([1, len(questions)]).ljust(8, b"\x00") + b"".join(each.plaintext() for each in questions)
        self.plaintext = self.plaintext.ljust(8 + 256 * self.size, b"\x00")
        self.target = self.signed_path = "/v1/partner/bundle"
        self.content_type = "application/vnd.lindung.bundle"
        self.tag, self.request_label, self.response_label = "lindung-bundle", b"bundle", b"bundle response"

    def open(self, body):
        """An Answer for each question, or the number of what became of it."""
        if len(body) != 16 + 8 + 256 * self.size + 16:
            raise BadAnswer(f"an answer of {len(body)} bytes")
        plaintext = open_reply(self, body)
        if plaintext[:8] != bytes([1, len(self.questions)]).ljust(8, b"\x00"):
            raise BadAnswer("not the reply to this bundle")
        slots = [plaintext[8 + 256 * i : 264 + 256 * i] for i in range(len(self.questions))]
        if any(plaintext[8 + 256 * len(slots) :]):
            raise BadAnswer("bytes behind the slots are not zero")
        for slot, question in zip(slots, self.questions, strict=True):
            if slot[4:20] != question.request_id:
                raise BadAnswer("the answer is to another question")
        return [slot[1] if slot[1] > OVER_QUOTA else Answer.parse(slot) for slot in slots]


# Section 5: the answer and its leaf


@dataclasses.dataclass
class Answer:
    plaintext: bytes
    outcome: int
    colour: int
    flags: int
    request_id: bytes
    answered_at: int
    valid_until: int
    index: int
    leaf_hash: bytes
    next_token: bytes
    opening: bytes
    evidence: bytes

    @classmethod
    def parse(cls, plaintext):
        if len(plaintext) != 256 or plaintext[0] != 1:
            raise BadAnswer("not an answer of version 1")
        p = plaintext
        return cls(
            p, p[1], p[2], p[3], p[4:20],
            int.from_bytes(p[20:28], "big"), int.from_bytes(p[28:36], "big"), int.from_bytes(p[36:44], "big"),
            p[44:76], p[76:104], p[104:120], p[120:152],
        )  # fmt: skip

    @property
    def repeated(self):
        return bool(self.flags & 1)

    def fact(self):
        """What must be the same each time that the same question is answered."""
        return self.plaintext[:3] + self.plaintext[4:]


def open_reply(draft, body):
    secret = draft.sealer.export(b"lindung " + draft.response_label + b" v1", 16)
    prk = extract(draft.sealer.enc + body[:16], secret)
    try:
        return AESGCM(expand(prk, b"key", 16)).decrypt(expand(prk, b"nonce", 12), body[16:], b"")
    except InvalidTag as error:
        raise BadAnswer("an answer that does not open") from error


def open_answer(draft, body):
    if len(body) != 288:
        raise BadAnswer(f"an answer of {len(body)} bytes")
    return Answer.parse(open_reply(draft, body))


def commitment_of(answer, request_plaintext):
    head = answer.plaintext[:3] + b"\x00" + answer.plaintext[4:36]
    message = b"lindung answer v1\x00" + answer.evidence + request_plaintext + head
    return hmac.digest(answer.opening, message, "sha256")


def leaf_of(answer, partner_id, epoch, request_plaintext):
    """Six items behind a CBOR head that says five: the worked examples have it so, and hashes know no "nearly"."""
    floored = answer.answered_at // 10 * 10
    items = [1, "answer", partner_id, epoch, floored, commitment_of(answer, request_plaintext)]
    return cbor_head(4, len(items) - 1) + b"".join(cbor(item) for item in items)


def check_answer(answer, draft, evidence=None, question=None):
    """What a client can check by itself: shape, times, evidence, leaf hash. evidence: of the request answered first;
    question: the plaintext of a slot, when the draft is a bundle."""
    plaintext = draft.plaintext if question is None else question
    request_id = plaintext[4:20]
    if answer.request_id != request_id:
        raise BadAnswer("the answer is to another question")
    if not UNLINKED <= answer.outcome <= OVER_QUOTA or answer.flags & ~1 or answer.colour > 4:
        raise BadAnswer("outcome, colour or flags outside of their ranges")
    operation = plaintext[1]
    may_colour = answer.outcome in (ALLOW, DENY) and operation in (STATUS, CHECK_IN)
    if answer.colour and not may_colour:
        raise BadAnswer(f"a colour with outcome {answer.outcome} of operation {operation}")
    if answer.valid_until != 10 * ((answer.answered_at + 60) // 10):
        raise BadAnswer("another valid_until than section 5 gives")
    if any(answer.plaintext[152:]):
        raise BadAnswer("bytes after the evidence are not zero")
    if answer.evidence != (draft.evidence() if evidence is None else evidence):
        raise BadAnswer("the evidence is of another request")
    leaf = leaf_of(answer, draft.partner.id, draft.partner.epoch, plaintext)
    if leaf_hash(leaf) != answer.leaf_hash:
        raise BadAnswer("the leaf hash is not that of the leaf")
    return leaf


# Section 3: the directory of keys


def open_directory(body, directory_key):
    """The payload of /.well-known/lindung-keys, its signature checked with the pinned directory key."""
    document = json.loads(body)
    if sorted(document) != ["payload", "signature"]:
        raise BadAnswer("the key document has other fields than payload and signature")
    payload, signature = from_b64url(document["payload"]), from_b64url(document["signature"])
    try:
        public = Ed25519PublicKey.from_public_bytes(directory_key)
        public.verify(signature, b"lindung keys v1\x00" + payload)
    except InvalidSignature as error:
        raise BadAnswer("the key document is not signed by the directory key") from error
    return json.loads(payload)
