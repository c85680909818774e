#!/usr/bin/python3
"""Reports of incidents leave for other machines: signed to a hook, by mail over STARTTLS, and again until they are taken.

    incident_ways_test.py LINDUNG
"""

import base64
import email
import email.policy
import hashlib
import http.server
import pathlib
import socketserver
import ssl
import tempfile
import threading
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import demo
from demo import wait_for
from installation import Authority, Installation

PASSWORD = "a password of the mailbox"
SETTINGS = """[incidents]
organisation = "Dinas Kesehatan"
mail_server = "smtp://localhost:{mail}"
mail_from = "lindung@dinkes.example"
mail_user = "lindung"
mail_password_file = "{password}"
mail_ca = "{ca}"
hook_ca = "{ca}"
[[incidents.recipients]]
name = "csirt"
clock = "24h"
form = "bssn"
hook = "https://localhost:{hook}/in"
[[incidents.recipients]]
name = "bssn"
clock = "24h"
form = "bssn"
mail = "bantuan@bssn.example"
"""


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that wants TLS and a log-in; what came without stays out."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*map(str, certificate))
        self.mails, self.logins, self.plain = [], [], 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Conversation(socketserver.BaseRequestHandler):
    def handle(self):
        self.socket, self.file = self.request, self.request.makefile("rb")
        self.is_private = self.is_known = False
        self.say("220 mailbox")
        while line := self.file.readline():
            words = line.decode().rstrip("\r\n")
            if not self.step(words):
                return

    def say(self, text):
        self.socket.sendall(text.encode() + b"\r\n")

    def step(self, words):
        verb = words[:4].upper()
        if verb == "EHLO":
            self.say("250-mailbox\r\n250 AUTH PLAIN" if self.is_private else "250-mailbox\r\n250 STARTTLS")
        elif verb == "STAR":
            self.say("220 go on")
            self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
            self.file, self.is_private = self.socket.makefile("rb"), True
        elif verb == "AUTH":
            self.login(words)
        elif verb == "DATA":
            self.data()
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        elif verb in ("MAIL", "RCPT") and not self.is_known:
            self.server.plain += 1
            self.say("530 log in first")
        else:
            self.say("250 fine")
        return True

    def login(self, words):
        parts = words.split()
        if len(parts) < 3:
            self.say("334 ")
            answer = self.file.readline().decode().strip()
        else:
            answer = parts[2]
        self.server.logins.append(base64.b64decode(answer).decode().split("\0")[1:])
        self.is_known = self.server.logins[-1] == ["lindung", PASSWORD]
        self.say("235 welcome" if self.is_known else "535 no")

    def data(self):
        self.say("354 go on")
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self.say("250 kept")


class Hook(http.server.ThreadingHTTPServer):
    """Refuses the first `refusals` posts."""

    def __init__(self, certificate, refusals):
        super().__init__(("127.0.0.1", 0), Posts)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, certificate))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.refusals, self.posts = refusals, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Posts(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802, its name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers), body))
        self.server.refusals -= 1
        self.send_response(503 if self.server.refusals >= 0 else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Ways(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.temporary.name)
        authority = Authority(folder / "ca")
        certificate = authority.issue("server", "/CN=server")
        cls.mailbox, cls.hook = Mailbox(certificate), Hook(certificate, refusals=1)
        password = folder / "mail-password"
        password.write_text(PASSWORD + "\n")
        settings = SETTINGS.format(mail=cls.mailbox.server_address[1], hook=cls.hook.server_address[1], ca=authority.ca,
                                   password=password)  # fmt: skip
        cls.server = Installation(folder, settings)
        cls.server.init()
        cls.server.start()
        cls.server.unseal()
        cls.incident = cls.server.run("incident", "open", "--title", "Berkas bocor")["incident"]
        cls.server.run("incident", "notify", cls.incident, "--to", "authorities")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        for each in (cls.mailbox, cls.hook):
            each.shutdown()
            each.server_close()
        cls.temporary.cleanup()

    def message_to(self, recipient):
        messages = self.server.run("incident", "show", self.incident)["messages"]
        return next(each for each in messages if each["to"] == recipient)

    def delivered(self, recipient):
        return wait_for(f"the report to {recipient}",
                        lambda: (each := self.message_to(recipient))["state"] == "delivered" and each, 60)  # fmt: skip

    def test_a_hook_that_refuses_is_asked_again_and_can_check_who_speaks(self):
        self.assertEqual(self.delivered("csirt")["attempts"], 2)
        (first, second) = self.hook.posts
        self.assertEqual(first[2], second[2], "the same report")
        self.assertEqual(first[1]["Lindung-Message"], second[1]["Lindung-Message"])
        path, fields, body = second
        self.assertEqual((path, fields["Content-Type"]), ("/in", "application/json"))
        self.assertIn("lindung-incident-1", body.decode())
        created = int(fields["Lindung-Created"])
        signed = b"lindung-hook v1\0" + created.to_bytes(8, "big") + bytes.fromhex(fields["Lindung-Message"])
        signature = base64.urlsafe_b64decode(fields["Lindung-Signature"] + "==")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.server.run("status")["directory_key"]))
        key.verify(signature, signed + hashlib.sha256(body).digest())

    def test_a_mail_goes_over_tls_and_a_log_in_with_the_report_as_pdf_and_json(self):
        self.assertEqual(self.delivered("bssn")["attempts"], 1)
        (mail,) = self.mailbox.mails
        self.assertEqual(self.mailbox.logins, [["lindung", PASSWORD]])
        self.assertEqual(self.mailbox.plain, 0)
        self.assertEqual((mail["From"], mail["To"]), ("lindung@dinkes.example", "bantuan@bssn.example"))
        files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
        (pdf,) = [content for name, content in files.items() if name.endswith(".pdf")]
        (report,) = [content for name, content in files.items() if name.endswith(".json")]
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertIn("lindung-incident-1", report.decode())
        self.assertIn("Berkas bocor", mail.get_body(("plain",)).get_content())

    def test_the_password_is_in_no_line_of_the_server(self):
        self.delivered("bssn")
        self.assertNotIn(PASSWORD, self.server.lines())


if __name__ == "__main__":
    demo.run()
