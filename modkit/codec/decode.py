"""Decoders: bytes of a request or an event into typed values, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, Final, Generic, TypeVar, cast

import msgspec
from typing_extensions import TypeForm

from modkit.codec.check import MAX_ERRORS, clipped, errors_of, path_of
from modkit.codec.construct import Constructors, Refused
from modkit.codec.formats import is_typed_text
from modkit.codec.reading import ShapeReader
from modkit.codec.scan import is_too_deep, may_repeat_a_key, repeated_keys
from modkit.codec.shadow import Shadows
from modkit.codec.shapes import (
    Anything,
    DictOf,
    Either,
    ListOf,
    Model,
    Scalar,
    Shape,
    UnsupportedType,
    any_in,
    is_recursive,
)
from modkit.codec.whole import in_digits
from modkit_errors import FieldError, Invalid
from modkit_errors.refusals import MalformedJson

T = TypeVar("T")

MAX_DEPTH: Final = 64
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_decode_json: Final = msgspec.json.Decoder().decode
_encode_json: Final = msgspec.json.Encoder().encode


class Decoder(Generic[T]):
    """Decodes JSON into one type; made once at start by ``decoder``, safe to share between tasks and threads.

    An ``int``, and a ``Literal`` or ``Enum`` of integers, may also be written as 379.0 or 1e3 below ``2**53``, as
    JSON Schema has it; such a body takes several times as long. True is no integer.
    """

    __slots__ = ("_check", "_construct", "_decode", "_is_open", "_max_depth", "_shape")

    def __init__(self, shape: Shape, kind: object, max_depth: int) -> None:
        self._shape = shape
        self._max_depth = max_depth
        self._check: Callable[[bytes | bytearray], Any] = _msgspec_decoder(
            Shadows().of(shape), kind
        )
        self._construct = Constructors().of(shape)
        # Fast: msgspec builds the attrs objects itself, in a second pass over the bytes.
        self._decode = (
            None
            if self._construct is None or any_in(shape, _needs_constructor)
            else _msgspec_decoder(kind, kind)
        )
        # A closed type has a depth of its own, and nothing deeper gets past its shadow.
        self._is_open = is_recursive(shape) or any_in(
            shape, lambda part: isinstance(part, Anything)
        )

    def __call__(self, body: bytes | bytearray | memoryview) -> T:
        """Decode *body*.

        Raises:
            MalformedJson: It is no JSON, is no UTF-8, nests too deep, or has a number out of range.
            Invalid: It is JSON, but not of this type; ``errors`` has the path, code and message of every fault.
        """
        if isinstance(body, memoryview):
            body = bytes(body)
        try:
            if self._is_open and is_too_deep(body, self._max_depth):
                return self._second_look(body)
            checked = self._check(body)
            if may_repeat_a_key(body, checked):
                _refuse_repeated_keys(body)
            if self._decode is not None:
                return cast("T", self._decode(body))
            if self._construct is None:
                return cast("T", checked)
            return cast("T", self._construct(_decode_json(body)))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return self._second_look(body)

    def _second_look(self, body: bytes | bytearray) -> T:
        """Find out, at leisure, what is wrong with a body that has been refused, and raise it.

        Where nothing is wrong but that integers are written as 379.0, they are written anew and decoded.
        """
        document = _document_of(body, self._max_depth)
        if may_repeat_a_key(body, document):
            _refuse_repeated_keys(body)
        if errors := errors_of(document, self._shape):
            raise Invalid(errors=errors)
        mended = _encode_json(in_digits(document, self._shape))
        if mended == _encode_json(document):
            raise Invalid(errors=self._last(document))
        return self(mended)

    def _last(self, document: Any) -> tuple[FieldError, ...]:
        """Return what only the constructors of the classes can find: one error, the first."""
        try:
            if self._construct is not None:
                self._construct(document)
        except Refused as refused:
            path = path_of(reversed(refused.steps))
            return (FieldError(path, refused.code, clipped(str(refused))),)
        return (FieldError("$", "invalid", "is not accepted"),)


def decoder(kind: TypeForm[T], *, max_depth: int = MAX_DEPTH) -> Decoder[T]:
    """Make the decoder of *kind*: at start, once per operation, since it takes about a millisecond.

    Args:
        kind: An attrs class, generic ones with their arguments, or any type that JSON can carry.
        max_depth: Most arrays and objects inside each other, 1..128.

    Raises:
        UnsupportedType: A type in *kind* has no form on the wire; the message names class and field.
        ValueError: *max_depth* is out of range.

    Example:
        >>> decoder(list[int])(b"[1, 2]")
        [1, 2]
    """
    if not 1 <= max_depth <= 128:
        raise ValueError(f"max_depth is 1 to 128, not {max_depth}")
    return Decoder(ShapeReader().read(kind), kind, max_depth)


def _document_of(body: bytes | bytearray, max_depth: int) -> Any:
    """Return the JSON value of *body*, whatever its type; raises ``MalformedJson`` with the reason."""
    if not body.strip(b" \t\r\n"):
        raise MalformedJson(detail="The body is empty; a JSON value is expected.")
    if body.startswith(_BYTE_ORDER_MARK):
        raise MalformedJson(
            detail="The body starts with a byte order mark; send UTF-8 without one."
        )
    if is_too_deep(body, max_depth):
        raise MalformedJson(detail=f"The body nests arrays and objects more than {max_depth} deep.")
    try:
        return _decode_json(body)
    except UnicodeDecodeError as error:
        raise MalformedJson(detail="The body is not UTF-8.") from error
    except msgspec.MsgspecError as error:
        raise MalformedJson(detail=f"The body is not valid JSON: {error}.") from error


def _refuse_repeated_keys(body: bytes | bytearray) -> None:
    errors = tuple(
        FieldError(path_of(steps), "duplicate", "is there twice; send each key once")
        for steps in islice(repeated_keys(body), MAX_ERRORS)
    )
    if errors:
        raise Invalid(errors=errors)


def _msgspec_decoder(kind: Any, named: object) -> Callable[[bytes | bytearray], Any]:
    try:
        return msgspec.json.Decoder(kind).decode
    except (TypeError, ValueError) as error:
        raise UnsupportedType(f"{named}: {error}") from error


def _needs_constructor(shape: Shape) -> bool:
    """Whether msgspec alone would refuse, or silently mend, what *shape* says."""
    match shape:
        case Scalar(kind=kind):
            return is_typed_text(kind)
        case Either(tag_field=tag_field):
            return bool(tag_field)
        case ListOf(is_set=is_set):
            return is_set
        case DictOf(key=key):
            return not (isinstance(key, Scalar) and key.kind is str)
        case Model(is_plain=is_plain):
            return not is_plain
        case _:
            return False
