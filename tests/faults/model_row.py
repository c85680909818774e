"""The cut as a model (docs/models/cut.pml), every state of it: the protocol holds, and each piece left out is caught."""

import re
import subprocess

from proof import ROOT
from row import Row

MODEL = ROOT / "docs" / "models" / "cut.pml"
ASSERTED = {  # variant -> (name, what must break)
    1: ("CACHED", "!(is_cut)"),
    2: ("WAITED", "!(is_cut)"),
    3: ("LEASE", "!(is_effective)"),
    4: ("REPEATED", "!(is_effective)"),
    5: ("LATE", "!(is_effective)"),
    6: ("RENEWED", "!(is_effective)"),
    7: ("EARLY", "!(is_effective)"),
}
STATES_AT_LEAST = 1_000_000  # fewer: the model has lost what it was about
SEARCH_SECONDS = 240


def search(folder, variant):
    """What spin's verifier says of a variant."""
    folder.mkdir()

    def run(*command):
        done = subprocess.run(
            [*map(str, command)], cwd=folder, capture_output=True, text=True, timeout=SEARCH_SECONDS, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    run("spin", "-a", f"-DVARIANT={variant}", MODEL)
    run("gcc", "-O2", "-DSAFETY", "-o", "pan", "pan.c")
    said = run(folder / "pan", "-m100000")
    if "max search depth too small" in said:
        raise AssertionError(f"variant {variant}: the search was cut short")
    return said


def errors(said):
    return int(re.search(r"errors: (\d+)", said)[1])


def check_protocol(said):
    if errors(said) or "Search not completed" in said:
        raise AssertionError(f"the protocol fails in its model:\n{said}")
    for process in ("Watch", "Leases", "Cut"):
        if not re.search(rf"unreached in proctype {process}\n\s*\(0 of", said):
            raise AssertionError(f"a part of {process} was never reached: the model shows nothing about it")
    states = int(re.search(r"(\d+) states, stored", said)[1])
    if states < STATES_AT_LEAST:
        raise AssertionError(f"only {states} states")
    return states


def check_variant(variant, said):
    name, broken = ASSERTED[variant]
    found = re.search(r"assertion violated (.*) \(at depth", said)
    if not errors(said) or not found or broken not in found[1]:
        raise AssertionError(f"{name} is not caught by {broken}:\n{said}")


class Model(Row):
    name = "cut-model"
    what = "the cut's protocol in every order of its steps on two nodes: holds, and each of seven shortcuts is caught"
    unit = "models"
    goal = short = 1 + len(ASSERTED)

    def run(self, work):
        work.needs("spin", "gcc")
        states = check_protocol(search(work.folder / "0", 0))
        work.try_()
        work.measure(states=states)
        for variant in ASSERTED:
            check_variant(variant, search(work.folder / str(variant), variant))
            work.try_(shortcuts_caught=1)


ROWS = [Model()]
