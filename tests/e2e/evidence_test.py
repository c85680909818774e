#!/usr/bin/python3
"""Evidence packs: made from a running gateway, verified by the program alone and, by docs/evidence.md, by this file.

    evidence_test.py LINDUNG
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile

import demo
import transparency
from demo import CommandFailed, DemoCase, lindung
from lindung_client import CHECK_IN, STATUS
from transparency import Unproven, leaf_hash, node_hash, sha256

WORDS = b"lindung evidence 1\n"
PARTS = ["", "about", "log-key", "checkpoint", "pact", "pact-signature", "key", "opening", "entries", "end"]
RANGE = ["--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"]
WHY = ["--purpose", "a test", "--law", "UU 27/2022 art. 46"]
BASIS = ["--basis", "court-order"]


def frames(data):
    """(part, payload) of each frame, the digests checked."""
    if not data.startswith(WORDS):
        raise Unproven("not an evidence pack")
    at, digest = len(WORDS), sha256(WORDS)
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 5], "big")
        end = at + 5 + size
        digest = sha256(digest, data[at:end])
        if data[end : end + 32] != digest:
            raise Unproven(f"the frame at byte {at}")
        yield PARTS[data[at]], data[at + 5 : end]
        at = end + 32


class Tree:
    """Grows by leaves and by roots of perfect subtrees."""

    def __init__(self):
        self.size, self.peaks = 0, []  # (height, hash)

    def add(self, height, value):
        if self.size % (1 << height):
            raise Unproven("a subtree without a place")
        self.size += 1 << height
        while self.peaks and self.peaks[-1][0] == height:
            value = node_hash(self.peaks.pop()[1], value)
            height += 1
        self.peaks.append((height, value))

    def root(self):
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root


def entries(data):
    """{index: entry} of a pack, proven by its checkpoint with nothing but hashes; and the checkpoint's note."""
    tree, found, note = Tree(), {}, None
    for part, payload in frames(data):
        if part == "checkpoint":
            note = payload
        if part != "entries":
            continue
        at = 0
        while at < len(payload):
            kind = payload[at]
            if kind == 0:
                size = int.from_bytes(payload[at + 1 : at + 3], "big")
                leaf = payload[at + 3 : at + 3 + size]
                found[tree.size] = leaf
                tree.add(0, leaf_hash(leaf))
                at += 3 + size
            elif kind == 1:
                tree.add(payload[at + 1], payload[at + 2 : at + 34])
                at += 34
            else:
                at += 2
    return found, tree, note


class PackCase(DemoCase):
    citizens = 60

    def setUp(self):
        super().setUp()
        self.out = pathlib.Path(tempfile.mkdtemp(prefix="lindung-evidence-"))
        self.addCleanup(shutil.rmtree, self.out, ignore_errors=True)
        self.link, self.citizen = next(iter(self.demo.people()))
        self.partner = self.link["partner"]
        self.code = self.demo.venues("office")[0][1]

    def make(self, *subject, name="pack", expect=0):
        path = self.out / name
        return path, self.demo.json("evidence", "make", *subject, *RANGE, *WHY, "--output", path, expect=expect)

    def verify(self, path, *more, expect=0):
        origin, public = self.demo.log_key()
        # Elsewhere: without the data folder, and with no server that could be asked.
        done = subprocess.run(
            [demo.BINARY, "evidence", "verify", str(path), "--key", public.hex(), "--json", *more],
            capture_output=True, text=True, timeout=120, cwd="/", env={"LINDUNG_DATA": "/nonexistent"}, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout)



