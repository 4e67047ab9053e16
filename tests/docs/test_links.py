"""Every relative link in every page leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.source_tree import files, shown

PAGES = files(".md")
FENCED = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$", re.MULTILINE)
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:")


def links(page: Path) -> list[str]:
    prose = INLINE_CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))
    return [
        found["target"] for found in LINK.finditer(prose) if not ELSEWHERE.match(found["target"])
    ]


def anchors(page: Path) -> set[str]:
    """Names of the headings as forges make them: lower case, hyphens for spaces, no punctuation."""
    headings = HEADING.finditer(FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", found["text"].lower()).replace(" ", "-") for found in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))


def test_links_in_code_do_not_count(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A, b\n[x](y.md) `[no](n.md)` [w](https://example.org)\n```\n[no](n.md)\n```\n[h](#a-b)\n"
    )
    assert links(page) == ["y.md", "#a-b"]
    assert [leads_somewhere(page, link) for link in links(page)] == [False, True]


@pytest.mark.parametrize("page", [pytest.param(page, id=shown(page)) for page in PAGES])
def test_relative_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []
