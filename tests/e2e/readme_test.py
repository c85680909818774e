#!/usr/bin/python3
"""Runs every command of the README's two minutes against a demo, in order, as a reader would paste them."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import demo

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"


def tour():
    section = README.read_text(encoding="utf-8").split("## Two minutes", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.S)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


class Tour(unittest.TestCase):
    def test_every_command_of_the_tour_ends_well(self):
        commands = [command for command in tour() if not command.startswith("export PATH")]
        self.assertGreater(len(commands), 8)
        with tempfile.TemporaryDirectory() as folder, demo.Demo(pathlib.Path(folder) / "data", citizens=200) as server:
            folder_of_program = str(pathlib.Path(demo.BINARY).parent)
            environment = dict(
                os.environ, LINDUNG_DATA=str(server.data), PATH=folder_of_program + ":" + os.environ["PATH"]
            )
            for command in commands:
                with self.subTest(command=command):
                    done = subprocess.run(
                        ["bash", "-c", command], cwd=folder, env=environment, text=True, capture_output=True,
                        timeout=demo.READY_SECONDS, check=False,
                    )
                    allowed = (0, 1) if "partner ask" in command else (0,)  # 1: this person may not enter
                    self.assertIn(done.returncode, allowed, done.stdout + done.stderr)
                    if "--request-id" in command:
                        self.assertIn("log_index", done.stdout)
                    if "log verify" in command:
                        self.assertIn("cut_index", done.stdout)

    def test_a_data_folder_that_is_named_goes_before_the_one_of_the_environment(self):
        for words, folder in ((("--data", "named"), "named"), ((), "environment")):
            done = subprocess.run(
                [demo.BINARY, "status", *words], env=dict(os.environ, LINDUNG_DATA="environment"), text=True,
                capture_output=True, timeout=demo.READY_SECONDS, check=False,
            )
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(f"no server on {folder} ", done.stderr)


if __name__ == "__main__":
    demo.run()
