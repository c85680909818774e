"""What reads the bytes of strangers, fed with made-up ones for long by libFuzzer, under ASan and UBSan.

The short runs are those of `script/test` (20 s each). The programs are those of the asan tree; the corpus grows in
build/asan/fuzz from run to run, beside the seeds in tests/fuzz/corpus.
"""

import os
import re
import subprocess

from proof import ROOT
from row import Row, Skipped

SLICE_SECONDS = 60  # what was executed is known at the end of a slice
GOAL = 100_000_000
TREE = ROOT / "build" / "asan"
# What a stranger's bytes meet first, by the name of the target.
PARSERS = {
    "http_head": "heads and bodies of HTTP requests, whole and in pieces",
    "signed_head": "the fields of a signed request",
    "envelope": "sealed envelopes behind a right signature",
    "venue_code": "codes of venues, as bytes and as the text of a QR",
    "cbor": "CBOR",
    "json": "JSON",
    "fhir": "FHIR resources, bundles and NDJSON",
    "csv": "CSV files of records",
    "certlogic": "CertLogic rules, evaluated",
    "config": "configuration files",
    "log_entry": "entries of the log",
}
EXECUTED = re.compile(r"stat::number_of_executed_units: *(\d+)")
LIMITS = re.compile(r"limits: slowest input ([\d.]+) ms, most heap (\d+) bytes")


class Parser(Row):
    unit = "inputs"
    goal = GOAL
    short = 0

    def __init__(self, target, what):
        self.target = f"{target}_fuzz"
        self.seeds = ROOT / "tests" / "fuzz" / "corpus" / target
        self.name = f"parser-{target.replace('_', '-')}"
        self.what = f"{what}: no crash, none over 100 ms or 64 MiB of heap"

    def run(self, work):
        program = TREE / "tests" / "fuzz" / self.target
        if not os.access(program, os.X_OK):
            raise Skipped(f"{program.relative_to(ROOT)} is not built")
        scratch = TREE / "fuzz" / self.target
        found = scratch / "found"
        for folder in (scratch / "corpus", found):
            folder.mkdir(parents=True, exist_ok=True)
        while work.goes_on():
            seconds = max(1, int(min(SLICE_SECONDS, work.left_s())))
            said = subprocess.run(
                [program, scratch / "corpus", self.seeds, f"-max_total_time={seconds}", f"-seed={work.random.randrange(1, 2**31)}",
                 "-max_len=65536", "-timeout=10", "-malloc_limit_mb=64", "-rss_limit_mb=1024", "-print_final_stats=1",
                 f"-artifact_prefix={found}/"],
                env={**os.environ, "LINDUNG_FUZZ_LIMITS": "1"}, capture_output=True, text=True, errors="replace", check=False,
                timeout=seconds + 300,
            )  # fmt: skip
            executed = EXECUTED.search(said.stderr)
            limits = LIMITS.search(said.stderr)
            if said.returncode != 0 or executed is None or limits is None:
                work.say(said.stderr[-4000:])
                work.lose(f"{self.target} ended with {said.returncode}; what it found is in {found.relative_to(ROOT)}")
                return
            work.measure(
                slowest_ms=max(float(limits[1]), work.measured.get("slowest_ms", 0.0)),
                most_heap_bytes=max(int(limits[2]), work.measured.get("most_heap_bytes", 0)),
                corpus=sum(1 for _ in (scratch / "corpus").iterdir()),
            )
            work.try_(int(executed[1]))


ROWS = [Parser(target, what) for target, what in PARSERS.items()]
