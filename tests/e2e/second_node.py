"""A second node on the database of a demo: `lindung serve` with a data folder of its own and the ring of the first."""

import json
import pathlib
import subprocess

import demo
from demo import Demo

PASSPHRASE = "lindung demo: not a secret"
CONFIG = """[server]
data = "{data}"
listen = "127.0.0.1:0"
require_synchronised_clock = false

[store]
postgres = "{postgres}"
"""


class SecondNode(Demo):
    """Knows the people, partners and keys of the first one, and answers under an authority of its own."""

    def __init__(self, first, postgres):
        super().__init__(first.data.with_name(first.data.name + "-second"))
        self.first = first
        self.config = self.data.with_name(self.data.name + ".toml")
        self.config.write_text(CONFIG.format(data=self.data, postgres=postgres))
        self.secret = self.data.with_name(self.data.name + "-passphrase")
        self.secret.write_text(PASSPHRASE + "\n")
        self.data.mkdir(mode=0o700)
        (self.data / "ring").symlink_to(pathlib.Path(first.data).resolve() / "ring")

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
        """What the first node's file says, with our address; None until it listens."""
        lines = self.out.read_text().splitlines() if self.out.exists() else []
        if not lines:
            return None
        url = lines[0].split()[2]
        return {**self.first.file, "url": url, "authority": url.removeprefix("http://"), "pid": pid}

    def start(self, *extra):
        super().start(*extra)
        self.command("unseal", "--passphrase-file", self.secret)
        demo.wait_for("the second node to answer", lambda: json.loads(self.command("status", "--json").stdout)["answering"])
        return self
