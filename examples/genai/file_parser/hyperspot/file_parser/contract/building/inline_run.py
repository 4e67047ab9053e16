"""InlineRun: collects the inlines of one block and tidies their white space."""

from __future__ import annotations

import re
from typing import Final

from hyperspot.file_parser.contract.models import PLAIN, Code, Inline, Link, Style, Text

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NEW_LINE: Final = re.compile("\r\n?|\u2028|\u2029")
_WHITE: Final = re.compile(r"[ \t\n]+")
_AROUND_BREAK: Final = re.compile(r" *\n *")


def clean(text: str) -> str:
    """Return *text* with line feeds only and without control characters and lone surrogates."""
    if (
        text.isprintable()
    ):  # most text: no control character, no line end, no white space but spaces
        return text
    return _CONTROL.sub("", _NEW_LINE.sub("\n", text))


def one_line(text: str) -> str:
    """Return *text* cleaned, with single spaces for all white space, and none at its ends."""
    return " ".join(clean(text).split())


class InlineRun:
    """Inlines in the making: runs of one look are joined, white space is collapsed, ends are trimmed.

    Only `line_break` makes a line feed; those in added text are white space like any other.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[type[Inline], list[str], Style, str]] = []

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, text: str, style: Style = PLAIN, *, target: str = "") -> None:
        """Add text; with a *target* it is a link. White space around it stays outside the link and the style."""
        line = clean(text)
        if "  " in line or not line.isprintable():
            line = _WHITE.sub(" ", line)
        core = line.strip(" ")
        if line.startswith(" "):
            self._push(Text, " ", PLAIN, "")
        self._push(Link if target else Text, core, style, clean(target))
        if core and line.endswith(" "):
            self._push(Text, " ", PLAIN, "")

    def add_code(self, text: str, style: Style = PLAIN) -> None:
        """Add program text."""
        self._push(Code, clean(text).replace("\n", " "), style, "")

    def line_break(self) -> None:
        """Force a line break."""
        self._push(Text, "\n", PLAIN, "")

    def take(self) -> tuple[Inline, ...]:
        """Return what was collected, and start afresh."""
        if not self._pieces:
            return ()
        pieces, self._pieces = self._pieces, []
        made: list[Inline] = []
        before = "\n"  # white space at the start and after white space is dropped
        for kind, parts, style, target in pieces:
            raw = "".join(parts)
            text = _AROUND_BREAK.sub("\n", raw) if "\n" in raw and kind is not Code else raw
            if kind is not Code and before[-1] in " \n":
                text = text.lstrip(" ") if made else text.lstrip(" \n")
            if text:
                before = text
                made.append(_inline(kind, text, style, target))
        return _trimmed(made)

    def _push(self, kind: type[Inline], text: str, style: Style, target: str) -> None:
        if not text:
            return
        if self._pieces:
            last_kind, parts, last_style, last_target = self._pieces[-1]
            if (last_kind, last_style, last_target) == (kind, style, target):
                is_spaced = kind is not Code and parts[-1].endswith(" ")
                if more := text.lstrip(" ") if is_spaced else text:
                    parts.append(more)
                return
        self._pieces.append((kind, [text], style, target))


def _inline(kind: type[Inline], text: str, style: Style, target: str) -> Inline:
    if kind is Link:
        return Link(text=text, target=target, style=style)
    return Code(text=text, style=style) if kind is Code else Text(text=text, style=style)


def _trimmed(inlines: list[Inline]) -> tuple[Inline, ...]:
    while inlines and not isinstance(inlines[-1], Code):
        last = inlines[-1]
        if last.text[-1] not in " \n":
            break
        inlines.pop()
        if text := last.text.rstrip(" \n"):
            target = last.target if isinstance(last, Link) else ""
            inlines.append(_inline(type(last), text, last.style, target))
            break
    return tuple(inlines)
