#!/usr/bin/python3
"""Bundles over the wire: many questions in one request, each answered, logged and provable by itself.

    bundle_test.py LINDUNG
"""

import json

import demo
import lindung_client as client
from demo import DemoCase, exchange
from lindung_client import ALLOW, CHECK_IN, CHECK_OUT, DENY, STATUS, UNLINKED
from transparency import check_inclusion, leaf_hash


class Bundles(DemoCase):
    NEEDED = {"green": 17, "red": 1}  # of one partner; who is linked to whom differs from demo to demo

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        links = {}
        for link, citizen in cls.demo.people():
            links.setdefault(link["partner"], {}).setdefault(citizen["colour"], []).append(link)
        cls.partner, cls.links = next(
            (partner, colours)
            for partner, colours in links.items()
            if all(len(colours.get(colour, [])) >= count for colour, count in cls.NEEDED.items())
        )

    def bundle(self, *questions, now=None):
        now = self.demo.now() if now is None else now
        bundle = client.Bundle(
            self.demo.partner(self.partner), self.demo.gateway_key(now), self.demo.pact, self.demo.authority, questions, now
        )
        bundle.expires = bundle.created + 60
        return bundle

    def question(self, link, operation=STATUS, code=b""):
        return client.Question(operation, bytes.fromhex(link["token"]), code, client_time=self.demo.now())

    def people(self, colour, count):
        self.assertLessEqual(count, self.NEEDED[colour])
        return self.links[colour][:count]

    def answers(self, bundle):
        response = exchange(self.connection, bundle)
        self.assertEqual(response.status, 200, response.body)
        self.assertEqual(response.all("Content-Type"), ["application/vnd.lindung.bundle-answer"])
        self.assertEqual(response.all("Content-Length"), [str(40 + 256 * bundle.size)])
        self.assertEqual(response.all("Cache-Control"), ["no-store"])
        return bundle.open(response.body)

    def assert_problem(self, bundle, status, name):
        response = exchange(self.connection, bundle)
        self.assertEqual((response.status, json.loads(response.body)["type"]), (status, f"urn:lindung:problem:{name}"))

    def test_each_question_is_answered_as_it_would_be_alone_and_stands_in_the_log(self):
        venue, code = self.demo.venues("office")[0]
        green, red = self.people("green", 17), self.people("red", 1)
        questions = [self.question(link, CHECK_IN, code) for link in green]
        questions += [self.question(green[0], CHECK_OUT, code), self.question(red[0])]
        questions.append(client.Question(STATUS, bytes([1]) + bytes(27), client_time=self.demo.now()))
        before = self.demo.inside(venue["id"])
        bundle = self.bundle(*questions)
        self.assertEqual(bundle.size, 64)
        answers = self.answers(bundle)
        self.assertEqual([answer.outcome for answer in answers], 18 * [ALLOW] + [DENY, UNLINKED])
        self.assertEqual(len({answer.index for answer in answers}), len(answers))
        self.assertEqual(self.demo.inside(venue["id"]), before + 16)
        leaves = {
            answer.index: client.check_answer(answer, bundle, question=question.plaintext())
            for answer, question in zip(answers, questions, strict=True)
        }
        demo.wait_for("the answers in a checkpoint", lambda: self.demo.checkpoint(self.connection)[0] > max(leaves), 10)
        with self.demo.connect() as connection:
            size, root = self.demo.checkpoint(connection)
            for index, leaf in leaves.items():
                asked = f"/log/proof/inclusion?index={index}&size={size}"
                proof = json.loads(connection.get(asked, self.demo.authority).body)
                path = [client.base64.b64decode(node, validate=True) for node in proof["hashes"]]
                check_inclusion(index, size, leaf_hash(leaf), path, root)

    def test_a_bundle_sent_again_is_answered_the_same_and_changes_nothing(self):
        venue, code = self.demo.venues("restaurant")[0]
        questions = [self.question(link, CHECK_IN, code) for link in self.people("green", 5)]
        first = self.answers(self.bundle(*questions))
        inside = self.demo.inside(venue["id"])
        again = self.answers(self.bundle(*questions))
        self.assertEqual([answer.fact() for answer in again], [answer.fact() for answer in first])
        self.assertTrue(all(answer.repeated for answer in again))
        self.assertEqual(self.demo.inside(venue["id"]), inside)

    def test_a_conflict_is_told_in_its_slot(self):
        one, other = self.people("green", 2)
        taken = self.question(one)
        self.answers(self.bundle(taken))
        changed = client.Question(STATUS, bytes.fromhex(other["token"]), b"", taken.request_id, taken.client_time)
        answers = self.answers(self.bundle(self.question(one), changed))
        self.assertEqual((answers[0].outcome, answers[1]), (ALLOW, client.REPLAY_CONFLICT))

    def test_what_is_wrong_with_a_bundle_concerns_it_whole(self):
        link = self.people("green", 1)[0]
        question = self.question(link)
        self.assert_problem(self.bundle(question, question), 400, "malformed")
        bundle = self.bundle(question)
        bundle.plaintext = bundle.plaintext[:1] + b"\x00" + bundle.plaintext[2:]
        self.assert_problem(bundle, 400, "malformed")
        bundle = self.bundle(question)
        bundle.tag = "lindung-request"
        self.assert_problem(bundle, 401, "bad-signature")
        bundle = self.bundle(question)
        bundle.request_label = b"request"  # sealed for the other endpoint
        self.assert_problem(bundle, 400, "malformed")
        bundle = self.bundle(question)
        bundle.target = bundle.signed_path = client.PATH
        self.assert_problem(bundle, 400, "malformed")


if __name__ == "__main__":
    demo.run()
