#!/usr/bin/python3
"""A stranger who knows somebody's NIK, name and birth date and has no session: every route of docs/openapi.yaml and every page of
the portal, with these in each place where a request can carry them. Nothing of anybody comes back.

    crawl_test.py LINDUNG
"""

import base64
import json
import pathlib
import re
import urllib.parse

import demo
from demo import DemoCase
from openapi import Document
from portal import Browser, logins, sign_in

FORBIDDEN = {401, 403, 404, 405}
PAGES = ("/", "/scan/", "/open/", "/venue/", "/venue/scan/", "/officer/")


def placements(known, path):
    """(where, target, headers, body) of one request each."""
    nik, name, born = known["nik"], known["name"], known["born"]
    query = urllib.parse.urlencode({**known, "q": nik, "id": nik, "citizen": nik, "birth_date": born, "kid": nik, "index": nik})
    basic = base64.b64encode(f"{nik}:{born}".encode()).decode()
    spoken = {"X-Nik": nik, "X-User": nik, "From": nik, "Lindung-For": nik, "Authorization": "Basic " + basic}
    cookies = {"Cookie": f"__Host-lindung={nik}; session={nik}; name={urllib.parse.quote(name)}"}
    by_path = [path]
    if "{" in path:
        by_path = [re.sub(r"\{[^}]*\}", urllib.parse.quote(value, safe=""), path) for value in (nik, name, born)]
    for target in by_path:
        yield "path", target, {}, b""
    target = by_path[0]
    yield "query", f"{target}?{query}", {}, b""
    yield "headers", target, spoken, b""
    yield "cookies", target, cookies, b""
    yield "JSON", target, {"Content-Type": "application/json"}, json.dumps(known).encode()
    yield "form", target, {"Content-Type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode(known).encode()
    patient = {
        "resourceType": "Patient", "identifier": [{"system": "https://fhir.kemkes.go.id/id/nik", "value": nik}],
        "name": [{"text": name}], "birthDate": born,
    }  # fmt: skip
    yield "FHIR", target, {"Content-Type": "application/fhir+json"}, json.dumps(patient).encode()


class Crawl(DemoCase):
    citizens = 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone, cls.person = logins(cls.demo)
        number = pathlib.Path(cls.folder) / "nik"
        number.write_text(cls.person["nik"] + "\n")
        cls.reference = cls.demo.json("citizen", "find", "--file", number)["citizen"]
        cls.known = {key: cls.person[key] for key in ("nik", "name", "born")}
        tokens = [link["token"] for link in cls.demo.file["links"] if link["citizen"] == cls.reference]
        # What a record of theirs would be told by: nothing of it is said back, what the stranger knows included.
        cls.telling = [*cls.person.values(), cls.phone, cls.reference, *tokens, '"colour"', '"records"', '"visits"', '"passes"']

    def send(self, method, target, headers, body, host):
        fields = [("Host", host), *headers.items()]
        if body or method in ("POST", "DELETE"):
            fields.append(("Content-Length", str(len(body))))
        return self.connection.request(method, target, fields, body)

    def told(self, response):
        """What of a person stands in a response, its header included."""
        whole = response.body + repr(response.headers).encode()
        return [word for word in self.telling if word.encode() in whole]

    def test_the_words_that_are_looked_for_are_those_of_an_answer_to_the_citizen(self):
        browser = Browser(self.demo)
        sign_in(browser, self.demo, self.phone)
        status, _, response = browser.call("GET", "status")
        self.assertEqual(status, 200)
        self.assertIn('"colour"', self.told(response))
        self.assertIn('"records"', self.told(browser.call("GET", "records")[2]))

    def test_no_route_says_anything_of_a_person_whose_number_name_and_birth_date_are_known(self):
        seen, later = {}, []
        for method, path, operation in Document().operations():
            for where, target, headers, body in placements(self.known, path):
                if method == "GET" and body:
                    continue
                # From another site, from a page of ours, and from no browser at all.
                for site in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}):
                    with self.subTest(f"{method} {path}", where=where, site=site):
                        response = self.send(method, target, {**headers, **site}, body, self.demo.authority)
                        seen[response.status] = seen.get(response.status, 0) + 1
                        self.assertEqual(self.told(response), [])
                        if response.status == 429:
                            later.append(path)
                        cookies = [value for value in response.all("Set-Cookie") if value.startswith("__Host-lindung=")]
                        self.assertTrue(all("Max-Age=0" in value for value in cookies), cookies)
                        is_for_people = any({"session": []} == each for each in operation.get("security", []))
                        if is_for_people and response.status != 429:
                            self.assertIn(response.status, FORBIDDEN | {400, 415})
                            self.assertNotIn(b'"signed_in": true', response.body)
        self.assertGreater(sum(seen.values()), 1500, seen)
        self.assertLess(len(later), sum(seen.values()) / 10, "most was refused before it was looked at")

    def test_no_page_of_the_portal_says_anything_either(self):
        """Where the pages were built; what they hold is the same for everybody."""
        answered = 0
        for page in PAGES:
            plain = self.send("GET", page, {}, b"", self.demo.authority)
            for where, target, headers, body in placements(self.known, page):
                if body:
                    continue
                with self.subTest(page, where=where):
                    response = self.send("GET", target, headers, b"", self.demo.authority)
                    self.assertEqual(self.told(response), [])
                    self.assertEqual((response.status, response.body), (plain.status, plain.body))
                    answered += 1
        self.assertGreaterEqual(answered, 4 * len(PAGES))


if __name__ == "__main__":
    demo.run()
