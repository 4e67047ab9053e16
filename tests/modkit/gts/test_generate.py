"""Classes generated from schemas: they accept what the schemas accept, and look as if written by hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import ModuleType
from typing import Any

import attrs
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from modkit.gts import GtsStore, UnsupportedSchema, generate, schema_of, type_id_of

DRAFT = "https://json-schema.org/draft/2020-12/schema"
BASE = "gts.x.core.tests.base.v1~"
DERIVED = f"{BASE}acme.a.b.derived.v1.2~"
_numbers = count()


@contextmanager
def module_of(source: str) -> Iterator[ModuleType]:
    """Run generated source as a module, which hints are looked up in."""
    module = ModuleType(f"generated_{next(_numbers)}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, module.__name__, "exec"), vars(module))
        yield module
    finally:
        del sys.modules[module.__name__]


def stored(*schemas: dict[str, Any]) -> GtsStore:
    store = GtsStore()
    for schema in schemas:
        store.put(schema)
    return store


def regenerated(store: GtsStore, type_id: str) -> tuple[GtsStore, str]:
    """Return a store with the schemas of the classes that are generated from those of *store*."""
    try:
        source = generate(store, type_id)
    except UnsupportedSchema:  # a reference to itself inside what stays a schema
        reject()
    with module_of(source) as module:
        types = [
            one for one in vars(module).values() if "__gts_type__" in getattr(one, "__dict__", {})
        ]
        return stored(*map(schema_of, types)), source


def base(properties: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "$id": f"gts://{BASE}",
        "type": "object",
        "properties": properties,
        **keywords,
    }


def derived(properties: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "$id": f"gts://{DERIVED}",
        "type": "object",
        "allOf": [{"$ref": f"gts://{BASE}"}, {"properties": properties, **keywords}],
    }


names = st.sampled_from(["a", "size", "date", "payload", "orderId"])
small = st.integers(-2, 6)
texts = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 5),
        "pattern": st.sampled_from(["^a", "[0-9]+", "(?i)b", "é\\d"]),
        "description": st.sampled_from(["One line.", 'Two\nlines, "quoted"', "back\\slash"]),
        "default": st.sampled_from(["", "abc", 'say "no"', 1]),
        "contentEncoding": st.just("base64"),
    },
)
number_words = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
numbers = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        **dict.fromkeys(number_words, small),
        "multipleOf": st.sampled_from([1, 2, 0.5, 0.1]),
        "default": st.sampled_from([0, 1.5, None]),
    },
)
choices = st.one_of(
    st.lists(st.sampled_from(["a", "b", 1, 2, None, True]), min_size=1, unique_by=repr).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(["a", 1, True, None, {"a": 1}]).map(lambda value: {"const": value}),
    st.just({"type": "string", "enum": ["a", "abc"], "default": "a"}),
)
others = st.sampled_from(
    [
        True,
        False,
        {},
        {"type": "boolean", "default": True},
        {"type": "null"},
        {"type": "object"},
        {"type": ["string", "integer"]},
        {"type": ["string", "null"], "maxLength": 2},
        {"minLength": 2, "minimum": 3},
        {"oneOf": [{"type": "string"}, {"type": "integer", "minimum": 2}]},
        {"not": {"type": "string"}},
        {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
        {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
        {"$ref": "#/$defs/part"},
        {"$ref": "#/$defs/text"},
        {"$ref": "#/$defs/part", "minProperties": 2},
        {"anyOf": [{"$ref": "#/$defs/part"}, {"type": "null"}]},
        {"$ref": f"gts://{BASE}"},
    ]
)
DEFS = {
    "part": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "next": {"$ref": "#/$defs/part"}},
        "required": ["a"],
        "additionalProperties": False,
    },
    "text": {"type": "string", "minLength": 2},
}


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"minItems": st.integers(0, 2), "uniqueItems": st.booleans()},
    )
    objects = st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(names, inner, max_size=3)},
        optional={
            "required": st.lists(names, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "maxProperties": st.integers(0, 3),
        },
    )
    nullable = inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]})
    return lists | objects | nullable


property_schemas = st.recursive(texts | numbers | choices | others, composed, max_leaves=4)
members = st.dictionaries(names, property_schemas, max_size=4)
scalars = st.sampled_from(
    [None, True, False, 0, 1, 1.5, 2, 4, 6, -1, "", "a", "ab", "abc", "12", "b", "long text", "é1"]
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.just("z"), inner, max_size=3)
    ),
    max_leaves=5,
)
documents = st.dictionaries(names | st.just("next"), values, max_size=5)


@settings(max_examples=150, deadline=None)
@given(
    properties=members,
    required=st.lists(names, max_size=2, unique=True),
    closed=st.booleans(),
    found=st.lists(documents, min_size=10, max_size=30),
)
def test_generated_class_accepts_what_its_schema_accepts(
    properties: dict[str, Any], required: list[str], closed: bool, found: list[Any]
) -> None:
    extra = {"additionalProperties": False} if closed else {"minProperties": 1}
    before = stored(base(properties, required=required, **{"$defs": DEFS}, **extra))
    after, source = regenerated(before, BASE)
    for document in found:
        is_valid = not before.validators.faults(BASE, document)
        assert (not after.validators.faults(BASE, document)) is is_valid, (document, source)


@settings(max_examples=50, deadline=None)
@given(
    properties=members, required=st.lists(names, max_size=2), found=st.lists(documents, min_size=20)
)
def test_generated_derived_class_accepts_what_its_schema_accepts(
    properties: dict[str, Any], required: list[str], found: list[Any]
) -> None:
    schema = derived(properties, required=list(dict.fromkeys(required)))
    schema["$defs"] = DEFS
    before = stored(base({"kept": {"type": "string"}}, required=["kept"]), schema)
    after, source = regenerated(before, DERIVED)
    for one in found:
        document = {"kept": "x", **one}
        is_valid = not before.validators.faults(DERIVED, document)
        assert (not after.validators.faults(DERIVED, document)) is is_valid, (document, source)


ORDER = base(
    {
        "id": {"type": "string", "x-gts-ref": "/$id", "description": "Which one."},
        "number": {"type": "integer", "minimum": 1, "maximum": 100},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "description": "One article of the order.",
                "required": ["sku"],
                "properties": {
                    "sku": {"type": "string", "maxLength": 32, "pattern": "^[A-Z0-9-]+$"}
                },
            },
        },
        "placed_at": {"type": "string", "format": "date-time", "description": "When, in UTC."},
        "channel": {"type": "string", "enum": ["web", "shop"], "default": "web"},
        "note": {"type": ["string", "null"]},
    },
    title="OrderV1",
    description="What a customer wants.",
    required=["id", "number", "lines"],
    **{"x-gts-final": True},
)


def test_generated_source_reads_like_one_written_by_hand() -> None:
    source = generate(stored(ORDER), BASE)
    assert (
        source
        == '''"""Types of the global type system, generated from their schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from attrs import frozen

