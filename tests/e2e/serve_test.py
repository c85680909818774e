#!/usr/bin/python3
"""A new operator's first hour with docs/configuration.md: TLS, a partner, an issuer, a citizen, a venue, an answer.

    serve_test.py LINDUNG
"""

import json
import os
import pathlib
import re
import signal
import ssl
import tempfile
import time
import unittest
import urllib.error

import demo
from demo import lindung
from installation import Authority, Installation

NIK = "3174056103900001"
TLS = """
[tls]
certificate_chain = "{server[0]}"
private_key = "{server[1]}"
client_ca = "{ca}"
require_client_certificate = true
"""


def vaccinated():
    """A Patient and the two doses of a series, the last of 30 days ago, as one FHIR Bundle."""

    def dose(number, days_ago):
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - days_ago * 86400))
        return {
            "resourceType": "Immunization",
            "id": f"dose-{number}",
            "status": "completed",
            "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "511"}]},
            "patient": {"reference": "Patient/1"},
            "occurrenceDateTime": day,
            "lotNumber": f"L{number}",
            "protocolApplied": [{"doseNumberPositiveInt": number}],
        }

    patient = {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [{"system": "https://fhir.kemkes.go.id/id/nik", "value": NIK}],
        "name": [{"text": "Siti Rahayu"}],
        "birthDate": "1990-03-21",
    }
    entries = [{"resource": resource} for resource in (patient, dose(1, 60), dose(2, 30))]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lindung-serve-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class WithTls(Case):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder / "tls")
        self.server_files = self.authority.issue("server", "/CN=gateway")
        self.client = self.authority.issue("client", "/O=Gojek/CN=gojek")
        self.site = Installation(self.folder, TLS.format(server=self.server_files, ca=self.authority.ca))
        self.addCleanup(self.site.stop)
        self.site.init()
        self.site.start()
        self.context = self.authority.context(self.client)

    def onboard(self, partner="gojek"):
        """Registers an active partner, as operator and partner would together; returns its key file."""
        key = self.folder / f"{partner}.key"
        public = self.site.run("key", "make", key)["public_key"]
        self.site.run("partner", "register", partner)
        self.site.run("partner", "key", "add", partner, "--key-id", f"{partner}.1", "--public-key", public)
        self.site.run("partner", "sign-pact", partner, "--key", key)
        self.site.run("partner", "activate", partner)
        return key

    def add_citizen(self):
        """Signs a citizen in as an issuer; returns the citizen's reference."""
        key = self.folder / "clinic.key"
        public = self.site.run("key", "make", key)["public_key"]
        self.site.run("issuer", "add", "klinik-sehat", "--name", "Klinik Sehat", "--public-key", public)
        bundle = self.folder / "bundle.json"
        bundle.write_text(vaccinated())
        balance = self.site.run("import", "--issuer", "klinik-sehat", "--key", key, bundle)
        self.assertEqual(balance["accepted"], 3, balance)
        number = self.folder / "number"
        number.write_text(NIK + "\n")
        return self.site.run("citizen", "find", "--file", number)["citizen"]

    def asking(self, key, *more, ca=None, certificate=True, directory_key=None, expect=0):
        words = ["partner", "ask", "--url", self.site.url, "--partner", "gojek", "--key", key, "--key-id", "gojek.1",
                 "--epoch", 1, "--ca", ca or self.authority.ca, "--json"]  # fmt: skip
        if directory_key is not False:
            words += ["--directory-key", directory_key or self.site.run("status")["directory_key"]]
        if certificate:
            words += ["--client-certificate", self.client[0], "--client-key", self.client[1]]
        return lindung(*words, *more, expect=expect)

    def answer(self, *arguments, **options):
        return json.loads(self.asking(*arguments, **options).stdout)

    def test_from_an_empty_folder_to_an_answer_over_tls(self):
        self.assertEqual(self.site.problem("/readyz", self.context), (503, "sealed"))
        self.assertTrue(self.site.url.startswith("https://"))
        wrong = self.folder / "wrong"
        wrong.write_text("wrong\n")
        self.assertEqual(self.site.run("unseal", "--passphrase-file", wrong, expect=1)["error"], "denied")
        self.assertEqual(self.site.unseal(), {"sealed": False, "answering": True})
        self.assertEqual(self.site.get("/readyz", self.context), (200, "ready\n"))

        key = self.onboard()
        citizen = self.add_citizen()
        token = self.site.run("link", "grant", "gojek", "--citizen", citizen)["token"]
        venue = self.site.run("venue", "add", "--name", "Warung", "--category", "restaurant", "--capacity", 40)["venue"]
        code = self.site.run("venue", "code", venue)["text"]
        question = ("--token", token, "--venue", code, "--check-in", "--request-id", "00" * 16)
        answer = self.answer(key, *question)
        self.assertEqual((answer["outcome"], answer["colour"]), ("allow", "green"))
        self.assertFalse(answer["answered_before"])
        again = self.answer(key, *question, "--asked-at", answer["asked_at"])
        self.assertTrue(again["answered_before"])
        self.assertEqual(again["log_index"], answer["log_index"])
        venues = {row["venue"]: row["inside"] for row in self.site.run("venue", "list")["venues"]}
        self.assertEqual(venues[venue], 1)

        self.site.run("partner", "cut", "gojek")
        self.assertEqual(json.loads(self.asking(key, "--token", token, expect=1).stdout)["error"], "partner-cut")
        self.site.run("log", "export", self.folder / "export")
        report = self.site.run("log", "verify", self.folder / "export", "--cut", "gojek", "--key",
                               self.site.run("status")["log_key"])  # fmt: skip
        self.assertEqual(report["last_answer_index"], answer["log_index"])

        status = self.site.run("log", "status")
        self.assertEqual((status["size"], status["to_publish"], status["anchor_size"]), (report["size"], 0, report["size"]))
        self.assertEqual((status["root"], status["anchor_root"]), (report["root"], report["root"]))
        self.assertEqual(status["committed"], report["size"])
        self.assertRegex(status["checkpoint_at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

        pinned = self.site.run("status")["directory_key"]
        self.assertTrue(self.site.run("seal")["sealed"])
        sealed = self.asking(key, "--token", token, directory_key=pinned, expect=1)
        self.assertEqual(json.loads(sealed.stdout)["error"], "sealed")
        self.site.stop()  # asserts exit status 0
        for secret in (NIK, token, "Siti Rahayu"):
            self.assertNotIn(secret, self.site.lines())

    def test_older_tls_and_clients_without_certificate_are_refused(self):
        self.assertEqual(self.site.get("/healthz", self.context)[0], 200)
        with self.assertRaises((urllib.error.URLError, OSError)) as old:
            self.site.get("/healthz", self.authority.context(self.client, ssl.TLSVersion.TLSv1_2))
        self.assertIn("PROTOCOL_VERSION", str(old.exception))
        with self.assertRaises((urllib.error.URLError, OSError)) as anonymous:
            self.site.get("/healthz", self.authority.context())
        self.assertIn("CERTIFICATE_REQUIRED", str(anonymous.exception))
        stranger = Authority(self.folder / "stranger").issue("client", "/CN=gojek")
        with self.assertRaises((urllib.error.URLError, OSError)):
            self.site.get("/healthz", self.authority.context(stranger))

    def test_an_asker_trusts_neither_another_certificate_nor_another_directory_key(self):
        self.site.unseal()
        key = self.onboard()
        token = "01" + "00" * 27
        self.assertEqual(self.answer(key, "--token", token, expect=1)["outcome"], "unlinked")
        stranger = Authority(self.folder / "stranger")
        refused = json.loads(self.asking(key, "--token", token, ca=stranger.ca, expect=3).stdout)
        self.assertIn("certificate verify failed", refused["detail"])
        other = self.site.run("key", "make", self.folder / "other.key")["public_key"]
        refused = json.loads(self.asking(key, "--token", token, directory_key=other, expect=1).stdout)
        self.assertEqual(refused["error"], "bad-signature")
        refused = json.loads(self.asking(key, "--token", token, certificate=False, expect=1).stdout)
        self.assertIn("certificate required", refused["detail"])

    def test_without_a_directory_key_only_this_machine_is_asked_and_loudly(self):
        self.site.unseal()
        key = self.onboard()
        asked = self.asking(key, "--token", "01" + "00" * 27, directory_key=False, expect=1)
        self.assertEqual(json.loads(asked.stdout)["outcome"], "unlinked")
        self.assertIn("NOT AUTHENTICATED", asked.stderr)
        elsewhere = lindung("partner", "ask", "--url", "https://gateway.example", "--partner", "gojek", "--key", key,
                            "--key-id", "gojek.1", "--token", "01" + "00" * 27, "--json", expect=1)  # fmt: skip
        self.assertEqual(json.loads(elsewhere.stdout)["error"], "denied")


class Plain(Case):
    def start(self, more=""):
        site = Installation(self.folder, more)
        self.addCleanup(site.stop)
        site.init()
        return site.start()

    def test_metrics_stand_on_a_listener_of_their_own(self):
        site = self.start('metrics_listen = "127.0.0.1:0"\n')
        site.unseal()
        self.assertEqual(site.problem("/metrics"), (404, "not-found"))
        ports = [line.split()[1] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
                 if line.split()[3] == "0A" and line.split()[9] in self.sockets(site.process.pid)]  # fmt: skip
        served = []
        for address in ports:
            host, port = address.split(":")
            self.assertEqual(host, "0100007F", "loopback")
            url = f"http://127.0.0.1:{int(port, 16)}"
            if url != site.url:
                served.append(url)
        self.assertEqual(len(served), 1)
        site.url = served[0]
        status, page = site.get("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("\nlindung_answering 1\n", page)
        self.assertEqual(site.problem("/healthz"), (404, "not-found"))

    def sockets(self, pid):
        links = (os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd"))
        return {match[1] for match in (re.match(r"socket:\[(\d+)\]", link) for link in links) if match}

    def test_sigterm_and_sigint_end_it_gracefully(self):
        site = self.start()
        site.unseal()
        site.stop()
        site.start()
        site.process.send_signal(signal.SIGINT)
        self.assertEqual(site.process.wait(60), 0)
        site.process.stdout.close()
        site.process = None

    def test_an_unsynchronised_clock_is_told_where_a_service_is_required(self):
        site = Installation(self.folder)
        site.config.write_text(site.config.read_text().replace("require_synchronised_clock = false\n", ""))
        self.addCleanup(site.stop)
        site.init()
        site.start()
        answering = site.unseal()["answering"]
        status = site.run("status")
        if answering:  # a machine with a time service
            self.assertEqual(status["closed_by"], [])
            return
        self.assertEqual(len(status["closed_by"]), 1)
        self.assertIn("server.require_synchronised_clock", status["closed_by"][0])
        self.assertEqual(site.problem("/readyz"), (503, "unavailable"))
        self.assertEqual(site.lines().count("event=gate-closed guard=clock answering=false"), 1)

    def test_migrate_runs_offline_and_says_what_it_did(self):
        nowhere = json.loads(lindung("migrate", "--data", self.folder / "nowhere", "--json", expect=1).stdout)
        self.assertEqual(nowhere["error"], "not-found")
        site = Installation(self.folder)
        site.init()
        first = json.loads(lindung("migrate", "--config", site.config, "--json").stdout)
        self.assertEqual((first["engine"], first["version_before"]), ("sqlite", 0))
        self.assertEqual(len(first["ran"]), first["version_after"])
        second = site.run("migrate")
        self.assertEqual((second["version_before"], second["ran"]), (first["version_after"], []))
        self.assertIn("nothing to do", lindung("migrate", "--data", site.data).stdout)
        self.addCleanup(site.stop)
        site.start()
        busy = site.run("migrate", expect=1)
        self.assertEqual(busy["error"], "conflict")
        self.assertIn(str(site.process.pid), busy["detail"])

    def test_every_problem_of_a_broken_file_is_told_at_once(self):
        bad = self.folder / "bad.toml"
        bad.write_text(
            '[server]\ndata = 7\nlisten = "nowhere"\nlog_level = "loud"\n[store]\nmysql = "x"\n[tls]\n'
            'certificate_chain = "c.pem"\nrequire_client_certificate = true\n[limits]\nmax_connections = 0\n[nope]\n'
            '[pki]\npkcs11_module = "module.so"\npkcs11_token = "x"\n'
        )
        told = lindung("serve", "--config", bad, "--check-config", expect=2).stderr.splitlines()
        for problem in ("server.data", "server.listen", "server.log_level", "store.mysql", "tls: ",
                        "tls.require_client_certificate", "limits.max_connections", "nope",
                        "pki: ", "pki.pkcs11_module"):  # fmt: skip
            self.assertTrue(any(line.startswith(f"{bad}: ") and problem in line for line in told), (problem, told))
        good = Installation(self.folder)
        self.assertIn("is good", lindung("serve", "--config", good.config, "--check-config").stdout)
        lindung("serve", "--config", self.folder / "none.toml", "--check-config", expect=2)


if __name__ == "__main__":
    demo.run()
