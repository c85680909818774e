#!/usr/bin/python3
"""All ratios and goals that `script/bench` measured, as a table and as a chart: reads the JSON of the parts, writes SVG.

    chart.py FOLDER [--svg FILE] [--json FILE]     example: bench/chart.py build/bench --svg build/bench/ratios.svg

A part that did not run is left out. A bar is how far the goal is met: 100 % is the goal itself, whether less or more of
the figure is wanted.
"""

import argparse
import html
import json
import pathlib
import sys

# Part, member of its JSON, what it is, the goal, and whether less is better.
FIGURES = [
    ("exchange", "ratio", "CPU of a check-in over one verify and one derive", 1.6, True),
    ("exchange", "bundled_over_single", "bundled check-ins a second over single ones", 5.0, False),
    ("exchange", "durable_over_constant", "check-ins a second over constant answers", 0.85, False),
    ("one-core", "bundled_over_nginx", "bundled check-ins a second over nginx's static requests", 0.8, False),
    ("latency", "p99_over_fdatasync", "p99 at half of the most over fdatasync's p99", 4.0, True),
    ("postgres", "bundled_over_pgbench", "bundled check-ins a CPU second over pgbench's inserts", 1.0, False),
    ("portal", "page_over_nginx", "a static page a second over nginx's of the same file", 0.8, False),
    ("portal", "status_over_page", "a citizen's own status a second over a static page", 0.5, False),
    ("day", "whole_day_min", "a nation's day, minutes", 15.0, True),
    ("startup", "start_s", "from start to answering over a full store, s", 2.0, True),
    ("startup", "peak_mib", "memory then, MiB", 400.0, True),
    ("certificates", "ratio", "HC1 verified a second over raw ES256 by EVP", 1.6, False),
    ("certlogic", "ratio", "CertLogic evaluations a second over certlogic-js", 10.0, False),
]
WIDTH, ROW, LEFT, RIGHT, TOP = 860, 34, 380, 90, 54
FULL = 2.0  # where a bar ends, in goals


def read(folder):
    """A figure for each that was measured."""
    out = []
    for part, member, what, goal, is_less_better in FIGURES:
        path = folder / f"{part}.json"
        if not path.exists():
            continue
        value = json.loads(path.read_text()).get(member)
        if isinstance(value, dict):
            value = value.get("median")
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
            continue
        met = goal / value if is_less_better else value / goal
        out.append({"part": part, "figure": member, "what": what, "value": value, "goal": goal,
                    "wanted": "at most" if is_less_better else "at least", "met": round(met, 3)})  # fmt: skip
    return out


def number(value):
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def table(figures):
    lines = [f"{'figure':<58} {'measured':>9}  {'goal':>16}  met"]
    for each in figures:
        goal = f"{each['wanted']} {number(each['goal'])}"
        lines.append(f"{each['what']:<58} {number(each['value']):>9}  {goal:>16}  {each['met']:.0%}")
    return "\n".join(lines)


def svg(figures):
    height = TOP + ROW * len(figures) + 30
    room = WIDTH - LEFT - RIGHT
    at_goal = LEFT + room / FULL
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        "<title>Measured figures against their goals</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="16" y="26" font-size="16">How far each goal is met</text>',
    ]
    for i, each in enumerate(figures):
        top = TOP + i * ROW
        middle = top + ROW / 2 + 2
        length = room * min(each["met"], FULL) / FULL
        colour = "#2f7d4f" if each["met"] >= 1 else "#b8741a"
        out += [
            f'<text x="{LEFT - 10}" y="{middle:.0f}" text-anchor="end">{html.escape(each["what"])}</text>',
            f'<rect x="{LEFT}" y="{top + 6}" width="{length:.1f}" height="{ROW - 14}" fill="{colour}"/>',
            f'<text x="{LEFT + length + 6:.1f}" y="{middle:.0f}">{number(each["value"])}</text>',
        ]
    bottom = TOP + ROW * len(figures)
    out += [
        f'<line x1="{at_goal}" y1="{TOP - 6}" x2="{at_goal}" y2="{bottom}" stroke="#333333" stroke-dasharray="4 3"/>',
        f'<text x="{at_goal}" y="{bottom + 18}" text-anchor="middle">the goal</text>',
        "</svg>",
    ]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="bench/chart.py", description=__doc__.splitlines()[0],
                                     epilog="example: bench/chart.py build/bench --svg build/bench/ratios.svg")  # fmt: skip
    parser.add_argument("folder", type=pathlib.Path, help="where the parts left their JSON")
    parser.add_argument("--svg", type=pathlib.Path, help="write the chart here")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures here")
    arguments = parser.parse_args()
    figures = read(arguments.folder)
    if not figures:
        print(f"nothing was measured: no JSON of a part in {arguments.folder}", file=sys.stderr)
        return 1
    print(table(figures))
    if arguments.svg:
        arguments.svg.write_text(svg(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
