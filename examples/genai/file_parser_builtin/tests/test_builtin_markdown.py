"""Markdown beyond what the renderer of the gateway writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
    Code,
    CodeBlock,
    Link,
    Paragraph,
    ParsedContent,
    ParseRequest,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra.front_matter import split_front_matter
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit import UNSET


def parse(folder: Path, text: str) -> ParsedContent:
    path = folder / "text.md"
    path.write_text(text, encoding="utf-8", newline="")
    request = ParseRequest(filename="text.md", media_type="text/markdown")
    return parse_file(path, request, Budget(request))


def test_front_matter_is_no_text(tmp_path: Path) -> None:
    content = parse(
        tmp_path,
        "---\r\ntitle: 'Häuser: neu'\r\nauthor:\r\n  - name: Ada\r\n  - Max\r\ndate: 2026-02-03\r\nlastmod: soon\r\n"
        "lang: de_AT\r\ntags: [a, b]\r\n---\r\n# Text\r\n",
    )
    front = (content.title, content.author, content.language)
    assert front == ("Häuser: neu", "Ada; Max", "de-AT")
    assert content.created_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert content.modified_at is UNSET
    assert [text_of(block) for block in content.blocks] == ["Text"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("---\nonly text\n---\n", id="no-mapping"),
        pytest.param("---\ntitle: x\n", id="no-end"),
        pytest.param("---\na: [\n---\n", id="no-yaml"),
        pytest.param("---\n" + "[" * 9_000 + "\n---\n", id="deep"),
        pytest.param("---\na: " + "x" * 20_000 + "\n---\n", id="too-long"),
        pytest.param("\n---\ntitle: x\n---\n", id="not-first"),
        pytest.param("---\nkey: !!python/object/apply:os.getcwd []\n  bad\n---\n", id="tag"),
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    assert split_front_matter(text)[1] == text


def test_aliases_make_nothing_large() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    about, rest = split_front_matter(f"---\n{bomb}author: *i\ntitle: T\n---\nrest")
    assert (about.title, about.author, rest) == ("T", UNSET, "rest")


def test_notes_come_last(tmp_path: Path) -> None:
    content = parse(
        tmp_path,
        "One[^b] and two[^a], one[^b].\n\n[^a]: Second.\n[^b]: First\n\n    more\n\nEnd [^no].\n",
    )
    assert [text_of(block) for block in content.blocks] == [
        "One[1] and two[2], one[1].",
        "End [^no].",
        "[1] First",
        "more",
        "[2] Second.",
    ]


def test_links_code_and_tasks(tmp_path: Path) -> None:
    text, code, task = parse(
        tmp_path,
        "<https://a.example/x> [b][r] `c` https://bare.example\n\n``` rust,ignore\nfn\n```\n\n- [x] done\n\n[r]: /b 'T'\n",
    ).blocks
    assert isinstance(text, Paragraph)
    assert [item for item in text.inlines if not item.text.isspace()][:3] == [
        Link(text="https://a.example/x", target="https://a.example/x"),
        Link(text="b", target="/b"),
        Code(text="c"),
    ]
    assert text.inlines[-1].text.strip() == "https://bare.example"
    assert isinstance(code, CodeBlock)
    assert code.language == "rust,ignore"
    assert text_of(task) == "[x] done"


@given(text=st.text("-:\n a[]{}&*!|>'\"#\t", max_size=60))
def test_any_front_matter_is_read_or_left(text: str) -> None:
    about, rest = split_front_matter(f"---\n{text}")
    assert f"---\n{text}".endswith(rest)
    assert about.created_at is UNSET
