"""JSON Schema (2020-12, as in OpenAPI 3.1) of attrs classes and all other types that the codec knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import zip_longest
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

import attrs
import msgspec
from attrs import NOTHING, frozen
from msgspec import UNSET

from modkit.codec.encode import Preparers
from modkit.codec.formats import DECIMAL_MAX_LENGTH, DECIMAL_PATTERN, is_typed_text
from modkit.codec.reading import ShapeReader
from modkit.codec.shadow import INT_MAX, INT_MIN
from modkit.codec.shapes import (
    Choice,
    DictOf,
    Either,
    Field,
    ListOf,
    Model,
    Scalar,
    Shape,
    TupleOf,
    children,
)
from modkit.docstring import description_of, descriptions_of

JsonObject: TypeAlias = dict[str, Any]

_NUMBER_WORDS: Final[Mapping[str, str]] = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_SCALARS: Final[Mapping[str, JsonObject]] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "minimum": INT_MIN, "maximum": INT_MAX},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "UUID": {"type": "string", "format": "uuid"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "Decimal": {
        "type": "string",
        "pattern": DECIMAL_PATTERN,
        "maxLength": DECIMAL_MAX_LENGTH,
    },
}
_FACTORY: Final[Any] = attrs.Factory  # a class at run time, a function to type checkers
_EMPTY_FACTORIES: Final = (list, dict, tuple, set, frozenset)


class AmbiguousName(ValueError):
    """Two classes cannot be given different names in one document."""


def schemas(
    kinds: Iterable[object], *, ref_prefix: str = "#/components/schemas/"
) -> tuple[dict[object, JsonObject], dict[str, JsonObject]]:
    """Describe *kinds*, and every class in them, in one document.

    Names are the classes' own: ``Document``, ``PageOfDocument`` for ``Page[Document]``, and ``RagDocument`` with
    ``ChatDocument`` where two Python modules have a class of that name. A class that is in a union has its tag
    required everywhere in the document.

    Args:
        kinds: Types as in hints; each must be hashable (``Annotated`` with lists or dicts in its ``Meta`` too).
        ref_prefix: What comes before the name in a reference.

    Returns:
        The schema of each of *kinds*, by the kind itself; and the named schemas that they refer to, sorted.

    Raises:
        UnsupportedType: A type has no form on the wire.
        AmbiguousName: Two classes have the same name in the same Python module.

    Example:
        >>> schemas([list[bool]])[0]
        {list[bool]: {'type': 'array', 'items': {'type': 'boolean'}}}
    """
    reader = ShapeReader()
    shapes = [(kind, reader.read(kind)) for kind in kinds]
    models = _models_in([shape for _, shape in shapes], _here)
    writer = _Writer(ref_prefix, _names(models))
    described = {kind: writer.schema(shape) for kind, shape in shapes}
    return described, _definitions(writer, models)


def schema_of_fields(
    cls: type[Any],
    fields: Collection[str],
    *,
    uri_of: Callable[[type[Any]], str | None],
    is_open: Callable[[type[Any]], bool],
) -> tuple[JsonObject, dict[str, JsonObject]]:
    """Describe some fields of an attrs class, in a schema of its own.

    Args:
        cls: The class; its hints may name itself.
        fields: Names of the fields.
        uri_of: Returns where a class is described already, or None for one that is to be described here.
        is_open: Whether a class takes members that are none of its fields.

    Returns:
        Members ``properties`` and ``required`` where there are any; and the other classes, by name, which references
        seek in ``$defs``.

    Raises:
        UnsupportedType: A field has no form on the wire.
        AmbiguousName: Two classes have the same name in the same Python module.
    """
    model = ShapeReader({cls.__name__: cls}).read(cls)
    if not isinstance(model, Model):
        raise TypeError(f"{cls.__qualname__} is no attrs class")
    chosen = [item for item in model.fields if item.name in fields]
    models = _models_in([item.shape for item in chosen], uri_of)
    writer = _Writer("#/$defs/", _names(models), uri_of, is_open)
    return writer.members(model, chosen), _definitions(writer, models)


def _here(_: type[Any]) -> None:
    return None


def _models_in(
    shapes: Iterable[Shape], uri_of: Callable[[type[Any]], str | None]
) -> dict[Model, None]:
    """Return every model in *shapes* that is not described elsewhere, in the order of first sight."""
    seen: dict[Shape, None] = {}
    waiting = list(reversed(list(shapes)))
    while waiting:
        shape = waiting.pop()
        if shape in seen or (isinstance(shape, Model) and uri_of(shape.cls)):
            continue
        seen[shape] = None
        waiting.extend(reversed(children(shape)))
    return {shape: None for shape in seen if isinstance(shape, Model)}


def _definitions(writer: _Writer, models: Iterable[Model]) -> dict[str, JsonObject]:
    return dict(sorted((writer.names[model], writer.definition(model)) for model in models))


@frozen
class _Writer:
    """Writes shapes, with references to the models by *names*."""

    ref_prefix: str
    names: Mapping[Model, str]
    uri_of: Callable[[type[Any]], str | None] = _here
    is_open: Callable[[type[Any]], bool] = lambda _: False

    def schema(self, shape: Shape) -> JsonObject:
        written = self._bare(shape) | _limits(shape)
        if shape.description:
            written["description"] = shape.description
        if shape.examples:
            written["examples"] = list(shape.examples)
        return written | shape.extra_schema

    def _bare(self, shape: Shape) -> JsonObject:
        match shape:
            case Scalar(kind=kind):
                return _scalar(shape, kind)
            case Choice(values=values):
                return _choice(values)
            case ListOf(item=item, is_set=is_set):
                unique = {"uniqueItems": True} if is_set else {}
                return {"type": "array", "items": self.schema(item), **unique}
            case TupleOf(items=items):
                return {
                    "type": "array",
                    "prefixItems": [self.schema(item) for item in items],
                    "minItems": len(items),
                    "maxItems": len(items),
                }
            case DictOf(key=key, value=value):
                names = self.schema(key)
                written = {"type": "object", "additionalProperties": self.schema(value)}
                return (
                    written if names == {"type": "string"} else written | {"propertyNames": names}
                )
            case Either():
                return self._either(shape)
            case Model():
                uri = self.uri_of(shape.cls)
                return {"$ref": uri or self.ref_prefix + self.names[shape]}
            case _:
                return {}

    def _either(self, shape: Either) -> JsonObject:
        options = [
            self.schema(option)
            for option in shape.options
            if not (shape.tag_field and isinstance(option, Model))
        ]
        if shape.tag_field:
            options.insert(0, self._tagged(shape))
        if len(options) == 1 and not shape.is_nullable:
            return options[0]
        if len(options) == 1 and isinstance(options[0].get("type"), str):
            only = options[0]
            values = [*only["enum"], None] if "enum" in only else None
            nullable = only | {"type": [only["type"], "null"]}
            return nullable | {"enum": values} if values else nullable
        return {"anyOf": [*options, {"type": "null"}] if shape.is_nullable else options}

    def _tagged(self, shape: Either) -> JsonObject:
        references = {model.tag: self._bare(model)["$ref"] for model in shape.models}
        return {
            "oneOf": [{"$ref": reference} for reference in references.values()],
            "discriminator": {"propertyName": shape.tag_field, "mapping": references},
        }

    def definition(self, model: Model) -> JsonObject:
        """Return the schema of a class itself."""
        written: JsonObject = {"type": "object", "title": self.names[model]}
        if description := description_of(model.cls.__dict__.get("__doc__")):
            written["description"] = description
        written |= self.members(model, model.fields)
        return written if self.is_open(model.cls) else written | {"additionalProperties": False}

    def members(self, model: Model, fields: Iterable[Field]) -> JsonObject:
        """Return ``properties`` and ``required`` of *fields* of a model; what would be empty is left out."""
        about = descriptions_of(model.cls)
        properties = {item.name: self._property(item, about.get(item.name, "")) for item in fields}
        required = [item.name for item in fields if model.requires(item)]
        written: JsonObject = {"properties": properties} if properties else {}
        return written | {"required": required} if required else written

    def _property(self, item: Field, about: str) -> JsonObject:
        written = self.schema(item.shape)
        if about and "description" not in written:
            written["description"] = about
        default = _default(item)
        if default is not NOTHING:
            written["default"] = default
        return written


def _scalar(shape: Scalar, kind: Any) -> JsonObject:
    if is_typed_text(kind):
        return dict(getattr(kind, "json_schema"))  # noqa: B009 - a class of any module
    name = kind.__name__
    written = dict(_SCALARS[name])
    limits = shape.limits
    if name == "int" and (limits.gt is not None or limits.ge is not None):
        del written["minimum"]
    if name == "int" and (limits.lt is not None or limits.le is not None):
        del written["maximum"]
    return written


def _choice(values: tuple[str | int, ...]) -> JsonObject:
    types = list(
        dict.fromkeys("string" if isinstance(value, str) else "integer" for value in values)
    )
    return {"type": types[0] if len(types) == 1 else types, "enum": list(values)}


def _limits(shape: Shape) -> JsonObject:
    suffix = "Length"
    if isinstance(shape, ListOf | DictOf):
        suffix = "Items" if isinstance(shape, ListOf) else "Properties"
    words = {**_NUMBER_WORDS, "min_length": f"min{suffix}", "max_length": f"max{suffix}"}
    return {
        words.get(name, name): value
        for name, value in attrs.asdict(shape.limits).items()
        if value is not None
    }


def _default(item: Field) -> Any:
    """Return a field's default as JSON, or ``NOTHING`` where a client would learn nothing from it."""
    value = _empty(item.default) if isinstance(item.default, _FACTORY) else item.default
    if value is NOTHING or value is UNSET:
        return NOTHING
    prepare = Preparers().of(item.shape)
    return msgspec.to_builtins(value if prepare is None else prepare(value))