from modkit import UNSET, Meta, UnsetType
from modkit.gts import GtsId, gts_type, open_object


@open_object
@frozen(kw_only=True)
class OrderV1LinesItem:
    """One article of the order."""

    sku: Annotated[str, Meta(max_length=32, pattern="^[A-Z0-9-]+$")]


@gts_type("gts.x.core.tests.base.v1~", final=True)
@frozen(kw_only=True)
class OrderV1:
    """What a customer wants.

    Attributes:
        id: Which one.
        placed_at: When, in UTC.
    """

    id: Annotated[GtsId, Meta(extra_json_schema={"x-gts-ref": "gts.x.core.tests.base.v1~"})]
    number: Annotated[int, Meta(ge=1, le=100)]
    lines: Annotated[tuple[OrderV1LinesItem, ...], Meta(min_length=1)]
    placed_at: datetime | UnsetType = UNSET
    channel: Literal["web", "shop"] = "web"
    note: str | None | UnsetType = UNSET
'''
    )


@pytest.mark.parametrize("command", [["format", "--check"], ["check", "--select", "E4,F,I,D,UP"]])
def test_generated_source_is_formatted(command: list[str]) -> None:
    source = generate(stored(ORDER), BASE)
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--stdin-filename", "generated.py", "-"],
        input=source,
        text=True,
        capture_output=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_generated_classes_derive_from_each_other() -> None:
    store = stored(base({"a": {"type": "integer"}}), derived({"b": {"type": "integer"}}))
    with module_of(generate(store, DERIVED)) as module:
        assert issubclass(module.DerivedV1_2, module.BaseV1)
        assert type_id_of(module.DerivedV1_2) == DERIVED
        assert [item.name for item in attrs.fields(module.DerivedV1_2)] == ["a", "b"]


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        (base({"x-y": {}}), "/properties/x-y: 'x-y' is no name of a field"),
        (base({"class": {}}), "'class' is no name"),
        (base({"a": {"type": "object", "properties": {"_b": {}}}}), "/properties/a/properties/_b"),
        (base({"str": {}}), "would hide the type"),
        (base({}, type="array"), "/type: a class is an object"),
        (
            base(
                {"a": {"$ref": "#/$defs/loop"}},
                **{"$defs": {"loop": {"type": "array", "items": {"$ref": "#/$defs/loop"}}}},
            ),
            "refers to itself",
        ),
        (
            {**base({"a": {"items": [{}]}}), "$schema": "http://json-schema.org/draft-07/schema#"},
            "means something else in its draft",
        ),
    ],
)
def test_schema_that_no_class_has_is_refused_with_its_place(schema: Any, fault: str) -> None:
    with pytest.raises(UnsupportedSchema) as refused:
        generate(stored(schema), BASE)
    assert fault in str(refused.value)
