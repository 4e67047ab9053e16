"""Fields of a Word document: which text is their result, and where it leads."""

from __future__ import annotations

import re
from typing import Final

from attrs import define, field

_LINK: Final = re.compile(r"\s*HYPERLINK\b(.*)", re.IGNORECASE | re.DOTALL)
_WORD: Final = re.compile(r'(\\[A-Za-z])?\s*(?:"([^"]*)"|([^\s"\\]\S*))?')
_MAX_CODE_CHARS: Final = 4096
_MAX_DEPTH: Final = 64


@define
class _Field:
    code: str = ""
    has_result: bool = False
    target: str = ""


@define
class FieldStack:
    """The fields that are open in the text, from begin to end; they may span paragraphs."""

    _open: list[_Field] = field(factory=list[_Field], init=False)
    _ignored: int = field(default=0, init=False)  # begun deeper than any document nests them

    def mark(self, kind: str) -> None:
        """Take note of a ``w:fldChar``: ``begin``, ``separate`` between code and result, or ``end``."""
        if kind == "begin" and len(self._open) < _MAX_DEPTH:
            self._open.append(_Field())
        elif kind == "begin":
            self._ignored += 1
        elif self._ignored:
            self._ignored -= kind == "end"
        elif kind == "separate" and self._open:
            self._open[-1].has_result = True
            self._open[-1].target = link_target(self._open[-1].code)
        elif kind == "end" and self._open:
            self._open.pop()

    def add_code(self, text: str) -> None:
        """Add to the code of the innermost field."""
        if self._open:
            self._open[-1].code = (self._open[-1].code + text)[:_MAX_CODE_CHARS]

    def end_paragraph(self) -> None:
        """Give up fields that have no result by now: one that never ends must not hide the rest of the document."""
        if not self.shows:
            self._open = [item for item in self._open if item.has_result]

    @property
    def shows(self) -> bool:
        """Whether text is shown here: it is no part of a code."""
        return all(item.has_result for item in self._open)

    @property
    def target(self) -> str:
        """Where text leads here; nowhere if it is empty."""
        return next((item.target for item in reversed(self._open) if item.target), "")


def link_target(code: str) -> str:
    r"""Return where a field leads.

    Example:
        >>> link_target(' HYPERLINK "https://example.org/a" \\l "part" ')
        'https://example.org/a#part'
        >>> link_target(" PAGEREF _Toc1 ")
        ''
    """
    found = _LINK.match(code)
    if not found:
        return ""
    address = anchor = ""
    for switch, quoted, plain in _WORD.findall(found[1]):
        text = quoted or plain
        if switch.lower() == "\\l":
            anchor = text
        elif not switch:
            address = address or text
    return f"{address}#{anchor}" if anchor else address
