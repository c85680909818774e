"""`lindung serve` over what a demo has made: on its data folder, or as a further node on its database."""

import json
import pathlib
import subprocess

import demo
from demo import CommandFailed, Demo

PASSPHRASE = "lindung demo: not a secret"
CONFIG = """[server]
data = "{data}"
listen = "127.0.0.1:0"
require_synchronised_clock = false
"""


class Served(Demo):
    """Knows the people, partners and keys of a demo that has run. authority: of its own, whatever its port is."""

    def __init__(self, made, postgres=None, authority=None, is_further=False):
        super().__init__(made.data.with_name(made.data.name + "-further") if is_further else made.data)
        self.made, self.own_authority = made, authority
        self.config = self.data.with_name(self.data.name + ".toml")
        text = CONFIG.format(data=self.data)
        if authority:
            text += f'authorities = ["{authority}"]\n'
        if postgres:
            text += f'\n[store]\npostgres = "{postgres}"\n'
        self.config.write_text(text)
        self.secret = self.data.with_name(self.data.name + "-passphrase")
        self.secret.write_text(PASSPHRASE + "\n")
        if is_further:  # one ring for all nodes
            self.data.mkdir(mode=0o700)
            (self.data / "ring").symlink_to(pathlib.Path(made.data).resolve() / "ring")

    def spawn(self, *_):
        self.out.unlink(missing_ok=True)
        with open(self.out, "wb") as out, open(self.err, "ab") as err:
            self.process = subprocess.Popen(
                [demo.BINARY, "serve", "--config", str(self.config)],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env=self.environment,
            )
        return self.process

    def file_of(self, pid):
        """What the demo's file says, with our address; None until it listens."""
        lines = self.out.read_text().splitlines() if self.out.exists() else []
        if not lines:
            return None
        url = lines[0].split()[2]
        return {**self.made.file, "url": url, "authority": self.own_authority or url.removeprefix("http://"), "pid": pid}

    def start(self, *extra):
        super().start(*extra)
        demo.wait_for("the node to be unsealed", self.unseal, demo.READY_SECONDS)
        demo.wait_for("the node to answer", lambda: json.loads(self.command("status", "--json").stdout)["answering"])
        return self

    def unseal(self):
        """As an operator does: again, while the database has no time for it."""
        try:
            return self.command("unseal", "--passphrase-file", self.secret)
        except CommandFailed as failed:
            if "lindung: unavailable" not in str(failed):
                raise
            return None
