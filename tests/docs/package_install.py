"""Installs the package that a page makes, without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def install(folder: Path, target: Path) -> None:
    """Install the package in *folder* beside the environment, not into it: other tests run in that."""
    command = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    offline = ["--no-build-isolation", "--no-index", "--target", str(target), str(folder)]
    subprocess.run([sys.executable, *command, *offline], check=True, timeout=100)
