"""What an answer depends on besides the colour: links, repeats, codes, room, quotas, the partner's state.

    rules_test.py LINDUNG
"""

import concurrent.futures
import json
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import demo
import lindung_client as client
from demo import DemoCase, answered, exchange
from lindung_client import (
    ALLOW, CHECK_IN, CHECK_OUT, COLOURS, DENY, OVER_QUOTA, STATUS, UNLINKED, VENUE_FULL, VENUE_REFUSED,
)  # fmt: skip


class RulesCase(DemoCase):
    moment = 1788256800  # 2026-09-01T10:00:00Z: no quota's day ends within a test

    def setUp(self):
        super().setUp()
        self.restaurant, self.restaurant_code = self.demo.venues("restaurant", 120)[0]
        self.office, self.office_code = self.demo.venues("office")[0]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.untouched = {
            colour: iter(list(cls.demo.people(colour=colour))) for colour in ("green", "yellow", "red", "black")
        }

    def somebody(self, colour="green"):
        """A link of this colour that no other test asks about."""
        return next(self.untouched[colour])[0]

    def draft(self, link, operation, code=b"", **question):
        return self.demo.asking(link, operation, code, **question)

    def problem(self, draft, status, name):
        response = exchange(self.connection, draft)
        self.assertEqual(response.status, status, response.body)
        self.assertEqual(response.all("Content-Type"), ["application/problem+json"])
        document = json.loads(response.body)
        self.assertEqual((document["type"], document["status"]), (f"urn:lindung:problem:{name}", status))
        return response, document


class Unlinked(RulesCase):
    """Section 5: one answer for everything that is no link of the asking partner."""

    def test_a_token_that_is_nobodys_or_another_partners_is_unlinked(self):
        own, other = self.somebody(), self.somebody()
        while other["partner"] == own["partner"]:
            other = self.somebody()
        damaged = bytearray(bytes.fromhex(own["token"]))
        damaged[27] ^= 1
        strange = {
            "random": b"\x01" + os.urandom(27),
            "zeros": bytes(28),
            "another version": b"\x02" + os.urandom(27),
            "own with a damaged tag": bytes(damaged),
            "another partner's": bytes.fromhex(other["token"]),
        }
        headers = set()
        for name, token in strange.items():
            for operation, code in (
                (STATUS, b""), (STATUS, self.office_code), (CHECK_IN, self.office_code), (CHECK_OUT, self.office_code),
                (CHECK_IN, b"\x01" * 88),
            ):  # fmt: skip
                with self.subTest(name, operation=operation):
                    link = {"partner": own["partner"], "token": token.hex()}
                    answer = self.ask(link, operation, code)
                    self.assertEqual((answer.outcome, answer.colour, answer.flags), (UNLINKED, 0, 0))
                    self.assertEqual(answer.next_token, bytes(28))
                    self.assertNotEqual(answer.opening, bytes(16))
        for link in (own, {"partner": own["partner"], "token": "01" * 28}):
            response = exchange(self.connection, self.draft(link, STATUS))
            headers.add(tuple((n, v) for n, v in response.headers if n != "Date"))
        self.assertEqual(len(headers), 1, "a known and an unknown token differ in the header")
        self.assertEqual(self.demo.inside(self.office["id"]), 0)

    def test_a_withdrawn_link_is_unlinked_and_so_is_its_recorded_answer(self):
        link = self.somebody()
        draft = self.draft(link, STATUS)
        before = answered(self.connection, draft)
        self.assertEqual(before.outcome, ALLOW)
        self.demo.command("link", "withdraw", link["partner"], "--citizen", link["citizen"])
        self.assertEqual(self.ask(link, STATUS).outcome, UNLINKED)
        response = exchange(self.connection, draft)
        self.assertEqual(response.status, 200)
        again = client.open_answer(draft, response.body)
        self.assertEqual((again.outcome, again.colour), (UNLINKED, 0))
        self.assertEqual((again.index, again.leaf_hash), (before.index, before.leaf_hash))


