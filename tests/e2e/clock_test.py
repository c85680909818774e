"""What changes by itself as time goes on, with the server's clock set forward from one start to the next.

    clock_test.py LINDUNG
"""

import json
import pathlib
import shutil
import tempfile
import unittest

import demo
import lindung_client as client
from demo import Demo, answered, exchange
from lindung_client import ALLOW, CHECK_IN, COLOURS, DENY, STATUS, UNLINKED, VENUE_REFUSED

BEGIN = 1788256800  # 2026-09-01T10:00:00Z
MINUTE, HOUR, DAY = 60, 3600, 86400


class ClockCase(unittest.TestCase):
    citizens = 88

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-clock-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", self.citizens)
        self.addCleanup(self.demo.kill)
        self.demo.start_at(BEGIN)

    def go_on_at(self, moment):
        self.assertEqual(self.demo.stop(), 0)
        self.demo.start_at(moment)

    def ask(self, link, operation=STATUS, code=b"", **question):
        with self.demo.connect() as connection:
            return answered(connection, self.demo.asking(link, operation, code, **question))

    def problem(self, draft):
        with self.demo.connect() as connection:
            response = exchange(connection, draft)
        self.assertNotEqual(response.status, 200)
        return json.loads(response.body)["type"].removeprefix("urn:lindung:problem:")

    def one(self, colour="green", partner=None):
        return next(iter(self.demo.people(partner, colour)))[0]


class TokensRotate(ClockCase):
    """Section 7."""

    def renewed(self, link, answer):
        return {**link, "token": answer.next_token.hex()}

    def test_a_token_of_30_days_is_replaced_when_its_successor_is_used(self):
        used, unused = (link for link, _ in list(self.demo.people(colour="green"))[:2])
        red = self.one("red")
        self.assertEqual(self.ask(used).next_token, bytes(28))
        self.go_on_at(BEGIN + 29 * DAY)
        self.assertEqual(self.ask(used).next_token, bytes(28))

        self.go_on_at(BEGIN + 31 * DAY)
        draft = self.demo.asking(used, STATUS)
        with self.demo.connect() as connection:
            first = answered(connection, draft)
            again = answered(connection, draft)
        self.assertEqual(again.fact(), first.fact())
        offered = first.next_token
        self.assertEqual(offered[0], 1)
        self.assertNotEqual(offered.hex(), used["token"])
        self.assertEqual(self.ask(used).next_token, offered, "every answer offers the same")
        denied = self.ask(red)
        self.assertEqual((denied.outcome, denied.next_token[0]), (DENY, 1))
        self.assertEqual(self.ask(used, STATUS, b"\x01").next_token, bytes(28), "only allow and deny offer one")
        waiting = self.ask(unused).next_token

        new = self.renewed(used, first)
        self.assertEqual(self.ask(new).outcome, ALLOW)
        self.assertEqual(self.ask(new).next_token, bytes(28), "the new one is new")
        self.assertEqual(self.ask(used).outcome, ALLOW, "the old one lives on for a day")
        self.go_on_at(BEGIN + 31 * DAY + 23 * HOUR)
        self.assertEqual(self.ask(used).outcome, ALLOW)
        self.go_on_at(BEGIN + 32 * DAY + 1 * HOUR)
        self.assertEqual(self.ask(used).outcome, UNLINKED)
        self.assertEqual(self.ask(new).outcome, ALLOW)

        self.go_on_at(BEGIN + 60 * DAY)
        kept = self.ask(unused)
        self.assertEqual((kept.outcome, kept.next_token), (ALLOW, waiting), "never dies before its successor is used")

    def test_the_successor_is_the_asking_partners_only(self):
        self.go_on_at(BEGIN + 31 * DAY)
        link = self.one(partner="gojek")
        new = self.renewed(link, self.ask(link))
        self.assertEqual(self.ask({**new, "partner": "grab"}).outcome, UNLINKED)
        self.assertEqual(self.ask(new).outcome, ALLOW)


class CodesAge(ClockCase):
    """Section 6."""

    def test_a_poster_is_refused_after_its_last_moment(self):
        venue, code = self.demo.venues("office")[0]
        end = int.from_bytes(code[20:24], "big")
        self.go_on_at(end - 5 * MINUTE)
        self.assertEqual(self.ask(self.one(), STATUS, code).outcome, ALLOW)
        self.go_on_at(end + 1)
        self.assertEqual(self.ask(self.one(), STATUS, code).outcome, VENUE_REFUSED)
        fresh = bytes.fromhex(self.demo.json("venue", "code", venue["id"])["code"])
        self.assertEqual(self.ask(self.one(), STATUS, fresh).outcome, ALLOW)

    def test_a_screens_code_lives_for_its_step_and_two_more(self):
        venue, _ = self.demo.venues("office")[0]
        code = bytes.fromhex(self.demo.json("venue", "code", venue["id"], "--kind", "screen")["code"])
        step = int.from_bytes(code[20:24], "big")
        self.assertLess(abs(step - self.demo.now()), 2 * MINUTE)
        self.go_on_at(step + 3 * 30 - 20)
        self.assertEqual(self.ask(self.one(), STATUS, code).outcome, ALLOW)
        self.go_on_at(step + 3 * 30)
        self.assertEqual(self.ask(self.one(), STATUS, code).outcome, VENUE_REFUSED)


