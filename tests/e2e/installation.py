"""An installation as an operator makes it: a configuration, a key ring, `lindung serve`, unsealed."""

import json
import pathlib
import signal
import ssl
import subprocess
import urllib.error
import urllib.request

import demo

PASSPHRASE = "correct horse battery staple"
# The machine of a test has no time service.
SERVER = 'data = "{data}"\nlisten = "127.0.0.1:0"\nrequire_synchronised_clock = false\n'


class Installation:
    """`lindung serve` on a data folder of its own; `more` is further TOML."""

    def __init__(self, folder, more=""):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.config = self.folder / "lindung.toml"
        self.config.write_text("[server]\n" + SERVER.format(data=self.data) + more)
        self.secret = self.folder / "passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self.err = self.folder / "stderr"
        self.program = None  # of the server; None: demo.BINARY
        self.environment = None  # of the server's process; None: this one's
        self.cwd = None
        self.process = None
        self.url = None

    def start(self):
        with open(self.err, "ab") as err:
            self.process = subprocess.Popen(
                [str(self.program or demo.BINARY), "serve", "--config", str(self.config)],
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
                env=self.environment,
                cwd=self.cwd,
            )
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line + self.lines()
        self.url = line.split()[2]
        return self

    def stop(self):
        """Ends the server gracefully; its exit status must be 0."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self.process.stdout.close()
        self.process = None
        assert status == 0, f"{status}\n{self.lines()}"

    def lines(self):
        return self.err.read_text(errors="replace")

    def get(self, path, context=None):
        """Status and body; context: of TLS."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30, context=context) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def problem(self, path, context=None):
        """The status and the name of the problem that this path answers with."""
        status, body = self.get(path, context)
        return status, json.loads(body)["type"].removeprefix("urn:lindung:problem:")

    def run(self, *arguments, expect=0):
        return json.loads(demo.lindung(*arguments, "--data", self.data, "--json", expect=expect).stdout)

    def init(self):
        return self.run("init", "--passphrase-file", self.secret)

    def unseal(self):
        return self.run("unseal", "--passphrase-file", self.secret)


class Authority:
    """A CA of a test's own, made by the openssl program, and the certificates that it signs."""

    def __init__(self, folder, name="ca"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ca = self.folder / f"{name}.pem"
        self.ca_key = self.folder / f"{name}.key"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-keyout", self.ca_key, "-out", self.ca)  # fmt: skip

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)

    def issue(self, name, subject):
        """PEM files of a certificate for 127.0.0.1 and of its key."""
        certificate, key, request = (self.folder / f"{name}.{kind}" for kind in ("pem", "key", "csr"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName = IP:127.0.0.1,DNS:localhost\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
                     "-keyout", key, "-out", request)  # fmt: skip
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key, "-CAcreateserial", "-days", "2",
                     "-extfile", extensions, "-out", certificate)  # fmt: skip
        return certificate, key

    def context(self, certificate=None, version=ssl.TLSVersion.TLSv1_3):
        """Trusts this CA, shows the certificate (a pair of files), speaks this version of TLS only."""
        context = ssl.create_default_context(cafile=str(self.ca))
        context.minimum_version = context.maximum_version = version
        if certificate:
            context.load_cert_chain(*map(str, certificate))
        return context
