"""What a value without quotes means: YAML 1.2 numbers, YAML 1.1 words for true and false.

Dates, ``12:30`` and ``0755`` stay text: YAML 1.1 would make numbers of them that nobody meant.
``yes``, ``no``, ``on`` and ``off`` are true and false as in YAML 1.1, so that a text field which was
given one of them says so, whichever way other tools read the file.
"""

from __future__ import annotations

import re

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}
# Digits are bounded: reading a long run of them takes quadratic time.
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,39})")
_BASED = re.compile(r"0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]{1,40}|(0|[1-9][0-9]{0,39})(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,4})?"
)
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def resolve_plain(text: str) -> bool | int | float | str | None:
    """Return the value that *text* means when it is written without quotes.

    Example:
        >>> [resolve_plain(text) for text in ("8080", "0.5", "off", "12:30", "~")]
        [8080, 0.5, False, '12:30', None]
    """
    word = text.lower()
    if word in _WORDS and text in (word, text.capitalize(), text.upper()):
        return _WORDS[word]
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, base=0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return text
