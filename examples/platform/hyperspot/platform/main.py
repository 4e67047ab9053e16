"""The ``hyperspot`` command: modkit's command line with HyperSpot's name and profile."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from modkit.application import Application
from modkit.cli import command_line

APPLICATION: Final = Application(
    name="hyperspot",
    summary="HyperSpot, an AI services platform that runs on a laptop and on a fleet.",
    version="0.1.0",
    env_prefix="HYPERSPOT_",
    defaults={"server": {"home_dir": "~/.hyperspot"}},
    default_file=Path(__file__).parent / "laptop.yaml",
)
"""HyperSpot as a program; tests and other tools start from it too."""


def main() -> None:
    """Run the command line."""
    command_line(APPLICATION)()
