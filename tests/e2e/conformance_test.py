"""A client written from the protocol alone gets right answers for every link of a demo.

    conformance_test.py LINDUNG
"""

import itertools
import time

import demo
import lindung_client as client
import transparency
from demo import DemoCase, answered
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, COLOURS, DENY, STATUS

YELLOW_PASSES = ("restaurant", "office", "place_of_worship", "transport_hub", "hospital")
EVERY_CATEGORY = (*YELLOW_PASSES, "mall", "school", "airport", "cinema", "sports")
SLACK = 60  # seconds before a colour's end in which it is not held against the server


class EveryLink(DemoCase):
    """Asked four questions each; what the answers say about the log is proved afterwards."""

    def doors(self, colour):
        """Venues that settle what such a person is told: with yellow, where the rules ask for nothing more."""
        categories = YELLOW_PASSES if colour == "yellow" else EVERY_CATEGORY
        roomy = [v for c in categories for v in self.demo.venues(c) if v[0]["capacity"] == 0 or v[0]["capacity"] > 100]
        return itertools.cycle(roomy)

    def test_every_link_is_told_its_colour_at_every_kind_of_door(self):
        doors = {colour: self.doors(colour) for colour in ("green", "yellow", "red", "black")}
        answers, seen = [], set()
        for link, citizen in self.demo.people():
            colour = citizen["colour"]
            with self.subTest(partner=link["partner"], colour=colour, citizen=citizen["id"]):
                venue, code = next(doors[colour])
                seen.add((colour, venue["category"]))
                passes = ALLOW if colour in ("green", "yellow") else DENY
                expected = (
                    (STATUS, b"", ALLOW if colour == "green" else DENY, colour),
                    (STATUS, code, passes, colour),
                    (CHECK_IN, code, passes, colour),
                    (CHECK_OUT, code, ALLOW, "none"),
                )
                for operation, at, outcome, shown in expected:
                    question = client.Question(operation, bytes.fromhex(link["token"]), at)
                    draft = self.demo.draft(self.demo.partner(link["partner"]), question)
                    answer = answered(self.connection, draft)
                    if time.time() > citizen["colour_until"] - SLACK:
                        continue
                    self.assertEqual((answer.outcome, answer.colour), (outcome, COLOURS[shown]))
                    self.assertFalse(answer.repeated)
                    self.assertEqual(answer.next_token, bytes(28), "a new link has no next token yet")
                    self.assertLess(abs(answer.answered_at - time.time()), 30)
                    answers.append((answer, client.check_answer(answer, draft)))
        self.assertEqual(len(answers), 4 * self.citizens)
        for colour in ("green", "red", "black"):
            self.assertEqual({c for k, c in seen if k == colour}, set(EVERY_CATEGORY))
        self.assertEqual({c for k, c in seen if k == "yellow"}, set(YELLOW_PASSES))
        for venue in self.demo.json("venue", "list")["venues"]:
            self.assertEqual(venue["inside"], 0, "everybody has checked out")
        self.prove(answers)

    def prove(self, answers):
        """Indices without gaps in the order of asking, each leaf in the tree of a signed checkpoint."""
        indices = [answer.index for answer, _ in answers]
        self.assertEqual(indices, list(range(indices[0], indices[0] + len(indices))))
        early = self.demo.checkpoint(self.connection)

        def published():
            size, root = self.demo.checkpoint(self.connection)
            return (size, root) if size > indices[-1] else None

        size, root = demo.wait_for("a checkpoint with every answer", published, 10)
        for answer, leaf in answers[::29] + answers[-1:]:
            path = self.proof(f"/log/proof/inclusion?index={answer.index}&size={size}", index=answer.index, size=size)
            transparency.check_inclusion(answer.index, size, transparency.leaf_hash(leaf), path, root)
            self.assertEqual(self.entry(answer.index, size), leaf)
        for first, first_root in ((early[0], early[1]), (size, root)):
            path = self.proof(f"/log/proof/consistency?from={first}&to={size}", **{"from": first, "to": size})
            transparency.check_consistency(first, size, path, first_root, root)

    def proof(self, target, **echoed):
        response = self.connection.get(target, self.demo.authority)
        self.assertEqual(response.status, 200, response.body)
        self.assertEqual(response.all("Content-Type"), ["application/json"])
        document = demo.json.loads(response.body)
        for name, value in echoed.items():
            self.assertEqual(document[name], value)
        return [client.base64.b64decode(item, validate=True) for item in document["hashes"]]

    def entry(self, index, size):
        """One entry out of the public bundles, tlog-tiles."""
        tile, width = index // 256, min(256, size - index // 256 * 256)
        path = f"{tile % 1000:03d}"
        if tile >= 1000:
            path = f"x{tile // 1000:03d}/{path}"
        target = f"/log/tile/entries/{path}" + (f".p/{width}" if width < 256 else "")
        response = self.connection.get(target, self.demo.authority)
        self.assertEqual(response.status, 200, target)
        at = 0
        for _ in range(index % 256):
            at += 2 + int.from_bytes(response.body[at : at + 2], "big")
        return response.body[at + 2 : at + 2 + int.from_bytes(response.body[at : at + 2], "big")]


