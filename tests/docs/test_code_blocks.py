"""Every Python block in every page works: it is part of a tested file, or it is run here. Every YAML block is valid.

A block that shows a file says which, in a comment on the line before it::

    <!-- file: docs/snippets/first_module.py -->
    <!-- file: docs/snippets/first_module.py#routes -->

The second shows what stands between the comments ``# region routes`` and ``# endregion``. Any other block in Python is run
by itself, from top to bottom; blocks in other languages may show a file as well. YAML is configuration of HyperSpot.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from textwrap import dedent

import pytest
from _pytest.mark import ParameterSet
from attrs import frozen

from hyperspot.platform import APPLICATION
from modkit.config import Configuration
from modkit.host_config import platform_sections
from tests.source_tree import ROOT, files, shown

BLOCK = re.compile(
    r"(?:^[ ]*<!-- file: (?P<file>\S+?)(?:#(?P<region>\w+))? -->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^(?P=indent)```[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
MARK = re.compile(r"^\s*# (?:region \w+|endregion)\n", re.MULTILINE)
TESTED = ("docs/snippets/", "examples/", "tests/")


@frozen(kw_only=True)
class Block:
    """One block of a page; ``file`` is empty for a block that stands for itself."""

    page: Path
    line: int
    language: str
    code: str
    file: str
    region: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("code")) + 1,
            language=found["language"],
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


def shown_lines(code: str) -> list[str]:
    """The lines that are not empty: methods stand further apart where they are shown without their class."""
    return [line for line in code.splitlines() if line]


ALL = [block for page in files(".md") for block in blocks(page)]


def named(found: list[Block]) -> list[ParameterSet]:
    return [pytest.param(block, id=f"{shown(block.page)}:{block.line}") for block in found]


INCLUDED = named([block for block in ALL if block.file])
RUN = [block for block in ALL if not block.file and block.language in ("python", "py")]
CONFIGURATIONS = named([block for block in ALL if block.language == "yaml"])
SNIPPETS = [pytest.param(path, id=shown(path)) for path in sorted(ROOT.glob("docs/snippets/*.py"))]


def test_blocks_are_found_with_their_file(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- file: a/b.toml#c -->\n```toml\nx = 1\n```\n\n- item\n  ```py\n  y = 2\n  ```\n```\nz\n```\n"
    )
    found = [
        (block.line, block.language, block.code, block.file, block.region) for block in blocks(page)
    ]
    assert found == [(3, "toml", "x = 1\n", "a/b.toml", "c"), (8, "py", "y = 2\n", "", "")]


@pytest.mark.parametrize("block", INCLUDED)
def test_block_shows_its_file_as_it_is(block: Block) -> None:
    assert block.file.startswith(TESTED)
    assert shown_lines(block.code) == shown_lines(shown_part(block.file, block.region))


def test_blocks_without_a_file_run() -> None:
    for block in RUN:
        code = compile("\n" * (block.line - 1) + block.code, shown(block.page), "exec")
        exec(code, {"__name__": "page"})


@pytest.mark.parametrize("block", CONFIGURATIONS)
def test_yaml_block_is_a_valid_configuration(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "platform.yaml"
    file.write_text(block.code, encoding="utf-8")
    variables = dict.fromkeys(re.findall(r"\$\{(\w+)", block.code), "7")
    configuration = Configuration.load(files=[file], environ=variables)
    configuration.check(platform_sections(APPLICATION.specs()))


@pytest.mark.parametrize("path", SNIPPETS)
def test_snippet_runs(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", [str(path), "check"])  # for those that are a command line
    monkeypatch.setenv("HOME", str(tmp_path))
    code: object = 0
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        code = end.code
    assert code == 0
