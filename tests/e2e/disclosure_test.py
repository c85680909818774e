#!/usr/bin/python3
"""The disclosure inbox: security.txt, a form without script or account, a sealed message by a program, the team's answer.

    disclosure_test.py LINDUNG
"""

import datetime
import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import demo
import folders
from demo import lindung
from installation import Installation
from openapi import Document
from wire import Connection

SECRET = "planted weakness: /v1/x gives everybody away"


def call(url, body=None, **headers):
    try:
        request = urllib.request.Request(url, data=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class Inbox(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lindung-disclosure-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.team = self.folder / "team.key"
        made = json.loads(lindung("disclosure", "key", self.team, "--json").stdout)
        self.public_key = made["public_key"]

    def serve(self, more):
        server = Installation(self.folder, more)
        server.init()
        server.start()
        self.addCleanup(server.stop)
        server.unseal()
        demo.wait_for("the server to answer", lambda: server.run("status")["answering"])
        return server

    def inbox(self):
        return self.serve(f'\n[disclosure]\npublic_key = "{self.public_key}"\nurl = "https://gateway.example"\n'
                          'contact = "mailto:security@gateway.example"\nchain = ["team", "head"]\n')  # fmt: skip

    def test_a_report_comes_in_by_form_and_by_program_is_read_with_the_teams_key_and_answered(self):
        server = self.inbox()
        status, _, text = call(server.url + "/.well-known/security.txt")
        self.assertEqual(status, 200)
        fields = [line.split(": ", 1) for line in text.splitlines()]
        self.assertLessEqual({"Contact", "Expires", "Encryption", "Preferred-Languages", "Canonical"}, {name for name, _ in fields})
        expires = datetime.datetime.fromisoformat(dict(fields)["Expires"].replace("Z", "+00:00"))
        ahead = expires - datetime.datetime.now(datetime.timezone.utc)
        self.assertTrue(datetime.timedelta(days=100) < ahead < datetime.timedelta(days=365), ahead)

        status, headers, page = call(server.url + "/disclosure")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("<script", page)
        self.assertIn("Report a weakness", page)
        self.assertIn("Laporan kelemahan", page)

        form = urllib.parse.urlencode({"report": SECRET + " <b>"}).encode()
        status, _, page = call(server.url + "/disclosure", form, Content_Type="application/x-www-form-urlencoded")
        self.assertEqual(status, 200, page)
        by_form = re.search(r'href="/disclosure/([a-z2-7]{26})"', page).group(1)
        report = self.folder / "report.txt"
        report.write_text(SECRET + " by program")
        sent = json.loads(lindung("disclosure", "send", report, "--to", server.url, "--json").stdout)
        self.assertEqual(sent["state"], "unread")

        _, _, told = call(server.url + "/v1/disclosure/figures")
        self.assertEqual({**json.loads(told), "oldest_open_s": 0}, {"received": 2, "open": 2, "unread": 2, "oldest_open_s": 0})
        listed = server.run("disclosure", "list")["disclosures"]
        texts = {row["id"]: server.run("disclosure", "read", row["id"], "--key", self.team)["text"] for row in listed}
        self.assertEqual(sorted(texts.values()), sorted([SECRET + " <b>", SECRET + " by program"]))

        first = next(row for row, text in texts.items() if text.endswith("<b>"))
        server.run("disclosure", "answer", first, "--text", "Fixed <script>")
        status, _, page = call(f"{server.url}/disclosure/{by_form}")
        self.assertIn("Fixed &lt;script&gt;", page)
        told = json.loads(call(f"{server.url}/disclosure/{by_form}", Accept="application/json")[2])
        self.assertEqual((told["state"], told["answer"]), ("answered", "Fixed <script>"))
        server.run("disclosure", "close", first)
        self.assertIn('"conflict"', lindung("disclosure", "read", first, "--key", self.team, "--data", server.data, "--json", expect=1).stdout)

        # Nobody finds it in the database, and no receipt is guessed.
        content = folders.content(server.data)
        self.assertNotIn(SECRET.encode(), content)
        self.assertEqual(call(f"{server.url}/disclosure/{'a' * 26}")[0], 404)
        self.assertEqual(call(f"{server.url}/disclosure/x")[0], 404)

    def test_it_answers_as_documented(self):
        server, page = self.inbox(), Document()
        host, port = server.url.removeprefix("http://").rsplit(":", 1)
        connection = Connection((host, int(port)))
        self.addCleanup(connection.close)

        def checked(method, path, target=None, headers=(), body=b""):
            size = [("Content-Length", str(len(body)))] if body else []
            response = connection.request(method, target or path, [("Host", f"{host}:{port}"), *headers, *size], body)
            return page.check(method, path, response)

        for path in ("/.well-known/security.txt", "/disclosure", "/v1/disclosure/key", "/v1/disclosure/figures"):
            checked("GET", path)
        kind = [("Content-Type", "application/octet-stream")]
        taken = checked("POST", "/v1/disclosure", headers=kind, body=bytes(4096 + 48))
        for accept in ("application/json", "text/html"):
            checked("GET", "/disclosure/{receipt}", f"/disclosure/{taken['receipt']}", [("Accept", accept)])
        checked("POST", "/v1/disclosure", headers=kind, body=b"x")
        form = [("Content-Type", "application/x-www-form-urlencoded")]
        for body in [b"report=%zz"] + [b"report=x"] * 5:
            checked("POST", "/disclosure", headers=form, body=body)

    def test_too_many_from_one_place_wait_and_what_is_no_message_is_refused(self):
        server = self.inbox()
        post = lambda body, kind: call(server.url + "/v1/disclosure", body, Content_Type=kind)
        self.assertEqual(post(b"x" * 100, "application/octet-stream")[0], 400)
        self.assertEqual(post(b"x" * 200_000, "application/octet-stream")[0], 413)
        self.assertEqual(post(b"x" * (4096 + 48), "text/plain")[0], 400)
        form = lambda body: call(server.url + "/disclosure", body, Content_Type="application/x-www-form-urlencoded")
        for broken in (b"", b"report=", b"report=%zz", b"report=a&report=b", b"report=%ff", b"other=x"):
            self.assertEqual(form(broken)[0], 400, broken)
        for _ in range(5):
            self.assertEqual(form(b"report=hello")[0], 200)
        status, headers, body = form(b"report=hello")
        self.assertEqual((status, json.loads(body)["type"]), (429, "urn:lindung:problem:quota"))
        self.assertGreater(int(headers["Retry-After"]), 0)

    def test_without_a_team_there_is_no_inbox_and_a_half_configured_one_is_no_configuration(self):
        server = self.serve("")
        for path in ("/.well-known/security.txt", "/disclosure", "/v1/disclosure/key", "/v1/disclosure/figures"):
            self.assertEqual(server.problem(path), (404, "not-found"), path)
        server.config.write_text(server.config.read_text() + '\n[disclosure]\nurl = "https://gateway.example"\n')
        lindung("serve", "--config", server.config, "--check-config", expect=2)


if __name__ == "__main__":
    demo.run()
