"""A headless browser that reaches 127.0.0.1 and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 120


def installed_browser() -> str:
    """Return the path of a browser, or skip the test; in CI there must be one."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    missing = f"none of {', '.join(BROWSERS)} is installed"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def rendered(browser: str, url: str, profile: Path) -> str:
    """Return the page as it stands once its scripts have run."""
    command = [*_command(browser, profile), "--virtual-time-budget=20000", "--dump-dom", url]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    return ended.stdout


@contextmanager
def showing(browser: str, url: str, profile: Path) -> Iterator[None]:
    """Show the page inside ``with``, for as long as its scripts need."""
    command = [*_command(browser, profile), "--remote-debugging-port=0", url]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def _command(browser: str, profile: Path) -> list[str]:
    return [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
        "--no-sandbox",  # it may not have one in a container, and the page is our own
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # nothing else can be reached
        f"--user-data-dir={profile}",
    ]
