"""Nothing is left lying about: no notes to oneself, no paths of one machine, no drawer of odds and ends."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.source_tree import ROOT, files, shown

WRITTEN = files(".py", ".md", ".toml", ".yaml", ".yml", ".cfg", ".ini", ".sh", ".txt", ".ci/run")
NOTE = re.compile(
    "|".join(
        rf"\b{first}{second}\b" for first, second in [("TO", "DO"), ("FIX", "ME"), ("XX", "X")]
    )
)
HOME = re.compile(r"(?<![\w.])(/home/(?!user\b)\w+|/root/|/Users/\w+|[A-Z]:\\Users\\)")
ODDS_AND_ENDS = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
LOCKS = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json"}
IGNORE = re.compile(r"#\s*(?:type|pyright):\s*ignore(\[[\w\-, ]+\])?")


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number}"
        for path in WRITTEN
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_plans_are_issues_and_not_comments() -> None:
    assert lines_with(NOTE) == []


def test_no_path_of_one_machine() -> None:
    assert lines_with(HOME) == []


def test_no_drawer_of_odds_and_ends() -> None:
    assert [shown(path) for path in files(".py") if path.name in ODDS_AND_ENDS] == []


def test_every_ignored_type_has_a_code_and_a_reason() -> None:
    unexplained = []
    for path in files(".py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            codes = [found.group(1) for found in IGNORE.finditer(line)]
            reason = IGNORE.sub("", line[line.find("#") :])
            if codes and not (all(codes) and re.search(r"\w{3}", reason)):
                unexplained.append(f"{shown(path)}:{number}")
    assert unexplained == []


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None, reason="not a git work tree"
)
def test_no_lock_file_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [name for name in listed.splitlines() if name.rpartition("/")[2] in LOCKS] == []
