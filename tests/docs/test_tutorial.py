"""The module of the tutorial, made anew in an empty folder and installed as a reader does, does what the page shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.console_session import ConsoleSession, needs_a_shell, steps
from tests.docs.package_install import install
from tests.source_tree import ROOT, shown

MODULE = ROOT / "docs" / "snippets" / "first_module"
PAGE = ROOT / "docs" / "tutorial" / "01-first-module.md"


@needs_a_shell
def test_tutorial_shows_what_its_commands_print(tmp_path: Path) -> None:
    shutil.copytree(MODULE, tmp_path / "notes", ignore=shutil.ignore_patterns("__pycache__"))
    install(tmp_path / "notes", tmp_path / "site")
    with ConsoleSession(tmp_path, {"PYTHONPATH": str(tmp_path / "site")}) as session:
        for step in steps(PAGE.read_text(encoding="utf-8")):
            found = session.run(step.command)
            assert step.is_like(found), (
                f"{shown(PAGE)}:{step.line}: $ {step.command}\nprints now:\n{found}"
            )


def test_tests_of_the_tutorial_pass() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=MODULE,
        env={**os.environ, "PYTHONPATH": str(MODULE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_page_shows_every_file_of_the_module() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kept = [
        path for path in MODULE.rglob("*.py") if path.read_text(encoding="utf-8").count("\n") > 1
    ]
    assert [shown(path) for path in sorted(kept) if f"<!-- file: {shown(path)}" not in page] == []
