#!/usr/bin/python3
"""The C++ SDK as a partner has it: installed under a prefix, found by find_package, its example built and run.

    sdk_cpp_test.py LINDUNG BUILD-FOLDER
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import demo
from installation import Installation

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = sys.argv.pop(2) if len(sys.argv) > 2 else None


def run(*words, expect=0):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != expect:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Sdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lindung-sdk-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", cls.prefix)
        build = cls.folder / "door"
        run("cmake", "-S", ROOT / "sdk/cpp/example", "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        run("cmake", "--build", build)
        cls.door = build / "door"
        cls.site = Installation(cls.folder, "sandbox = true\n")
        cls.site.init()
        cls.site.start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.unseal()
        cls.key = cls.folder / "gojek.key"
        public = cls.site.run("key", "make", cls.key)["public_key"]
        cls.site.run("partner", "register", "gojek")
        cls.site.run("partner", "key", "add", "gojek", "--key-id", "gojek.1", "--public-key", public)
        cls.site.run("partner", "sign-pact", "gojek", "--key", cls.key)
        cls.site.run("partner", "activate", "gojek")
        cls.directory_key = cls.site.run("status")["directory_key"]
        cls.tokens = {link["citizen"]: link["token"] for link in cls.site.run("sandbox", "links", "gojek")["links"]}

    def ask(self, person, *more, key_id="gojek.1", directory_key=None, expect=0):
        return run(self.door, self.site.url, directory_key or self.directory_key, "gojek", self.key, key_id,
                   self.tokens[person], *more, expect=expect)  # fmt: skip

    def test_only_the_header_the_library_and_the_package_are_installed(self):
        files = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        self.assertEqual({pathlib.Path(name).name for name in files},
                         {"client.h", "liblindung-client.a", "lindung-clientConfig.cmake", "lindung-clientTargets.cmake",
                          "lindung-clientConfigVersion.cmake", "lindung-clientTargets-release.cmake"})  # fmt: skip
        header = (self.prefix / "include/lindung/client.h").read_text()
        self.assertNotIn("boost", header.lower())
        self.assertTrue(all(name.startswith("<") for name in re.findall("#include (.*)", header)), "of the library only")

    def test_the_example_gets_answers_that_it_has_checked(self):
        self.assertRegex(self.ask("green").stdout, "^allow green, at index [0-9]+ of the log")
        self.assertRegex(self.ask("black", expect=1).stdout, "^deny black")
        self.assertRegex(self.ask("unknown", expect=1).stdout, "^unlinked none")
        code = self.site.run("sandbox", "doors")["doors"][0]["code"]
        self.assertRegex(self.ask("green", code).stdout, "^allow green")
        self.assertEqual(self.ask("green", "no code", expect=1).stderr.split(":")[0], "malformed")

    def test_refusals_have_the_names_of_the_page_and_hold_no_key(self):
        seed = self.key.read_text().strip()
        other = self.site.run("key", "make", self.folder / "other.key")["public_key"]
        for told, name in (
            (self.ask("green", key_id="gojek.9", expect=1), "bad-signature"),
            (self.ask("green", directory_key=other, expect=1), "bad-signature"),
            (self.ask("green", directory_key="00", expect=1), "invalid-argument"),
        ):
            self.assertEqual(told.stderr.split(":")[0], name)
            self.assertNotIn(seed, told.stderr)
            self.assertNotIn(self.tokens["green"], told.stderr)


if __name__ == "__main__":
    demo.run()
