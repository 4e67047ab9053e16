"""RTF bytes to events: groups, control words, text; one pass, no recursion."""

from __future__ import annotations

import re
from typing import Final, Protocol

# A control word has at most 32 letters and a parameter of at most 10 digits; what is longer goes on as text.
_TOKEN: Final = re.compile(
    rb"\\(?:([A-Za-z]{1,32})(?:(-?[0-9]{1,10}))? ?|'([0-9A-Fa-f]{2})|([^A-Za-z]))"
    rb"|([{}])|([^\\{}\r\n\0]+)|[\r\n\0]+",
)
_PLAIN_WORD, _NUMBERED_WORD, _HEX, _SYMBOL, _BRACE, _TEXT = range(1, 7)


class RtfEvents(Protocol):
    """What an RTF file is made of, told in order."""

    def open_group(self) -> None:
        """Begin a group."""

    def close_group(self) -> None:
        """End the group that was opened last."""

    def word(self, name: str, value: int | None) -> None:
        r"""Take a control word such as ``\b`` or ``\fs24``, or a symbol such as ``\~``."""

    def characters(self, data: bytes) -> None:
        r"""Take bytes of text, in the charset of their font; ``\'xx`` comes as one byte."""

    def binary(self, data: bytes) -> None:
        r"""Take the bytes of ``\binN``; fewer where the file ends."""


def scan(data: bytes, events: RtfEvents) -> None:
    r"""Tell *events* what is in the first group of *data*, up to its end or the end of the file.

    Example:
        >>> class Words:
        ...     def open_group(self): print("{")
        ...     def close_group(self): print("}")
        ...     def word(self, name, value): print(name, value)
        ...     def characters(self, data): print(data)
        ...     def binary(self, data): print(data)
        >>> scan(rb"{\b0 a\'e9\bin2 {}} after", Words())
        {
        b 0
        b'a'
        b'\xe9'
        b'{}'
        }
    """
    at: int | None = 0
    depth = 0
    while at is not None:
        start, at = at, None
        for found in _TOKEN.finditer(data, start):
            kind = found.lastindex
            if kind == _TEXT:
                events.characters(found[_TEXT])
            elif kind == _PLAIN_WORD:
                events.word(found[1].decode("ascii"), None)
            elif kind == _NUMBERED_WORD:
                name, value = found[1].decode("ascii"), int(found[2])
                if name == "bin":
                    at = found.end() + max(value, 0)
                    events.binary(data[found.end() : at])
                    break
                events.word(name, value)
            elif kind == _HEX:
                events.characters(bytes.fromhex(found[_HEX].decode("ascii")))
            elif kind == _SYMBOL:
                events.word(found[_SYMBOL].decode("latin-1"), None)
            elif kind == _BRACE and found[_BRACE] == b"{":
                depth += 1
                events.open_group()
            elif kind == _BRACE:
                depth -= 1
                events.close_group()
                if depth <= 0:
                    return
