#!/usr/bin/python3
"""Every colour of the demo is explained: by a rule, in two languages, and by the facts that decided.

    why_test.py LINDUNG
"""

import collections

import demo
from demo import DemoCase, lindung

OTHERWISE = "red-otherwise"  # what remains when no fact says otherwise


class Why(DemoCase):
    citizens = 200

    def test_each_colour_is_that_of_its_citizen_and_explained(self):
        explained = collections.Counter()
        for citizen in self.demo.file["citizens"]:
            why = self.demo.json("why", "--citizen", citizen["id"])
            colour, rule = why["colour"], why["rule"]
            self.assertEqual(colour, citizen["colour"], citizen["id"])
            self.assertTrue(rule.startswith(f"{colour}-"), rule)
            for language in ("id", "en"):
                self.assertRegex(why["reason"][language], r"\w{3,}", rule)
            self.assertNotEqual(why["reason"]["id"], why["reason"]["en"], rule)
            deciding = [fact for fact in why["facts"] if fact["decides"]]
            if rule != OTHERWISE:
                self.assertTrue(deciding, f"{rule} without a fact that decided")
            for fact in why["facts"]:
                self.assertTrue(fact["issuer"] and fact["entered_at"] and fact["at"], fact)
            self.assertTrue(why["doors"])
            if why["until"] is not None:
                self.assertGreater(why["until"], why["at"])
            self.assertEqual(why["rules"], "id-2021@1.0.0")
            explained[colour, rule] += 1
        self.assertEqual(sum(explained.values()), len(self.demo.file["citizens"]))
        self.assertEqual({colour for colour, _ in explained}, {"green", "yellow", "red", "black"})
        print("explained:", {rule: count for (_, rule), count in sorted(explained.items())})

    def test_it_is_told_in_words(self):
        for colour in ("green", "yellow", "red", "black"):
            _, citizen = next(self.demo.people(colour=colour))
            told = lindung("why", "--citizen", citizen["id"], "--data", self.demo.data).stdout
            self.assertRegex(told, f"^{colour} at [0-9T:-]+Z, (until [0-9T:-]+Z|and stays so)\n")
            self.assertIn(f"\nrule {colour}-", told)

    def test_nobody_else_is_explained(self):
        self.assertEqual(self.demo.json("why", "--citizen", "00" * 16, expect=1)["error"], "not-found")


if __name__ == "__main__":
    demo.run()
