#!/usr/bin/python3
"""Accounts in the portal: registration, log-in by code, devices, sign-out everywhere, what a stranger cannot do.

    accounts_test.py LINDUNG
"""

import tempfile
import unittest

import demo
from demo import DemoCase
from portal import Browser, Telephone, logins, sign_in

PATHS = {"devices/*": "devices/" + "0" * 32, "passkeys/*": "passkeys/" + "0" * 32}


class Accounts(DemoCase):
    citizens = 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone, cls.person = logins(cls.demo)

    def browser(self):
        return Browser(self.demo)

    def test_a_citizen_signs_in_by_code_sees_devices_and_signs_out_everywhere(self):
        first, second = self.browser(), self.browser()
        self.assertEqual(first.get("session"), (200, {"signed_in": False, "origin": first.origin}))
        session = sign_in(first, self.demo, self.phone)
        self.assertEqual((session["role"], session["resting"], session["by_passkey"]), ("citizen", False, False))
        sign_in(second, self.demo, self.phone, device="Firefox, Linux")
        status, listed = first.get("devices")
        self.assertEqual(status, 200)
        self.assertEqual([(d["name"], d["current"]) for d in listed["devices"] if d["current"]], [("Chrome, Android", True)])
        other = next(d for d in listed["devices"] if d["name"] == "Firefox, Linux")
        self.assertEqual(first.delete("devices/" + other["id"]), (200, {"ended": 1}))
        self.assertEqual(second.get("devices")[0], 401)
        self.assertEqual(first.delete("devices/" + other["id"])[0], 404)
        sign_in(second, self.demo, self.phone)
        status, ended = first.post("session/everywhere")
        self.assertEqual((status, ended["ended"] >= 2), (200, True))
        self.assertEqual(second.get("devices")[0], 401)
        self.assertNotIn("__Host-lindung", first.cookies)

    def test_somebody_whom_the_register_knows_registers_and_others_are_refused_alike(self):
        telephone = Telephone(self.demo, self.person["phone"])
        wrong_card = dict(self.person, family_card="3174050101010001")
        unknown = dict(self.person, nik=self.person["nik"][:-1] + ("2" if self.person["nik"][-1] != "2" else "3"))
        answers = []
        for claim in (wrong_card, unknown):
            browser = self.browser()
            browser.post("codes", {"phone": self.person["phone"]})
            answers.append(browser.call("POST", "register", dict(claim, code=telephone.code(), device="x")))
        self.assertEqual([a[0] for a in answers], [403, 403])
        self.assertEqual(answers[0][1]["detail"], "identity")
        self.assertEqual(answers[0][2].body, answers[1][2].body)
        browser = self.browser()
        browser.post("codes", {"phone": self.person["phone"]})
        code = telephone.code()
        status, problem = browser.post("login/code", {"code": code})
        self.assertEqual((status, problem["detail"]), (409, "register"))
        status, session = browser.post("register", dict(self.person, code=code, device="x"))
        self.assertEqual((status, session["role"]), (200, "citizen"))

    def test_every_number_is_answered_with_the_same_bytes(self):
        bodies, cookies = set(), set()
        for number in (self.phone, self.person["phone"], "+6281999999999", "0819 9999 9998"):
            browser = self.browser()
            status, _, response = browser.call("POST", "codes", {"phone": number})
            self.assertEqual(status, 202)
            bodies.add(response.body)
            cookies.add(len(browser.set_cookies[0]))
        self.assertEqual((len(bodies), len(cookies)), (1, 1))

    def test_a_strangers_wrong_codes_lock_nobody_out(self):
        stranger, person = self.browser(), self.browser()
        telephone = Telephone(self.demo, self.phone)
        stranger.post("codes", {"phone": self.phone})
        code = telephone.code()
        for _ in range(8):
            status, problem = stranger.post("login/code", {"code": str((int(code) + 1) % 10 ** len(code)).zfill(len(code))})
            self.assertEqual((status, problem["detail"]), (403, "code"))
        self.assertEqual(stranger.post("login/code", {"code": code})[0], 403)
        for _ in range(12):  # far over what is sent to a number
            self.browser().post("codes", {"phone": self.phone})
        self.assertLessEqual(len(telephone.new_codes()), 5)
        person.post("codes", {"phone": self.phone})
        self.assertEqual(person.post("login/code", {"code": telephone.code()})[0], 200)

    def test_cookies_are_of_this_host_secure_and_unreadable(self):
        browser = self.browser()
        browser.post("codes", {"phone": "+6281999999997"})
        for line in browser.set_cookies:
            parts = {part.strip() for part in line.split(";")[1:]}
            self.assertTrue(line.startswith("__Host-lindung"), line)
            self.assertLessEqual({"Path=/", "Secure", "HttpOnly", "SameSite=Strict"}, parts)
            self.assertFalse(any(part.startswith("Domain") for part in parts))

    def test_a_session_that_somebody_planted_is_never_taken_over(self):
        browser = self.browser()
        planted = "A" * 43
        browser.cookies["__Host-lindung"] = planted
        self.assertEqual(browser.get("session")[1]["signed_in"], False)
        sign_in(browser, self.demo, self.phone)
        self.assertNotEqual(browser.cookies["__Host-lindung"], planted)
        attacker = self.browser()
        attacker.cookies["__Host-lindung"] = planted
        self.assertEqual(attacker.get("devices")[0], 401)
        twice = self.browser()
        twice.cookies = {"__Host-lindung": browser.cookies["__Host-lindung"] + "; __Host-lindung=" + planted}
        self.assertEqual(twice.get("devices")[0], 401)

    def test_other_sites_can_neither_change_nor_read_anything(self):
        browser = self.browser()
        sign_in(browser, self.demo, self.phone)
        refused = [
            [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
            [("Sec-Fetch-Site", "same-site"), ("Origin", browser.origin)],
            [("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
            [("Sec-Fetch-Site", "none")],
            [("Origin", "null")],
            [],
        ]
        for fields in refused:
            status, problem = browser.post("session/everywhere", fields=fields)
            self.assertEqual((status, problem["detail"]), (403, "site"), fields)
        for fields in ([("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], [("Origin", "https://evil.example")]):
            self.assertEqual(browser.get("devices", fields=fields)[0], 403, fields)
        self.assertEqual(browser.get("devices", fields=[("Sec-Fetch-Site", "none")])[0], 200)
        self.assertEqual(browser.post("session/everywhere", fields=[("Origin", browser.origin)])[0], 200)

    def test_a_session_survives_a_restart(self):
        browser = self.browser()
        sign_in(browser, self.demo, self.phone)
        port = self.demo.address[1]
        self.demo.stop()
        self.demo.start()
        after = Browser(self.demo)
        after.cookies = browser.cookies
        self.assertEqual(after.get("session")[1]["signed_in"], True, port)

    def test_without_a_session_every_route_gives_no_record(self):
        """NIK, name and birth date in every place that a stranger can put them: nothing comes back."""
        claim = {key: self.person[key] for key in ("nik", "name", "born")}
        tried = 0
        for route in self.demo.json("api")["routes"]:
            if not route["path"].startswith("/v1/portal/"):
                continue
            path = route["path"].removeprefix("/v1/portal/")
            path = PATHS.get(path, path.replace("*", self.person["nik"]))
            browser = self.browser()
            status, answer, response = browser.call(route["method"], path, None if route["method"] == "GET" else claim)
            tried += 1
            if route["access"] == "session":
                self.assertEqual(status, 401, route)
            self.assertNotIn("__Host-lindung=", " ".join(browser.set_cookies).replace("__Host-lindung=;", ""))
            text = response.body.decode()
            for word in (self.person["nik"], self.person["name"], self.person["family_card"], "colour", "record"):
                self.assertNotIn(word, text, route)
        self.assertGreater(tried, 10)

    def test_existing_and_missing_numbers_are_answered_with_the_same_bytes(self):
        """Registration takes a NIK: one that the register holds and one that nobody has, wrong in nothing else."""
        answers = set()
        for nik in (self.person["nik"], self.person["nik"][:12] + "9999"):
            for index in range(6):
                number = f"+6281777{index:06}"
                telephone = Telephone(self.demo, number)
                browser = self.browser()
                browser.post("codes", {"phone": number})
                claim = dict(self.person, nik=nik, code=telephone.code(), device="x")
                claim.pop("phone")
                status, _, response = browser.call("POST", "register", claim)
                answers.add((status, response.body, tuple(sorted(name for name, _ in response.headers))))
        self.assertEqual(len(answers), 1, answers)
        self.assertEqual(next(iter(answers))[0], 403)


class InPerson(DemoCase):
    citizens = 60

    def test_a_health_office_brings_somebody_back_by_a_printed_code(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as number:
            number.write(logins(self.demo)[1]["nik"] + "\n")
            number.flush()
            reference = self.demo.json("citizen", "find", "--file", number.name)["citizen"]
        printed = self.demo.json("account", "recover", "--citizen", reference, "--purpose", "KTP seen")["code"]
        self.assertRegex(printed, r"^[0-9A-Z]{5}-[0-9A-Z]{5} [0-9A-Z]{5}-[0-9A-Z]{5}$")
        number = "+6281333000001"
        browser = Browser(self.demo)
        telephone = Telephone(self.demo, number)
        browser.post("codes", {"phone": number})
        status, session = browser.post("recover", {"code": printed.lower(), "sms": telephone.code(), "device": "x"})
        self.assertEqual((status, session.get("role")), (200, "citizen"))
        self.assertEqual(self.demo.json("account", "list", "--citizen", reference)["devices"], 1)

        def looked():
            looks = browser.get("looks")[1]["looks"]
            return next((each for each in looks if (each["kind"], each.get("action")) == ("officer", "account/list")), None)

        demo.wait_for("the look at the account, where the citizen reads it", looked)
        self.assertEqual(self.demo.json("account", "end", "--citizen", reference)["ended"], 1)
        self.assertEqual(browser.get("devices")[0], 401)


if __name__ == "__main__":
    demo.run()