class TimeGoesOn(ClockCase):
    def test_colours_follow_their_timelines(self):
        changing = [c for _, c in self.demo.people() if c["colour_until"] < BEGIN + 400 * DAY]
        self.assertTrue(changing, "the demo has people whose colour will change")
        before = {citizen["id"]: citizen for _, citizen in self.demo.people()}
        soon = min(citizen["colour_until"] for citizen in changing)
        moments = sorted({soon, soon + 20 * DAY, max(c["colour_until"] for c in changing)})
        changed = 0
        for moment in moments:
            self.go_on_at(moment + 1)
            for link, citizen in self.demo.people():
                answer = self.ask(link)
                self.assertEqual(answer.colour, COLOURS[citizen["colour"]])
                if self.demo.now() < before[citizen["id"]]["colour_until"]:
                    self.assertEqual(citizen["colour"], before[citizen["id"]]["colour"])
                changed += citizen["colour"] != before[citizen["id"]]["colour"]
        self.assertGreater(changed, 0)

    def test_the_gateways_key_of_yesterday_opens_nothing(self):
        old = self.demo.gateway_key()
        self.go_on_at(BEGIN + 3 * DAY)
        link = self.one()
        self.assertNotIn(old.key_id, [key["key_id"] for key in self.demo.file["gateway_keys"]])
        draft = self.demo.asking(link, STATUS)
        draft.key_id, draft.public_key = old.key_id, old.public_key
        self.assertEqual(self.problem(draft), "unsupported-key")
        self.assertEqual(self.ask(link).outcome, ALLOW)

    def test_a_question_can_be_asked_again_for_a_day(self):
        link, request_id, when = self.one(), bytes(range(16)), self.demo.now()
        first = self.ask(link, STATUS, request_id=request_id, client_time=when)
        self.go_on_at(BEGIN + 23 * HOUR)
        draft = self.demo.asking(link, STATUS, request_id=request_id, client_time=when)
        with self.demo.connect() as connection:
            again = answered(connection, draft, first.evidence)
        self.assertEqual((again.repeated, again.fact()), (True, first.fact()))
        self.go_on_at(BEGIN + 25 * HOUR)
        draft = self.demo.asking(link, STATUS, request_id=request_id, client_time=when)
        self.assertEqual(self.problem(draft), "malformed")

    def test_a_forgotten_check_out_happens_by_itself(self):
        venue, code = self.demo.venues("restaurant", 120)[0]
        self.assertEqual(self.ask(self.one(), CHECK_IN, code).outcome, ALLOW)
        self.assertEqual(self.demo.inside(venue["id"]), 1)
        self.go_on_at(BEGIN + 2 * DAY)
        demo.wait_for("the automatic check-out", lambda: self.demo.inside(venue["id"]) == 0)

    def test_quotas_begin_anew_each_day(self):
        link = self.one()
        for _ in range(24):
            self.assertEqual(self.ask(link).outcome, ALLOW)
        self.assertEqual(self.ask(link).outcome, client.OVER_QUOTA)
        self.go_on_at(BEGIN + 14 * HOUR + MINUTE)  # past the end of the UTC day
        self.assertEqual(self.ask(link).outcome, ALLOW)

    def test_a_clock_behind_the_log_answers_nothing(self):
        link = self.one()
        self.ask(link)
        self.assertEqual(self.demo.stop(), 0)
        self.demo.spawn("--at", "2026-09-01T09:00:00Z")

        def refused():
            if self.demo.process.poll() is not None:
                return True
            done = demo.subprocess.run(
                [demo.BINARY, "status", "--json", "--data", str(self.demo.data)], capture_output=True, check=False
            )
            return done.returncode == 0 and not json.loads(done.stdout)["answering"]

        demo.wait_for("the server to refuse", refused)
        if self.demo.process.poll() is not None:
            self.assertNotEqual(self.demo.process.returncode, 0)
            self.assertRegex(self.demo.last_words(), "(clock|time)")
        else:
            status = json.loads(demo.lindung("status", "--json", "--data", self.demo.data).stdout)
            self.assertTrue(status["closed_by"])


if __name__ == "__main__":
    demo.run()
