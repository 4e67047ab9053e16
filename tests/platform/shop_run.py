"""The shop of `shop_platform` as a process of its own, listening on a free port."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SCRIPT = Path(__file__).with_name("shop_platform.py")
PATIENCE_S = 30.0


@contextmanager
def running_shop(
    home: Path,
    *,
    auth_disabled: bool = True,
    is_honest: bool = True,
    more: Mapping[str, object] | None = None,
) -> Iterator[str]:
    """Serve the shop inside ``with``, with *more* settings, and yield its URL; it must end well."""
    settings = {
        "server.home_dir": home,
        "modules.api_ingress.config.bind_addr": "127.0.0.1:0",
        "modules.api_ingress.config.enable_docs": "true",
        "modules.api_ingress.config.auth_disabled": str(auth_disabled).lower(),
        "modules.shop.config.is_honest": str(is_honest).lower(),
        "modules.file_parser.config.egress.only_hosts": "[nowhere.invalid]",  # a test calls nobody
        **(more or {}),
    }
    overrides = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *overrides, "run"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=home,
        text=True,
    )
    assert process.stderr is not None
    output: list[str] = []
    try:
        url = _ready(process.stderr, output)
        # Read on, or else the platform would wait once the pipe is full of log.
        reader = threading.Thread(target=lambda: output.extend(process.stderr or ()), daemon=True)
        reader.start()
        yield url
        process.terminate()
        assert process.wait(PATIENCE_S) == 0, "".join(output)
        reader.join(PATIENCE_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE_S)
        process.stderr.close()


def _ready(lines: IO[str], output: list[str]) -> str:
    """Read up to the announcement of the health operation, and return the URL before it."""
    for line in lines:
        output.append(line)
        label, _, url = line.strip().partition("  ")
        if label == "health":
            return url.strip().removesuffix("/health")
    raise AssertionError(f"the shop did not start:\n{''.join(output)}")
