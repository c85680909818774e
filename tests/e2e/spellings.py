"""The forms in which bytes, texts and numbers of people may stand somewhere, and a search for many of them at once."""

import base64

SHORTEST = 6  # bytes; a shorter name would be found by chance


def base64_phases(data):
    """What stands inside of base64 text, wherever in it data begins: without the characters that share bits."""
    for lead in range(3):
        text = base64.b64encode(bytes(lead) + data)
        first = (0, 2, 3)[lead]
        last = len(text) - (0, 3, 2)[(lead + len(data)) % 3]
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def spellings(data):
    """Every form in which bytes are searched for: (name of the form, pattern)."""
    yield "plain", data
    yield "hex", data.hex().encode()
    yield "hex in capitals", data.hex().upper().encode()
    for phase, text in enumerate(base64_phases(data)):
        yield f"base64 {phase}", text


def text_spellings(text):
    yield from spellings(text.encode())
    if text.upper() != text:
        yield "in capitals", text.upper().encode()
        yield "in small letters", text.lower().encode()
    for name in ("utf-16-le", "utf-16-be"):
        yield name, text.encode(name)


def nik_spellings(nik):
    yield from text_spellings(nik)
    number = int(nik)
    yield "64-bit, little end first", number.to_bytes(8, "little")
    yield "64-bit, big end first", number.to_bytes(8, "big")
    yield "BCD", bytes.fromhex(nik)
    yield "BCD, nibbles swapped", bytes.fromhex("".join(b + a for a, b in zip(nik[::2], nik[1::2], strict=True)))
    varint = bytearray()
    while number > 127:
        varint.append(number & 127 | 128)
        number >>= 7
    yield "varint", bytes(varint) + bytes([number])


class Search:
    """Many patterns at once: their first bytes in one table."""

    def __init__(self):
        self.table = {}
        self.count = 0

    def add(self, what, forms):
        for form, pattern in forms:
            if len(pattern) < SHORTEST:
                continue
            self.table.setdefault(pattern[:SHORTEST], []).append((pattern, f"{what}, {form}"))
            self.count += 1

    def found_in(self, data):
        found, table = [], self.table
        for at in range(len(data) - SHORTEST + 1):
            for pattern, what in table.get(data[at : at + SHORTEST], ()):
                if data.startswith(pattern, at):
                    found.append((what, at))
        return found


def add_person(search, link, citizen):
    search.add("a NIK", nik_spellings(citizen["nik"]))
    if len(citizen["name"]) >= SHORTEST:
        search.add("a name", text_spellings(citizen["name"]))
    token = bytes.fromhex(link["token"])
    search.add("a token", spellings(token))
    search.add("a token as hex text", text_spellings(token.hex()))
    search.add("the random part of a token", spellings(token[1:20]))
