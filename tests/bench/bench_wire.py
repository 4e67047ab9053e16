"""The same tasks on the wire: raw ASGI and ours, each behind uvicorn of its own, loaded by wrk in turns."""
# ruff: noqa: T201 - tables for a person to read

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from attrs import frozen
from measure import print_table, print_title, ratio, sample_of
from peers.documents import DOCUMENT_ID, TOKEN, document
from processes import cpu_s_of, free_port, wait_until_answered

_APPS = ("raw", "modkit_app")
_ROUNDS = 5
_CONNECTIONS = 32
_BODY = msgspec.json.encode(document(DOCUMENT_ID, 5)).decode()
_BEARER = ("-H", f"Authorization: Bearer {TOKEN}")


@frozen
class Server:
    """A process that serves one application."""

    pid: int
    url: str


@contextmanager
def serving(app: str) -> Iterator[Server]:
    """Serve ``peers.<app>`` while the block runs."""
    port = free_port()
    options = {
        "--port": str(port),
        "--loop": "uvloop",
        "--http": "httptools",
        "--log-level": "warning",
        "--lifespan": "off",
    }
    flat = [part for option in options.items() for part in option]
    command = [sys.executable, "-m", "uvicorn", f"peers.{app}:app", "--no-access-log", *flat]
    process = subprocess.Popen(command, cwd=Path(__file__).parent)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_answered(f"{url}/bench/v1/ping", process, within_s=20)
        yield Server(process.pid, url)
    finally:
        process.terminate()
        process.wait(20)


def load(server: Server, path: str, options: Sequence[str]) -> tuple[float, float]:
    """Load *server* for a second; return requests per second, and its CPU per request in microseconds."""
    target = f"{server.url}{path}"
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", "-d1s", *options, target]
    before = cpu_s_of(server.pid)
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    used_s = cpu_s_of(server.pid) - before
    if "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        raise SystemExit(f"{target} was not answered well:\n{run.stdout}")
    requests = re.search(r"(\d+) requests in", run.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    assert requests is not None
    assert rate is not None
    return float(rate[1]), used_s / int(requests[1]) * 1e6


def main() -> None:
    """Print the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = folder / "post.lua"
        script.write_text(
            f'wrk.method = "POST"\nwrk.body = {json.dumps(_BODY)}\n'
            'wrk.headers["Content-Type"] = "application/json"\n'
        )
        tasks: dict[str, tuple[str, tuple[str, ...]]] = {
            "ping": ("/bench/v1/ping", ()),
            "typed GET": (f"/bench/v1/documents/{DOCUMENT_ID}?sections=5", ()),
            "the same + token": (f"/bench/v1/own/{DOCUMENT_ID}?sections=5", _BEARER),
            "typed POST": ("/bench/v1/documents", ("-s", str(script))),
        }
        servers = {app: stack.enter_context(serving(app)) for app in _APPS}
        print_title(f"on the wire, {_CONNECTIONS} connections: ours against raw ASGI, in pairs")
        rows: list[tuple[str, ...]] = []
        for task, (path, options) in tasks.items():
            pairs = [[load(servers[app], path, options) for app in _APPS] for _ in range(_ROUNDS)]
            kept = sample_of([ours[0] / raw[0] for raw, ours in pairs])
            raw_us = sample_of([raw[1] for raw, _ in pairs])
            ours_us = sample_of([ours[1] for _, ours in pairs])
            best = max(ours[0] / raw[0] for raw, ours in pairs)
            rows.append(
                (
                    task,
                    f"{kept.median:.2f}",
                    f"{kept.least:.2f}-{best:.2f}",
                    f"{raw_us.least:.1f}",
                    f"{ours_us.least:.1f}",
                    ratio(ours_us.least, raw_us.least),
                )
            )
        print_table(("", "rate, raw = 1", "spread", "raw: CPU us", "ours: CPU us", "raw = 1"), rows)


if __name__ == "__main__":
    if shutil.which("wrk"):
        main()
    else:
        print("\nbench_wire is left out: it needs wrk (Debian: apt-get install wrk)")
