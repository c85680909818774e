#!/usr/bin/python3
"""What an operator installs: the Debian package, its service, man page and completion.

    package_test.py LINDUNG BUILD-FOLDER

The package is installed, upgraded, removed and purged by dpkg in a root of its own; its program is run from there.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

import demo

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = sys.argv.pop(2) if len(sys.argv) > 2 else None


def run(*words, expect=0, env=None, text=None):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300, check=False,
                          env=None if env is None else dict(os.environ, **env), input=text)  # fmt: skip
    if done.returncode != expect:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


UNITS = ("lindung.service", "lindung-travel.service")


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lindung-package-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.old, cls.new = (cls.pack(version) for version in ("0.0.9", "0.1.0"))

    @classmethod
    def pack(cls, version):
        where = cls.folder / version
        run("cpack", "--config", pathlib.Path(BUILD) / "CPackConfig.cmake", "-B", where,
            "-D", f"CPACK_PACKAGE_VERSION={version}")  # fmt: skip
        (package,) = where.glob("*.deb")
        return package

    def setUp(self):
        self.root = self.folder / self._testMethodName
        for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
            (self.root / name).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()

    def dpkg(self, *words):
        # A root without any other package: what it depends on is checked by name below. fakeroot stands in for root.
        return run("fakeroot", "dpkg", f"--root={self.root}", "--force-not-root", "--force-script-chrootless", "--force-depends",
                   "--force-confold", f"--log={self.root}/dpkg.log", *words)  # fmt: skip

    def test_it_names_what_it_needs_and_holds_what_an_operator_looks_for(self):
        needs = run("dpkg-deb", "--field", self.new, "Depends")
        for library in ("libc6", "libssl3", "libsodium23", "libgmp10", "libsqlite3-0", "libpq5", "passwd", "libzxing2",
                        "libcairo2", "libturbojpeg0"):  # fmt: skip
            self.assertIn(library, needs)
        recommended = run("dpkg-deb", "--field", self.new, "Recommends")
        self.assertEqual(recommended.strip(), "fonts-inter, poppler-utils")
        files = run("dpkg-deb", "--contents", self.new)
        for path in ("usr/bin/lindung", "lib/systemd/system/lindung.service", "etc/lindung/lindung.toml",
                     "lib/systemd/system/lindung-travel.service", "etc/lindung/travel.toml",
                     "usr/share/man/man1/lindung.1.gz", "usr/share/bash-completion/completions/lindung",
                     "usr/share/lindung/grafana-dashboard.json", "usr/share/doc/lindung/copyright"):  # fmt: skip
            self.assertRegex(files, rf"root/root .*\./{path}\n")
        self.assertNotIn("client.h", files, "the SDK is not part of the server")
        self.assertEqual(re.findall(r"(\S+) root/root .*/(?:lindung|travel)\.toml", files), ["-rw-r-----"] * 2)

    def test_it_installs_upgrades_removes_and_purges_and_never_touches_data(self):
        config = self.root / "etc/lindung/lindung.toml"
        binary = self.root / "usr/bin/lindung"
        self.dpkg("--install", self.old)
        self.assertTrue(binary.exists())
        ring = self.root / "var/lib/lindung/ring"
        ring.parent.mkdir(parents=True)
        ring.write_text("a ring")
        config.chmod(0o640)
        config.write_text(config.read_text() + "# edited\n")
        self.dpkg("--install", self.new)
        status = run("dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "-W", "-f", "${Version} ${db:Status-Status}", "lindung")
        self.assertEqual(status, "0.1.0 installed")
        self.assertIn("# edited", config.read_text())
        self.dpkg("--remove", "lindung")
        self.assertFalse(binary.exists())
        for name in UNITS:
            self.assertFalse((self.root / "lib/systemd/system" / name).exists())
        self.assertTrue(config.exists(), "until it is purged")
        self.dpkg("--purge", "lindung")
        self.assertFalse(config.exists())
        self.assertEqual(ring.read_text(), "a ring")
        left = [str(p.relative_to(self.root)) for p in (self.root / "usr").rglob("*") if p.is_file()]
        self.assertEqual(left, [])

    def test_the_installed_program_starts_sealed_with_the_installed_configuration(self):
        self.dpkg("--install", self.new)
        data = self.folder / "data"
        config = self.folder / "lindung.toml"
        text = (self.root / "etc/lindung/lindung.toml").read_text()
        for wanted, instead in (("/var/lib/lindung", str(data)), ("127.0.0.1:8080", "127.0.0.1:0"),
                                ("127.0.0.1:9464", "127.0.0.1:0")):  # fmt: skip
            self.assertIn(wanted, text)
            text = text.replace(wanted, instead)
        config.write_text(text)
        binary = self.root / "usr/bin/lindung"
        run(binary, "serve", "--config", config, "--check-config")
        secret = self.folder / "passphrase"
        secret.write_text("correct horse battery staple\n")
        run(binary, "init", "--data", data, "--passphrase-file", secret)
        server = subprocess.Popen([binary, "serve", "--config", config], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        try:
            url = server.stdout.readline().split()[2]
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(url + "/readyz", timeout=30)
            with refused.exception as error:
                self.assertEqual((error.code, json.loads(error.read())["type"]), (503, "urn:lindung:problem:sealed"))
            self.assertEqual((data / "run/admin.sock").stat().st_mode & 0o777, 0o600)
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(60), 0)
            server.stdout.close()

    def test_the_installed_travel_server_starts_sealed_with_the_installed_configuration(self):
        self.dpkg("--install", self.new)
        data = self.folder / "travel"
        config = self.folder / "travel.toml"
        text = (self.root / "etc/lindung/travel.toml").read_text()
        for wanted, instead in (("/var/lib/lindung-travel", str(data)), ("127.0.0.1:8090", "127.0.0.1:0")):
            self.assertIn(wanted, text)
            text = text.replace(wanted, instead)
        config.write_text(text)
        binary = self.root / "usr/bin/lindung"
        run(binary, "travel", "serve", "--config", config, "--check-config")
        secret = self.folder / "travel-passphrase"
        secret.write_text("correct horse battery staple\n")
        run(binary, "travel", "init", "--data", data, "--passphrase-file", secret)
        server = subprocess.Popen([binary, "travel", "serve", "--config", config], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        try:
            url = re.search(r"https?://\S+", server.stdout.readline()).group(0)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(url + "/readyz", timeout=30)
            with refused.exception as error:
                self.assertEqual((error.code, json.loads(error.read())["type"]), (503, "urn:lindung:problem:sealed"))
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(60), 0)
            server.stdout.close()

    def test_the_units_are_sound_and_exposed_as_little_as_they_can_be(self):
        self.dpkg("--install", self.new)
        for name in UNITS:
            with self.subTest(unit=name):
                text = (self.root / "lib/systemd/system" / name).read_text()
                for path in re.findall("^Exec[A-Za-z]*=(/[^ ]*)", text, re.M):
                    self.assertTrue((self.root / path[1:]).exists(), path)
                judged = self.folder / name
                judged.write_text(text.replace("/usr/bin/lindung", str(self.root / "usr/bin/lindung")))
                said = subprocess.run(["systemd-analyze", "verify", "--man=no", judged], capture_output=True, text=True, check=False)
                ours = [line for line in said.stderr.splitlines() if name in line]
                self.assertEqual(ours, [])
                level = run("systemd-analyze", "security", "--offline=true", "--no-pager", judged)
                exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", level).group(1))
                self.assertLess(exposure, 2.5, level)

    def test_the_two_servers_share_no_user_folder_or_configuration(self):
        main, travel = ((ROOT / "packaging" / name).read_text() for name in UNITS)
        for key in ("User", "Group", "StateDirectory", "ExecStart"):
            one, other = (re.search(f"^{key}=(.*)$", text, re.M).group(1) for text in (main, travel))
            self.assertNotEqual(one, other, key)
        self.assertIn("InaccessiblePaths=-/var/lib/lindung-travel\n", main)
        self.assertIn("InaccessiblePaths=-/var/lib/lindung\n", travel)
        strict = [sorted(re.findall("^(?:SystemCall|Protect|Restrict|Private|Capability|NoNew|Memory)[A-Za-z]*=.*$", text, re.M))
                  for text in (main, travel)]  # fmt: skip
        self.assertEqual(*strict)

    def test_the_unit_lets_the_program_make_every_call_that_it_makes(self):
        """Not allowed, asking for the clock's state would fail, and the gate would stay closed for ever."""
        text = (ROOT / "packaging/lindung.service").read_text()
        allowed = set()
        for words in re.findall("^SystemCallFilter=(.*)$", text, re.M):
            names = self.expand(words.lstrip("~").split())
            allowed = allowed - names if words.startswith("~") else allowed | names
        calls = {"adjtimex", "clock_adjtime", "setpriority", "mlock", "madvise", "fsync", "fdatasync", "pwritev", "rename",
                 "accept4", "epoll_wait", "getrandom", "flock", "fallocate", "fchmod", "futex", "prctl"}  # fmt: skip
        self.assertEqual(calls - allowed, set())
        self.assertNotIn("clock_settime", allowed)
        self.assertNotIn("ProtectClock=yes", text, "it takes adjtimex away again")

    def expand(self, names):
        out = set()
        for name in names:
            if not name.startswith("@"):
                out.add(name)
                continue
            lines = run("systemd-analyze", "syscall-filter", "--no-pager", name).splitlines()
            inside = [line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#")]
            out |= self.expand(inside)
        return out


class Manual(unittest.TestCase):
    def commands(self, *words):
        """Every command that --help knows, by its words."""
        text = demo.lindung(*words, "--help").stdout
        below = text.split("Subcommands:\n", 1)
        if len(below) == 1:
            return {" ".join(words)}
        names = re.findall(r"^  ([a-z][a-z-]*)", below[1].split("\n\n")[0], re.M)
        self.assertTrue(names, words)
        return set().union(*(self.commands(*words, name) for name in names))

    def test_the_man_page_shows_every_command_and_has_no_fault(self):
        page = demo.lindung("manual").stdout
        done = subprocess.run(["man", "--warnings", "-l", "-"], input=page, capture_output=True, text=True, check=False,
                              env=dict(os.environ, MANWIDTH="200", LC_ALL="C.UTF-8", MANPAGER="cat"))  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        commands = self.commands()
        self.assertGreater(len(commands), 60)
        for words in commands:
            self.assertRegex(done.stdout, rf"(?m)^ +lindung {words}$")
        self.assertIn("lindung partner doctor --config gojek.toml", done.stdout)

    def test_every_command_that_the_pages_for_operators_and_partners_name_is_there(self):
        commands = self.commands()
        groups = {" ".join(words.split()[:n]) for words in commands for n in range(1, len(words.split()))}
        named = set()
        for page in ("operations.md", "partner-guide.md", "configuration.md"):
            text = (ROOT / "docs" / page).read_text(encoding="utf-8")
            for words in re.findall(r"(?:^|[`(;&|] ?)lindung ((?:[a-z]+(?:-[a-z]+)*(?= |`|$|\)) ?)+)", text, re.M):
                named.add(words.strip())
        self.assertGreater(len(named), 30)
        for words in named:
            first = words.split()
            while first and " ".join(first) not in commands:
                self.assertNotIn(" ".join(first), groups - {words}, f"{words}: there is no such command in this group")
                first.pop()
            self.assertTrue(first, f"lindung {words} is no command")

    def complete(self, *words):
        script = demo.lindung("manual", "--bash").stdout
        line = " ".join(f"'{word}'" for word in ("lindung", *words))
        told = run("bash", "-c", f'source /dev/stdin; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _lindung; printf "%s\\n" "${{COMPREPLY[@]}}"',
                   text=script)  # fmt: skip
        return told.split()

    def test_completion_knows_commands_and_options(self):
        self.assertEqual(self.complete("part"), ["partner"])
        self.assertEqual(self.complete("partner", "doc"), ["doctor"])
        self.assertEqual(self.complete("partner", "doctor", "--req"), ["--request"])
        self.assertEqual(self.complete("partner", "cut", "gojek", "--off"), ["--officer"])
        self.assertEqual(self.complete("log", "verify", "--k"), ["--key"])


if __name__ == "__main__":
    demo.run()
