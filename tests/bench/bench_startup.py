"""What starting costs: `import modkit`, the whole platform until it is ready, and its memory when idle."""
# ruff: noqa: T201 - tables for a person to read

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import print_table, print_title, ratio, sample_of
from processes import cpu_ms_of, cpu_s_of, free_port, memory_mib, wait_until_answered

HEAVY = (
    "aiohttp",
    "cattrs",
    "click",
    "grpc",
    "importlib.metadata",
    "jsonschema",
    "jsonschema_rs",
    "opentelemetry.sdk",
    "rich",
    "sqlalchemy",
    "starlette",
    "structlog",
    "yaml",
)
SERVED_ONLY = ("markdown_it", "lxml", "selectolax", "pypdfium2", "jsonschema", "rich", "sqlalchemy")
PLATFORM = Path(sys.executable).with_name("hyperspot")
_IMPORTS = {
    "nothing": "pass",
    "floor: attrs, msgspec": "import attrs, msgspec",
    "modkit": "import modkit",
    "modkit.rest": "import modkit.rest",
    "modkit.host": "import modkit.host",
}
_ROUNDS = 5


def imports() -> None:
    """Print what importing costs, and what it loads."""
    print_title("import: CPU in milliseconds of a whole interpreter")
    figures: dict[str, list[float]] = {name: [] for name in _IMPORTS}
    for _ in range(_ROUNDS):
        for name, code in _IMPORTS.items():
            figures[name].append(cpu_ms_of([sys.executable, "-c", code]))
    floor = min(figures["floor: attrs, msgspec"])
    rows: list[tuple[str, ...]] = []
    for name, values in figures.items():
        sample, loaded = sample_of(values), _loaded(_IMPORTS[name])
        heavy = ", ".join(sorted(loaded.intersection(HEAVY))) or "none"
        rows.append(
            (
                name,
                f"{sample.least:.0f}",
                f"{sample.median:.0f}",
                ratio(sample.least, floor),
                str(len(loaded)),
                heavy,
            )
        )
    print_table(("", "least", "median", "floor = 1", "modules", "heavy ones"), rows)


def _loaded(code: str) -> set[str]:
    script = f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def platform() -> None:
    """Print how long `hyperspot run` takes until it is ready, and what memory it has then."""
    print_title("hyperspot run, until /readyz is 200")
    walls: list[float] = []
    cpus: list[float] = []
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_ROUNDS):
            wall_s, cpu_s, memory = _start_once(home)
            walls.append(wall_s)
            cpus.append(cpu_s)
        loaded = _loaded_by_check(home)
    bare = cpu_ms_of([sys.executable, "-c", "import uvicorn, uvloop, httptools, msgspec, click"])
    rows = [
        ("wall, s", f"{min(walls):.2f}", f"{sample_of(walls).median:.2f}"),
        ("CPU, s", f"{min(cpus):.2f}", f"{sample_of(cpus).median:.2f}"),
        ("floor: CPU to import server and codec, s", f"{bare / 1000:.2f}", ""),
        *((f"{kind} when idle, MiB", f"{size:.1f}", "") for kind, size in memory.items()),
    ]
    print_table(("", "least", "median"), rows)
    for_later = ", ".join(sorted(loaded.intersection(SERVED_ONLY))) or "none"
    print(f"{len(loaded)} modules loaded before the first request; of those for later: {for_later}")


def _start_once(home: str) -> tuple[float, float, dict[str, float]]:
    port = free_port()
    command = [
        str(PLATFORM),
        *("-s", f"server.home_dir={home}"),
        *("-s", f"modules.api_ingress.config.bind_addr=127.0.0.1:{port}"),
        "run",
    ]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until_answered(f"http://127.0.0.1:{port}/readyz", process, within_s=30)
    wall_s = time.perf_counter() - began
    cpu_s, memory = cpu_s_of(process.pid), memory_mib(process.pid)
    process.send_signal(signal.SIGTERM)
    if process.wait(30):
        raise SystemExit(f"hyperspot run ended with {process.returncode}")
    return wall_s, cpu_s, memory


def _loaded_by_check(home: str) -> set[str]:
    """Return the modules that the platform has loaded once everything is wired."""
    script = (
        "import sys\n"
        "from hyperspot.platform import APPLICATION\n"
        "from modkit.cli import command_line\n"
        f"arguments = ['-s', 'server.home_dir={home}', 'check']\n"
        "import modkit.cli.run_command, modkit.observability.logging\n"
        "command_line(APPLICATION)(arguments, standalone_mode=False)\n"
        "print()\n"
        "print(*sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return set(run.stdout.splitlines()[-1].split())


if __name__ == "__main__":
    imports()
    if not Path("/proc/self/status").exists():
        print("\nthe figures of the platform are read from /proc, which is not here")
    elif PLATFORM.exists():
        platform()
    else:
        print("\nhyperspot is not installed in this environment: run `nox -s dev` first")
