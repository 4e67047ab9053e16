"""Every error of a JSON value against a shape, each with its path: the slow path, taken after a refusal only."""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from modkit.codec.formats import description_of_text, parser_of, portable
from modkit.codec.shadow import INT_MAX, INT_MIN
from modkit.codec.shapes import (
    NO_LIMITS,
    Anything,
    Choice,
    DictOf,
    Either,
    ListOf,
    Model,
    Scalar,
    Shape,
    TupleOf,
)
from modkit_errors import FieldError

MAX_ERRORS: Final = 100
WHOLE_MAX: Final = 2**53 - 1
_EXCERPT: Final = 50
_LISTED: Final = 200
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JSON_NAMES: Final[dict[Any, str]] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    UUID: "a string",
    datetime: "a string",
    date: "a string",
    Decimal: "a string",
}
_BOUNDS: Final[tuple[tuple[str, str, Callable[[float, float], bool]], ...]] = (
    ("minimum", ">=", operator.ge),
    ("maximum", "<=", operator.le),
    ("exclusive_minimum", ">", operator.gt),
    ("exclusive_maximum", "<", operator.lt),
)


class _Enough(Exception):
    """As many errors as are reported have been found."""


def errors_of(value: Any, shape: Shape) -> tuple[FieldError, ...]:
    """Return what is wrong with the JSON *value*, at most ``MAX_ERRORS``, in document order."""
    check = _Check()
    with suppress(_Enough):
        check.value(value, shape, "$")
    return tuple(check.errors)


def path_of(steps: Iterable[str | int]) -> str:
    """Return the JSON path of *steps* from the root.

    Example:
        >>> path_of(["a", 0, "b c"])
        '$.a[0]["b c"]'
    """
    return "$" + "".join(map(_step, steps))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return (
        f".{step}" if _PLAIN_NAME.fullmatch(step) and len(step) <= _EXCERPT else f"[{quoted(step)}]"
    )


