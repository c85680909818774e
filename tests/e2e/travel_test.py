#!/usr/bin/python3
"""Travel health cards from the operator's first command to a code in a traveller's hand.

    travel_test.py LINDUNG
"""

import base64
import json
import pathlib
import tempfile
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import demo
from demo import lindung
from travel import Travel, card, passport

ANNA = {"document": passport("L898902C3", "Anna Maria", "1974-08-12"), "seat": "11F"}
BO = {"document": passport("D23145890", "Bo", "2022-01-05"), "guardian": 0}


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TravelCards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.travel = Travel(cls.folder)
        cls.addClassCleanup(cls.travel.kill)
        cls.travel.init()
        cls.travel.start()

    def setUp(self):
        self.travel.unseal()
        self.count = getattr(type(self), "count", 0)

    def filing(self):
        type(self).count = self.count = self.count + 1
        return f"{self.count:032x}"

    def test_it_is_sealed_until_it_is_unsealed(self):
        self.travel.run("seal")
        self.assertEqual(self.travel.problem("POST", "/v1/cards", {}), (503, "sealed"))
        self.assertEqual(self.travel.call("GET", "/healthz")[0], 200)
        self.assertEqual(self.travel.run("status", expect=1)["error"], "sealed")
        self.travel.unseal()
        status = self.travel.run("status")
        self.assertTrue(status["answering"])
        self.assertTrue(status["rules_are_draft"])
        self.assertEqual(status["rules"], "routes-id-2021@0.1.0")
        self.assertEqual(status["days_with_keys"], 91)

    def test_a_card_is_filed_shown_changed_and_withdrawn_by_its_secret(self):
        filed = self.travel.file(card(ANNA, BO), self.filing())
        self.assertEqual((filed["answer"], filed["version"], filed["draft"]), ("not_fit", 1, True))
        self.assertEqual([p["answer"] for p in filed["people"]], ["not_fit", "fit"])
        for reason in filed["people"][0]["reasons"]:
            self.assertTrue(reason["rule"] and reason["id"] and reason["en"])
        self.assertTrue(filed["qr"].startswith("EHAC1:"))
        path, secret = "/v1/cards/" + filed["card"], filed["secret"]

        status, shown = self.travel.call("GET", path, secret=secret)
        self.assertEqual((status, shown["version"]), (200, 1))
        self.assertEqual(shown["filed"]["people"][0]["document"]["family"], "ERIKSSON")
        for wrong in (None, "", secret[:-1], ("B" if secret[0] == "A" else "A") + secret[1:]):
            self.assertEqual(self.travel.problem("GET", path, secret=wrong), (404, "not-found"))
        self.assertEqual(self.travel.problem("GET", "/v1/cards/" + "0" * 32, secret=secret), (404, "not-found"))

        status, changed = self.travel.call("PUT", path, card(ANNA), secret)
        self.assertEqual((status, changed["version"]), (200, 2))
        self.assertNotEqual(changed["qr"], filed["qr"])
        self.assertEqual(self.travel.call("DELETE", path, secret=secret)[0], 200)
        self.assertEqual(self.travel.call("DELETE", path, secret=secret)[0], 200)
        self.assertEqual(self.travel.problem("GET", path, secret=secret), (404, "not-found"))

    def test_a_filing_that_is_sent_again_is_the_same_card(self):
        filing, wanted = self.filing(), card(ANNA)
        first, again = self.travel.file(wanted, filing), self.travel.file(wanted, filing)
        self.assertEqual((first["card"], first["secret"]), (again["card"], again["secret"]))
        refused = self.travel.problem("POST", "/v1/cards", {"filing": filing, "card": card(ANNA, BO)})
        self.assertEqual(refused, (409, "replay-conflict"))

    def test_what_cannot_be_is_refused_with_every_reason(self):
        wrong = card({"document": passport("L898902C3", "Anna", "1974-08-12", expiry="2020-01-01")}, origin="CGK")
        wrong["journey"]["arrival"], wrong["journey"]["departure"] = (
            wrong["journey"]["departure"],
            wrong["journey"]["arrival"],
        )
        status, problem = self.travel.call("POST", "/v1/cards", {"filing": self.filing(), "card": wrong})
        self.assertEqual(status, 400)
        self.assertEqual(
            problem["detail"], "travel: same-port, scope, arrival-before-departure, document-expired"
        )

    def test_oversized_and_broken_bodies_are_refused(self):
        self.assertEqual(self.travel.problem("POST", "/v1/cards", b"{" + b" " * 300_000), (413, "too-large"))
        for body in (b"", b"[]", b"{", b'{"filing": "0"}', b"\xff" * 100, b"[" * 5000):
            self.assertEqual(self.travel.problem("POST", "/v1/cards", body), (400, "malformed"), body[:20])

    def test_keys_and_log_are_anybodys_to_check(self):
        status, document = self.travel.call("GET", "/.well-known/lindung-travel-keys")
        self.assertEqual(status, 200)
        payload = unbase64(document["payload"])
        content = json.loads(payload)
        signer = Ed25519PublicKey.from_public_bytes(unbase64(content["signer"]))
        signer.verify(unbase64(document["signature"]), b"lindung travel keys v1\0" + payload)
        self.assertEqual(len(content["keys"]), 1)
        self.assertEqual({key["crv"] for key in content["keys"]}, {"P-256"})
        self.travel.file(card(ANNA), self.filing())
        demo.wait_for("a checkpoint", lambda: self.travel.call("GET", "/log/checkpoint")[0] == 200)
        note = self.travel.call("GET", "/log/checkpoint")[1].decode()
        self.assertEqual(note.splitlines()[0], content["log"]["origin"])

    def test_a_traveller_needs_the_public_interface_only(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        wanted, kept, picture = folder / "card.json", folder / "card.secret", folder / "card.png"
        wanted.write_text(json.dumps(card(ANNA, BO)))

        def own(*arguments, expect=0):
            return json.loads(lindung("travel", "card", *arguments, "--keep", kept, "--json", expect=expect).stdout)

        filed = own("file", wanted, "--server", self.travel.url)
        self.assertNotIn("secret", filed)
        self.assertEqual(kept.stat().st_mode & 0o077, 0)
        self.assertEqual(own("file", wanted, "--server", self.travel.url, expect=1)["error"], "conflict")
        self.assertEqual(own("show")["card"], filed["card"])
        wanted.write_text(json.dumps(card(ANNA)))
        self.assertEqual(own("change", wanted)["version"], 2)
        self.assertTrue(own("qr")["qr"].startswith("EHAC1:"))
        own("qr", "--output", picture)
        self.assertEqual(picture.read_bytes()[:4], b"\x89PNG")
        self.assertTrue(own("withdraw")["withdrawn"])
        self.assertEqual(own("show", expect=1)["error"], "not-found")

    def test_its_operator_registers_who_may_ask_and_report(self):
        key = json.loads(lindung("key", "make", self.folder / "desk.key", "--json").stdout)["public_key"]
        self.travel.run("device", "add", "cgk-1", "--port", "CGK", "--public-key", key)
        self.assertEqual(self.travel.run("device", "list")["devices"][0]["port"], "CGK")
        abroad = self.travel.run("device", "add", "sin-1", "--port", "SIN", "--public-key", key, expect=1)
        self.assertEqual(abroad["error"], "invalid-argument")
        self.travel.run("device", "revoke", "cgk-1")
        self.assertIsNotNone(self.travel.run("device", "list")["devices"][0]["revoked_at"])
        self.travel.run("carrier", "add", "GA", "--name", "Garuda", "--public-key", key)
        self.assertEqual(self.travel.run("carrier", "list")["carriers"][0]["carrier"], "GA")
        self.travel.run("carrier", "revoke", "GA")
        self.assertEqual(self.travel.run("sick", "list", "CGK")["reports"], [])
        filed = card(ANNA, BO)
        self.travel.file(filed, self.filing())
        day = filed["journey"]["departure"][:10]
        expected = self.travel.run("figures", "CGK", "--day", day)["expected"]
        self.assertGreaterEqual(sum(row["people"] for row in expected), 2)
        self.assertEqual(self.travel.run("retention")["days_destroyed"], [])

    def test_rules_of_two_officers_take_the_place_of_the_draft(self):
        text = (pathlib.Path(__file__).parents[2] / "data" / "travel" / "routes-ID-2021.json").read_text()
        rules, signed = self.folder / "routes.json", self.folder / "routes.signed.json"
        rules.write_text(text.replace('"0.1.0"', '"0.1.1"'))
        self.assertEqual(self.travel.run("rules", "check", rules)["draft"], True)
        for name in ("siti", "budi"):
            made = lindung("key", "make", self.folder / f"{name}.key", "--for", name, "--json").stdout
            self.travel.run("officer", "add", name, "--public-key", json.loads(made)["public_key"])
        self.assertEqual(self.travel.run("rules", "activate", rules, expect=1)["error"], "denied")
        self.travel.run("rules", "sign", rules, "--officer", self.folder / "siti.key", "--output", signed)
        self.assertEqual(self.travel.run("rules", "activate", signed, expect=1)["error"], "denied")
        self.travel.run("rules", "sign", signed, "--officer", self.folder / "budi.key", "--output", signed)
        self.assertEqual(self.travel.run("rules", "activate", signed)["rules"], "routes-id-2021@0.1.1")
        self.assertEqual(self.travel.file(card(ANNA), self.filing())["rules"], "routes-id-2021@0.1.1")
        self.assertEqual([r["active"] for r in self.travel.run("rules", "list")["rules"]].count(True), 1)
        # So that the other tests find the draft again.
        rules.write_text(text)
        self.assertEqual(self.travel.run("rules", "activate", rules, expect=1)["error"], "denied")
        self.travel.run("rules", "sign", rules, "--officer", self.folder / "siti.key", "--output", signed)
        self.travel.run("rules", "sign", signed, "--officer", self.folder / "budi.key", "--output", signed)
        self.travel.run("rules", "activate", signed)

    def test_more_filings_a_minute_than_are_allowed_are_refused_and_cards_are_still_shown(self):
        slow = Travel(self.folder / "slow", "[cards]\nfilings_per_minute = 2\n")
        self.addCleanup(slow.kill)
        slow.init()
        slow.start().unseal()
        answers = [slow.call("POST", "/v1/cards", {"filing": f"{n:032x}", "card": card(ANNA)}) for n in range(7)]
        refused = [body["type"] for status, body in answers if status == 429]
        self.assertGreaterEqual(len(refused), 1)  # two a minute, and at most three minutes
        self.assertEqual(set(refused), {"urn:lindung:problem:quota"})
        filed = answers[0][1]
        self.assertEqual(slow.call("GET", "/v1/cards/" + filed["card"], secret=filed["secret"])[0], 200)

    def test_a_card_outlives_a_kill(self):
        filed = self.travel.file(card(ANNA), self.filing())
        self.travel.kill()
        self.travel.start().unseal()
        status, shown = self.travel.call("GET", "/v1/cards/" + filed["card"], secret=filed["secret"])
        self.assertEqual((status, shown["version"]), (200, 1))


if __name__ == "__main__":
    demo.run()
