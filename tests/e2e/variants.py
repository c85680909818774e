"""The refused examples of the exchange, each as a change of a live draft: the same fault, built for this moment.

VARIANTS maps the name of an example to a function that spoils a draft; it returns the fields to send, or None for those
of the draft as it now stands.
"""

import os
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import lindung_client as client

ED25519_L = 2**252 + 27742317777372353535851937790883648493

VARIANTS = {}


def variant(name):
    return lambda function: VARIANTS.setdefault(name, function)


def setting(name, **values):
    """A variant that only sets attributes of the draft."""

    def apply(draft):
        for key, value in values.items():
            setattr(draft, key, value)

    VARIANTS[name] = apply


def flipped(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def edited(draft, name, value):
    """The fields of the signed draft, one of them replaced (value None: left out)."""
    fields = draft.headers()
    return [(n, value if n == name else v) for n, v in fields if n != name or value is not None]


def reparameterised(name, change):
    def apply(draft):
        draft.parameters = change(draft.parameter_text())

    VARIANTS[name] = apply


def resealed(name, change):
    def apply(draft):
        draft.plaintext = bytes(change(bytearray(draft.plaintext)))

    VARIANTS[name] = apply


def put(plaintext, at, value):
    plaintext[at : at + len(value)] = value
    return plaintext


@variant("body changed after signing")
def _(d):
    d.sign()
    d.body = flipped(d.body, 100)


@variant("signature bit flipped")
def _(d):
    d.signature = flipped(d.sign().signature, 10)


@variant("signature with S + L")
def _(d):
    s = int.from_bytes(d.sign().signature[32:], "little") + ED25519_L
    d.signature = d.signature[:32] + s.to_bytes(32, "little")


@variant("signed by another key")
def _(d):
    d.signing_key = Ed25519PrivateKey.generate()


setting("signed for another authority", signed_authority="evil.example")
setting(
    "sent to an authority that is not ours, and signed for it", signed_authority="evil.example", host="evil.example"
)
setting("another path signed", signed_path="/v1/partner/other")
setting("a query on the target", target=client.PATH + "?x=1")


def named(draft, key_id):
    draft.partner = client.Partner(draft.partner.id, draft.partner.epoch, key_id, draft.partner.signing_key)


@variant("unknown key id")
def _(d):
    named(d, "nobody.2026-11.a")


@variant("unknown key id and a wrong clock")
def _(d):
    named(d, "nobody.2026-11.a")
    d.created, d.expires = d.created - 500, d.expires - 500


@variant("key id with a capital")
def _(d):
    named(d, d.partner.key_id.upper())


@variant("pact header swapped after signing")
def _(d):
    return edited(d, "Lindung-Pact", f"sha-256=:{client.b64(os.urandom(32))}:")


@variant("signed under an unknown pact")
def _(d):
    d.pact = os.urandom(32)


@variant("digest header missing")
def _(d):
    return edited(d, "Content-Digest", None)


@variant("digest header twice")
def _(d):
    return d.headers() + [("Content-Digest", d.digest_field)]


@variant("digest with a second member")
def _(d):
    d.digest_field = f"sha-256=:{client.b64(client.sha256(d.seal().body))}:, sha-512=:AAAA:"


@variant("two signatures")
def _(d):
    fields = dict(d.headers())
    second_input = fields["Signature-Input"].replace("lindung=", "b=", 1)
    second = fields["Signature"].replace("lindung=", "b=", 1)
    fields["Signature-Input"] += ", " + second_input
    fields["Signature"] += ", " + second
    return list(fields.items())


setting("another label", label="sig1")
reparameterised("nonce missing", lambda text: text.replace(text[text.index(";nonce=") : text.index(";keyid=")], ""))
reparameterised("nonce padded", lambda text: text.replace('";keyid=', '==";keyid='))


@variant("nonce with non-zero pad bits")
def _(d):
    good = client.b64url(d.nonce)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    d.parameters = d.parameter_text().replace(good, good[:-1] + alphabet[alphabet.index(good[-1]) + 1])


reparameterised("alg missing", lambda text: text.replace(';alg="ed25519"', ""))
reparameterised("another alg", lambda text: text.replace("ed25519", "hmac-sha256"))
reparameterised("another tag", lambda text: text.replace("lindung-request", "lindung-webhook"))
reparameterised("created as a decimal", lambda text: text.replace(";expires", ".0;expires"))
reparameterised("an unknown parameter", lambda text: text + ";x=1")
reparameterised("space inside the parameters", lambda text: text.replace(";created", "; created"))


@variant("a component parameter")
def _(d):
    d.seal()
    covered = d.covered().replace('"content-digest"', '"content-digest";sf')
    d.covered = lambda: covered


setting("a seventh component", components=(*client.COMPONENTS, "content-length"))
setting("pact not covered", components=client.COMPONENTS[:-1])


def clock(name, created, expires):
    def apply(draft):
        now = draft.created
        draft.created, draft.expires = now + created, now + expires

    VARIANTS[name] = apply


clock("old and expired", -62, -2)
clock("expired though not old", -30, -2)
clock("created 31 s in the future", 50, 80)
clock("expires before created", 0, -1)
clock("lifetime longer than 60 s", 0, 61)


@variant("one byte short")
def _(d):
    d.body = d.seal().body[:-1]


@variant("one byte long")
def _(d):
    d.body = d.seal().body + b"\x00"


setting("another media type", content_type="application/json")
setting("unknown KEM", kem=0x0021)
setting("unknown KDF", kdf=2)
setting("unknown AEAD", aead=2)
setting("unknown gateway key", key_id=200)


@variant("ciphertext changed and signed again")
def _(d):
    d.body = flipped(d.seal().body, 200)


@variant("ephemeral key of all zeros")
def _(d):
    d.body = d.seal().body[:7] + bytes(32) + d.body[39:]


@variant("signed again with another nonce than the one sealed")
def _(d):
    d.seal()
    d.nonce = os.urandom(16)


resealed("reserved byte set", lambda p: put(p, 255, b"\x01"))
resealed("unknown version", lambda p: put(p, 0, b"\x02"))
resealed("unknown operation", lambda p: put(p, 1, b"\x04"))
resealed("operation zero", lambda p: put(p, 1, b"\x00"))
resealed("venue code longer than its field", lambda p: put(p, 2, (161).to_bytes(2, "big")))
resealed("bytes after the venue code", lambda p: put(p, 56 + 88, b"\x01"))
resealed("check_in without a venue code", lambda p: put(put(p, 2, b"\x00\x00"), 56, bytes(160)))


def client_time(name, seconds):
    resealed(name, lambda p: put(p, 48, (int(time.time()) + seconds).to_bytes(8, "big")))


client_time("client time 25 h ago", -25 * 3600)
client_time("client time 31 s ahead of the clock", 50)
