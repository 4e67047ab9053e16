"""What the search for wrong identifiers finds, and what it passes over."""

from __future__ import annotations

from pathlib import Path

import pytest

from modkit.gts.lint import faults_in, lint

PASSED = [
    "gts.x.core.events.type.v1~",
    "`gts.x.core.*` and gts.x.core.events.type.v1~acme.*",
    "see gts.md, gts.ids.parse and modkit.gts.a.b.c.v1",
    "docs/gts.x.core.events.type.v01~",
    '"gts.x.core.events.type.v1~"}',
    "ends with gts.x.core.events.type.v1~.",
    "gts.x.core.events.type.v01~  # gts: ignore",
]
FOUND = {
    '"gts.x.core.events.v1~"': "gts.x.core.events.v1~",
    "(gts.x.core.events.type.v1.2.3~)": "gts.x.core.events.type.v1.2.3~",
    "gts://gts.x.Core.events.type.v1~": "gts.x.Core.events.type.v1~",
    "gts.x.core*": None,
    "gts.x.core.event*": "gts.x.core.event*",
}


@pytest.mark.parametrize("line", PASSED)
def test_line_without_a_fault(line: str) -> None:
    assert list(faults_in(line)) == []


@pytest.mark.parametrize(("line", "text"), FOUND.items())
def test_line_with_a_fault(line: str, text: str | None) -> None:
    assert [found for found, _ in faults_in(line)] == ([] if text is None else [text])


def test_folders_are_searched_for_code_and_documents(tmp_path: Path) -> None:
    wrong = "gts.x.core.events.type.v01~"
    for name in ("a.py", "sub/b.md", ".git/c.md", "node_modules/d.json", "e.bin"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"fine\n{wrong}\n")
    assert [(one.path.name, one.line, one.text) for one in lint(tmp_path)] == [
        ("a.py", 2, wrong),
        ("b.md", 2, wrong),
    ]
    assert [one.line for one in lint(tmp_path / "e.bin")] == [2]