class Repeats(RulesCase):
    """Section 9."""

    def test_the_same_question_again_is_the_same_answer_and_no_second_visit(self):
        link = self.somebody()
        draft = self.draft(link, CHECK_IN, self.office_code)
        first = answered(self.connection, draft)
        inside = self.demo.inside(self.office["id"])
        self.assertEqual((first.outcome, first.repeated), (ALLOW, False))
        replayed = exchange(self.connection, draft)  # the very same bytes
        resealed = self.draft(link, CHECK_IN, self.office_code)
        resealed.plaintext = draft.plaintext
        for again in (
            client.open_answer(draft, replayed.body),
            answered(self.connection, resealed, first.evidence),
        ):
            self.assertTrue(again.repeated)
            self.assertEqual(again.fact(), first.fact())
        self.assertNotEqual(replayed.body[:16], exchange(self.connection, draft).body[:16], "response_nonce is fresh")
        self.assertEqual(self.demo.inside(self.office["id"]), inside)
        self.assertEqual(self.ask(link, STATUS).index, first.index + 1, "repeats are not logged")

    def test_a_check_in_repeated_after_the_check_out_brings_nobody_back(self):
        link = self.somebody()
        draft = self.draft(link, CHECK_IN, self.restaurant_code)
        first = answered(self.connection, draft)
        self.ask(link, CHECK_OUT, self.restaurant_code)
        inside = self.demo.inside(self.restaurant["id"])
        self.assertEqual(answered(self.connection, draft).fact(), first.fact())
        self.assertEqual(self.demo.inside(self.restaurant["id"]), inside)

    def test_one_request_id_is_for_one_question(self):
        link, request_id, when = self.somebody(), os.urandom(16), self.demo.now()
        first = self.ask(link, STATUS, request_id=request_id, client_time=when)
        inside = self.demo.inside(self.office["id"])
        for operation, code, at in (
            (CHECK_IN, self.office_code, when),
            (STATUS, self.office_code, when),
            (STATUS, b"", when - 1 if when % 3600 else when + 1),
        ):
            with self.subTest(operation=operation, at=at):
                draft = self.draft(link, operation, code, request_id=request_id, client_time=at)
                self.problem(draft, 409, "replay-conflict")
        self.assertEqual(self.demo.inside(self.office["id"]), inside)
        again = self.draft(link, STATUS, request_id=request_id, client_time=when)
        self.assertEqual(answered(self.connection, again, first.evidence).fact(), first.fact())

    def test_the_scope_of_a_request_id_is_hour_and_partner(self):
        link, request_id, when = self.somebody(), os.urandom(16), self.demo.now()
        other = self.somebody()
        while other["partner"] == link["partner"]:
            other = self.somebody()
        for who, at in ((link, when), (link, when - 3600), (other, when)):
            answer = self.ask(who, STATUS, request_id=request_id, client_time=at)
            self.assertFalse(answer.repeated)

    def test_duplicates_at_the_same_time_are_one_fact(self):
        link, count = self.somebody(), 8
        question = {"request_id": os.urandom(16), "client_time": self.demo.now()}
        before = self.demo.inside(self.office["id"])

        def once(_):
            draft = self.draft(link, CHECK_IN, self.office_code, **question)
            with self.demo.connect() as connection:
                response = exchange(connection, draft)
            self.assertEqual(response.status, 200, response.body)
            return client.open_answer(draft, response.body)

        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            answers = list(pool.map(once, range(count)))
        self.assertEqual(len({answer.fact() for answer in answers}), 1)
        self.assertEqual(sum(not answer.repeated for answer in answers), 1)
        self.assertEqual(self.demo.inside(self.office["id"]), before + 1)


