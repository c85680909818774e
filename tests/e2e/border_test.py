#!/usr/bin/python3
"""Two border desks through an outage of the travel server, a traveller who is ill, and a carrier before departure.

    border_test.py LINDUNG
"""

import collections
import json
import pathlib
import secrets
import tempfile
import time
import unittest

import demo
from demo import lindung
from travel import Travel, card, passport

OVERRIDE = ("--photo", "--override", "--reason", "a certificate on paper")


def digit(text):
    value = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return str(sum(max(value.find(c), 0) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def zone(number="L898902C3", expiry="390415"):
    """A passport's zone with check digits that hold."""
    line = number + digit(number) + "UTO" + "740812" + digit("740812") + "F" + expiry + digit(expiry)
    line += "ZE184226B<<<<<" + digit("ZE184226B<<<<<")
    return "P<UTOERIKSSON<<ANNA<MARIA" + "<" * 19 + "\n" + line + digit(line[:10] + line[13:20] + line[21:43])


class BorderDesks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.travel = Travel(cls.folder)
        cls.addClassCleanup(cls.travel.kill)
        cls.travel.init()
        cls.travel.start().unseal()
        cls.keys = cls.folder / "keys.json"
        cls.keys.write_text(json.dumps(cls.travel.call("GET", "/.well-known/lindung-travel-keys")[1]))
        for name in ("cgk-1", "cgk-2"):
            made = cls.border("init", cls.folder / name, "--server-keys", cls.keys, "--port", "CGK", "--id", name)
            cls.travel.run("device", "add", name, "--port", "CGK", "--public-key", made["public_key"])

    @staticmethod
    def border(*arguments, expect=0):
        return json.loads(lindung("border", *arguments, "--json", expect=expect).stdout)

    def desk(self, name, *arguments, expect=0):
        return self.border(*arguments, "--device", self.folder / name, expect=expect)

    def online(self, name, command, expect=0):
        return self.desk(name, command, "--url", self.travel.url, expect=expect)

    def file(self, number="L898902C3", **more):
        person = {"document": passport(number, "Anna Maria", "1974-08-12", **more), "seat": "11F"}
        return self.travel.file(card(person, departure=3_600), secrets.token_hex(16))

    def scan(self, name, filed, *arguments, expect=1):
        return self.desk(name, "scan", filed["qr"], *arguments, expect=expect)

    def test_1_an_outage_with_two_desks_ends_in_exactly_one_named_conflict(self):
        twice, once = self.file(), self.file("D23145890")
        for name in ("cgk-1", "cgk-2"):
            self.online(name, "sync")
        self.travel.kill()

        seen = self.scan("cgk-1", twice, "--mrz", zone())
        self.assertEqual(seen["people"][0]["name"], "ERIKSSON  ANNA MARIA")
        self.assertEqual(seen["people"][0]["findings"], ["not-fit"])
        self.assertTrue(seen["people"][0]["document_read"])
        self.desk("cgk-1", "decide", seen["scan"], "admit", "--photo", expect=1)
        self.desk("cgk-1", "decide", seen["scan"], "admit", *OVERRIDE)
        again = self.scan("cgk-1", twice)
        self.assertIn("used-here", again["people"][0]["findings"])
        self.desk("cgk-1", "decide", again["scan"], "admit", "--photo", expect=1)

        other = self.scan("cgk-2", twice)
        self.assertEqual(other["people"][0]["findings"], ["not-fit"])
        self.desk("cgk-2", "decide", other["scan"], "admit", *OVERRIDE)
        alone = self.scan("cgk-2", once)
        self.desk("cgk-2", "decide", alone["scan"], "admit", *OVERRIDE)
        self.assertEqual(self.desk("cgk-2", "queue")["unsent"], 2)
        self.online("cgk-2", "reconcile", expect=1)
        self.assertEqual(self.desk("cgk-2", "queue")["unsent"], 2)

        self.travel.start().unseal()
        self.assertEqual(self.online("cgk-1", "reconcile"), {"sent": 1, "conflicts": []})
        told = self.online("cgk-2", "reconcile")
        self.assertEqual(told["sent"], 2)
        self.assertEqual([(c["conflict"], c["card"]) for c in told["conflicts"]], [("admitted-twice", twice["card"])])
        heard = self.online("cgk-1", "reconcile")
        self.assertEqual([c["card"] for c in heard["conflicts"]], [twice["card"]])
        for name in ("cgk-1", "cgk-2"):
            self.assertEqual(self.online(name, "reconcile"), {"sent": 0, "conflicts": []})
            self.assertEqual(self.desk(name, "queue")["conflicts"], 1)
        passed = collections.Counter()
        for days_ago in (0, 1):  # the test may run over midnight
            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - days_ago * 86_400))
            figures = self.desk("cgk-2", "queue", "--online", "--day", day, "--url", self.travel.url)["server"]
            self.assertEqual(figures["port"], "CGK")
            for row in figures["passed"]:
                passed[row["outcome"]] += row["people"]
        self.assertEqual(sum(passed.values()), 3, passed)
        self.desk("cgk-2", "queue", "--online", "--day", "yesterday", "--url", self.travel.url, expect=1)
        told = self.travel.run("conflicts", "CGK")["conflicts"]
        self.assertEqual([c["card"] for c in told], [twice["card"]])
        self.online("cgk-1", "sync")
        self.assertIn("used-elsewhere", self.scan("cgk-1", once)["people"][0]["findings"])

    def test_2_a_document_that_is_not_the_cards_is_found(self):
        filed = self.file("L898902C4")
        self.online("cgk-1", "sync")
        seen = self.scan("cgk-1", filed, "--mrz", zone("L898902C3"))
        self.assertIn("document-differs", seen["people"][0]["findings"])
        ended = self.scan("cgk-1", filed, "--mrz", zone("L898902C4", "200101"))
        self.assertIn("document-ended", ended["people"][0]["findings"])
        refused = self.desk("cgk-1", "scan", filed["qr"], "--mrz", zone().replace("L898902C3", "M898902C3"), expect=1)
        self.assertIn("number-check", refused["detail"])

    def test_3_codes_of_strangers_and_a_lost_device_get_nothing(self):
        filed = self.file("L898902C5")
        broken = filed["qr"][:-1] + ("0" if filed["qr"][-1] != "0" else "1")
        self.assertEqual(self.desk("cgk-1", "scan", broken, expect=1)["code"], "refused")
        made = self.border("init", self.folder / "lost", "--server-keys", self.keys, "--port", "CGK", "--id", "lost")
        self.online("lost", "sync", expect=1)
        self.travel.run("device", "add", "lost", "--port", "CGK", "--public-key", made["public_key"])
        packed = self.folder / "lost.list"
        pack = ("device", "pack", "lost", "--sealing-key", made["sealing_key"], "--output", packed)
        self.travel.run(*pack)
        self.assertGreaterEqual(self.desk("lost", "sync", "--file", packed)["days"], 1)
        self.assertEqual(self.scan("lost", filed)["code"], "verified")
        refused = self.desk("cgk-1", "sync", "--file", packed, expect=1)
        self.assertEqual(refused["error"], "malformed", "another device's")
        self.online("lost", "sync")
        self.travel.run("device", "revoke", "lost")
        self.online("lost", "sync", expect=1)
        self.assertEqual(self.travel.run(*pack, expect=1)["error"], "not-found")

    def test_4_a_clock_that_was_set_back_is_noticed(self):
        filed = self.file("L898902C6")
        self.online("cgk-2", "sync")
        refused = self.scan("cgk-2", filed, "--clock-offset", "-600")
        self.assertEqual(refused["error"], "clock-skew")
        self.assertEqual(self.scan("cgk-2", filed)["code"], "verified")

    def test_5_who_is_ill_on_arrival_is_reported_to_the_port_once(self):
        filed = self.file("L898902C7")
        self.online("cgk-1", "sync")
        seen = self.scan("cgk-1", filed)
        self.desk("cgk-1", "decide", seen["scan"], "isolate", "--symptom", "fever", "--reason", "39.5 degrees")
        for _ in range(2):
            self.online("cgk-1", "reconcile")
        waiting = self.travel.run("sick", "list", "CGK")["reports"]
        self.assertEqual([sorted(row) for row in waiting], [["report", "seen_at", "taken_in"]])
        taken = self.travel.run("sick", "take", "CGK")
        self.assertEqual((taken["card"], taken["symptoms"], taken["note"]), (filed["card"], ["fever"], "39.5 degrees"))
        self.assertEqual(self.travel.run("sick", "take", "CGK", expect=1)["error"], "not-found")

    def test_6_a_carrier_hears_fit_or_not_fit_and_nothing_else(self):
        first = self.folder / "ga.key"
        public = json.loads(lindung("key", "make", first, "--json").stdout)["public_key"]
        self.travel.run("carrier", "add", "GA", "--name", "Garuda", "--public-key", public)
        # A citizen without a test may come home and is tested on arrival; a stranger without one is not fit.
        citizen = self.file("L898902C8", issuing_state="IDN", nationality="IDN")
        ill = self.file("L898902C9")
        day = self.travel.call("GET", "/v1/cards/" + citizen["card"], secret=citizen["secret"])[1]["filed"]["journey"][
            "departure"
        ][:10]

        def check(filed, number="GA 825", date=day, carrier="GA", key=None, name=None, expect=0):
            return json.loads(
                lindung(
                    "carrier", "check", filed["qr"], "--carrier", carrier, "--number", number, "--date", date, "--key",
                    key or first, "--url", self.travel.url, "--server-keys", self.keys, "--json",
                    *(["--key-name", name] if name else []), expect=expect,
                ).stdout
            )  # fmt: skip

        self.assertEqual(citizen["answer"], "fit_with_test")
        self.assertEqual(check(citizen), {"fit": True})
        self.assertEqual(check(ill, expect=1), {"fit": False})
        second = self.folder / "ga-2.key"
        public = json.loads(lindung("key", "make", second, "--json").stdout)["public_key"]
        name = self.travel.run("carrier", "key", "add", "GA", "--public-key", public)["key"]
        self.assertEqual(name, "GA.2")
        self.assertEqual(check(citizen), {"fit": True}, "the first one still counts")
        self.assertEqual(check(citizen, key=second, name=name), {"fit": True})
        self.assertEqual(check(citizen, key=second, expect=1)["error"], "bad-signature")
        self.travel.run("carrier", "key", "revoke", "GA")
        self.assertEqual(check(citizen, expect=1)["error"], "bad-signature")
        self.assertEqual(self.travel.run("carrier", "key", "revoke", name, expect=1)["error"], "conflict")
        keys = self.travel.run("carrier", "list")["carriers"][0]["keys"]
        self.assertEqual([(row["key"], row["revoked_at"] is None) for row in keys], [("GA", False), ("GA.2", True)])
        self.assertEqual(check(citizen, key=second, name=name, number="GA 999", expect=1), {"fit": False})
        self.assertEqual(check(citizen, key=second, name=name, date="2020-01-01", expect=1), {"fit": False})
        self.assertEqual(self.travel.call("DELETE", "/v1/cards/" + citizen["card"], secret=citizen["secret"])[0], 200)
        self.assertEqual(check(citizen, key=second, name=name, expect=1), {"fit": False})
        self.assertEqual(check(ill, key=second, name="QZ", expect=1)["error"], "bad-signature")
        self.travel.run("carrier", "revoke", "GA")
        self.assertEqual(check(ill, key=second, name=name, expect=1)["error"], "bad-signature")

    def test_7_zones_are_read_line_by_line(self):
        lines = self.folder / "zones"
        lines.write_text(zone() + "\n" + zone().replace("L898", "M898") + "\n")
        out = lindung("border", "mrz", lines, "--json", expect=1).stdout.splitlines()
        read, refused = map(json.loads, out)
        self.assertEqual((read["form"], read["number"], read["ended"]), ("TD3", "L898902C3", False))
        self.assertEqual(refused, {"zone": "refused", "reason": "number-check", "line": 2, "column": 1})


if __name__ == "__main__":
    demo.run()
