"""The worker that a page makes, installed as a stranger's: it passes the contract suite, and the platform parses with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.console_session import ConsoleSession, needs_a_shell, steps
from tests.docs.package_install import install
from tests.source_tree import ROOT, shown

WORKER = ROOT / "docs" / "snippets" / "file_parser_worker"
PAGE = ROOT / "docs" / "howto" / "write-a-file-parser-worker.md"


@pytest.fixture(name="site", scope="module")
def site_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker")
    source = folder / "subtitles"
    shutil.copytree(WORKER, source, ignore=shutil.ignore_patterns("__pycache__"))
    install(source, folder / "site")
    return folder / "site"


def test_installed_worker_passes_the_contract_suite(site: Path, tmp_path: Path) -> None:
    shutil.copytree(WORKER / "tests", tmp_path / "tests")  # away from the source of the package
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@needs_a_shell
def test_page_shows_what_its_commands_print(site: Path, tmp_path: Path) -> None:
    with ConsoleSession(tmp_path, {"PYTHONPATH": str(site)}) as session:
        for step in steps(PAGE.read_text(encoding="utf-8")):
            found = session.run(step.command)
            assert step.is_like(found), (
                f"{shown(PAGE)}:{step.line}: $ {step.command}\nprints now:\n{found}"
            )


def test_page_shows_every_file_of_the_worker() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kept = [
        path for path in WORKER.rglob("*.py") if path.read_text(encoding="utf-8").count("\n") > 5
    ]
    assert [shown(path) for path in sorted(kept) if f"<!-- file: {shown(path)}" not in page] == []
