"""A reader who types what a page shows, sees what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console_session import ConsoleSession, Step, needs_a_shell, steps
from tests.source_tree import ROOT, shown

PAGES = [  # pages that make a package are followed by tests of their own, which install it
    page
    for page in (
        ROOT / "README.md",
        ROOT / "examples" / "internal" / "types_registry" / "README.md",
        *sorted(ROOT.glob("docs/howto/*.md")),
    )
    for text in [page.read_text(encoding="utf-8")]
    if "```console" in text and "/pyproject.toml -->" not in text
]


def test_steps_are_found_with_their_output() -> None:
    page = "text\n```console\n$ one \\\n>   more\nfirst\n\nlast\n$ two\n```\n```sh\n$ no\n```\n"
    assert list(steps(page)) == [
        Step(line=3, command="one \\\n  more", output="first\n\nlast"),
        Step(line=8, command="two", output=""),
    ]


@pytest.mark.parametrize(
    ("output", "found", "is_like"),
    [
        pytest.param("a\n...\nz", "a\nb\nc\nz\n", True, id="left out lines"),
        pytest.param('{"id": "..."}', '{"id": "7"}', True, id="left out value"),
        pytest.param("a\n...\nz", "a\nz\n", True, id="nothing left out"),
        pytest.param("", "a\n", False, id="silent"),
        pytest.param("a.z", "abz", False, id="a dot is a dot"),
        pytest.param("a", "a\nb", False, id="more than shown"),
        pytest.param("a\n...\nz", "a\nb\n", False, id="another end"),
    ],
)
def test_three_dots_stand_for_what_was_left_out(output: str, found: str, is_like: bool) -> None:
    assert Step(line=1, command="", output=output).is_like(found) is is_like


@needs_a_shell
@pytest.mark.parametrize("page", [pytest.param(page, id=shown(page)) for page in PAGES])
def test_page_shows_what_its_commands_print(page: Path, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    with ConsoleSession(tmp_path) as session:
        for step in steps(page.read_text(encoding="utf-8")):
            found = session.run(step.command)
            assert step.is_like(found), (
                f"{shown(page)}:{step.line}: $ {step.command}\nprints now:\n{found}"
            )
