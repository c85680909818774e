#!/usr/bin/python3
"""Says of each test that docs/threat-model.md names whether it ran, by the reports of ctest.

    threats_ran.py REPORT.xml...

Ends with 1 when a named test is in no report or did not pass. One that was skipped is told, and is no failure: what it
needs is not on this machine.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rows(page):
    """(attempt, [(path, [test])]) of each row of the table."""
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("| ") or len(cells) != 4 or cells[0] == "attacker":
            continue
        named = []
        for word in re.findall(r"`([^`]+)`", cells[3]):
            if word.startswith(("tests/", "sdk/")):
                named.append((word, []))
            else:
                named[-1][1].append(word)
        yield cells[1], named


def outcomes(reports):
    """The outcome of each test that ctest knows: passed, failed or skipped."""
    found = {}
    for report in reports:
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            status = case.get("status")
            is_skipped = case.find("skipped") is not None or status in ("notrun", "disabled")
            found[case.get("name")] = "skipped" if is_skipped else "passed" if status == "run" else "failed"
    return found


def ctest_names(path, test, known):
    """The names under which ctest runs a test; all of a file's without one."""
    file = ROOT / path
    if path.startswith("sdk/"):
        return [name for name in known if name == "sdk." + path.split("/")[1]]
    if path.startswith("tests/e2e/"):
        return [name for name in known if name == "e2e." + file.stem.removesuffix("_test")]
    if path.startswith("tests/faults/"):
        named = set(re.findall(r"""["']([a-z][a-z-]*)["']""", file.read_text()))
        stem = file.stem.removesuffix("_row")
        faults = [name for name in known if name.startswith("faults.")]
        return [name for name in faults if name[7:] in named or name[7:] == stem or name[7:].startswith(stem + "-")]
    wanted = re.findall(r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", file.read_text())
    wanted += re.findall(r"\bRC_GTEST(?:_FIXTURE)?_PROP\(\s*(\w+),\s*(\w+)", file.read_text())
    pairs = [set(pair) for pair in wanted if test is None or test in pair]
    return [name for name in known if any(pair <= set(re.split(r"[./]", name)) for pair in pairs)]


def main(reports):
    known = outcomes(reports)
    count, missing, skipped = 0, [], []
    ran = set()
    for attempt, named in rows((ROOT / "docs/threat-model.md").read_text()):
        count += 1
        for path, tests in named:
            for test in tests or [None]:
                names = ctest_names(path, test, known)
                what = f"{path} {test or ''}".strip()
                if not names or any(known[name] == "failed" for name in names):
                    missing.append(f"{attempt}: {what}")
                elif all(known[name] == "skipped" for name in names):
                    skipped.append(f"{attempt}: {what}")
                else:
                    ran.update(name for name in names if known[name] == "passed")
    for line in skipped:
        print(f"skipped: {line}")
    for line in missing:
        print(f"did not run: {line}")
    print(f"{count} threats, {len(ran)} tests of theirs ran")
    return 1 if missing or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
