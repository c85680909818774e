"""What a row has shown so far, in docs/proof/ROW.json: counts that grow from run to run, and what each run was."""

import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "proof"
RUNS_KEPT = 20
LOSSES_KEPT = 20


def machine():
    """Model, cores and load of now: a figure without them says little."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def commit():
    """The commit that is checked out, with a "+" when files differ from it."""

    def git(*arguments):
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "--short=10", "HEAD")
    if not head:
        return "unknown"
    is_changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/proof")
    return head + ("+" if is_changed else "")


class Proof:
    """The file of one row. Totals are those of all runs; a run in progress is added by save() again and again."""

    def __init__(self, row, folder=FOLDER):
        self.row = row
        self.path = folder / f"{row.name}.json"
        self.before = self.empty()
        if self.path.exists():
            self.before = {**self.before, **json.loads(self.path.read_text())}
        self.begun = {"seed": None, "commit": commit(), "machine": machine()}

    def empty(self):
        nothing = {"tried": 0, "lost": 0, "seconds": 0.0, "counts": {}, "measured": {}, "losses": [], "runs": []}
        return {"row": self.row.name, **nothing}

    def forget(self):
        self.before = self.empty()

    def document(self, work):
        """The totals with the run in `work`."""
        before = self.before
        counts = dict(before["counts"])
        for name, count in work.counts.items():
            counts[name] = counts.get(name, 0) + count
        run = {
            "ended": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": self.begun["commit"],
            "seed": work.seed,
            "tried": work.tried,
            "lost": len(work.losses),
            "seconds": round(work.seconds(), 1),
            "machine": self.begun["machine"],
        }
        return {
            "row": self.row.name,
            "what": self.row.what,
            "unit": self.row.unit,
            "goal": self.row.goal,
            "tried": before["tried"] + work.tried,
            "lost": before["lost"] + len(work.losses),
            "seconds": round(before["seconds"] + work.seconds(), 1),
            "counts": counts,
            "measured": {**before["measured"], **work.measured},
            "losses": (before["losses"] + work.losses)[-LOSSES_KEPT:],
            "runs": (before["runs"] + [run])[-RUNS_KEPT:],
        }

    def save(self, work):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.document(work), indent=2, ensure_ascii=False) + "\n")
        new.replace(self.path)
