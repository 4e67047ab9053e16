"""Every Python block in every page works: it is part of a tested file, or it is run here.

A block that shows a file says which, in a comment on the line before it::

    <!-- file: docs/snippets/first_module.py -->
    <!-- file: docs/snippets/first_module.py#routes -->

The second shows what stands between the comments ``# region routes`` and ``# endregion``. Any other block is run by
itself, from top to bottom.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import frozen

from tests.source_tree import ROOT, files, shown

BLOCK = re.compile(
    r"(?:^[ ]*<!-- file: (?P<file>\S+?)(?:#(?P<region>\w+))? -->\n)?"
    r"^(?P<indent>[ ]*)```(?:python|py)\b[^\n]*\n(?P<code>.*?)^(?P=indent)```[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
MARK = re.compile(r"^\s*# (?:region \w+|endregion)\n", re.MULTILINE)
TESTED = ("docs/snippets/", "examples/", "tests/")


@frozen(kw_only=True)
class Block:
    """One Python block of a page; ``file`` is empty for a block that stands for itself."""

    page: Path
    line: int
    code: str
    file: str
    region: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("code")) + 1,
            code=dedent(found["code"]),
            file=found["file"] or "",
            region=found["region"] or "",
        )
        for found in BLOCK.finditer(text)
    ]


def shown_part(file: str, region: str) -> str:
    text = (ROOT / file).read_text(encoding="utf-8")
    if region:
        found = re.search(
            rf"^[ ]*# region {region}\n(?P<part>.*?)^[ ]*# endregion$",
            text,
            re.MULTILINE | re.DOTALL,
        )
        assert found is not None, f"{file} has no region {region}"
        text = dedent(found["part"])
    return MARK.sub("", text)


ALL = [block for page in files(".md") for block in blocks(page)]
INCLUDED = [
    pytest.param(block, id=f"{shown(block.page)}:{block.line}") for block in ALL if block.file
]
RUN = [
    pytest.param(block, id=f"{shown(block.page)}:{block.line}") for block in ALL if not block.file
]
SNIPPETS = [
    pytest.param(path, id=shown(path)) for path in files(".py") if "docs/snippets" in shown(path)
]


def test_blocks_are_found_with_their_file(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- file: a/b.py#c -->\n```python\nx = 1\n```\n\n- item\n  ```py\n  y = 2\n  ```\n```text\n```\n"
    )
    found = [(block.line, block.code, block.file, block.region) for block in blocks(page)]
    assert found == [(3, "x = 1\n", "a/b.py", "c"), (8, "y = 2\n", "", "")]


@pytest.mark.parametrize("block", INCLUDED)
def test_block_shows_its_file_as_it_is(block: Block) -> None:
    assert block.file.startswith(TESTED)
    assert block.code.strip() == shown_part(block.file, block.region).strip()


@pytest.mark.parametrize("block", RUN)
def test_block_runs(block: Block) -> None:
    exec(
        compile("\n" * (block.line - 1) + block.code, shown(block.page), "exec"),
        {"__name__": "page"},
    )


@pytest.mark.parametrize("path", SNIPPETS)
def test_snippet_runs(path: Path) -> None:
    runpy.run_path(str(path), run_name="__main__")
