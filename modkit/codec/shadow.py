"""Shadows: the msgspec type that accepts exactly the JSON of a shape, unknown fields and tags included.

What it decodes has the members that were sent and no others, so that it also tells whether one was sent twice.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Union
from uuid import UUID

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType

from modkit.codec.formats import (
    DATETIME_PATTERN,
    DECIMAL_MAX_LENGTH,
    DECIMAL_PATTERN,
    UUID_LENGTH,
    is_typed_text,
    portable,
)
from modkit.codec.shapes import (
    Choice,
    DictOf,
    Either,
    ListOf,
    Model,
    Scalar,
    Shape,
    TupleOf,
)

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
# Texts are checked as texts: msgspec alone also takes 32 digits for a UUID, NaN for a Decimal, a blank for a T.
_TEXTS: Final[dict[Any, Meta]] = {
    UUID: Meta(min_length=UUID_LENGTH, max_length=UUID_LENGTH),
    datetime: Meta(pattern=portable(DATETIME_PATTERN)),
    Decimal: Meta(pattern=portable(DECIMAL_PATTERN), max_length=DECIMAL_MAX_LENGTH),
}


class Shadows:
    """Makes shadows; each model gets one as itself and one as a member of a union."""

    def __init__(self) -> None:
        self._structs: dict[tuple[Model, bool], type[msgspec.Struct]] = {}

    def of(self, shape: Shape, *, is_tagged: bool = False) -> Any:
        """Return the msgspec type for *shape*; *is_tagged* asks for the form that a union needs."""
        match shape:
            case Scalar():
                return _scalar(shape)
            case Choice(values=values):
                return Literal[values]
            case ListOf(item=item):
                return _limited(list[self.of(item)], shape)  # type: ignore[misc]  # a type made at run time
            case TupleOf(items=items):
                return tuple[tuple(self.of(item) for item in items)]  # type: ignore[misc]  # a type made at run time
            case DictOf(key=key, value=value):
                return _limited(dict[self.of(key), self.of(value)], shape)  # type: ignore[misc]  # a type made at run time
            case Either(options=options, is_nullable=is_nullable, tag_field=tag_field):
                kinds = [self.of(option, is_tagged=bool(tag_field)) for option in options]
                return Union[tuple([*kinds, None] if is_nullable else kinds)]  # noqa: UP007  # made at run time
            case Model():
                return self._struct(shape, is_tagged)
            case _:
                return Any

    def _struct(self, model: Model, is_tagged: bool) -> type[msgspec.Struct]:
        if (model, is_tagged) in self._structs:
            return self._structs[model, is_tagged]
        fields = [item for item in model.fields if not (is_tagged and item.name == model.tag_field)]
        struct = msgspec.defstruct(
            model.cls.__name__,
            [
                (item.name, Any) if model.requires(item) else (item.name, Any, UNSET)
                for item in fields
            ],
            kw_only=True,
            gc=False,
            forbid_unknown_fields=True,
            tag_field=model.tag_field if is_tagged else None,
            tag=model.tag if is_tagged else None,
        )
        self._structs[model, is_tagged] = struct
        # msgspec reads annotations when the first decoder is made, so a recursive model can be closed here.
        struct.__annotations__ = {
            item.name: self.of(item.shape)
            if model.requires(item)
            else Union[self.of(item.shape), UnsetType]  # noqa: UP007  # made at run time
            for item in fields
        }
        return struct


def _scalar(shape: Scalar) -> Any:
    kind = shape.kind
    if kind in _TEXTS:
        return Annotated[str, _TEXTS[kind]]
    if kind is date:
        return date
    if is_typed_text(kind):
        return str  # its class checks the text, when the object is made
    if kind is int:
        limits = attrs.asdict(shape.limits)
        limits["ge"] = INT_MIN if limits["gt"] is None and limits["ge"] is None else limits["ge"]
        limits["le"] = INT_MAX if limits["lt"] is None and limits["le"] is None else limits["le"]
        return Annotated[int, Meta(**limits)]
    return _limited(kind, shape)


def _limited(kind: Any, shape: Shape) -> Any:
    limits = {
        name: value for name, value in attrs.asdict(shape.limits).items() if value is not None
    }
    if not limits:
        return kind
    if "pattern" in limits:
        limits["pattern"] = portable(limits["pattern"])
    return Annotated[kind, Meta(**limits)]
