"""Lines to running text: divided words are joined, and looks become styles, code and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hyperspot.file_parser.contract import Code, Inline, Link, Style, Text
from hyperspot.file_parser_builtin.domain.page_text import Face, Line, Run

DIVIDED: Final = "\ufffe"
"""How the library marks a hyphen at which a word is divided."""
_SOFT_HYPHEN: Final = "\u00ad"
_UNSPACED: Final = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SPACE_BETWEEN: Final = re.compile(f"(?<={_UNSPACED.pattern}) +(?={_UNSPACED.pattern})")
_STYLES: Final = {
    (False, False): Style(),
    (True, False): Style.of("bold"),
    (False, True): Style.of("italic"),
    (True, True): Style.of("bold", "italic"),
}


def joined(lines: Sequence[Line]) -> str:
    """Return the text of *lines* in one line.

    A word that was divided is whole again, without its hyphen if the second part is in lower case; between characters
    that are written without spaces (Chinese, Japanese) there is none.
    """
    text = lines[0].text
    for line in lines[1:]:
        text = _with_next(text, line.text)
    return " ".join(_tidy(text).split())


def inlines(lines: Sequence[Line], usual: Face, *, is_heading: bool = False) -> tuple[Inline, ...]:
    """Return the text of *lines* with styles, links and code; the look *usual* of the document is plain text."""
    if all(line.face is usual and not line.runs for line in lines):
        text = joined(lines)
        return (Text(text=text),) if text else ()
    made: list[tuple[type[Inline], str, Style, str]] = []
    is_spaced = True  # white space at the beginning is dropped
    for run in _runs(lines):
        words = _tidy(run.text).split()
        if not words:
            gap = "" if is_spaced or not run.text else " "
            if gap and made:
                _add(made, Text, gap, _STYLES[False, False], "")
            is_spaced = True
            continue
        if not is_spaced and run.text[0].isspace():
            _add(made, Text, " ", _STYLES[False, False], "")
        kind, style = _look(run, usual, is_heading=is_heading)
        _add(made, kind, " ".join(words), style, run.target)
        is_spaced = run.text[-1].isspace()
        if is_spaced:
            _add(made, Text, " ", _STYLES[False, False], "")
    if made and made[-1][1] == " ":
        made.pop()
    elif made and made[-1][0] is Text:
        kind, text, style, target = made[-1]
        made[-1] = kind, text.rstrip(), style, target
    return tuple([_inline(*piece) for piece in made])


def _look(run: Run, usual: Face, *, is_heading: bool) -> tuple[type[Inline], Style]:
    face = run.face
    if run.target:
        kind: type[Inline] = Link
    elif face.is_fixed_width and not usual.is_fixed_width:
        return Code, _STYLES[False, False]
    else:
        kind = Text
    is_bold = face.is_bold and not (usual.is_bold or is_heading)
    return kind, _STYLES[is_bold, face.is_italic and not usual.is_italic]


def _add(
    made: list[tuple[type[Inline], str, Style, str]],
    kind: type[Inline],
    text: str,
    style: Style,
    target: str,
) -> None:
    """Add a piece, to the last one if that looks the same."""
    if made and made[-1][0] is kind and made[-1][2] is style and made[-1][3] == target:
        text = made[-1][1] + text
        made[-1] = kind, text, style, target
    else:
        made.append((kind, text, style, target))


def _inline(kind: type[Inline], text: str, style: Style, target: str) -> Inline:
    if kind is Link:
        return Link(text=text, target=target, style=style)
    return Code(text=text, style=style) if kind is Code else Text(text=text, style=style)


def _runs(lines: Sequence[Line]) -> list[Run]:
    """Return the looks of all *lines*, as if they were one."""
    made: list[Run] = []
    for line in lines:
        for number, run in enumerate(line.runs or [Run(line.text, line.face)]):
            if made and not number:
                last = made[-1]
                whole = _with_next(last.text, run.text)
                last.text = whole[: len(whole) - len(run.text)]
            if made and made[-1].face is run.face and made[-1].target == run.target:
                made[-1].text += run.text
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
    if not last or (last > "\u2e7f" and _UNSPACED.match(last) and _UNSPACED.match(first)):
        return text + following
    return f"{text} {following}"


def _tidy(text: str) -> str:
    """Return *text* without marks of divided words, and without spaces where none are written."""
    if text.isascii():
        return text
    text = text.replace(DIVIDED, "-").replace(_SOFT_HYPHEN, "")
    return _SPACE_BETWEEN.sub("", text) if " " in text else text
