"""Type hints into shapes: generics, forward references and constraints resolved, or refused by name."""

from __future__ import annotations

import collections.abc
import inspect
import re
import sys
import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import attrs
from msgspec import UNSET, Meta, UnsetType
from typing_extensions import TypeAliasType

from modkit.codec.formats import is_typed_text
from modkit.codec.shapes import (
    LENGTH_LIMITS,
    NUMBER_LIMITS,
    TEXT_LIMITS,
    Anything,
    Choice,
    DictOf,
    Either,
    Field,
    Limits,
    ListOf,
    Model,
    Scalar,
    Shape,
    TupleOf,
    UnsupportedType,
)

_SCALARS: Final = (str, int, float, bool, UUID, datetime, date, Decimal)
_LISTS: Final[Mapping[Any, Any]] = {
    list: list,
    collections.abc.Sequence: list,
    set: set,
    frozenset: frozenset,
}
_LIMITS: Final = tuple(item.name for item in attrs.fields(Limits))
# A JSON number of such a step is compared exactly in binary; 0.1 is not, and peers would disagree on it.
_FINEST_STEP: Final = 2**20


class ShapeReader:
    """Reads type hints; one reader gives every model one shape.

    A model that is in a union anywhere in what one reader has read has a required tag everywhere there.

    Args:
        names: What hints may name beside the globals of their module, such as a class that is still being made.
    """

    def __init__(self, names: Mapping[str, Any] | None = None) -> None:
        self._names = names
        self._models: dict[tuple[Any, ...], Model] = {}
        self._unions: list[tuple[Either, str]] = []

    def read(self, kind: object) -> Shape:
        """Return the shape of *kind*.

        Raises:
            UnsupportedType: It, or a field of a model in it, has no form on the wire.
        """
        shape = self._read(kind, _name(kind))
        unions, self._unions = self._unions, []
        for union, place in unions:  # only now are the fields of recursive models known
            _tag(union, place)
        return shape

    def _read(self, kind: Any, place: str) -> Shape:
        if get_origin(kind) is Annotated:
            inner, *marks = get_args(kind)
            return _annotate(self._read(inner, place), marks, place)
        if isinstance(kind, NewType):
            return self._read(kind.__supertype__, place)
        if isinstance(kind, TypeAliasType):
            return self._read(kind.__value__, place)
        if kind is Any or kind is object:
            return Anything()
        if kind in _SCALARS or is_typed_text(kind):
            return Scalar(kind=kind)
        if get_origin(kind) in (Union, types.UnionType):
            return self._either(get_args(kind), place)
        if get_origin(kind) is Literal:
            return _literal(get_args(kind), place)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return _enum(kind, place)
        cls: Any = get_origin(kind) or kind  # pyright: ignore[reportUnknownVariableType]  # any hint
        if isinstance(cls, type) and attrs.has(cast("type[Any]", cls)):
            return self._model(cls, get_args(kind), place)
        return self._container(cls, get_args(kind), place)

    def _container(self, cls: Any, arguments: tuple[Any, ...], place: str) -> Shape:
        if isinstance(cls, type) and cls in _LISTS:
            (item,) = arguments or (Any,)
            return ListOf(item=self._read(item, place), make=_LISTS[cls])
        if cls is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return ListOf(item=self._read(arguments[0], place), make=tuple)
        if cls is tuple and arguments:
            return TupleOf(items=tuple(self._read(item, place) for item in arguments))
        if cls in (dict, collections.abc.Mapping):
            key_kind, value_kind = arguments or (str, Any)
            key = self._read(key_kind, place)
            is_text = (
                isinstance(key, Scalar) and (key.kind in (str, UUID) or is_typed_text(key.kind))
            ) or (isinstance(key, Choice) and all(isinstance(value, str) for value in key.values))
            if not isinstance(key, Scalar | Choice) or not is_text:
                raise UnsupportedType(
                    f"{place}: the keys of a JSON object are texts; use str, UUID, an Enum of str or a Literal, "
                    f"not {_name(key_kind)}"
                )
            return DictOf(key=key, value=self._read(value_kind, place))
        raise UnsupportedType(
            f"{place}: {_name(cls)} has no JSON form; use an attrs class, str, int, float, bool, UUID, datetime, "
            "date, Decimal, Enum, Literal, list, tuple, set, frozenset, dict, Any or a union of these"
        )

    def _either(self, arguments: tuple[Any, ...], place: str) -> Shape:
        kinds = [kind for kind in arguments if kind not in (type(None), UnsetType)]
        is_nullable = type(None) in arguments
        options: list[Shape] = []
        read = [self._read(kind, place) for kind in kinds]
        if len(read) == 1 and isinstance(read[0], Either):  # keeps its notes
            return attrs.evolve(read[0], is_nullable=is_nullable or read[0].is_nullable)
        for option in read:
            if isinstance(option, Either):
                options.extend(option.options)
                is_nullable = is_nullable or option.is_nullable
            else:
                options.append(option)
        if len(options) == 1 and not is_nullable:
            return options[0]
        if not options:
            raise UnsupportedType(f"{place}: nothing but null; use a field that may be absent")
        _check_distinct(options, place)
        union = Either(options=tuple(options), is_nullable=is_nullable)
        self._unions.append((union, place))
        return union

    def _model(self, cls: type[Any], arguments: tuple[Any, ...], place: str) -> Model:
        key = (cls, arguments)
        if key in self._models:
            return self._models[key]
        parameters: tuple[Any, ...] = getattr(cls, "__parameters__", ())
        if len(parameters) != len(arguments):
            raise UnsupportedType(
                f"{place}: {cls.__qualname__} is generic; write {cls.__qualname__}[...] with {len(parameters)} "
                "type arguments"
            )
        model = self._models[key] = Model(cls=cls, arguments=arguments)
        try:
            hints = _hints(cls, arguments, self._names)
            model.fields = tuple(self._field(cls, item, hints) for item in attrs.fields(cls))
        except BaseException:
            del self._models[key]
            raise
        model.is_plain = not hasattr(cls, "__attrs_pre_init__") and not any(
            item.converter or (isinstance(item.default, attrs.Factory) and item.default.takes_self)  # type: ignore[arg-type]  # a class at run time, a function to checkers
            for item in attrs.fields(cls)
        )
        return model

    def _field(self, cls: type[Any], item: attrs.Attribute[Any], hints: dict[str, Any]) -> Field:
        place = f"{cls.__module__}.{cls.__qualname__}.{item.name}"
        if item.name.startswith("_") or (item.alias or item.name) != item.name or not item.init:
            raise UnsupportedType(
                f"{place}: a field on the wire has one public name and is a parameter of its class; remove the "
                "underscore, the alias or init=False"
            )
        if item.name not in hints:
            raise UnsupportedType(f"{place}: the field has no type hint; write one")
        hint = hints[item.name]
        if UnsetType in get_args(_without_marks(hint)) and item.default is not UNSET:
            raise UnsupportedType(f"{place}: a field that may be unset needs the default UNSET")
        return Field(name=item.name, shape=self._read(hint, place), default=item.default)


