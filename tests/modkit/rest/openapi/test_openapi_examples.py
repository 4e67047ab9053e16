from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.rest.openapi.examples import Examples, NoExample

names = st.sampled_from(["id", "name", "size", "tags", "note"])


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": draw(st.sampled_from(["integer", "number"]))}
    low = draw(st.integers(-50, 50))
    bounds = {
        "minimum": low,
        "exclusiveMinimum": low - 1,
        "maximum": low + 10,
        "exclusiveMaximum": low + 11,
        "multipleOf": draw(st.integers(1, 5)),
    }
    return schema | {
        keyword: bounds[keyword]
        for keyword in sorted(draw(st.sets(st.sampled_from(sorted(bounds)))))
    }


@st.composite
def texts(draw: st.DrawFn) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if draw(st.booleans()):
        schema["format"] = draw(st.sampled_from(["uuid", "date", "date-time", "email", "uri"]))
        return schema
    shortest = draw(st.integers(0, 30))
    if draw(st.booleans()):
        schema["minLength"] = shortest
    if draw(st.booleans()):
        schema["maxLength"] = shortest + draw(st.integers(0, 10))
    if draw(st.booleans()):
        schema["pattern"] = draw(st.sampled_from(["^[a-z]+$", "^[A-Z]{3}$", r"^\d+$", "^a"]))
    return schema


def larger(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.dictionaries(names, inner, max_size=4).flatmap(
        lambda properties: st.sets(st.sampled_from(sorted(properties) or ["none"])).map(
            lambda required: {
                "type": "object",
                "properties": properties,
                "required": sorted(required & properties.keys()),
                "additionalProperties": False,
            }
        )
    )
    arrays = st.builds(
        lambda items, shortest, extra: {
            "type": "array",
            "items": items,
            "minItems": shortest,
            "maxItems": shortest + extra,
        },
        inner,
        st.integers(0, 3),
        st.integers(0, 2),
    )
    tuples = st.lists(inner, min_size=1, max_size=3).map(
        lambda items: {"type": "array", "prefixItems": items, "minItems": len(items)}
    )
    choices = st.lists(inner, min_size=1, max_size=3).map(
        lambda choices: {"anyOf": [{"type": "null"}, *choices]}
    )
    maps = inner.map(lambda values: {"type": "object", "additionalProperties": values})
    return st.one_of(objects, arrays, tuples, choices, maps)


plain = st.one_of(
    numbers(),
    texts(),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({"enum": ["b", "a"], "type": "string"}),
    st.just({"const": 7}),
    st.just({"type": ["string", "null"]}),
)
schemas = st.recursive(plain, larger, max_leaves=8)


@given(schemas)
def test_every_example_is_valid_and_always_the_same(schema: dict[str, Any]) -> None:
    try:
        example = Examples({}).of(schema)
    except NoExample:
        return  # allowed, and rare: the next test shows that it is not the rule
    assert (
        list(jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(example)) == []
    )
    assert Examples({}).of(schema) == example


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "exclusiveMinimum": 5}, 6),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": 3, "multipleOf": 4}, 4),
        ({"type": "number", "exclusiveMinimum": 5}, 6),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "string"}, "example"),
        ({"type": "string", "minLength": 60}, ("example " * 8)[:60]),
        ({"type": "string", "maxLength": 0}, ""),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR"),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 0}, []),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"example": 1}),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"type": "integer", "default": 25}, 25),
        ({"type": ["integer", "null"], "default": None}, 1),
        ({"type": "boolean", "default": False}, False),
        ({"type": "integer", "examples": [3, 4], "default": 25}, 3),
        (
            {"allOf": [{"properties": {"a": {"const": 1}}}], "properties": {"b": {"const": 2}}},
            {"a": 1, "b": 2},
        ),
        ({}, "example"),
    ],
    ids=str,
)
def test_an_example_is_simple(schema: dict[str, Any], expected: Any) -> None:
    assert Examples({}).of(schema) == expected


TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "first": {"$ref": "#/components/schemas/Tree"},
    },
}


def test_a_type_that_contains_itself_ends() -> None:
    example = Examples({"Tree": TREE}).of({"$ref": "#/components/schemas/Tree"})
    assert example == {"name": "example", "children": []}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^never-seen-[0-9]{7}$"},
        {"type": "string", "format": "uuid", "maxLength": 3},
        {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "integer"}},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "string", "pattern": "^\\0$"}},
        },
    ],
    ids=str,
)
def test_where_nothing_can_be_made_up_there_is_no_example(schema: dict[str, Any]) -> None:
    with pytest.raises(NoExample):
        Examples({}).of(schema)


def test_an_optional_null_is_left_out_and_a_required_one_is_not() -> None:
    nulls = {"properties": {"a": {"type": "null"}, "b": {"type": "null"}}, "required": ["a"]}
    assert Examples({}).of(nulls) == {"a": None}


def test_an_optional_property_without_an_example_is_left_out() -> None:
    odd = {"type": "string", "pattern": "^never-seen-[0-9]{7}$"}
    assert Examples({}).of({"type": "object", "properties": {"a": odd, "b": {"const": 1}}}) == {
        "b": 1
    }
