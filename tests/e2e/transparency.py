"""The public log as an outsider sees it: leaf hashes, signed checkpoints, inclusion and consistency proofs.

Sources: RFC 8949 section 4.2 (deterministic CBOR), RFC 9162 sections 2.1.1, 2.1.3.2 and 2.1.4.2, C2SP signed-note and
tlog-checkpoint, protocol sections 5 and 11. Nothing here is shared with the server.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unproven(Exception):
    """The log said something that it could not show."""


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def cbor_head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    raise ValueError("larger than 64 bits")


def cbor(value):
    """Deterministic CBOR of what log entries are made of."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int) and value >= 0:
        return cbor_head(0, value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return cbor_head(4, len(value)) + b"".join(cbor(item) for item in value)
    raise TypeError(type(value))


def cbor_read(data, at=0):
    """(value, offset after it) of one item of the kinds that cbor() writes; refuses every other spelling."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7 and info in (20, 21):
        return info == 21, at
    if info < 24:
        value = info
    elif info <= 27:
        size = 1 << (info - 24)
        value = int.from_bytes(data[at : at + size], "big")
        if len(data) < at + size or cbor_head(major, value) != data[at - 1 : at + size]:
            raise Unproven("CBOR that is not deterministic")
        at += size
    else:
        raise Unproven("CBOR of a kind that no entry has")
    if major == 0:
        return value, at
    if major in (2, 3):
        piece = data[at : at + value]
        if len(piece) != value:
            raise Unproven("CBOR ends within a string")
        return (piece if major == 2 else piece.decode()), at + value
    if major == 4:
        items = []
        for _ in range(value):
            item, at = cbor_read(data, at)
            items.append(item)
        return items, at
    raise Unproven("CBOR of a kind that no entry has")


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def check_inclusion(index, size, leaf, path, root):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Unproven("the index is outside of the tree")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise Unproven("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Unproven("the inclusion proof is too short")
    if r != root:
        raise Unproven("the inclusion proof leads to another root")


def check_consistency(first, second, path, first_root, second_root):
    """RFC 9162 section 2.1.4.2."""
    if not 0 < first <= second:
        raise Unproven("these sizes have no consistency proof")
    if first == second:
        if path or first_root != second_root:
            raise Unproven("one size, two roots")
        return
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        raise Unproven("the consistency proof is empty")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise Unproven("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or fr != first_root or sr != second_root:
        raise Unproven("the consistency proof leads to other roots")


def key_hash(origin, public):
    return sha256(origin.encode(), b"\n\x01", public)[:4]


def vkey(origin, public):
    """The verifier key of signed-note: name+id+base64(type | key)."""
    return f"{origin}+{key_hash(origin, public).hex()}+{base64.b64encode(bytes([1]) + public).decode()}"


def open_checkpoint(note, origin, public):
    """(size, root) of a checkpoint that carries a right signature of the log."""
    text, found, signatures = note.decode().rpartition("\n\n")
    if not found or not signatures.endswith("\n"):
        raise Unproven("not a signed note")
    text += "\n"
    verified = False
    for line in signatures[:-1].split("\n"):
        dash, name, data = line.split(" ")
        if dash != "\u2014":
            raise Unproven("a line that is no signature")
        data = base64.b64decode(data, validate=True)
        if name != origin or data[:4] != key_hash(origin, public):
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(data[4:], text.encode())
        except InvalidSignature as error:
            raise Unproven("the signature of the checkpoint is wrong") from error
        verified = True
    if not verified:
        raise Unproven("the checkpoint is not signed by this log")
    lines = text.split("\n")
    if lines[0] != origin or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Unproven("the checkpoint is of another log, or without a size")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise Unproven("the root is no hash")
    return int(lines[1]), root
