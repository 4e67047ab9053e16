"""Finds texts that look like identifiers and are none, in code, documents and data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from modkit.gts.faults import explain_pattern
from modkit.gts.grammar import IDENTIFIER, MAX_ID_CHARACTERS, WILDCARD

_LOOKS_LIKE_ONE: Final = re.compile(r"(?:(?<=gts://)|(?<![\w./~-]))gts\.[\w.~*-]*[\w~*]", re.ASCII)
_IS_MEANT: Final = re.compile(r"~|\*|\.v[0-9]")
_FEWEST_DOTS: Final = 3
_SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".venv", "__pycache__", "build", "dist", "node_modules", "target", "venv"}
)
_SUFFIXES: Final = frozenset(
    {".go", ".gts", ".js", ".json", ".md", ".py", ".rs", ".toml", ".ts", ".tsp", ".yaml", ".yml"}
)


@frozen
class Finding:
    """A text that looks like an identifier and is none.

    Attributes:
        path: The file.
        line: Its line, from 1.
        text: What stands there.
        reason: What is wrong with it.
    """

    path: Path
    line: int
    text: str
    reason: str


def lint(*paths: Path) -> Iterator[Finding]:
    """Yield what is wrong in the files *paths* and in the known kinds of files of folders among them.

    A text counts where it begins with ``gts.``, has three dots, and a ``~``, a ``*`` or a version. A line with the
    words ``gts: ignore`` is left out.

    Raises:
        OSError: A file cannot be read.
    """
    for path in paths:
        for file in _files(path):
            for number, line in enumerate(
                file.read_text(encoding="utf-8", errors="replace").splitlines(), 1
            ):
                for text, reason in faults_in(line):
                    yield Finding(file, number, text, reason)


def faults_in(line: str) -> Iterator[tuple[str, str]]:
    """Yield each text in *line* that looks like an identifier and is none, with the reason.

    Example:
        >>> list(faults_in("see gts.x.core.events.type.v1~ and gts.x.core.events.type.v01~"))
        [('gts.x.core.events.type.v01~', "segment 1: version 'v01' has a leading zero, write v1")]
    """
    if "gts: ignore" in line:
        return
    for found in _LOOKS_LIKE_ONE.finditer(line):
        text = found[0]
        if text.count(".") < _FEWEST_DOTS or not _IS_MEANT.search(text):
            continue
        is_valid = IDENTIFIER.fullmatch(text) or WILDCARD.fullmatch(text)
        if not is_valid or len(text) > MAX_ID_CHARACTERS:
            yield text, explain_pattern(text)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for one in sorted(path.iterdir()):
        if one.is_dir() and not one.is_symlink():
            if one.name not in _SKIPPED_FOLDERS:
                yield from _files(one)
        elif one.suffix in _SUFFIXES:
            yield one
