"""A carrier's client, written from docs/border.md alone: the one question before departure, sealed, and its one bit."""

import dataclasses
import json
import os
import time

import lindung_client as client
from lindung_client import Draft, GatewayKey, Partner, from_b64url, open_reply

PATH = "/v1/carrier/check"
KEYS = "/v1/carrier/keys"


def gateway_key(travel):
    """The newest of the travel server's keys for carriers; whose signature it is, is for others to check."""
    payload = json.loads(from_b64url(travel.call("GET", KEYS)[1]["payload"]))
    newest = max(payload["keys"], key=lambda key: key["not_after"])
    return GatewayKey(newest["id"], from_b64url(newest["public_key"]))


def holder(carrier, key):
    """A carrier as it signs; `carrier` is the name of its key."""
    return Partner(carrier.lower(), 0, carrier.lower(), key)


@dataclasses.dataclass
class CarrierQuestion:
    """The plaintext of 64 bytes; any part can be another than it should be."""

    card: bytes
    version: int = 1
    number: str = "GA 825"
    day: int = 0  # of departure, since 1970
    id: bytes = dataclasses.field(default_factory=lambda: os.urandom(16))

    def plaintext(self):
        out = bytes([1, 0, 0, 0]) + self.id + self.card + self.version.to_bytes(8, "big")
        return out + self.number.encode().ljust(16, b"\0") + self.day.to_bytes(4, "big")


class CarrierDraft(Draft):
    """One request on its way; what a Draft of the exchange is, under the labels of carriers."""

    def __init__(self, carrier, key, authority, question, now=None):
        super().__init__(carrier, key, bytes(32), authority, question, int(time.time()) if now is None else now)
        self.target = self.signed_path = PATH
        self.content_type = "application/vnd.lindung.carrier-check"
        self.components = tuple(name for name in client.COMPONENTS if name != "lindung-pact")
        self.tag, self.request_label, self.response_label = "lindung-carrier-check", b"carrier check", b"carrier answer"

    def headers(self):
        return [(name, value) for name, value in super().headers() if name != "Lindung-Pact"]

    def open(self, body):
        """The plaintext of 32 bytes: 1, the answer, 14 zeros, the question's id."""
        plaintext = open_reply(self, body)
        if len(plaintext) != 32 or plaintext[0] != 1 or any(plaintext[2:16]) or plaintext[16:] != self.question.id:
            raise client.BadAnswer(f"not an answer to this question: {plaintext.hex()}")
        return plaintext

    def is_fit(self, body):
        return {0: False, 1: True}[self.open(body)[1]]
