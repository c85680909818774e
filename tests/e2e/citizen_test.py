#!/usr/bin/python3
"""A citizen's day in the portal: registered, checked in and out, a certificate, somebody who acts for them, restricted, copied, erased.

    citizen_test.py LINDUNG
"""

import base64
import hashlib
import json
import pathlib
import shutil
import tempfile
import unittest
import urllib.parse

import demo
from demo import Demo, answered
from lindung_client import STATUS, UNLINKED
from portal import Browser, Telephone, nik_with_an_account
from wire import Connection

FIRST_PHONE, SECOND_PHONE = "+6281234567801", "+6281234567802"


def born(nik):
    """The birth date that a NIK says: women have 40 more days; of demo citizens, who are adults."""
    day, month, year = int(nik[6:8]) % 40, int(nik[8:10]), int(nik[10:12])
    return f"{2000 + year if year < 8 else 1900 + year}-{month:02}-{day:02}"


class Person(Browser):
    """A browser whose answers may be pages of paper."""

    def send(self, method, path, body=None, **fields):
        headers = [("Sec-Fetch-Site", "same-origin"), ("Origin", self.origin)]
        headers += [(name.replace("_", "-"), value) for name, value in fields.items()]
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        data = b"" if method == "GET" else json.dumps(body or {}).encode()
        if method != "GET":
            headers += [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        with Connection(self.address) as connection:
            return connection.request(method, "/v1/portal/" + path, [("Host", self.host), *headers], data)

    def ok(self, method, path, body=None, **fields):
        response = self.send(method, path, body, **fields)
        if response.status != 200:
            raise AssertionError(f"{method} {path}: {response.status} {response.body[:500]!r}")
        return json.loads(response.body) if response.one("Content-Type").startswith("application/json") else response.body

    def refused(self, method, path, body=None, **fields):
        response = self.send(method, path, body, **fields)
        if response.status < 400:
            raise AssertionError(f"{method} {path}: {response.status}")
        return json.loads(response.body)["type"].removeprefix("urn:lindung:problem:")


class CitizensDay(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-citizen-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.demo = Demo(self.folder / "d", 60)
        self.addCleanup(self.demo.kill)
        self.demo.start()
        self.demo.json("pki", "init", "--country", "ID", "--organisation", "Kementerian Kesehatan", "--card-issuer", "https://cards.example/id")
        people = {citizen["id"]: (link, citizen) for link, citizen in self.demo.people(colour="green")}
        vaccinated = dict.fromkeys(reference for reference, _ in self.demo.vaccinated())
        taken = nik_with_an_account(self.demo)
        without = [people[reference] for reference in vaccinated if people[reference][1]["nik"] != taken]
        (self.link, self.first), (_, self.second) = without[:2]
        rows = ["nik,name,born,family_card,phone"]
        for citizen, phone in ((self.first, FIRST_PHONE), (self.second, SECOND_PHONE)):
            rows.append(f"{citizen['nik']},WARGA,{born(citizen['nik'])},3174051201100004,{phone}")
        register = self.folder / "register.csv"
        register.write_text("\n".join(rows) + "\n")
        self.assertEqual(self.demo.json("register", "load", register)["rows"], 2)

    def register(self, citizen, phone):
        browser, telephone = Person(self.demo), Telephone(self.demo, phone)
        status, answer = browser.post("codes", {"phone": phone})
        self.assertEqual(status, 202, answer)
        status, answer = browser.post("register", {"code": telephone.code(), "nik": citizen["nik"], "name": "Warga", "born": born(citizen["nik"]),
                                                   "family_card": "3174051201100004", "device": "Chrome"})  # fmt: skip
        self.assertEqual(status, 200, answer)
        return browser

    def proof(self, browser, kind, what):
        telephone = Telephone(self.demo, FIRST_PHONE)
        started = browser.ok("POST", "approval", {"kind": kind, "digest": hashlib.sha256(what.encode()).hexdigest()})
        self.assertEqual(started["by"], "code")
        return {"code": {"nonce": started["nonce"], "code": telephone.code()}}

    def outcome(self):
        with self.demo.connect() as connection:
            return answered(connection, self.demo.asking(self.link, STATUS)).outcome

    def test_from_registering_to_being_erased(self):
        stranger = Person(self.demo)
        for path in ("status", "pass", "visits", "records", "certificates", "disputes", "notices", "rights", "delegations"):
            self.assertEqual(stranger.refused("GET", path), "signed-out", path)
        self.assertEqual(len(self.demo.json("partner", "list")["partners"]), len(self.demo.file["partners"]))

        me = self.register(self.first, FIRST_PHONE)
        status = me.ok("GET", "status")
        self.assertEqual((status["colour"], status["inside"], status["restricted"]), ("green", None, False))
        self.assertTrue(status["reason"]["text"]["id"] and status["reason"]["text"]["en"])

        self.check_in_and_out(me)
        self.records_and_certificates(me)
        self.delegation(me)
        self.rights(me)

    def check_in_and_out(self, me):
        _, code = self.demo.venues("mall")[0]
        text = "LINDUNG:1:" + base64.b32encode(code).decode().rstrip("=")
        before = me.ok("GET", "venues/" + urllib.parse.quote(text, safe=""))
        self.assertTrue(before["opens"])
        ask = {"code": text, "request": "0f" * 16, "at": status_time(me)}
        inside = me.ok("POST", "check-in", ask)
        self.assertEqual((inside["outcome"], inside["repeated"]), ("allow", False))
        self.assertEqual(inside["venue"]["inside"], before["inside"] + 1)
        again = me.ok("POST", "check-in", ask)
        self.assertEqual((again["repeated"], again["log_index"]), (True, inside["log_index"]))
        self.assertEqual(me.refused("POST", "check-in", {"code": "hello"}), "malformed")
        self.assertEqual(me.ok("GET", "status")["inside"]["id"], inside["venue"]["id"])
        self.assertEqual(me.ok("POST", "check-out")["outcome"], "allow")
        self.assertIsNone(me.ok("GET", "status")["inside"])
        self.assertEqual(me.refused("POST", "check-out"), "not-found")
        (visit,) = [v for v in me.ok("GET", "visits")["visits"] if v["in"] == inside["at"]]
        self.assertEqual(visit["id"], inside["venue"]["id"])
        passes = me.ok("GET", "pass")["passes"]
        self.assertTrue(passes and all(each["text"].startswith("LP1:") for each in passes))
        names = [partner["partner"] for partner in self.demo.json("partner", "list")["partners"]]
        self.assertIn("portal", names)

    def records_and_certificates(self, me):
        self.assertTrue(any(record["counts"] for record in me.ok("GET", "records")["records"]))
        made = me.ok("POST", "certificates", {"format": "hc1"})
        self.assertEqual(made["state"], "issued")
        self.assertIn(made["id"], [each["id"] for each in me.ok("GET", "certificates")["certificates"]])
        self.assertTrue(me.ok("GET", f"certificates/{made['id']}.pdf").startswith(b"%PDF-"))
        self.assertEqual(me.refused("GET", f"certificates/{'0' * 32}.pdf"), "not-found")

    def delegation(self, me):
        other = self.register(self.second, SECOND_PHONE)
        invited = me.ok("POST", "delegations", {"relation": "sibling", "scope": ["see"], "days": 30})
        made = other.ok("POST", "delegations/accept", {"code": invited["code"].lower()})
        acting = {"Lindung_For": made["id"]}
        seen = other.ok("GET", "records", **acting)["records"]
        self.assertEqual(seen, me.ok("GET", "records")["records"])
        self.assertEqual(other.refused("GET", "pass", **acting), "not-found")
        self.assertEqual(other.refused("POST", "erase", **acting), "not-found")
        self.assertEqual([each["id"] for each in me.ok("GET", "delegations")["acts_for_me"]], [made["id"]])
        self.assertIn("delegation", [each["kind"] for each in me.ok("GET", "notices")["notices"]])
        self.assertEqual(me.send("DELETE", "delegations/" + made["id"]).status, 204)
        self.assertEqual(other.refused("GET", "records", **acting), "not-found")

    def rights(self, me):
        self.assertNotEqual(self.outcome(), UNLINKED)
        self.assertIsNotNone(me.ok("POST", "restrict")["restricted_since"])
        self.assertEqual(self.outcome(), UNLINKED)
        self.assertTrue(me.ok("GET", "status")["restricted"])
        self.assertIsNone(me.ok("POST", "lift")["restricted_since"])
        self.assertNotEqual(self.outcome(), UNLINKED)

        self.assertEqual(me.refused("POST", "export", {"form": "json"}), "denied")
        copy = me.ok("POST", "export", {"form": "json", **self.proof(me, "citizen.export", "export json")})
        self.assertEqual(copy["person"]["nik"], self.first["nik"])
        self.assertTrue(copy["records"] and copy["visits"] and copy["links"] and copy["certificates"])
        pdf = me.ok("POST", "export", {"form": "pdf", **self.proof(me, "citizen.export", "export pdf")})
        self.assertTrue(pdf.startswith(b"%PDF-"))

        proof = self.proof(me, "citizen.erase", "erase")
        cookies = dict(me.cookies)
        erased = me.ok("POST", "erase", proof)
        self.assertRegex(erased["backups_unreadable_from"], r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(self.outcome(), UNLINKED)
        me.cookies = cookies
        self.assertEqual(me.refused("GET", "status"), "signed-out")
        number = self.folder / "nik"
        number.write_text(self.first["nik"] + "\n")
        self.assertEqual(self.demo.json("citizen", "find", "--file", number, expect=1)["error"].replace("_", "-"), "not-found")

    def test_who_has_no_telephone_gets_paper(self):
        paper = self.folder / "paper.pdf"
        made = self.demo.json("citizen", "print", self.first["id"], "--purpose", "tanpa telepon", "--output", paper)
        self.assertTrue(made["card"])
        self.assertGreater(made["passes"], 0)
        self.assertTrue(paper.read_bytes().startswith(b"%PDF-"))
        added = self.demo.json("delegation", "add", "--for", self.first["id"], "--by", self.second["id"], "--purpose", "KK")
        (row,) = self.demo.json("delegation", "list", self.second["id"], "--purpose", "permintaan")["delegations"]
        self.assertEqual((row["id"], row["side"]), (added["delegation"], "acts"))
        self.demo.json("delegation", "end", added["delegation"], "--citizen", self.first["id"])


def status_time(browser):
    return browser.ok("GET", "status")["at"]


if __name__ == "__main__":
    demo.run()