class Evidence(PackCase):
    def test_a_partners_pack_holds_all_its_entries_and_anybody_can_check_it(self):
        answers = [self.ask(self.link, STATUS) for _ in range(3)] + [self.ask(self.link, CHECK_IN, self.code)]
        path, made = self.make("--partner", self.partner)
        report = self.verify(path)
        self.assertEqual(report["digest"], made["digest"])
        self.assertGreaterEqual(report["entries"]["answer"], len(answers))
        self.assertGreaterEqual(report["entries"]["partner"], 3)
        self.assertEqual(report["pacts"], 1)
        self.assertEqual(report["pact_signatures"], 1)
        self.assertGreaterEqual(report["keys"], 1)
        self.assertEqual(report["openings"], [])
        self.assertEqual((report["purpose"], report["law"]), (WHY[1], WHY[3]))
        # The same by another program, from the description of the format.
        found, tree, note = entries(path.read_bytes())
        size, root = transparency.open_checkpoint(note, *self.demo.log_key())
        self.assertEqual((size, root), (tree.size, tree.root()))
        self.assertEqual(len(found), made["entries"])
        self.assertGreater(size, len(found), "what is not the partner's is not in it")
        for answer in answers:
            self.assertEqual(leaf_hash(found[answer.index]), answer.leaf_hash)
        for leaf in found.values():
            self.assertNotIn(b"import", leaf)

    def test_every_changed_byte_is_refused_with_the_part_named(self):
        self.ask(self.link, STATUS)
        path, _ = self.make("--partner", self.partner)
        data = path.read_bytes()
        ends, at = [], len(WORDS)
        for part, payload in frames(data):
            ends.append((part, at, at + 37 + len(payload)))
            at = ends[-1][2]
        tried = 0
        for part, begin, end in ends:
            for place in {begin, begin + 3, begin + 5, (begin + end) // 2, end - 33, end - 1}:
                changed = bytearray(data)
                changed[place] ^= 0x40
                broken = self.out / "broken"
                broken.write_bytes(changed)
                error = self.verify(broken, expect=1)
                self.assertEqual(error["error"], "corrupt")
                self.assertIn(f" at byte {begin}: ", error["detail"], f"{part} at {place}")
                tried += 1
        self.assertGreater(tried, 30)
        for cut in (0, 5, len(data) // 2, len(data) - 1):
            (self.out / "short").write_bytes(data[:cut])
            self.assertEqual(self.verify(self.out / "short", expect=1)["error"], "corrupt")
        (self.out / "long").write_bytes(data + b"\0")
        self.assertIn("goes on behind its end", self.verify(self.out / "long", expect=1)["detail"])

    def test_whoever_leaves_entries_out_and_makes_all_digests_again_is_found_by_the_checkpoint(self):
        self.ask(self.link, STATUS)
        path, _ = self.make("--partner", self.partner)
        out, digest = WORDS, sha256(WORDS)
        for part, payload in frames(path.read_bytes()):
            if part == "entries":
                payload = payload[3 + int.from_bytes(payload[1:3], "big") :] if payload[0] == 0 else payload[34:]
            head = bytes([PARTS.index(part)]) + len(payload).to_bytes(4, "big")
            digest = sha256(digest, head, payload)
            out += head + payload + digest
        (self.out / "forged").write_bytes(out)
        self.assertEqual(self.verify(self.out / "forged", expect=1)["error"], "corrupt")
        other = hashlib.sha256(b"another log").hexdigest()
        self.assertEqual(lindung("evidence", "verify", path, "--key", other, expect=1).returncode, 1)

    def test_answers_are_opened_and_proven_with_the_partners_signature(self):
        answer = self.ask(self.link, CHECK_IN, self.code)
        other = self.ask(self.link, STATUS)
        path, _ = self.make("--partner", self.partner, "--open", str(answer.index), *BASIS, name="opened")
        report = self.verify(path)
        self.assertEqual([each["log_index"] for each in report["openings"]], [answer.index])
        self.assertEqual(report["openings"][0]["signed_by"], self.demo.partner(self.partner).key_id)
        self.assertNotEqual(other.index, answer.index)

        nik = self.out / "nik"
        nik.write_text(self.citizen["nik"] + "\n")
        self.assertEqual(self.make("--person", nik, name="no-basis", expect=1)[1]["error"], "invalid-argument")
        person, _ = self.make("--person", nik, *BASIS, name="person")
        opened = {each["log_index"] for each in self.verify(person)["openings"]}
        self.assertLessEqual({answer.index, other.index}, opened)
        data = person.read_bytes()
        self.assertNotIn(self.citizen["nik"].encode(), data)
        for link, citizen in self.demo.people():
            if citizen["id"] != self.citizen["id"]:
                self.assertNotIn(bytes.fromhex(link["token"]), data)

    def test_an_issuers_pack_holds_its_imports_and_a_pack_is_never_written_over_a_file(self):
        issuer = self.demo.json("issuer", "list")["issuers"][0]["issuer"]
        path, _ = self.make("--issuer", issuer)
        self.assertGreaterEqual(self.verify(path)["entries"]["import"], 1)
        self.assertEqual(self.make("--issuer", issuer, expect=1)[1]["error"], "conflict")
        self.assertEqual(self.make("--partner", "nobody", name="none", expect=1)[1]["error"], "not-found")
        self.assertFalse((self.out / "none").exists())


class Officers(PackCase):
    def test_answers_are_opened_by_two_officers_only_and_an_officers_own_commands_are_packed(self):
        answer = self.ask(self.link, CHECK_IN, self.code)
        nik = self.out / "nik"
        nik.write_text(self.citizen["nik"] + "\n")
        keys = {name: self.out / f"{name}.key" for name in ("anna", "budi")}
        for name, key in keys.items():
            public = json.loads(lindung("key", "make", key, "--for", name, "--json").stdout)["public_key"]
            officer = ["--officer", keys["anna"]] if name == "budi" else []
            self.demo.json("officer", "add", name, "--public-key", public, *officer)
        arguments = ["evidence", "make", "--person", nik, *RANGE, *WHY, *BASIS, "--output", self.out / "second"]
        with self.assertRaises(CommandFailed):
            self.demo.command(*arguments)
        waiting = self.demo.json(*arguments, "--officer", keys["anna"])
        self.assertFalse((self.out / "second").exists())
        self.demo.json("approve", waiting["approval"], "--officer", keys["budi"])
        self.assertIn(answer.index, {each["log_index"] for each in self.verify(self.out / "second")["openings"]})
        pack = ["evidence", "make", "--of-officer", "anna"]
        made = self.out / "officer"
        self.demo.json(*pack, *RANGE, *WHY, "--output", made, "--officer", keys["budi"])
        self.assertGreaterEqual(self.verify(made)["entries"]["officer"], 2)


if __name__ == "__main__":
    demo.run()
