"""JSON with comments and trailing commas, as people write it: turned into JSON, with every line where it was."""

from __future__ import annotations

import re
from typing import Final

from modkit.gts.documents import UnreadableDocument

_TEXT: Final = r'"(?:[^"\\\n]|\\.)*+"?'
_COMMENT: Final = r"//[^\n]*|/\*(?s:.*?)\*/"
_UNENDED: Final = r"/\*"
_LEXEMES: Final = re.compile(f"(?P<text>{_TEXT})|(?P<comment>{_COMMENT})|(?P<unended>{_UNENDED})")
_LAST_COMMA: Final = re.compile(rf"{_TEXT}|(?P<comma>(?<=[^\s,\[{{:])(?P<gap>\s*),(?=\s*[\]}}]))")
_NO_LINE_BREAK: Final = re.compile(r"[^\n]")


def json_of(text: str) -> str:
    r"""Return the JSON that *text* is once ``//`` and ``/* */`` comments and commas before a closing bracket are gone.

    Spaces stand in their place, so that a reader of JSON names the lines and columns of *text*. What is no JSON for
    another reason is left for that reader to refuse.

    Raises:
        UnreadableDocument: A comment does not end.

    Example:
        >>> json_of('[1, // one\n 2,]')
        '[1,       \n 2 ]'
    """
    without_comments = _LEXEMES.sub(_blank_comment, text)
    return _LAST_COMMA.sub(_blank_comma, without_comments)


def _blank_comment(found: re.Match[str]) -> str:
    if found["unended"]:
        line = found.string.count("\n", 0, found.start()) + 1
        raise UnreadableDocument(f"the comment that begins in line {line} does not end")
    return _blank(found[0]) if found["comment"] else found[0]


def _blank_comma(found: re.Match[str]) -> str:
    return _blank(found[0]) if found["comma"] is not None else found[0]


def _blank(text: str) -> str:
    return _NO_LINE_BREAK.sub(" ", text)
