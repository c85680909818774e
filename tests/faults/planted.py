"""People whose every field is a mark: made up at random, unlike anything else, and searched for wherever they must not be."""

import json
import subprocess

from import_test import collection, dose
from spellings import nik_spellings, spellings, text_spellings

NIK = "https://fhir.kemkes.go.id/id/nik"
PASSPORT = "https://fhir.kemkes.go.id/id/paspor"
LETTERS = "bcdfghjklmnpqrstvwxyz"
VOWELS = "aeiou"


class Person:
    def __init__(self, number, random):
        def word():
            return "".join(random.choice(LETTERS) + random.choice(VOWELS) for _ in range(5)).capitalize()

        self.number = number
        self.name = f"{word()} {word()}"
        day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(50, 99)
        self.born = f"19{year:02}-{month:02}-{day:02}"
        district = f"3174{random.randint(1, 99):02}"
        self.nik = f"{district}{day:02}{month:02}{year:02}{1 + number % 9999:04}"
        self.passport = f"{random.choice('ABCEX')}{random.randint(1_000_000, 9_999_999)}"
        self.street = f"Jalan {word()} {word()}"  # read and dropped: nobody asked for it
        self.telephone = f"+628{random.randint(10**9, 10**10 - 1)}"

    def resources(self, at):
        """A patient and two doses; the patient stands at this place of the bundle."""
        patient = {
            "resourceType": "Patient",
            "id": f"p{self.number}",
            "identifier": [{"system": NIK, "value": self.nik}, {"system": PASSPORT, "value": self.passport}],
            "name": [{"text": self.name}],
            "birthDate": self.born,
            "address": [{"text": self.street}],
            "telecom": [{"system": "phone", "value": self.telephone}],
        }
        days = ("2026-01-05", "2026-02-09")
        doses = [dose(f"{self.number}-{i}", f"resource:{at}", day) for i, day in enumerate(days)]
        return [patient, *doses]

    def marks(self):
        """(what, form, bytes) of everything that is searched for."""
        for form, pattern in nik_spellings(self.nik):
            yield "NIK", form, pattern
        for what, text in (
            ("name", self.name),
            ("first name", self.name.split()[0]),
            ("last name", self.name.split()[1]),
            ("passport", self.passport),
            ("street", self.street[6:]),
            ("telephone", self.telephone[1:]),
        ):
            for form, pattern in text_spellings(text):
                yield what, form, pattern


def write_bundle(path, people):
    resources = []
    for person in people:
        resources += person.resources(len(resources))
    path.write_text(json.dumps(collection(*resources)))
    return path


def token_marks(token):
    for form, pattern in spellings(token):
        yield "token", form, pattern
    for form, pattern in text_spellings(token.hex()):
        yield "token", f"hex text, {form}", pattern
    for form, pattern in spellings(token[1:20]):
        yield "token", f"random part, {form}", pattern


def key_marks(name, key):
    """Also the halves and quarters of a key, as a register holds them, and the other byte order, as big numbers do."""
    for form, pattern in spellings(key):
        yield name, form, pattern
    yield name, "the other end first", key[::-1]
    if len(key) == 32:
        for at in (0, 16):
            yield name, f"16 bytes at {at}", key[at : at + 16]
        for at in range(0, 32, 8):
            yield name, f"8 bytes at {at}", key[at : at + 8]
            yield name, f"8 bytes at {at}, the other end first", key[at : at + 8][::-1]


class Marks:
    """What is searched for, in a file that faults_search reads."""

    def __init__(self, work, name):
        self.tool, self.path, self.count = work.tool("faults_search"), work.folder / f"{name}.marks", 0
        self.path.write_text("")

    def add(self, marks):
        lines = [f"{pattern.hex()} {what}, {form}\n" for what, form, pattern in marks if len(pattern) >= 6]
        with open(self.path, "a", encoding="ascii") as file:
            file.writelines(lines)
        self.count += len(lines)

    def found_in(self, paths):
        """([(what, file, offset)], bytes searched)"""
        command = [str(self.tool), str(self.path), *map(str, paths)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode != 0:
            raise AssertionError(said.stderr)
        *lines, last = said.stdout.splitlines()
        return [tuple(line.split("\t")) for line in lines], int(last.split()[0])
