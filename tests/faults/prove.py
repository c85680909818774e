"""Runs rows of the proof and prints one table of what was tried, how often, and what was lost.

    prove.py [ROW...] [--minutes M] [--list] [--json] [--fresh]     long; results add up in docs/proof/ROW.json
    prove.py --short ROW --program LINDUNG [--build DIR]            one row as a test: nothing is written

example: script/prove kills-sqlite --minutes 10
"""

import argparse
import importlib
import json
import os
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from proof import ROOT, Proof  # noqa: E402
from row import Skipped, Work  # noqa: E402

LONGEST_MINUTES = 40
SKIPPED = 77
BUILD = ROOT / "build" / "release"


def all_rows():
    rows = {}
    for path in sorted(HERE.glob("*_row.py")):
        for row in importlib.import_module(path.stem).ROWS:
            if row.name in rows:
                raise AssertionError(f"two rows are called {row.name}")
            rows[row.name] = row
    return rows


def run(row, work):
    """Runs a row to its end; what it raises is a loss. Returns why it was skipped, or None."""
    import demo

    demo.BINARY = str(work.program)
    try:
        row.run(work)
    except Skipped as why:
        return str(why)
    except Exception as error:
        traceback.print_exc()
        work.lose(f"{type(error).__name__}: {error}"[:500])
    return None


def run_short(row, arguments):
    print(f"seed {arguments.seed}", flush=True)
    work = Work(arguments.program, arguments.build, row.short, None, arguments.seed, True)
    try:
        why = run(row, work)
    finally:
        work.close()
    if why:
        print(f"SKIPPED: {why}: nothing was shown by {row.name}", file=sys.stderr)
        return 1 if os.environ.get("CI") in ("true", "1") else SKIPPED
    print(f"{row.name}: {work.tried} {row.unit}, {len(work.losses)} lost {counts_text(work.counts)}")
    for loss in work.losses:
        print(f"LOST: {loss}", file=sys.stderr)
    if work.tried < row.short and not work.losses:
        print(f"only {work.tried} of {row.short} {row.unit} were tried", file=sys.stderr)
        return 1
    return 1 if work.losses else 0


def run_long(row, arguments):
    """One run of a row, added to its proof. Returns why it was skipped, or None."""
    proof = Proof(row)
    if arguments.fresh:
        proof.forget()
    left = row.goal - proof.before["tried"]
    if left <= 0:
        return None
    print(f"==> {row.name}: {left} {row.unit} to go", file=sys.stderr, flush=True)
    work = Work(arguments.program, arguments.build, left, arguments.minutes * 60, arguments.seed, False, proof.save)
    try:
        why = run(row, work)
    finally:
        work.close()
        if work.tried or work.losses:
            proof.save(work)
    return why


def counts_text(counts):
    return "(" + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()) + ")" if counts else ""


def table_of(rows):
    """A line for each row as its file says, also of rows that did not run now."""
    out = []
    for row in rows:
        said = Proof(row).before
        out.append(
            {
                "row": row.name,
                "what": row.what,
                "unit": row.unit,
                "goal": row.goal,
                **{key: said[key] for key in ("tried", "lost", "seconds", "counts", "measured")},
            }
        )
    return out


def print_table(table, skipped):
    print(f"\n{'row':<16} {'tried':>12} {'of':>12} {'lost':>5} {'seconds':>8}  what")
    for line in table:
        print(
            f"{line['row']:<16} {line['tried']:>12,} {line['goal']:>12,} {line['lost']:>5} {line['seconds']:>8.0f}"
            f"  {line['unit']}: {line['what']}"
        )
        if line["row"] in skipped:
            print(f"{'':<16} SKIPPED: {skipped[line['row']]}")
        for name, value in {**line["counts"], **line["measured"]}.items():
            print(f"{'':<16} {name.replace('_', ' ')}: {value:,}" if type(value) is int else f"{'':<16} {name}: {value}")


def main():
    parser = argparse.ArgumentParser(
        prog="script/prove",
        description="Tries each fault again and again and adds up what came of it in docs/proof/ROW.json.",
        epilog="example: script/prove kills-sqlite tamper --minutes 10",
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows to run; none: all of them")
    parser.add_argument("--minutes", type=float, default=LONGEST_MINUTES, help="for each row, at most 40 (40)")
    parser.add_argument("--list", action="store_true", help="print the rows as they stand and run nothing")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--fresh", action="store_true", help="forget what these rows have shown before")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="of everything that is random")
    parser.add_argument("--short", action="store_true", help="as a test: few tries, nothing is written")
    parser.add_argument("--program", default=BUILD / "lindung", help="the program under test (build/release/lindung)")
    parser.add_argument("--build", default=BUILD, help="folder of the build (build/release)")
    arguments = parser.parse_args()
    rows = all_rows()
    unknown = [name for name in arguments.rows if name not in rows]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(rows)}")
    if not 0 < arguments.minutes <= LONGEST_MINUTES:
        parser.error(f"--minutes: more than 0 and at most {LONGEST_MINUTES}")
    chosen = [rows[name] for name in arguments.rows] or list(rows.values())
    if arguments.short:
        if len(chosen) != 1:
            parser.error("--short runs one row")
        return run_short(chosen[0], arguments)
    skipped = {}
    if not arguments.list:
        for row in chosen:
            why = run_long(row, arguments)
            if why:
                skipped[row.name] = why
    table = table_of(chosen)
    if arguments.json:
        print(json.dumps([{**line, "skipped": skipped.get(line["row"])} for line in table], indent=2))
    else:
        print_table(table, skipped)
    return 1 if any(line["lost"] for line in table) else 0


if __name__ == "__main__":
    sys.exit(main())