class Codes(RulesCase):
    """Section 6."""

    def test_a_code_that_is_wrong_anywhere_is_refused(self):
        link, code = self.somebody(), self.office_code
        self.assertEqual(len(code), 88)
        places = {"version": 0, "kind": 1, "venue id": 2, "key id": 19, "time": 23, "proof": 24, "end of proof": 87}
        wrong = {f"{name} changed": code[:at] + bytes([code[at] ^ 1]) + code[at + 1 :] for name, at in places.items()}
        wrong["one byte short"] = code[:-1]
        wrong["one byte long"] = code + b"\x00"
        wrong["as long as the field"] = code.ljust(160, b"\x01")
        wrong["one byte"] = b"\x01"
        wrong["a poster said to be a screen"] = code[:1] + b"\x02" + code[2:40]
        wrong["another venue's proof"] = code[:24] + self.restaurant_code[24:]
        for name, bad in wrong.items():
            for operation in (STATUS, CHECK_IN, CHECK_OUT):
                with self.subTest(name, operation=operation):
                    answer = self.ask(link, operation, bad)
                    self.assertEqual((answer.outcome, answer.colour), (VENUE_REFUSED, 0))
        self.assertEqual(self.demo.inside(self.office["id"]), 0)
        self.assertEqual(self.ask(link, STATUS, code).outcome, ALLOW)

    def test_a_refused_code_says_nothing_about_the_person(self):
        for colour in ("green", "yellow", "red", "black"):
            self.assertEqual(self.ask(self.somebody(colour), STATUS, b"\x01" * 88).outcome, VENUE_REFUSED)

    def test_a_screens_code_of_this_step_is_accepted_and_a_changed_one_is_not(self):
        link = self.somebody()
        shown = self.demo.json("venue", "code", self.office["id"], "--kind", "screen")
        code = bytes.fromhex(shown["code"])
        self.assertEqual(len(code), 40)
        self.assertEqual(int.from_bytes(code[20:24], "big") % 30, 0)
        text = client.base64.b32encode(code).decode().rstrip("=")
        self.assertEqual(shown["text"], "LINDUNG:1:" + text)
        self.assertEqual(self.ask(link, STATUS, code).outcome, ALLOW)
        for at in (2, 19, 23, 24, 39):
            bad = code[:at] + bytes([code[at] ^ 1]) + code[at + 1 :]
            self.assertEqual(self.ask(link, STATUS, bad).outcome, VENUE_REFUSED)

    def test_codes_of_a_replaced_key_are_refused(self):
        link = self.somebody()
        school, old = self.demo.venues("school")[0]
        self.assertEqual(self.ask(link, STATUS, old).outcome, ALLOW)
        self.demo.command("venue", "replace-key", school["id"])
        self.assertEqual(self.ask(link, STATUS, old).outcome, VENUE_REFUSED)
        new = bytes.fromhex(self.demo.json("venue", "code", school["id"])["code"])
        self.assertEqual(self.ask(link, STATUS, new).outcome, ALLOW)


