"""An issuer of records: its key, and what it sends over the network (docs/import.md)."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PATH = "/v1/issuer/imports"


def quoted(data):
    return f":{base64.b64encode(data).decode()}:"


class Issuer:
    def __init__(self, issuer_id, key=None):
        self.id = issuer_id
        self.key = key or Ed25519PrivateKey.generate()
        self.is_p256 = isinstance(self.key, ec.EllipticCurvePrivateKey)

    @classmethod
    def on_p256(cls, issuer_id):
        return cls(issuer_id, ec.generate_private_key(ec.SECP256R1()))

    @property
    def arguments(self):
        """Of `lindung issuer add`: its id and its public key."""
        public = self.key.public_key()
        if not self.is_p256:
            return self.id, "--public-key", public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return self.id, "--public-key", point.hex(), "--algorithm", "es256"

    def claim(self, content, import_id):
        """The field Lindung-Import over these bytes."""
        digest = hashlib.sha256(content).digest()
        message = b"lindung import v1\0" + self.id.encode() + import_id.encode() + digest
        signature = self.key.sign(message, ec.ECDSA(hashes.SHA256())) if self.is_p256 else self.key.sign(message)
        return (
            "Lindung-Import",
            f'issuer="{self.id}", id="{import_id}", digest={quoted(digest)}, signature={quoted(signature)}',
        )

    def post(self, connection, authority, content, import_id, kind, *more):
        """Sends one import over a wire.Connection; returns the response."""
        length = ("Content-Length", str(len(content)))
        headers = [("Host", authority), ("Content-Type", kind), length, self.claim(content, import_id), *more]
        return connection.request("POST", PATH, headers, content)

    def state(self, connection, authority, content, import_id):
        target = f"{PATH}/{self.id}/{import_id}"
        return connection.request("GET", target, [("Host", authority), self.claim(content, import_id)])
