"""JSON Schema of the whole configuration, for editors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from attrs import Factory, frozen
from msgspec import Meta

from modkit.config.configuration import Outline
from modkit.config.dump import plain
from modkit.config.kinds import LISTS, MAPPINGS, bare_kind, is_secret, limits_of
from modkit.config.section import Key, is_section, keys_of
from modkit.config.structure import check_kind
from modkit.docstring import descriptions_of

_REFERENCE = {"$ref": "#/$defs/reference"}
_SCALARS: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    Any: {},
}
_LIMITS: dict[str, str] = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
}
_LENGTHS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def configuration_schema(sections: Mapping[str, type]) -> dict[str, Any]:
    """Return a JSON Schema (2020-12) of a configuration file with *sections*.

    A file that gives only some keys is valid: required ones may come from another layer. ``${VAR}`` is
    accepted for any single value.

    Raises:
        TypeError: A section has a type that a configuration cannot hold.
    """
    schemas = _Schemas()
    root = schemas.outline(Outline.of(sections))
    reference = {
        "type": "string",
        "pattern": r"\$\{",
        "description": "Filled in from the environment.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration",
        **root,
        "$defs": {"reference": reference, **schemas.definitions},
    }


@frozen
class _Schemas:
    definitions: dict[str, Any] = Factory(dict[str, Any])
    _names: dict[type, str] = Factory(dict[type, str])

    def outline(self, outline: Outline) -> dict[str, Any]:
        properties = {name: self.outline(below) for name, below in outline.below.items()}
        if outline.kind is None:
            return _mapping(properties)
        if not properties:
            return self.of(outline.kind)
        own = self._section(outline.kind)
        return {**own, "properties": {**own["properties"], **properties}}

    def of(self, kind: Any) -> dict[str, Any]:
        """Return the schema of one type."""
        schema = self._of_bare(bare_kind(kind))
        for meta in limits_of(kind):
            schema = _limited(schema, meta)
        return schema

    def _of_bare(self, kind: Any) -> dict[str, Any]:
        origin, arguments = get_origin(kind), get_args(kind)
        if is_section(kind):
            return {"$ref": f"#/$defs/{self._define(kind)}"}
        if is_secret(kind):
            schema = self.of(arguments[0]) if arguments else {"type": "string"}
            # Limits hold for the secret, not for the reference to its file.
            return {"anyOf": [schema, {"type": "string", "pattern": "^file:"}], "writeOnly": True}
        if kind in _SCALARS:
            return dict(_SCALARS[kind])
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(member) for member in arguments]}
        if origin is Literal:
            return {"enum": list(arguments)}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [member.value for member in kind]}
        if kind in MAPPINGS or origin in MAPPINGS:
            below = self.of(arguments[1]) if arguments else {}
            return {"type": ["object", "null"], "additionalProperties": _or_reference(below)}
        return self._list_or_text(kind, origin, arguments)

    def _list_or_text(self, kind: Any, origin: Any, arguments: Sequence[Any]) -> dict[str, Any]:
        make = origin or kind
        if make not in LISTS:
            return {"type": "string", **({"format": "uuid"} if kind.__name__ == "UUID" else {})}
        if make is tuple and arguments and arguments[-1] is not Ellipsis:
            items = [_or_reference(self.of(item)) for item in arguments]
            return {
                "type": "array",
                "prefixItems": items,
                "minItems": len(items),
                "maxItems": len(items),
            }
        item = self.of(arguments[0]) if arguments else {}
        return {"type": "array", "items": _or_reference(item)}

    def _define(self, kind: type) -> str:
        if kind not in self._names:
            name = kind.__name__
            while name in self.definitions:
                name += "_"
            self._names[kind] = name
            self.definitions[name] = {}  # the class may hold itself
            self.definitions[name] = self._section(kind)
        return self._names[kind]

    def _section(self, kind: type) -> dict[str, Any]:
        check_kind(kind)
        descriptions = descriptions_of(kind)
        properties = {
            key.name: self._key(key, descriptions.get(key.attribute, ""))
            for key in keys_of(kind).values()
        }
        schema = _mapping(properties)
        summary = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        return {**schema, "description": summary} if summary else schema

    def _key(self, key: Key, description: str) -> dict[str, Any]:
        schema = dict(_or_reference(self.of(key.kind)))
        if description:
            schema["description"] = description
        default = key.plain_default
        if default is not attrs.NOTHING:
            schema["default"] = plain(default)
        return schema


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _limited(schema: dict[str, Any], meta: Meta) -> dict[str, Any]:
    if "writeOnly" in schema:
        secret, reference = schema["anyOf"]
        return {**schema, "anyOf": [_limited(secret, meta), reference]}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_limited(member, meta) for member in schema["anyOf"]]}
    limits: dict[str, Any] = {
        keyword: getattr(meta, name)
        for name, keyword in _LIMITS.items()
        if getattr(meta, name) is not None
    }
    kinds = schema.get("type", "string")
    least, most = _LENGTHS.get(
        kinds if isinstance(kinds, str) else "", ("minProperties", "maxProperties")
    )
    if meta.min_length is not None:
        limits[least] = meta.min_length
    if meta.max_length is not None:
        limits[most] = meta.max_length
    return {**schema, **limits}


def _or_reference(schema: dict[str, Any]) -> dict[str, Any]:
    """Let ``${VAR}`` stand for a single value; free text, lists and sections take no alternative."""
    is_single = schema.get("type") in ("boolean", "integer", "number") or "enum" in schema
    is_limited_text = schema.get("type") == "string" and len(schema) > 1
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], _REFERENCE]}
    if is_single or is_limited_text:
        return {"anyOf": [schema, _REFERENCE]}
    return schema