class Room(RulesCase):
    """Sections 5 and 12: capacity, visits, occupancy."""

    def test_a_full_venue_takes_nobody_more_until_somebody_leaves(self):
        tiny, code = self.demo.venues("restaurant", 2)[0]
        one, two, three, red = self.somebody(), self.somebody(), self.somebody(), self.somebody("red")
        for link in (one, two):
            self.assertEqual(self.ask(link, CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(tiny["id"]), 2)
        for operation in (CHECK_IN, STATUS):
            answer = self.ask(three, operation, code)
            self.assertEqual((answer.outcome, answer.colour), (VENUE_FULL, 0))
        self.assertEqual(self.ask(one, CHECK_IN, code).outcome, ALLOW, "inside already: nothing changes")
        denied = self.ask(red, CHECK_IN, code)
        self.assertEqual((denied.outcome, denied.colour), (DENY, COLOURS["red"]), "deny stands before venue_full")
        self.assertEqual(self.demo.inside(tiny["id"]), 2)
        self.assertEqual(self.ask(two, CHECK_OUT, code).outcome, ALLOW)
        self.assertEqual(self.ask(three, CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(tiny["id"]), 2)

    def test_a_check_in_elsewhere_closes_the_visit_before(self):
        link = self.somebody()
        restaurant, office = self.demo.inside(self.restaurant["id"]), self.demo.inside(self.office["id"])
        self.ask(link, CHECK_IN, self.restaurant_code)
        self.assertEqual(self.demo.inside(self.restaurant["id"]), restaurant + 1)
        self.ask(link, CHECK_IN, self.office_code)
        self.assertEqual(self.demo.inside(self.restaurant["id"]), restaurant)
        self.assertEqual(self.demo.inside(self.office["id"]), office + 1)

    def test_a_visit_is_the_persons_whichever_partner_asks(self):
        link = self.somebody()
        other_id = next(p["id"] for p in self.demo.file["partners"] if p["id"] != link["partner"])
        token = self.demo.json("link", "grant", other_id, "--citizen", link["citizen"])["token"]
        other = {"partner": other_id, "token": token}
        before = self.demo.inside(self.office["id"])
        self.assertEqual(self.ask(link, CHECK_IN, self.office_code).outcome, ALLOW)
        self.assertEqual(self.ask(other, CHECK_IN, self.office_code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(self.office["id"]), before + 1)
        self.assertEqual(self.ask(other, CHECK_OUT, self.office_code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(self.office["id"]), before)

    def test_whoever_is_not_let_in_is_not_inside(self):
        before = self.demo.inside(self.office["id"])
        for colour in ("red", "black"):
            link = self.somebody(colour)
            self.assertEqual(self.ask(link, CHECK_IN, self.office_code).outcome, DENY)
            self.assertEqual(self.ask(link, CHECK_OUT, self.office_code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(self.office["id"]), before)


class Quotas(RulesCase):
    """Section 5: per link and day, retries not counted; section 8: per partner."""

    def test_the_25th_status_of_a_day_without_a_venue_is_over_quota(self):
        link = self.somebody("red")
        first = self.draft(link, STATUS)
        answered(self.connection, first)
        for _ in range(5):
            self.assertTrue(answered(self.connection, first).repeated)
        for _ in range(23):
            self.assertEqual(self.ask(link, STATUS).outcome, DENY)
        answer = self.ask(link, STATUS)
        self.assertEqual((answer.outcome, answer.colour), (OVER_QUOTA, 0))
        self.assertTrue(answered(self.connection, first).repeated)
        self.assertEqual(self.ask(link, STATUS, self.office_code).outcome, DENY, "a quota of its own")
        self.assertEqual(self.ask(link, STATUS, b"\x01").outcome, VENUE_REFUSED, "stands before over_quota")

    def test_the_101st_question_at_venues_is_over_quota_and_leaving_is_not_counted(self):
        link, codes = self.somebody(), (self.office_code, self.restaurant_code)
        for i in range(100):
            operation = CHECK_IN if i % 2 else STATUS
            self.assertEqual(self.ask(link, operation, codes[i % 4 // 2]).outcome, ALLOW, i)
        for operation in (STATUS, CHECK_IN):
            self.assertEqual(self.ask(link, operation, self.office_code).outcome, OVER_QUOTA)
        self.assertEqual(self.ask(link, CHECK_OUT, self.office_code).outcome, ALLOW)
        self.assertEqual(self.ask(link, STATUS).outcome, ALLOW)

    def test_a_partner_over_its_quota_is_told_when_to_come_back(self):
        self.new_partner("sedikit", "--per-minute", "3")
        outcomes = []
        for _ in range(8):
            stranger = {"partner": "sedikit", "token": (b"\x01" + os.urandom(27)).hex()}
            response = exchange(self.connection, self.draft(stranger, STATUS))
            outcomes.append(response.status)
            if response.status == 429:
                self.assertEqual(json.loads(response.body)["type"], "urn:lindung:problem:quota")
                self.assertGreater(int(response.one("Retry-After")), 0)
        self.assertEqual(outcomes[:3], [200, 200, 200])
        self.assertIn(429, outcomes)

    def new_partner(self, partner_id, *options):
        """Registered, pact signed, active: the way that every partner goes."""
        key = Ed25519PrivateKey.generate()
        public = client.raw_public(key).hex()
        pact = self.demo.file["pact_digest"]
        signature = key.sign(b"lindung pact v1\x00" + bytes.fromhex(pact)).hex()
        partner = client.Partner(partner_id, 1, f"{partner_id}.a", key)
        self.demo.command("partner", "register", partner_id, *options)
        self.demo.command("partner", "activate", partner_id, expect=1)
        self.demo.command("partner", "key", "add", partner_id, "--key-id", partner.key_id, "--public-key", public)
        self.demo.command("partner", "activate", partner_id, expect=1)
        wrong = self.demo.partner("gojek").signing_key.sign(b"lindung pact v1\x00" + bytes.fromhex(pact)).hex()
        self.demo.command("partner", "sign-pact", partner_id, "--pact", pact, "--signature", wrong, expect=1)
        self.demo.command("partner", "sign-pact", partner_id, "--pact", pact, "--signature", signature)
        self.demo.command("partner", "activate", partner_id)
        self.demo.strangers[partner_id] = partner

    def test_the_decision_only_profile_sees_no_colour(self):
        self.new_partner("tertutup", "--profile", "decision_only")
        for colour, outcome in (("green", ALLOW), ("red", DENY)):
            citizen = self.somebody(colour)["citizen"]
            token = self.demo.json("link", "grant", "tertutup", "--citizen", citizen)["token"]
            answer = self.ask({"partner": "tertutup", "token": token}, STATUS)
            self.assertEqual((answer.outcome, answer.colour), (outcome, 0))


class PartnerStates(RulesCase):
    """Sections 8 and 10."""

    def test_a_suspended_partner_is_refused_until_it_is_resumed(self):
        link = next(iter(self.demo.people("goers", "green")))[0]
        draft = self.draft(link, STATUS)
        first = answered(self.connection, draft)
        self.demo.command("partner", "suspend", "goers")
        self.problem(self.draft(link, STATUS), 403, "partner-suspended")
        self.problem(draft, 403, "partner-suspended")
        self.demo.command("partner", "resume", "goers")
        self.assertEqual(answered(self.connection, draft).fact(), first.fact())
        self.assertEqual(self.ask(link, STATUS).outcome, ALLOW)

    def test_a_cut_partner_is_told_where_its_cut_stands(self):
        link = next(iter(self.demo.people("jaki", "green")))[0]
        draft = self.draft(link, STATUS)
        answered(self.connection, draft)
        cut = self.demo.json("partner", "cut", "jaki")
        self.assertTrue(cut["effective"])
        for again in (self.draft(link, STATUS), draft):
            _, document = self.problem(again, 403, "partner-cut")
            self.assertEqual(document["cut_log_index"], cut["log_index"])
        forged = self.draft(link, STATUS).sign()
        forged.signature = bytes(64)
        self.problem(forged, 401, "bad-signature")
        outdated = self.draft(link, STATUS)
        outdated.pact = os.urandom(32)
        self.problem(outdated, 403, "partner-cut")

    def test_others_are_answered_while_one_is_cut(self):
        self.demo.command("partner", "cut", "linkaja")
        link = next(iter(self.demo.people("grab", "green")))[0]
        self.assertEqual(self.ask(link, STATUS).outcome, ALLOW)

    def test_a_revoked_signing_key_is_as_unknown(self):
        link = next(iter(self.demo.people("dana", "green")))[0]
        self.assertEqual(self.ask(link, STATUS).outcome, ALLOW)
        self.demo.command("partner", "key", "revoke", "dana", "--key-id", self.demo.partner("dana").key_id)
        self.problem(self.draft(link, STATUS), 401, "bad-signature")


if __name__ == "__main__":
    demo.run()