def quoted(value: Any) -> str:
    """Return *value* as JSON, cut to a short excerpt; arrays and objects only by name."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str) and len(value) > _EXCERPT:
        return json.dumps(value[: _EXCERPT - 3] + "...", ensure_ascii=False)
    text = json.dumps(value, ensure_ascii=False)
    return text if isinstance(value, str) or len(text) <= _EXCERPT else text[: _EXCERPT - 3] + "..."


def clipped(text: str) -> str:
    """Return *text*, cut where it would list too much."""
    return text if len(text) <= _LISTED else text[: _LISTED - 3] + "..."


class _Check:
    """One walk over a value; every method reports what it finds and goes on."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self._fields: dict[Model, dict[str, Shape]] = {}

    def report(self, path: str, code: str, message: str) -> None:
        self.errors.append(FieldError(path, code, message))
        if len(self.errors) >= MAX_ERRORS:
            raise _Enough

    def value(self, value: Any, shape: Shape, path: str) -> None:
        match shape:
            case Scalar():
                self.scalar(value, shape, path)
            case Choice():
                self.choice(value, shape, path)
            case ListOf() | TupleOf():
                self.array(value, shape, path)
            case DictOf():
                self.free_object(value, shape, path)
            case Either():
                self.either(value, shape, path)
            case Model():
                self.model(value, shape, path)
            case _:
                pass

    def wrong_type(self, value: Any, expected: str, path: str) -> None:
        self.report(path, "type", f"expected {expected}, got {quoted(value)}")

    def scalar(self, value: Any, shape: Scalar, path: str) -> None:
        kind = shape.kind
        if not has_json_type(value, shape):
            self.wrong_type(value, _JSON_NAMES.get(kind, "a string"), path)
        elif (parse := parser_of(kind)) is not None:
            try:
                parse(value)
            except msgspec.ValidationError:
                expected = description_of_text(kind)
                self.report(path, "format", f"expected {expected}, got {quoted(value)}")
        elif kind in (int, float):
            self.number(value, shape, path)
        elif kind is str:
            self.length(len(value), shape, path, ("min_length", "max_length"), "characters")
            pattern = shape.limits.pattern
            if pattern is not None and not re.search(portable(pattern), value):
                self.report(
                    path, "pattern", f"expected text like {clipped(pattern)}, got {quoted(value)}"
                )

    def number(self, value: float, shape: Scalar, path: str) -> None:
        limits = shape.limits
        is_int = shape.kind is int
        least = INT_MIN if is_int and limits.gt is None and limits.ge is None else limits.ge
        most = INT_MAX if is_int and limits.lt is None and limits.le is None else limits.le
        limit: float | None
        for limit, (code, sign, holds) in zip(
            (least, most, limits.gt, limits.lt), _BOUNDS, strict=True
        ):
            if limit is not None and not holds(value, limit):
                self.report(path, code, f"must be {sign} {limit}, is {quoted(value)}")
        if limits.multiple_of is not None and value % limits.multiple_of:
            self.report(
                path,
                "multiple_of",
                f"must be a multiple of {limits.multiple_of}, is {quoted(value)}",
            )

    def length(
        self, found: int, shape: Shape, path: str, codes: tuple[str, str], unit: str
    ) -> None:
        least, most = shape.limits.min_length, shape.limits.max_length
        if least is not None and found < least:
            self.report(path, codes[0], f"must have at least {least} {unit}, has {found}")
        if most is not None and found > most:
            self.report(path, codes[1], f"must have at most {most} {unit}, has {found}")

    def choice(self, value: Any, shape: Choice, path: str) -> None:
        if not has_json_type(value, shape):
            kinds = dict.fromkeys(_JSON_NAMES[type(option)] for option in shape.values)
            self.wrong_type(value, " or ".join(kinds), path)
        elif value not in shape.values:
            accepted = clipped(", ".join(json.dumps(option) for option in shape.values))
            self.report(path, "enum", f"expected one of {accepted}; got {quoted(value)}")

    def array(self, value: Any, shape: ListOf | TupleOf, path: str) -> None:
        if not isinstance(value, list):
            self.wrong_type(value, "an array", path)
            return
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  # any JSON array
        if isinstance(shape, TupleOf):
            if len(items) != len(shape.items):
                code = "min_items" if len(items) < len(shape.items) else "max_items"
                self.report(
                    path, code, f"must have exactly {len(shape.items)} items, has {len(items)}"
                )
            each: Iterable[tuple[Any, Shape]] = zip(items, shape.items, strict=False)
        else:
            self.length(len(items), shape, path, ("min_items", "max_items"), "items")
            each = ((item, shape.item) for item in items)
        for position, (item, item_shape) in enumerate(each):
            if not _is_plainly_right(item, item_shape):
                self.value(item, item_shape, f"{path}[{position}]")
        if (
            isinstance(shape, ListOf)
            and shape.is_set
            and len(set(map(_identity, items))) != len(items)
        ):
            self.report(path, "unique", "has an entry twice")

    def free_object(self, value: Any, shape: DictOf, path: str) -> None:
        if not isinstance(value, dict):
            self.wrong_type(value, "an object", path)
            return
        entries: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]  # any JSON object
        self.length(len(entries), shape, path, ("min_items", "max_items"), "members")
        for name, item in entries.items():
            if not (_is_plainly_right(name, shape.key) and _is_plainly_right(item, shape.value)):
                place = path + _step(name)
                self.value(name, shape.key, place)
                self.value(item, shape.value, place)

    def either(self, value: Any, shape: Either, path: str) -> None:
        if value is None and shape.is_nullable:
            return
        if shape.tag_field and isinstance(value, dict):
            self.tagged(value, shape, path)  # pyright: ignore[reportUnknownArgumentType]  # any JSON object
            return
        fitting = option_for(value, shape)
        if fitting is not None:
            self.value(value, fitting, path)
        elif len(shape.options) == 1:
            self.value(value, shape.options[0], path)
        else:
            self.wrong_type(value, " or ".join(dict.fromkeys(map(_expected, shape.options))), path)

    def tagged(self, value: dict[str, Any], shape: Either, path: str) -> None:
        by_tag = {model.tag: model for model in shape.models}
        place, accepted = path + _step(shape.tag_field), clipped(", ".join(map(json.dumps, by_tag)))
        if shape.tag_field not in value:
            self.report(place, "missing", f"is required: one of {accepted}")
            return
        tag = value[shape.tag_field]
        if isinstance(tag, str) and tag in by_tag:
            self.model(value, by_tag[tag], path)
        else:
            self.report(place, "tag", f"expected one of {accepted}; got {quoted(tag)}")

    def model(self, value: Any, model: Model, path: str) -> None:
        if not isinstance(value, dict):
            self.wrong_type(value, "an object", path)
            return
        members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]  # any JSON object
        shapes = self.fields_of(model)
        for name, part in members.items():
            if name in shapes:
                if not _is_plainly_right(part, shapes[name]):
                    self.value(part, shapes[name], path + _step(name))
            else:
                known = clipped(", ".join(shapes)) or "none"
                self.report(
                    path + _step(name), "unknown", f"is not a field; the fields are: {known}"
                )
        for item in model.fields:
            if item.name not in members and model.requires(item):
                self.report(path + _step(item.name), "missing", "is required")

    def fields_of(self, model: Model) -> dict[str, Shape]:
        if model not in self._fields:
            self._fields[model] = {item.name: item.shape for item in model.fields}
        return self._fields[model]


