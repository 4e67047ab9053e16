"""One parameter of a path, query or header: its text into a typed value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import msgspec
from typing_extensions import TypeForm

from modkit.codec.check import clipped, errors_of, quoted
from modkit.codec.construct import Constructors
from modkit.codec.formats import UUID_LENGTH
from modkit.codec.reading import ShapeReader
from modkit.codec.shadow import Shadows
from modkit.codec.shapes import NO_LIMITS, Choice, Either, Scalar, Shape, UnsupportedType

T = TypeVar("T")

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,308})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")
_decode_uuid: Final = msgspec.json.Decoder(UUID).decode


def text_decoder(kind: TypeForm[T]) -> Callable[[str], T]:
    """Make the decoder of one textual parameter: at start, once per parameter.

    Only the one form that JSON would have is accepted: no blanks, no ``+``, no leading zeros, ``true`` or ``false``;
    and for an int digits only, though a JSON body may also have 379.0.

    Args:
        kind: str, int, float, bool, UUID, datetime, date, Decimal, an Enum, a Literal, each also ``| None`` or with
            ``Meta``.

    Raises:
        UnsupportedType: *kind* is something else.

    The decoder raises ``ValueError`` with a message for people.

    Example:
        >>> text_decoder(int)("25")
        25
    """
    shape = _simple(ShapeReader().read(kind), kind)
    construct = Constructors().of(shape)
    quick = _quick(shape, construct)

    def decode_and_explain(text: str) -> T:
        value = _json_of(text, shape)
        if errors := errors_of(value, shape):
            raise ValueError("; ".join(error.message for error in errors))
        return cast("T", value if construct is None else construct(value))

    if quick is None:
        return decode_and_explain

    def decode(text: str) -> T:
        try:
            return cast("T", quick(text))
        except ValueError:
            return decode_and_explain(text)

    return decode


def _quick(
    shape: Scalar | Choice, construct: Callable[[Any], Any] | None
) -> Callable[[str], Any] | None:
    """Return what decodes most good texts, and raises ``ValueError`` for all others; None where there is none."""
    if isinstance(shape, Choice) or shape.kind is bool:
        return None
    if shape.kind in (int, float):
        form = _INTEGER if shape.kind is int else _NUMBER
        limited: Callable[[str], Any] = msgspec.json.Decoder(Shadows().of(shape)).decode

        def number(text: str) -> Any:
            if not (text.isdigit() and text.isascii()) and not form.fullmatch(text):
                raise ValueError(text)
            return limited(text)

        return number
    if shape.limits != NO_LIMITS:
        return None
    return _uuid if shape.kind is UUID else construct or str


def _uuid(text: str) -> UUID:
    # As part of JSON, since a decoder that is made already is three times as fast as `msgspec.convert`.
    if len(text) != UUID_LENGTH or "\\" in text:
        raise ValueError(text)
    return _decode_uuid(f'"{text}"')


def _simple(shape: Shape, kind: object) -> Scalar | Choice:
    if isinstance(shape, Either) and len(shape.options) == 1:
        shape = shape.options[0]
    if not isinstance(shape, Scalar | Choice):
        raise UnsupportedType(
            f"{kind}: a parameter is one str, int, float, bool, UUID, datetime, date, Decimal, Enum or Literal"
        )
    return shape


def _json_of(text: str, shape: Scalar | Choice) -> Any:
    """Return the JSON value that *text* stands for; raises ``ValueError`` where it stands for none."""
    if isinstance(shape, Choice):
        for value in shape.values:
            if str(value) == text:
                return value
        accepted = clipped(", ".join(map(str, shape.values)))
        raise ValueError(f"expected one of {accepted}; got {quoted(text)}")
    if shape.kind is int:
        if not _INTEGER.fullmatch(text):
            raise ValueError(f"expected an integer, got {quoted(text)}")
        return int(text)
    if shape.kind is float:
        number = float(text) if _NUMBER.fullmatch(text) else float("inf")
        if number in (float("inf"), float("-inf")):
            raise ValueError(f"expected a number, got {quoted(text)}")
        return number
    if shape.kind is bool:
        if text not in ("true", "false"):
            raise ValueError(f"expected true or false, got {quoted(text)}")
        return text == "true"
    return text
