"""Type hints from JSON Schema: what a hint says, and what it cannot say kept beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from modkit.gts.entity import URI_PREFIX
from modkit.gts.gts_ref import KEYWORD
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.names import UnsupportedSchema, check_field_name, class_name_of
from modkit.gts.python_source import Bracketed, flat, literal
from modkit.gts.said import Hint, Said, any_value, with_suffix
from modkit.gts.schema_walk import Schema, escaped, pointed, transformed

_FORMATS: Final = {"uuid": "UUID", "date-time": "datetime", "date": "date"}
_NUMBERS: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_TEXTS: Final = {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"}
_LISTS: Final = {"minItems": "min_length", "maxItems": "max_length"}
_OBJECTS: Final = {"minProperties": "min_length", "maxProperties": "max_length"}
_NOTES: Final = frozenset({"description", "title", "default", "examples", "$comment", "deprecated"})
_UNPORTABLE: Final = re.compile(r"\\[AZpPkuxcN]|\(\?")
_MOST_EXACT: Final = 2**53


class ClassWriter(Protocol):
    """Takes the classes of parts."""

    def named(self, key: str, wanted: str) -> str:
        """Return the class name of what *key* names, *wanted* if it is free."""
        ...

    def has(self, key: str) -> bool:
        """Return whether *key* has a class name already."""
        ...

    def write_class(
        self, name: str, decorators: list[str], base: str, schema: Schema, fields: list[Hint]
    ) -> None:
        """Write one class."""
        ...


@frozen(kw_only=True)
class HintReader:
    """Makes hints of the parts of one schema.

    Attributes:
        root: The whole schema, for references into it.
        type_id: Its identifier.
        name: Name of its class, with which those of its parts begin.
        module: Where classes of parts are written.
    """

    root: Schema
    type_id: str
    name: str
    module: ClassWriter

    def fields(
        self, properties: Mapping[str, Any], required: frozenset[str], place: str = ""
    ) -> list[Hint]:
        """Return the fields that *properties* are."""
        return list(self._fields(properties, required, place, self.name))

    def _fields(
        self, properties: Mapping[str, Any], required: frozenset[str], place: str, owner: str
    ) -> Iterator[Hint]:
        for name, schema in properties.items():
            here = f"{place}/properties/{escaped(name)}"
            check_field_name(self.type_id, here, name)
            yield self._field(name, schema, name in required, here, owner)

    def _field(self, name: str, schema: Any, is_required: bool, place: str, owner: str) -> Hint:
        said = self.read(schema, place, owner + class_name_of(name))
        notes: Schema = schema if is_object(schema) else {}
        default = ""
        if "default" in notes:
            value = notes["default"]
            if is_required or not said.has_default(value):
                said = evolve(said, extra={**said.extra, "default": value})
            else:
                default = f" = {flat(literal(value))}"
        expression, names = said.written()
        if not is_required and not default:
            expression = with_suffix(expression, " | UnsetType")
            default, names = " = UNSET", names | {"UNSET", "UnsetType"}
        return Hint(
            field=name,
            expression=expression,
            default=default,
            about=str(notes.get("description") or ""),
            names=names,
        )

    def read(self, schema: Any, place: str, wanted: str) -> Said:
        """Return what to make of *schema*.

        Args:
            schema: Of a property or an item.
            place: Where it stands, for messages.
            wanted: Name of its class, if it becomes one.

        Raises:
            UnsupportedSchema: There is no way.
        """
        if schema is True:
            return any_value({})
        if schema is False:
            return any_value({"not": {}})
        words: Schema = {name: one for name, one in schema.items() if name not in _NOTES}
        if not words:
            return any_value({})
        if words.get("type") == "object" and self._is_class(words):
            members = {name: schema[name] for name in _CLASS_WORDS if name in schema}
            other = {name: one for name, one in words.items() if name not in {*members, "type"}}
            return self._class(members, place, wanted, f"{self.type_id}{place}", other)
        for attempt in (self._reference, self._choice, self._nullable, self._typed):
            said = attempt(words, place, wanted)
            if said is not None:
                return said
        return any_value(self.inlined(words, place))

    def _reference(self, words: Schema, place: str, wanted: str) -> Said | None:
        reference = words.get("$ref")
        if not isinstance(reference, str):
            return None
        rest = {name: one for name, one in words.items() if name != "$ref"}
        if reference in ("#", f"{URI_PREFIX}{self.type_id}"):
            return Said(self.name, extra=self.inlined(rest, place))
        if not reference.startswith("#"):
            if self.module.has(reference):
                return Said(self.module.named(reference, ""), extra=self.inlined(rest, place))
            return any_value(self.inlined(words, place))
        target = self._target(reference, place)
        key = f"{self.type_id}{reference}"
        if self.module.has(key):
            return Said(self.module.named(key, ""), extra=self.inlined(rest, place))
        name = class_name_of(reference.rpartition("/")[2])
        if is_object(target) and self._is_class(target):
            return self._class(target, reference[1:], name, key, rest)
        if rest:
            return any_value(self.inlined(words, place))
        return self.read(
            self.inlined(target, place) if is_object(target) else target, place, wanted
        )

    def _choice(self, words: Schema, place: str, wanted: str) -> Said | None:
        del place, wanted
        if words.keys() - {"type", "enum", "const"} or ("enum" in words) == ("const" in words):
            return None
        values = words["enum"] if "enum" in words else [words["const"]]
        if not is_array(values):
            return None
        kinds = words.get("type")
        allowed = {kinds} if isinstance(kinds, str) else set(kinds or ("string", "integer", "null"))
        if not all(_kind(value) in allowed for value in values) or len(values) != len(set(values)):
            return None
        kept = tuple(value for value in values if value is not None)
        if not kept:
            return None
        items = tuple(flat(literal(value)) for value in kept)
        return Said(
            Bracketed("Literal[", items, "]"),
            frozenset({"Literal"}),
            is_nullable=None in values,
            choices=kept,
        )

    def _nullable(self, words: Schema, place: str, wanted: str) -> Said | None:
        kinds, options = words.get("type"), words.get("anyOf")
        if is_array(kinds) and len(kinds) == 2 and "null" in kinds and "enum" not in words:
            only = next((one for one in kinds if one != "null"), "null")
            inner = {**words, "type": only}
        elif words.keys() == {"anyOf"} and is_array(options) and len(options) == 2:
            others = [one for one in options if one != {"type": "null"}]
            if len(others) != 1:
                return None
            inner = others[0]
        else:
            return None
        said = self.read(inner, place, wanted)
        # Keywords beside a reference stay beside it, and not beside null.
        if said.is_nullable or flat(said.hint) == "Any" or (options and said.extra):
            return None
        return evolve(said, is_nullable=True)

    def _typed(self, words: Schema, place: str, wanted: str) -> Said | None:
        kind = words.get("type")
        rest = {name: one for name, one in words.items() if name != "type"}
        if rest.keys() & {"$ref", "enum", "const"}:
            return None
        match kind:
            case "string":
                return self._text(rest, place)
            case "integer" | "number":
                hint, values = ("int", (int,)) if kind == "integer" else ("float", (int, float))
                said = self._plain(hint, rest, _NUMBERS, place)
                return evolve(said, values=values)
            case "boolean":
                return evolve(self._plain("bool", rest, {}, place), values=(bool,))
            case "array":
                return self._array(rest, place, wanted)
            case "object":
                return self._object(rest, place, wanted)
            case _:
                return None

    def _text(self, rest: Schema, place: str) -> Said:
        if KEYWORD in rest:
            said = self._plain("GtsId", rest, {}, place)
            return evolve(said, names=frozenset({"GtsId"}))
        known = _FORMATS.get(rest.get("format", ""))
        if known and rest.keys() == {"format"}:
            return Said(known, frozenset({known}))
        return evolve(self._plain("str", rest, _TEXTS, place), values=(str,))

    def _plain(self, hint: str, rest: Schema, said_by_meta: Mapping[str, str], place: str) -> Said:
        meta = {
            said_by_meta[name]: value
            for name, value in rest.items()
            if name in said_by_meta and _is_portable(name, value)
        }
        for one, other in (("gt", "ge"), ("lt", "le")):
            if one in meta and other in meta:
                del meta[one]
        extra = {name: value for name, value in rest.items() if said_by_meta.get(name) not in meta}
        return Said(hint, meta=meta, extra=self.inlined(extra, place))

    def _array(self, rest: Schema, place: str, wanted: str) -> Said:
        words = dict(rest)
        items = True if "prefixItems" in words else words.pop("items", True)
        said = self.read(items, f"{place}/items", f"{wanted}Item")
        item, names = said.written()
        hint = Bracketed("tuple[", (item, "..."), "]")
        limits = self._plain("", words, _LISTS, place)
        return Said(hint, names, limits.meta, limits.extra)

    def _object(self, rest: Schema, place: str, wanted: str) -> Said:
        words = dict(rest)
        more = words.pop("additionalProperties", True)
        if "properties" in words or "patternProperties" in words or more is False:
            words = {**words, "additionalProperties": more}
            more = True
        said = self.read(more, f"{place}/additionalProperties", f"{wanted}Value")
        value, names = said.written()
        limits = self._plain("", words, _OBJECTS, place)
        hint = Bracketed("Mapping[", ("str", value), "]")
        return Said(hint, names | {"Mapping"}, limits.meta, limits.extra)

    def _is_class(self, schema: Schema) -> bool:
        return (
            schema.get("type", "object") == "object"
            and is_object(schema.get("properties"))
            and isinstance(schema.get("additionalProperties", True), bool)
            and not schema.keys() & {"$ref", "enum", "const", "patternProperties"}
        )

    def _class(self, schema: Schema, place: str, wanted: str, key: str, beside: Schema) -> Said:
        name = self.module.named(key, wanted)
        required = frozenset(schema.get("required", ()))
        others = schema.get("additionalProperties", True)
        missing = dict.fromkeys(sorted(required - schema["properties"].keys()), others)
        properties = {**schema["properties"], **missing}
        fields = list(self._fields(properties, required, place, name))
        is_open = schema.get("additionalProperties", True) is True
        other = {
            word: one
            for word, one in schema.items()
            if word not in _CLASS_WORDS and word not in _NOTES and word != "type"
        }
        self.module.write_class(name, ["@open_object"] if is_open else [], "", schema, fields)
        return Said(name, extra=self.inlined({**other, **beside}, place))

    def _target(self, reference: str, place: str) -> Any:
        try:
            return pointed(self.root, reference[1:])
        except LookupError:
            raise UnsupportedSchema(
                self.type_id, (f"{place}: {reference} points at nothing",)
            ) from None

    def inlined(self, value: Any, place: str, trail: tuple[str, ...] = ()) -> Any:
        """Return the schema *value*, or a schema by keyword, with what its local references name in their place.

        Raises:
            UnsupportedSchema: A reference leads back to itself.
        """

        def change(schema: Schema) -> Schema:
            reference = schema.get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#"):
                return schema
            if reference in trail:
                raise UnsupportedSchema(
                    self.type_id,
                    (f"{place}: {reference} refers to itself, and is no object with properties",),
                )
            target = self.inlined(self._target(reference, place), place, (*trail, reference))
            rest = {name: one for name, one in schema.items() if name != "$ref"}
            if not rest and is_object(target):
                return target
            return {**rest, "allOf": [target, *rest.get("allOf", ())]}

        return transformed(value, change) if is_object(value) else value


_CLASS_WORDS: Final = ("properties", "required", "additionalProperties", "description", "title")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "string"
    is_whole = type(value) is int and abs(value) <= _MOST_EXACT
    return "integer" if is_whole else "other"


def _is_portable(name: str, value: Any) -> bool:
    """Return whether ``Meta`` takes this limit."""
    if name == "pattern":
        return _UNPORTABLE.search(value) is None and _compiles(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name == "multipleOf":
        return value > 0 and float(value).as_integer_ratio()[1] <= 2**20
    return abs(value) <= _MOST_EXACT


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
