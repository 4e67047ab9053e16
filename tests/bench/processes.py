"""Figures of other processes: CPU of one that ended, memory of one that runs."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path


def cpu_ms_of(command: Sequence[str]) -> float:
    """Run *command* to its end; return the CPU it took, its start included, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def cpu_s_of(pid: int) -> float:
    """Return the CPU seconds that a running process has used, by Linux's account."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> dict[str, float]:
    """Return the memory of a running process by kind, in MiB; PSS counts shared pages by their share."""
    found: dict[str, float] = {}
    for file in ("status", "smaps_rollup"):
        try:
            lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        except OSError:  # not every kernel tells PSS
            continue
        for line in lines:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "RssAnon", "RssFile", "Pss"):
                found[name] = int(value.split()[0]) / 1024
    return found


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_answered(url: str, process: subprocess.Popen[bytes], *, within_s: float) -> None:
    """Ask *url* again and again until the answer is 200.

    Raises:
        SystemExit: The process ended, or the time is over.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.005)
    process.kill()
    raise SystemExit(f"{url} was not answered within {within_s} s")
