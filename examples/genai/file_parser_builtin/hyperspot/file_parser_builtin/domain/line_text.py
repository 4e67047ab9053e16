"""Lines to running text: divided words are joined, and looks become styles, code and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hyperspot.file_parser.contract import Inline, Style, Text
from hyperspot.file_parser.contract.building.inline_run import InlineRun, clean
from hyperspot.file_parser_builtin.domain.page_text import Face, Line, Run

DIVIDED: Final = "\ufffe"  # how the library marks a hyphen at which a word is divided
_SOFT_HYPHEN: Final = "\u00ad"
_UNSPACED: Final = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SPACE_BETWEEN: Final = re.compile(f"(?<={_UNSPACED.pattern}) +(?={_UNSPACED.pattern})")


def joined(lines: Sequence[Line]) -> str:
    """Return the text of *lines* in one line.

    A word that was divided is whole again, without its hyphen if the second part is in lower case; between characters
    that are written without spaces (Chinese, Japanese) there is none.
    """
    text = lines[0].text
    for line in lines[1:]:
        text = _with_next(text, line.text)
    return _tidy(text)


def inlines(lines: Sequence[Line], usual: Face, *, is_heading: bool = False) -> tuple[Inline, ...]:
    """Return the text of *lines* with styles, links and code; the look *usual* of the document is plain text."""
    if not any(line.runs or line.face != usual for line in lines):
        text = joined(lines)
        return (Text(text=text),) if text else ()
    run = InlineRun()
    for part in _runs(lines):
        face = part.face
        if face.is_fixed_width and not (usual.is_fixed_width or part.target):
            run.add_code(_tidy(part.text))
            continue
        is_bold = face.is_bold and not (usual.is_bold or is_heading)
        text = _unspaced(part.text)
        run.add(text, _style(is_bold=is_bold, is_italic=face.is_italic), target=part.target)
    return run.take()


def _style(*, is_bold: bool, is_italic: bool) -> Style:
    if is_bold:
        return Style.of("bold", "italic") if is_italic else Style.of("bold")
    return Style.of("italic") if is_italic else Style()


def _runs(lines: Sequence[Line]) -> list[Run]:
    made: list[Run] = []
    for line in lines:
        for number, run in enumerate(line.runs or [Run(line.text, line.face)]):
            if not made:
                made.append(Run(run.text, run.face, run.target))
                continue
            last = made[-1]
            if not number:
                whole = _with_next(last.text, run.text)
                last.text = whole[: len(whole) - len(run.text)]
            if last.face == run.face and last.target == run.target:
                last.text += run.text
            else:
                made.append(Run(run.text, run.face, run.target))
    return made


def _with_next(text: str, following: str) -> str:
    """Return *text* with the text of the next line after it, which stays as it is."""
    last, first = text[-1:], following[:1]
    if last == _SOFT_HYPHEN:
        return text[:-1] + following
    if last == DIVIDED or (last == "-" and text[-2:-1].isalpha() and first.islower()):
        return text[:-1] + following if first.islower() else f"{text[:-1]}-{following}"
    if not last or (_UNSPACED.match(last) and _UNSPACED.match(first)):
        return text + following
    return f"{text} {following}"


def _tidy(text: str) -> str:
    if text[-1:] == DIVIDED:
        text = text[:-1] + "-"
    return " ".join(_unspaced(clean(text)).replace(_SOFT_HYPHEN, "").split())


def _unspaced(text: str) -> str:
    """Return *text* without the spaces that the library puts between characters which are written without any."""
    return _SPACE_BETWEEN.sub("", text) if " " in text else text