def _empty(factory: Any) -> Any:
    """Return the empty list, dict or set that *factory* makes; others may make something else each time."""
    make: Any = factory.factory
    return make() if any(make is known for known in _EMPTY_FACTORIES) else NOTHING


def _names(models: Iterable[Model]) -> dict[Model, str]:
    """Give every model a name of its own, as short as it can be."""
    by_name: dict[str, list[Model]] = {}
    for model in models:
        by_name.setdefault(_readable(model), []).append(model)
    names: dict[Model, str] = {}
    for name, same in by_name.items():
        if len(same) == 1:
            names[same[0]] = name
        else:
            names |= _told_apart(name, same, set(by_name))
    if len(set(names.values())) < len(names):
        twice = next(name for name in names.values() if list(names.values()).count(name) > 1)
        raise AmbiguousName(
            f"two classes would be named {twice!r} in the document; rename one of them"
        )
    return names


def _told_apart(name: str, same: list[Model], taken: set[str]) -> dict[Model, str]:
    """Put before *name* the first part of the modules' paths that differs, or else the whole path."""
    paths = [_where(model).split(".") for model in same]
    for parts in zip_longest(*paths, fillvalue=""):
        found = [_camel(part) + name for part in parts]
        if len(set(found)) == len(same) and not taken & set(found):
            return dict(zip(same, found, strict=True))
    return {
        model: "".join(map(_camel, path)) + name for model, path in zip(same, paths, strict=True)
    }


def _where(model: Model) -> str:
    """Return the module of a model, and of the models in its type arguments."""
    return ".".join(
        [
            model.cls.__module__,
            *(part.__module__ for part in model.arguments if isinstance(part, type)),
        ]
    )


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", words))


def _readable(kind: Any) -> str:
    """Return ``PageOfDocument`` for ``Page[Document]``, ``PageOfDocumentOrNull`` for ``Page[Document | None]``."""
    origin = get_origin(kind)
    arguments = kind.arguments if isinstance(kind, Model) else get_args(kind)
    if origin is Annotated:
        return _readable(arguments[0])
    if origin in (Union, UnionType):
        return "Or".join(map(_readable, arguments))
    if kind is NoneType:
        return "Null"
    named = kind.cls if isinstance(kind, Model) else origin or kind
    parts = "And".join(map(_readable, arguments))
    return _camel(getattr(named, "__name__", str(named))) + (f"Of{parts}" if parts else "")
