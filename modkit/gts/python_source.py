"""Python expressions as text: literals of JSON values, and brackets broken over lines where they are too long."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from attrs import frozen

from modkit.gts.json_kinds import is_array, is_object

LINE_WIDTH: Final = 100
"""The longest line that is written where there is a place to break it."""


@frozen
class Bracketed:
    """What may be broken over lines: ``opening`` with its bracket, the items between commas, ``closing``.

    Example:
        >>> flat(Bracketed("Meta(", ("ge=0", "le=9"), ")"))
        'Meta(ge=0, le=9)'
    """

    opening: str
    items: tuple[Expression, ...]
    closing: str


Expression: TypeAlias = str | Bracketed


def flat(expression: Expression) -> str:
    """Return *expression* on one line."""
    if isinstance(expression, str):
        return expression
    return expression.opening + ", ".join(map(flat, expression.items)) + expression.closing


def laid_out(before: str, expression: Expression, after: str = "", *, indent: int = 0) -> str:
    """Return *before*, *expression* and *after*, over several lines if one would be too long.

    Args:
        before: What stands before it on its first line.
        expression: What may be broken.
        after: What stands after it on its last line.
        indent: Spaces before each line.

    Example:
        >>> laid_out("size: ", Bracketed("Annotated[", ("int", "Meta(ge=0)"), "]"), " = 0", indent=4)
        '    size: Annotated[int, Meta(ge=0)] = 0'
    """
    margin = " " * indent
    one_line = margin + before + flat(expression) + after
    if len(one_line) <= LINE_WIDTH or isinstance(expression, str) or not expression.items:
        return one_line
    inner = indent + 4
    whole = " " * inner + ", ".join(map(flat, expression.items))
    # A comma after the last item keeps one item a line, so it is left out where all of them fit on one.
    lines = (
        [whole]
        if len(whole) <= LINE_WIDTH
        else [laid_out("", item, ",", indent=inner) for item in expression.items]
    )
    return "\n".join(
        [margin + before + expression.opening, *lines, margin + expression.closing + after]
    )


def call(name: str, arguments: Iterable[tuple[str, Expression]]) -> Bracketed:
    """Return the call of *name* with keyword *arguments*."""
    return Bracketed(f"{name}(", tuple(_named(word, value) for word, value in arguments), ")")


def literal(value: Any) -> Expression:
    r"""Return the Python literal of a JSON value.

    Example:
        >>> flat(literal({"a": [True, None, 'say "no"']}))
        '{"a": [True, None, \'say "no"\']}'
    """
    if is_object(value):
        items = tuple(_prefixed(f"{_quoted(key)}: ", literal(one)) for key, one in value.items())
        return Bracketed("{", items, "}")
    if is_array(value):
        return Bracketed("[", tuple(map(literal, value)), "]")
    return _quoted(value) if isinstance(value, str) else repr(value)


def _named(word: str, value: Expression) -> Expression:
    return _prefixed(f"{word}=", value) if word else value


def _prefixed(prefix: str, value: Expression) -> Expression:
    if isinstance(value, str):
        return prefix + value
    return Bracketed(prefix + value.opening, value.items, value.closing)


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text and "\\" not in text and text.isprintable():
        return f"'{text}'"
    written = json.dumps(text, ensure_ascii=not text.isprintable())
    return _surrogates(text) if "\\ud" in written else written


def _surrogates(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    code = ord(letter)
    if letter in '"\\':
        return f"\\{letter}"
    return letter if 32 <= code < 127 else f"\\U{code:08x}"
