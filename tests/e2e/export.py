"""An exported log as plain files: its entries in order, with nothing checked (`lindung log verify` does that)."""

from transparency import leaf_hash


def bundle_name(index, width):
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return path if width == 256 else f"{path}.p/{width}"


def entries(folder):
    """Every entry of the size that the checkpoint names."""
    size = int((folder / "checkpoint").read_text().split("\n")[1])
    out = []
    for first in range(0, size, 256):
        data = (folder / "tile" / "entries" / bundle_name(first // 256, min(256, size - first))).read_bytes()
        at = 0
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            out.append(data[at + 2 : at + 2 + length])
            at += 2 + length
    if len(out) != size:
        raise AssertionError(f"{len(out)} entries in an export of {size}")
    return out


def leaf_hashes(folder):
    return [leaf_hash(entry) for entry in entries(folder)]