class Directory(DemoCase):
    """Section 3: what a partner fetches before it asks."""

    citizens = 20

    def test_the_directory_names_the_keys_log_and_pact_that_the_demo_file_names(self):
        response = self.connection.get("/.well-known/lindung-keys", self.demo.authority)
        self.assertEqual(response.status, 200)
        document = demo.json.loads(response.body)
        self.assertEqual(sorted(document), ["payload", "signature"])
        payload = demo.json.loads(client.from_b64url(document["payload"]))
        keys = [key for key in payload["keys"] if key["use"] == "exchange"]
        self.assertTrue(keys)
        for key in keys:
            self.assertEqual((key["kem"], key["kdf"], key["aead"]), (32, 1, 1))
            self.assertLess(key["not_before"], key["not_after"])
        self.assertEqual(
            [(k["key_id"], client.from_b64url(k["public_key"]).hex(), k["not_before"], k["not_after"]) for k in keys],
            [(k["key_id"], k["public_key"], k["not_before"], k["not_after"]) for k in self.demo.file["gateway_keys"]],
        )
        self.assertEqual(payload["log"]["origin"], self.demo.file["log"]["origin"])
        self.assertEqual(client.from_b64url(payload["log"]["public_key"]).hex(), self.demo.file["log"]["public_key"])
        self.assertEqual(client.from_b64url(payload["pact"]["current"]).hex(), self.demo.file["pact_digest"])
        directives = [item.strip() for item in response.one("Cache-Control").split(",")]
        ages = [int(item.removeprefix("max-age=")) for item in directives if item.startswith("max-age=")]
        self.assertEqual(len(ages), 1)
        now = time.time()
        self.assertLessEqual(ages[0], 1800)
        current = [key["not_after"] for key in keys if key["not_before"] <= now <= key["not_after"]]
        self.assertLessEqual(now + ages[0], min(current) + 2)

    def test_the_directory_is_signed_by_the_key_that_a_partner_pins(self):
        response = self.connection.get("/.well-known/lindung-keys", self.demo.authority)
        pinned = bytes.fromhex(self.demo.json("status")["directory_key"])
        client.open_directory(response.body, pinned)
        document = demo.json.loads(response.body)
        payload = client.from_b64url(document["payload"])
        document["payload"] = client.b64url(payload.replace(b'"key_id":', b'"key_id":1'))
        with self.assertRaises(client.BadAnswer):
            client.open_directory(demo.json.dumps(document), pinned)


class Command(DemoCase):
    citizens = 100

    def test_the_printed_command_gets_a_colour(self):
        """What the demo prints is ready to paste: the program's path is the only thing that differs here."""
        line = self.demo.out.read_text().strip().split("\n")[-1].split()
        asked = line[line.index("partner") :]
        token = asked[asked.index("--token") + 1]
        link, citizen = next((li, c) for li, c in self.demo.people() if li["token"] == token)
        done = demo.subprocess.run([demo.BINARY, *asked, "--json"], capture_output=True, text=True, check=False)
        answer = demo.json.loads(done.stdout)
        self.assertEqual(answer["colour"], citizen["colour"])
        self.assertEqual(answer["outcome"], "deny" if citizen["colour"] in ("red", "black") else "allow")
        self.assertEqual(done.returncode, 0 if answer["outcome"] == "allow" else 1)
        self.assertEqual(asked[asked.index("--partner") + 1], link["partner"])

    def test_exit_states_are_those_of_the_page(self):
        demo.lindung("status", "--data", self.folder / "none", expect=3)
        demo.lindung("nothing", expect=2)
        self.demo.command("log", "verify", expect=2)
        self.demo.command("partner", "cut", "nobody", expect=1)


if __name__ == "__main__":
    demo.run()
