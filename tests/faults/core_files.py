"""The core file of a process: the one that the kernel writes at SIGABRT or, where it gives cores to a program or to nobody,
what it would have written, read out of the stopped process by the same rules.
"""

import os
import pathlib
import re
import resource
import signal
import subprocess

ANONYMOUS_PRIVATE = 1  # the bit of /proc/PID/coredump_filter (core(5))


def allow_cores(pid):
    _, hard = resource.prlimit(pid, resource.RLIMIT_CORE)
    resource.prlimit(pid, resource.RLIMIT_CORE, (hard, hard))
    return hard != 0


def core_in(folder):
    found = [path for path in folder.iterdir() if path.name.startswith("core")]
    return found[0] if found else None


def are_written(folder):
    """Whether a process that aborts in this folder leaves a core file there."""
    process = subprocess.Popen(["/bin/sleep", "60"], cwd=folder)
    allowed = allow_cores(process.pid)
    process.send_signal(signal.SIGABRT)
    process.wait(60)
    core = core_in(folder)
    if core:
        core.unlink()
    return allowed and core is not None


def memory_of(pid, path):
    """Writes what a core file would hold of the memory of a stopped process; registers are not in it."""
    kinds = int(pathlib.Path(f"/proc/{pid}/coredump_filter").read_text(), 16)
    text = pathlib.Path(f"/proc/{pid}/smaps").read_text()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, open(path, "wb") as out:
        for begin, end, flags in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) .w.p .*?^VmFlags: ([a-z ?]*)$", text, re.M | re.S):
            if not kinds & ANONYMOUS_PRIVATE or "dd" in flags.split():
                continue
            at, last = int(begin, 16), int(end, 16)
            try:
                memory.seek(at)
                while at < last:
                    piece = memory.read(min(last - at, 1 << 20))
                    out.write(piece)
                    at += len(piece)
            except OSError:
                continue  # a mapping without pages
    return path


def core_of(process, folder, by_kernel):
    """Ends the process by SIGABRT; returns its core file, which is in this folder, its own."""
    if by_kernel:
        allow_cores(process.pid)
        process.send_signal(signal.SIGABRT)
        status = process.wait(120)
        core = core_in(folder)
        if status != -signal.SIGABRT or core is None:
            raise AssertionError(f"no core file, and exit status {status}")
        if core.read_bytes()[:4] != b"\x7fELF":
            raise AssertionError(f"{core} is no core file")
        return core
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    core = memory_of(process.pid, folder / "core")
    process.send_signal(signal.SIGABRT)
    process.send_signal(signal.SIGCONT)
    process.wait(120)
    return core
