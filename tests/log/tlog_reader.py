#!/usr/bin/env python3
"""A second reader of exported logs, in another language and from the public documents alone.

    tlog_reader.py DIR VKEY

checks the log in DIR as C2SP tlog-tiles, tlog-checkpoint and signed-note describe it: the checkpoint's signature by the
Ed25519 verifier key VKEY ("name+id+base64"), every tile of every level, every entry bundle. It knows nothing of what the
entries mean, and of this project's code it uses none; Ed25519 is that of RFC 8032 section 6. It prints size and root and
ends with 0, or says what is wrong and ends with 1.
"""

import base64
import hashlib
import pathlib
import struct
import sys

WIDTH = 256


class Wrong(Exception):
    """What the log does not keep of the documents."""


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


# Ed25519 verification, RFC 8032 sections 5.1.3 and 5.1.7, in extended coordinates.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def point_mul(scalar, point):
    out = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            out = point_add(out, point)
        point = point_add(point, point)
        scalar >>= 1
    return out


def point_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verifies(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return point_equal(point_mul(s, BASE), point_add(r, point_mul(h, a)))


# signed-note


def strict_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"not base64: {error}") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong("base64 in a second spelling")
    return data


def parse_vkey(vkey):
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise Wrong("the verifier key has not the form name+id+key")
    name, key_id, typed = parts[0], parts[1], strict_base64(parts[2])
    if len(typed) != 33 or typed[0] != 1:
        raise Wrong("the verifier key is not Ed25519")
    if sha256(name.encode(), b"\n", typed)[:4].hex() != key_id:
        raise Wrong("the verifier key has the id of another one")
    return name, bytes.fromhex(key_id), typed[1:]


def open_note(note, vkey):
    name, key_id, public = parse_vkey(vkey)
    text, found, signatures = note.rpartition("\n\n")
    if not found or not signatures.endswith("\n"):
        raise Wrong("checkpoint: not a signed note")
    text += "\n"
    verified = False
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Wrong("checkpoint: a line that is no signature")
        data = strict_base64(parts[2])
        if parts[1] != name or data[:4] != key_id:
            continue
        if not ed25519_verifies(public, text.encode(), data[4:]):
            raise Wrong("checkpoint: the signature is wrong")
        verified = True
    if not verified:
        raise Wrong("checkpoint: not signed by this key")
    return text


def parse_checkpoint(text):
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not lines[0]:
        raise Wrong("checkpoint: too few lines")
    if not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Wrong("checkpoint: the size is no number")
    root = strict_base64(lines[2])
    if len(root) != 32:
        raise Wrong("checkpoint: the root is no hash")
    return lines[0], int(lines[1]), root


# tlog-tiles


def path_of(kind, index, width):
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    path = f"tile/{kind}/{path}"
    return path if width == WIDTH else f"{path}.p/{width}"


def read(folder, path):
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise Wrong(f"{path}: {error.strerror}") from error


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def tree_hash(hashes):
    """MTH of RFC 6962 section 2.1 over hashes that are there already."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return node_hash(tree_hash(hashes[:k]), tree_hash(hashes[k:]))


def widths(count):
    """Index and width of each tile of a level that holds so many hashes."""
    for index in range(count // WIDTH):
        yield index, WIDTH
    if count % WIDTH:
        yield count // WIDTH, count % WIDTH


def bundle_hashes(folder, index, width):
    path = path_of("entries", index, width)
    data = read(folder, path)
    out, at = [], 0
    while at < len(data):
        if at + 2 > len(data):
            raise Wrong(f"{path}: ends within a length")
        (size,) = struct.unpack_from(">H", data, at)
        entry = data[at + 2 : at + 2 + size]
        if len(entry) != size:
            raise Wrong(f"{path}: ends within an entry")
        out.append(sha256(b"\x00", entry))
        at += 2 + size
    if len(out) != width:
        raise Wrong(f"{path}: {len(out)} entries instead of {width}")
    return out


def tile_hashes(folder, level, index, width):
    path = path_of(level, index, width)
    data = read(folder, path)
    if len(data) != 32 * width:
        raise Wrong(f"{path}: {len(data)} bytes instead of {32 * width}")
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def check_tree(folder, size):
    """Every level from the entries up; returns the root of the tree."""
    if size == 0:
        return sha256()
    below = None  # roots of the full tiles of the level below
    partial = []  # of each level, lowest first: what its partial tile holds
    level, count = 0, size
    while count > 0:
        roots, rest = [], []
        for index, width in widths(count):
            hashes = tile_hashes(folder, level, index, width)
            if level == 0:
                expected = bundle_hashes(folder, index, width)
            else:
                expected = below[index * WIDTH : index * WIDTH + width]
            if hashes != expected:
                raise Wrong(f"{path_of(level, index, width)}: not the hashes of what lies below")
            if width == WIDTH:
                roots.append(tree_hash(hashes))
            else:
                rest = hashes
        partial.append(rest)
        below, count, level = roots, count // WIDTH, level + 1
    right = []
    for rest in partial:
        row = rest + right
        right = [tree_hash(row)] if row else []
    return right[0]


def check(folder, vkey):
    try:
        note = read(folder, "checkpoint").decode()
    except UnicodeDecodeError as error:
        raise Wrong("checkpoint: not UTF-8") from error
    _, size, root = parse_checkpoint(open_note(note, vkey))
    if check_tree(folder, size) != root:
        raise Wrong("checkpoint: another root than that of the tiles")
    return size, root


def main(arguments):
    if len(arguments) != 2:
        print("usage: tlog_reader.py DIR VKEY", file=sys.stderr)
        return 2
    try:
        size, root = check(pathlib.Path(arguments[0]), arguments[1].strip())
    except Wrong as wrong:
        print(f"tlog_reader: {wrong}", file=sys.stderr)
        return 1
    print(f"size {size}")
    print(f"root {root.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
