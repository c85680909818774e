"""Requests that are signed and not sealed: a door's or an officer's for a verdict, a border desk's device's."""

import os

from lindung_client import b64, b64url, sha256

COMPONENTS = '("@method" "@authority" "@path" "content-type" "content-digest")'


class SignedRequest:
    """One request; every part of it can be another."""

    def __init__(self, key_id, key, authority, path, tag, body, now, content_type="application/json"):
        self.key_id, self.key, self.authority = key_id, key, authority
        self.path, self.tag, self.content_type = path, tag, content_type
        self.body = body
        self.created, self.expires = now, now + 60
        self.nonce = os.urandom(16)
        self.digest = None

    def headers(self):
        digest = f"sha-256=:{b64(self.digest or sha256(self.body))}:"
        parameters = f';created={self.created};expires={self.expires};nonce="{b64url(self.nonce)}"'
        parameters += f';keyid="{self.key_id}";alg="ed25519";tag="{self.tag}"'
        lines = ["@method", "POST"], ["@authority", self.authority], ["@path", self.path]
        lines += (["content-type", self.content_type], ["content-digest", digest])
        lines += (["@signature-params", COMPONENTS + parameters],)
        base = "\n".join(f'"{name}": {value}' for name, value in lines)
        return [
            ("Host", self.authority),
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            ("Content-Digest", digest),
            ("Signature-Input", f"lindung={COMPONENTS}{parameters}"),
            ("Signature", f"lindung=:{b64(self.key.sign(base.encode()))}:"),
        ]
