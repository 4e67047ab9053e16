"""Write constraints.txt: one version of every dependency, for every platform and Python that we support."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CONSTRAINTS: Final = ROOT / "constraints.txt"
OPTIONS: Final = (
    *("--universal", "--python-version", "3.11", "--upgrade", "--group", "pyproject.toml:dev"),
    *("--no-header", "--no-annotate", "--quiet"),
)
HEADER: Final = "# Versions that are tested together; `python3 noxfile.py pin` writes this file.\n"


def with_extras(project: Path) -> str:
    """The folder of a package, followed by all its extras in brackets."""
    settings = tomllib.loads(project.read_text(encoding="utf-8"))
    return f"{project.parent}[{','.join(settings['project'].get('optional-dependencies', ()))}]"


def resolve() -> str:
    """Resolve all requirements to their newest versions.

    Returns:
        Lines such as ``attrs==26.1.0``, with markers where platforms differ; no hosts, no packages of our own.

    Raises:
        subprocess.CalledProcessError: The requirements contradict each other or the index is unreachable.
    """
    found = [*ROOT.glob("examples/*/pyproject.toml"), *ROOT.glob("examples/*/*/pyproject.toml")]
    wanted = "".join(
        f"-e {with_extras(project)}\n" for project in [ROOT / "pyproject.toml", *sorted(found)]
    )
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, "-"]
    resolved = subprocess.run(
        command, input=wanted, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    lines = resolved.stdout.splitlines()
    return "".join(f"{line}\n" for line in lines if "==" in line and not line.startswith("-"))


if __name__ == "__main__":
    pins = resolve()
    CONSTRAINTS.write_text(HEADER + pins, encoding="utf-8")
    print(f"{CONSTRAINTS.name}: {len(pins.splitlines())} packages")
