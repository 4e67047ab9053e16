"""Attrs classes from the schemas of types: Python source that says the same, class by class."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import define, field

from modkit.gts.entity import URI_PREFIX
from modkit.gts.gts_ref import KEYWORD, resolved_target
from modkit.gts.hints import HintReader
from modkit.gts.identifier import GtsId, GtsTypeId
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.names import BUILT_IN_HINTS, UnsupportedSchema, class_name_of
from modkit.gts.python_source import Bracketed, Expression, laid_out, literal
from modkit.gts.said import IMPORTS, Hint
from modkit.gts.schema_walk import Schema, transformed
from modkit.gts.store import GtsStore
from modkit.gts.typed_schema import DIALECT

_DOC_WIDTH: Final = 96
_SAID_BY_CLASS: Final = frozenset(
    {
        "$defs",
        "$id",
        "$schema",
        "additionalProperties",
        "allOf",
        "definitions",
        "description",
        "properties",
        "required",
        "title",
        "type",
        "unevaluatedProperties",
        "x-gts-abstract",
        "x-gts-final",
        "x-gts-traits",
        "x-gts-traits-schema",
    }
)
# What older drafts write otherwise, or mean otherwise, than 2020-12, in which the class has its schema.
_OLD_WORDS: Final = frozenset({"additionalItems", "dependencies", "id"})


def generate(store: GtsStore, type_id: str) -> str:
    """Return a Python module with a class for *type_id*, and one for each type that it derives from.

    `schema_of` of a class accepts the same documents as the schema it is made from. What no type hint says stays in the
    schema by way of ``Meta(extra_json_schema=...)`` and ``gts_type(keywords=...)``, unchecked by decoders.

    Args:
        store: Has the schemas, which are valid.
        type_id: Which type is wanted.

    Raises:
        UnknownEntity: The type, or one that it derives from, is not in *store*.
        InvalidGtsId: *type_id* is no identifier.
        UnsupportedSchema: No class has this schema, such as where a property has a name that Python does not allow.

    Example:
        >>> store = GtsStore()
        >>> size = {"type": "integer", "minimum": 0}
        >>> _ = store.put(
        ...     {"$schema": DIALECT, "$id": "gts://gts.x.core.shop.box.v1~", "properties": {"size": size}}
        ... )
        >>> print(generate(store, "gts.x.core.shop.box.v1~").splitlines()[-1])
            size: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    """
    module = _Module()
    for link in GtsId(type_id).chain:
        module.add_type(link, dict(store.get(link).content))
    return module.text()


@define
class _Module:
    """The module being written.

    Attributes:
        classes: Source of each class, in order.
        names: Names that are taken, by what has them.
        used: Names that must be imported.
    """

    classes: list[str] = field(factory=list[str], init=False)
    names: dict[str, str] = field(factory=dict[str, str], init=False)
    used: set[str] = field(factory=set[str], init=False)
    properties: dict[str, frozenset[str]] = field(factory=dict[str, frozenset[str]], init=False)
    closed: set[str] = field(factory=set[str], init=False)

    def text(self) -> str:
        """Return the whole source."""
        imports = "\n".join(_imports(self.used | {"frozen", "gts_type"}))
        head = '"""Types of the global type system, generated from their schemas."""\n\n'
        return f"{head}from __future__ import annotations\n\n{imports}\n\n\n" + "\n\n".join(
            self.classes
        )

    def add_type(self, type_id: GtsTypeId, source: Schema) -> None:
        """Write the class of one type; those of the types before it are written already."""
        schema = _resolved(source)
        _check_dialect(type_id, schema)
        base_id = type_id.parent
        own, top = _parts(type_id, schema, base_id)
        name = self.named(URI_PREFIX + type_id, _class_name(type_id, schema))
        reader = HintReader(root=schema, type_id=type_id, name=name, module=self)
        fields, required = _fields_of(own, needs_all=base_id is None)
        before = self.properties[base_id] if base_id else frozenset[str]()
        self.properties[type_id] = before | fields.keys()
        options = self._options(schema, base_id)
        keywords = {key: reader.inlined(value, f"/{key}") for key, value in top.items()}
        left = [one for one in own.get("required", ()) if one not in fields]
        if left:
            keywords["required"] = left
        if base_id in self.closed:
            self.closed.add(type_id)
            if missing := sorted(before - fields.keys()):
                raise UnsupportedSchema(
                    type_id,
                    (
                        f"its base is closed: repeat the property {missing[0]!r}, or nothing can have it",
                    ),
                )
        elif own.get("additionalProperties") is False and base_id is None:
            self.closed.add(type_id)
            options.append("closed=True")
        elif "additionalProperties" in own:
            keywords["additionalProperties"] = reader.inlined(
                own["additionalProperties"], "/additionalProperties"
            )
        if schema.get("unevaluatedProperties") is False and base_id and base_id not in self.closed:
            self.closed.add(type_id)
            options.append("closed=True")
        elif "unevaluatedProperties" in schema and base_id not in self.closed:
            keywords["unevaluatedProperties"] = reader.inlined(
                schema["unevaluatedProperties"], "/unevaluatedProperties"
            )
        if keywords:
            options.append(_option("keywords", keywords))
        arguments = (f'"{type_id}"', *options)
        decorator = laid_out("", Bracketed("@gts_type(", arguments, ")"))
        base = self.names[URI_PREFIX + base_id] if base_id else ""
        self.write_class(name, [decorator], base, schema, reader.fields(fields, required))

    def write_class(
        self, name: str, decorators: list[str], base: str, schema: Schema, fields: list[Hint]
    ) -> None:
        """Write one class with its docstring and *fields*."""
        if "@open_object" in decorators:
            self.used.add("open_object")
        inherits = f"({base})" if base else ""
        lines = [*decorators, "@frozen(kw_only=True)", f"class {name}{inherits}:"]
        lines += _docstring(name, schema, fields)
        if fields:
            lines.append("")
        for one in fields:
            self.used |= one.names
            lines.append(laid_out(f"{one.field}: ", one.expression, one.default, indent=4))
        self.classes.append("\n".join(lines) + "\n")

    def named(self, key: str, wanted: str) -> str:
        """Return the class name of what *key* names, *wanted* if it is free."""
        if key not in self.names:
            taken = {*self.names.values(), *IMPORTS, *BUILT_IN_HINTS}
            name, number = wanted, 2
            while name in taken:
                name, number = f"{wanted}{number}", number + 1
            self.names[key] = name
        return self.names[key]

    def has(self, key: str) -> bool:
        """Return whether *key* has a class name already."""
        return key in self.names

    def _options(self, schema: Schema, base_id: GtsTypeId | None) -> list[Expression]:
        options: list[Expression] = []
        if base_id:
            options.append(f"base={self.names[URI_PREFIX + base_id]}")
        if schema.get("x-gts-final") is True:
            options.append("final=True")
        if schema.get("x-gts-abstract") is True:
            options.append("abstract=True")
        for word, key in (("traits_schema", "x-gts-traits-schema"), ("traits", "x-gts-traits")):
            if key in schema:
                options.append(_option(word, schema[key]))
        return options


def _resolved(schema: Schema) -> Schema:
    """Return a copy in which each ``x-gts-ref`` says its identifier: pointers would lead elsewhere in a new schema."""

    def change(place: Schema) -> Schema:
        return (
            place | {KEYWORD: resolved_target(place[KEYWORD], schema)}
            if KEYWORD in place
            else place
        )

    return transformed(schema, change)


def _check_dialect(type_id: str, schema: Schema) -> None:
    if schema.get("type", "object") != "object":
        raise UnsupportedSchema(type_id, ("/type: a class is an object",))
    if schema.get("$schema") == DIALECT:
        return

    def check(place: Schema) -> Schema:
        old = sorted(_OLD_WORDS & place.keys())
        if is_array(place.get("items")):
            old.append("items")
        old += [
            word
            for word in ("exclusiveMaximum", "exclusiveMinimum")
            if isinstance(place.get(word), bool)
        ]
        if "$ref" in place and len(place) > 1:
            old.append("$ref")
        if old:
            remedy = f"write the schema as {DIALECT}"
            raise UnsupportedSchema(
                type_id, (f"{old[0]} means something else in its draft: {remedy}",)
            )
        return place

    transformed(schema, check)


def _parts(type_id: str, schema: Schema, base_id: str | None) -> tuple[Schema, Schema]:
    """Return what the type itself says of its members, and all other keywords that it has."""
    base_uri = f"{URI_PREFIX}{base_id}"
    parts: list[Any] = [part for part in schema.get("allOf", ()) if part != {"$ref": base_uri}]
    if base_id and len(parts) == len(schema.get("allOf", ())):
        raise UnsupportedSchema(type_id, (f"allOf: a reference to {base_uri} is wanted",))
    own: Schema = {name: schema[name] for name in _MEMBERS if name in schema}
    others = {name: value for name, value in schema.items() if name not in _SAID_BY_CLASS}
    if len(parts) == 1 and is_object(parts[0]) and not own:
        (part,) = parts
        own = {name: part[name] for name in _MEMBERS if name in part}
        rest = {name: value for name, value in part.items() if name not in _MEMBERS}
        if rest.get("type") == "object":
            del rest["type"]
        parts = [rest] if rest else []
    if parts:
        others["allOf"] = parts
    return own, others


_MEMBERS: Final = ("properties", "required", "additionalProperties")


def _fields_of(own: Schema, *, needs_all: bool) -> tuple[dict[str, Any], frozenset[str]]:
    fields: dict[str, Any] = dict(own.get("properties", {}))
    required = own.get("required", ())
    if needs_all:
        others = own.get(
            "additionalProperties", True
        )  # what a property without a schema of its own obeys
        fields |= {name: others for name in required if name not in fields}
    return fields, frozenset(required)


def _class_name(type_id: GtsTypeId, schema: Schema) -> str:
    last = type_id.segments[-1]
    minor = "" if last.ver_minor is None else f"_{last.ver_minor}"
    version = f"V{last.ver_major}{minor}"
    title = schema.get("title")
    if isinstance(title, str) and title.isascii() and title.isidentifier():
        name = title if title[0].isupper() else class_name_of(title)
        if re.search(r"V[0-9]+(_[0-9]+)?$", name) is None or name.endswith(version):
            return name
    return class_name_of(last.type_name) + version


def _docstring(name: str, schema: Schema, fields: Iterable[Hint]) -> list[str]:
    about = str(schema.get("description") or "").strip() or f"{_words(name)}."
    lines = [line.rstrip() for line in about.splitlines()]
    described = [one for one in fields if one.about]
    if described:
        lines += ["", "Attributes:"]
        for one in described:
            text = f"{one.field}: {' '.join(one.about.split())}"
            lines += textwrap.wrap(
                text, _DOC_WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8
            )
    safe = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in lines]
    if len(safe) == 1 and not safe[0].endswith('"'):
        return [f'    """{safe[0]}"""']
    body = [f"    {line}".rstrip() for line in safe[1:]]
    return [f'    """{safe[0]}', *body, '    """']


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"V[0-9]+(_[0-9]+)?$", "", name))
    return spaced[:1] + spaced[1:].lower()


def _imports(used: set[str]) -> Iterator[str]:
    by_module: dict[str, list[str]] = {}
    for name in sorted(used):
        by_module.setdefault(IMPORTS[name], []).append(name)
    groups: list[list[str]] = [[], [], []]
    for module in sorted(by_module):
        names = tuple(sorted(by_module[module], key=_import_order))
        line = f"from {module} import {', '.join(names)}"
        groups[_GROUP.get(module, 0)].append(line)
    yield "\n\n".join("\n".join(lines) for lines in groups if lines)


_GROUP: Final[Mapping[str, int]] = {"attrs": 1, "modkit": 2, "modkit.gts": 2}


def _import_order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _option(word: str, value: Any) -> Expression:
    written = literal(value)
    if isinstance(written, str):
        return f"{word}={written}"
    return Bracketed(f"{word}={written.opening}", written.items, written.closing)
