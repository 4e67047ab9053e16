"""From checked JSON values to attrs objects: functions compiled once per type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from modkit.codec.formats import parser_of
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

Construct: TypeAlias = Callable[[Any], Any]


class Refused(ValueError):
    """A value cannot be constructed; *steps* lead to it, innermost first."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.steps: list[str | int] = []


class Constructors:
    """Makes the function that constructs a shape's value from its JSON, which has been checked before."""

    def __init__(self) -> None:
        self._models: dict[Model, Construct] = {}

    def of(self, shape: Shape) -> Construct | None:
        """Return the function, or None where the JSON value is the value already."""
        match shape:
            case Scalar(kind=kind):
                return float if kind is float else parser_of(kind)
            case Choice(enum=enum):
                return enum
            case ListOf():
                return self._list(shape)
            case TupleOf(items=items):
                return _tuple([self.of(item) or _same for item in items])
            case DictOf():
                return self._dict(shape)
            case Either():
                return self._either(shape)
            case Model():
                return self._model(shape)
            case _:
                return None

    def _list(self, shape: ListOf) -> Construct | None:
        make, is_set, item = shape.make, shape.is_set, self.of(shape.item)
        if item is None and not is_set:
            return None if make is list else make
        each = item or _same

        def construct(values: list[Any]) -> Any:
            made: list[Any] = []
            for position, value in enumerate(values):
                try:
                    made.append(each(value))
                except Refused as refused:
                    refused.steps.append(position)
                    raise
            if make is list:
                return made
            whole = make(made)
            if is_set and len(whole) != len(made):
                raise Refused("unique", "has an entry twice")
            return whole

        return construct

    def _dict(self, shape: DictOf) -> Construct | None:
        key_of, value_of = self.of(shape.key), self.of(shape.value)
        if key_of is None and value_of is None:
            return None
        make_key, make_value = key_of or _same, value_of or _same

        def construct(values: dict[str, Any]) -> dict[Any, Any]:
            made: dict[Any, Any] = {}
            for name, value in values.items():
                try:
                    made[make_key(name)] = make_value(value)
                except Refused as refused:
                    refused.steps.append(name)
                    raise
            if len(made) != len(values):  # two spellings of one UUID
                raise Refused("duplicate", "has a key twice")
            return made

        return construct

    def _either(self, shape: Either) -> Construct | None:
        if not shape.tag_field:
            made = [(option, self.of(option)) for option in shape.options]
            if all(construct is None for _, construct in made):
                return None
            if len(made) == 1:
                only = made[0][1]
                return lambda value: None if value is None or only is None else only(value)
        by_tag = {model.tag: self.of(model) or _same for model in shape.models}
        by_type = {
            kind: self.of(option) or _same
            for option in sorted(shape.options, key=_is_float, reverse=True)
            if not (shape.tag_field and isinstance(option, Model))
            for kind in _python_types(option)
        }
        tag_field = shape.tag_field

        def construct(value: Any) -> Any:
            if tag_field and isinstance(value, dict):
                return by_tag[value[tag_field]](value)
            kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of any JSON value
            return by_type.get(kind, _same)(value)

        return construct

    def _model(self, model: Model) -> Construct:
        if model in self._models:
            return self._models[model]
        cls, special = model.cls, list[tuple[str, Construct]]()

        def construct(value: dict[str, Any]) -> Any:
            name = ""
            try:
                for name, make in special:
                    if name in value:
                        value[name] = make(value[name])  # nobody else has this object
            except Refused as refused:
                refused.steps.append(name)
                raise
            try:
                return cls(**value)
            except (ValueError, TypeError) as error:
                raise Refused("invalid", _first_text(error)) from error

        self._models[model] = construct
        for item in model.fields:
            each = self.of(item.shape)
            if each is not None:
                special.append((item.name, each))
        return construct


def _same(value: Any) -> Any:
    return value


def _tuple(makes: list[Construct]) -> Construct:
    def construct(values: list[Any]) -> tuple[Any, ...]:
        made: list[Any] = []
        for position, (make, value) in enumerate(zip(makes, values, strict=True)):
            try:
                made.append(make(value))
            except Refused as refused:
                refused.steps.append(position)
                raise
        return tuple(made)

    return construct


def _is_float(option: Shape) -> bool:
    return isinstance(option, Scalar) and option.kind is float


def _python_types(option: Shape) -> tuple[type[Any], ...]:
    """Return the types of the JSON values that can be *option*."""
    match option:
        case Scalar(kind=kind) if kind is float:
            return (int, float)
        case Scalar(kind=kind) if kind in (int, bool):
            return (kind,)
        case Choice(values=values):
            return tuple({type(value) for value in values})
        case ListOf() | TupleOf():
            return (list,)
        case DictOf() | Model():
            return (dict,)
        case _:
            return (str,)


def _first_text(error: Exception) -> str:
    """Return the message of an error; attrs validators add the attribute and the value after it."""
    first: object = error.args[0] if error.args else None
    return first if isinstance(first, str) else str(error)
