#!/usr/bin/python3
"""Runs every command of docs/partner-guide.md, in order and in one shell, as a partner would paste them.

    partner_guide_test.py LINDUNG
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

import demo

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "partner-guide.md"
MARK = "##########"


def blocks():
    """The commands of each part, by its title."""
    out = {}
    for part in GUIDE.read_text(encoding="utf-8").split("\n## ")[1:]:
        code = "\n".join(re.findall(r"```sh\n(.*?)```", part, re.S))
        if code:
            out[part.splitlines()[0]] = code
    return out


class Guide(unittest.TestCase):
    def test_every_command_ends_well_and_gives_what_the_page_says(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        parts = blocks()
        self.assertGreaterEqual(len(parts), 8)
        script = "set -e\n"
        for title, code in parts.items():
            code = re.sub("^export PATH=.*\n", "", code, flags=re.M)
            script += f"echo '{MARK} {title}'\n{code}\n"
        script = script.replace("127.0.0.1:8090", address)
        with tempfile.TemporaryDirectory(prefix="lindung-guide-") as folder:
            path = str(pathlib.Path(demo.BINARY).parent) + ":" + os.environ["PATH"]
            shell = subprocess.Popen(
                ["bash", "-c", script], cwd=folder, env=dict(os.environ, PATH=path), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                told, _ = shell.communicate(timeout=demo.READY_SECONDS)
            finally:
                try:
                    os.killpg(shell.pid, signal.SIGKILL)  # the server, when a command before `kill` failed
                except ProcessLookupError:
                    pass
        self.assertEqual(shell.returncode, 0, told)
        said = {part.splitlines()[0].strip(): part for part in told.split(MARK)[1:]}
        self.assertEqual(list(said), list(parts))

        def part(number):
            return next(text for title, text in said.items() if title.startswith(f"{number}."))

        self.assertIn("good   question: was answered unlinked", part(2))
        for person in ("green", "yellow", "red", "black", "withdrawn", "unknown"):
            self.assertIn(person, part(3))
        self.assertEqual(re.findall("^outcome: (.*)$", part(4), re.M), ["allow", "deny", "allow"])
        self.assertIn("200 application/vnd.lindung.answer 288", part(5))
        self.assertNotIn("wrong", part(5))
        self.assertEqual(re.findall("^answered_before: (.*)$", part(6), re.M), ["false", "true"])
        self.assertEqual(len(set(re.findall("^log_index: (.*)$", part(6), re.M))), 1)
        self.assertIn("outcome: allow", part(8))
        self.assertIn("partner-cut", part(9))
        self.assertRegex(part(9), "wrong +partner: was cut, at index [0-9]+ of the log")


if __name__ == "__main__":
    demo.run()