def _hints(
    cls: type[Any], arguments: tuple[Any, ...], names: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the hints of all fields, type variables replaced by what each base class was given."""
    hints: dict[str, Any] = {}
    for owner, bound in reversed(_bindings(cls, arguments)):
        # The names of a module stand before those of fields, which may be called like their types.
        local = None if names is None else {**vars(owner), **_globals(owner), **names}
        try:
            resolved = get_type_hints(owner, localns=local, include_extras=True)
        except Exception as error:  # whatever a string in a hint evaluates to
            raise UnsupportedType(
                f"{owner.__module__}.{owner.__qualname__}: a type hint cannot be resolved: {error}; import the name "
                "at run time, in the module's global scope"
            ) from error
        for name in inspect.get_annotations(owner):
            hints[name] = _bind(resolved[name], bound)
    return hints


def _globals(cls: type[Any]) -> Mapping[str, Any]:
    return vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}


def _bindings(cls: type[Any], arguments: tuple[Any, ...]) -> list[tuple[type[Any], dict[Any, Any]]]:
    """Return every class of the hierarchy, nearest first, with the values of its type variables."""
    bound: dict[type[Any], dict[Any, Any]] = {
        cls: dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=True))
    }
    for owner in cls.__mro__:
        for base in owner.__dict__.get("__orig_bases__", ()):
            origin = get_origin(base)
            parameters = getattr(origin, "__parameters__", ())
            values = [_bind(value, bound.get(owner, {})) for value in get_args(base)]
            if isinstance(origin, type) and len(parameters) == len(values):
                bound.setdefault(
                    cast("type[Any]", origin), dict(zip(parameters, values, strict=True))
                )
    return [(owner, bound.get(owner, {})) for owner in cls.__mro__ if owner is not object]


def _bind(hint: Any, bound: Mapping[Any, Any]) -> Any:
    if isinstance(hint, TypeVar):
        return bound.get(hint, hint)
    if isinstance(hint, type):
        return hint  # pyright: ignore[reportUnknownVariableType]  # any class
    parameters: tuple[Any, ...] = getattr(hint, "__parameters__", ())
    if not parameters:
        return hint
    return hint[tuple(bound.get(parameter, parameter) for parameter in parameters)]


def _without_marks(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _literal(values: Iterable[Any], place: str) -> Shape:
    kept = tuple(dict.fromkeys(value for value in values if value is not None))
    if not kept or any(type(value) not in (str, int) for value in kept):
        raise UnsupportedType(f"{place}: a Literal on the wire lists texts, integers or None")
    choice = Choice(values=kept)
    return Either(options=(choice,), is_nullable=True) if None in values else choice


def _enum(kind: type[Enum], place: str) -> Choice:
    values = tuple(member.value for member in kind)
    kinds: set[Any] = {type(value) for value in values}
    if kinds != {str} and kinds != {int}:
        raise UnsupportedType(f"{place}: {_name(kind)} must have members of str, or of int")
    return Choice(values=values, enum=kind)


def _annotate(shape: Shape, marks: list[Any], place: str) -> Shape:
    """Return a copy of *shape* with what each ``Meta`` says; other marks are not ours."""
    for meta in (mark for mark in marks if isinstance(mark, Meta)):
        if meta.tz is False:
            raise UnsupportedType(f"{place}: a time on the wire always has a zone; remove tz=False")
        limits = {name: value for name in _LIMITS if (value := getattr(meta, name)) is not None}
        if isinstance(shape, Model):  # one object per class: notes about one use of it go around it
            shape = Either(options=(shape,), is_nullable=False)
        shape = attrs.evolve(
            _limited(shape, limits, place) if limits else shape,
            description=meta.description or shape.description,
            examples=tuple(meta.examples or shape.examples),
            extra_schema=shape.extra_schema | (meta.extra_json_schema or {}),
        )
    return shape


def _limited(shape: Shape, limits: dict[str, Any], place: str) -> Shape:
    if isinstance(shape, Either):
        fitting = [option for option in shape.options if limits.keys() <= _accepted_limits(option)]
        if not fitting:
            raise UnsupportedType(f"{place}: {', '.join(limits)} fits none of the union's types")
        return attrs.evolve(
            shape,
            options=tuple(
                _limited(option, limits, place) if option in fitting else option
                for option in shape.options
            ),
        )
    if unfit := sorted(limits.keys() - _accepted_limits(shape)):
        raise UnsupportedType(
            f"{place}: Meta({unfit[0]}=...) does not fit this type; for a rule of its own use an attrs validator"
        )
    _check_pattern(limits.get("pattern"), place)
    step = limits.get("multiple_of")
    if step is not None and float(step).as_integer_ratio()[1] > _FINEST_STEP:
        raise UnsupportedType(
            f"{place}: multiple_of={step} is not exact in binary; count in smaller units"
        )
    merged = attrs.evolve(shape.limits, **limits)
    if (merged.gt is not None and merged.ge is not None) or (
        merged.lt is not None and merged.le is not None
    ):
        raise UnsupportedType(f"{place}: use one of gt and ge, and one of lt and le")
    return attrs.evolve(shape, limits=merged)


def _accepted_limits(shape: Shape) -> frozenset[str]:
    match shape:
        case Scalar(kind=kind) if kind in (int, float):
            return NUMBER_LIMITS
        case Scalar(kind=kind) if kind is str:
            return TEXT_LIMITS
        case ListOf() | DictOf():
            return LENGTH_LIMITS
        case _:
            return frozenset()


def _check_pattern(pattern: str | None, place: str) -> None:
    if pattern is None:
        return
    if unfit := re.search(r"(?<!\\)(?:\\\\)*(\\[AZ]|\(\?P|\(\?[aiLmsux-])", pattern):
        raise UnsupportedType(
            f"{place}: the pattern {pattern!r} is read by clients too, who do not know {unfit[1]}; "
            "use ^, $, groups without names and no flags"
        )


def _json_types(option: Shape) -> frozenset[str]:
    match option:
        case Anything():
            return frozenset({"object", "array", "string", "number", "integer", "boolean"})
        case Scalar(kind=kind) if kind in (int, float, bool):
            return frozenset({{int: "integer", float: "number", bool: "boolean"}[kind]})
        case Choice(values=values):
            return frozenset("string" if isinstance(value, str) else "integer" for value in values)
        case ListOf() | TupleOf():
            return frozenset({"array"})
        case Model() | DictOf():
            return frozenset({"object"})
        case _:
            return frozenset({"string"})


def _check_distinct(options: list[Shape], place: str) -> None:
    seen: dict[str, Shape] = {}
    for option in options:
        for name in _json_types(option):
            other = seen.setdefault(name, option)
            both_models = isinstance(other, Model) and isinstance(option, Model)
            if other is not option and not both_models:
                raise UnsupportedType(
                    f"{place}: two types of the union are both a JSON {name} and cannot be told apart"
                )


def _tag(union: Either, place: str) -> None:
    models = union.models
    if len(models) < 2:
        return
    for candidate in models[0].fields:
        tags = {model.tag_of(candidate.name) for model in models}
        if "" not in tags and len(tags) == len(models):
            break
    else:
        names = ", ".join(model.cls.__name__ for model in models)
        raise UnsupportedType(
            f'{place}: {names} need a tag to be told apart, such as type: Literal["cat"] = "cat", '
            "another text in each class"
        )
    for model in models:
        if model.tag_field not in ("", candidate.name):
            raise UnsupportedType(
                f"{place}: {model.cls.__qualname__} is tagged by {model.tag_field!r} in another union and by "
                f"{candidate.name!r} here; use one tag field"
            )
        model.tag_field = candidate.name


def _name(kind: Any) -> str:
    if isinstance(kind, type) and not get_args(kind):
        return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return str(kind)