def _is_plainly_right(value: Any, shape: Shape) -> bool:
    """Whether *value* is a scalar without limits: most are, and need no path and no second thought."""
    if not isinstance(shape, Scalar) or shape.limits is not NO_LIMITS:
        return False
    kind: Any = shape.kind
    if kind is int:
        return is_whole(value) or (type(value) is int and INT_MIN <= value <= INT_MAX)
    return type(value) is kind and (kind is not float or math.isfinite(value))


def option_for(value: Any, shape: Either) -> Shape | None:
    """Return the option of a union that the JSON type of *value* stands for; None when there is none."""
    fitting = [option for option in shape.options if has_json_type(value, option)]
    if type(value) is float:  # a float where the union has one, else an integer such as 379.0
        fitting.sort(key=lambda option: not (isinstance(option, Scalar) and option.kind is float))
    return fitting[0] if fitting else None


def has_json_type(value: Any, shape: Shape) -> bool:
    """Whether the JSON type of *value* is one that *shape* accepts, whatever the value itself."""
    match shape:
        case Anything():
            return True
        case Scalar(kind=kind) if kind is float:
            return type(value) in (int, float) and _is_in_float_range(value)
        case Scalar(kind=kind) if kind is int:
            return type(value) is int or is_whole(value)
        case Scalar(kind=kind) if kind is bool:
            return type(value) is bool
        case Choice(values=values):
            wanted = {type(option) for option in values}
            return type(value) in wanted or (int in wanted and is_whole(value))
        case ListOf() | TupleOf():
            return isinstance(value, list)
        case DictOf() | Model():
            return isinstance(value, dict)
        case _:
            return isinstance(value, str)


def is_whole(value: Any) -> bool:
    """Whether *value* is a number such as ``379.0`` or ``1e3``, which JSON Schema counts as an integer.

    From ``2**53`` on floats stand for more than one integer: 9007199254740993.0 is read as ``2**53``.
    """
    return type(value) is float and value.is_integer() and abs(value) <= WHOLE_MAX


def _is_in_float_range(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _expected(shape: Shape) -> str:
    match shape:
        case Scalar(kind=kind):
            return _JSON_NAMES.get(kind, "a string")
        case Choice(values=values):
            return _JSON_NAMES[type(values[0])]
        case ListOf() | TupleOf():
            return "an array"
        case _:
            return "an object"


def _identity(value: Any) -> str:
    """Return a text that is the same for equal JSON values: 1 and 1.0 are one, true is another."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)
