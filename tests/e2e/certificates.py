"""Health certificates of other countries, made by the standards and another language: HC1 and SMART Health Cards."""

import base64
import datetime
import hashlib
import json
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID, ObjectIdentifier

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
ISSUED = 1630000000
EXPIRES = 1660000000


def cbor(value):
    def head(major, number):
        for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
            if number < 24:
                return bytes([major << 5 | number])
            if number < 1 << (8 * size):
                return bytes([major << 5 | code]) + number.to_bytes(size, "big")
        raise ValueError(number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def base45(data):
    out = ""
    for i in range(0, len(data), 2):
        piece = data[i : i + 2]
        number = int.from_bytes(piece, "big")
        for _ in range(len(piece) + 1):
            number, letter = divmod(number, 45)
            out += LETTERS[letter]
    return out


class Signer:
    """A country's signer of health certificates, with its certificate."""

    def __init__(self, country, usages=(), since=2021, until=2024):
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, "DSC")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(datetime.datetime(since, 1, 1))
            .not_valid_after(datetime.datetime(until, 1, 1))
        )
        if usages:
            oids = [ObjectIdentifier("1.3.6.1.4.1.1847.2021.1." + each) for each in usages]
            builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
        self.der = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        self.kid = hashlib.sha256(self.der).digest()[:8]
        self.text = base64.b64encode(self.der).decode()

    def sign(self, message):
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def vaccination(country="DE", **changes):
    entry = {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2}
    entry |= {"dt": "2021-08-01", "co": country, "is": "Ministry", "ci": "URN:UVCI:01:DE:1"}
    return {"ver": "1.3.0", "nam": {"fnt": "MUSTERMANN", "gnt": "ERIKA"}, "dob": "1964-08-12", "v": [entry | changes]}


def hc1(signer, content, issuer="DE", issued=ISSUED, expires=EXPIRES, kid=None, tags=b"\xd2"):
    protected = cbor({1: -7, 4: kid or signer.kid})
    payload = cbor({1: issuer, 4: expires, 6: issued, -260: {1: content}})
    signature = signer.sign(cbor(["Signature1", protected, b"", payload]))
    message = tags + cbor([protected, {}, payload, signature])
    return "HC1:" + base45(zlib.compress(message))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class CardIssuer:
    """An issuer of SMART Health Cards with one key."""

    url = "https://issuer.example/shc"

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
        self.kid = base64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())
        self.jwk = jwk | {"use": "sig", "alg": "ES256", "kid": self.kid}

    def card(self, patient=None, dose=None, **claims):
        patient = {"name": [{"family": "Anyperson", "given": ["John"]}], "birthDate": "1951-01-20"} | (patient or {})
        code = {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "207"}]}
        dose = {"vaccineCode": code, "occurrenceDateTime": "2021-01-01"} | (dose or {})
        dose |= {"resourceType": "Immunization", "status": "completed", "patient": {"reference": "resource:0"}}
        resources = ({"resourceType": "Patient"} | patient, dose)
        entries = [{"fullUrl": f"resource:{i}", "resource": each} for i, each in enumerate(resources)]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        vc = {"type": ["https://smarthealth.cards#health-card"], "rid": "abcde"}
        vc |= {"credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle}}
        payload = {"iss": self.url, "nbf": ISSUED + 0.5, "vc": vc} | claims
        deflate = zlib.compressobj(wbits=-15)
        body = deflate.compress(json.dumps(payload, separators=(",", ":")).encode()) + deflate.flush()
        head = json.dumps({"zip": "DEF", "alg": "ES256", "kid": self.kid}, separators=(",", ":")).encode()
        signed = base64url(head) + "." + base64url(body)
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return signed + "." + base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
