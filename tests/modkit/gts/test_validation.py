"""Instances against their types: JSON Schema, ``x-gts-ref``, modifiers, and what registration refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from modkit.gts.entity import InvalidEntity, UnknownEntity
from modkit.gts.validation import (
    register,
    validate,
    validate_finished,
    validate_instance,
    validate_type,
)
from tests.modkit.gts.samples import EVENT, FIRST, PLACED, derived, shop, stored, type_of
from tests.strategies import json_values

ITEM = f"{EVENT}a.b.c.item.v1"
CAPABILITY = "gts.x.core.modules.capability.v1~"
SOCKETS = f"{CAPABILITY}acme.chat._.sockets.v1"


def faults_of(*documents: dict[str, Any], instance: str = ITEM) -> tuple[str, ...]:
    try:
        validate(stored(*documents), instance)
    except InvalidEntity as error:
        return error.faults
    return ()


def test_valid_instance_passes() -> None:
    validate_instance(shop(), FIRST)


def test_each_fault_has_its_place() -> None:
    store = shop()
    store.put({"id": FIRST, "type": EVENT, "payload": {"sku": 7}})
    with pytest.raises(InvalidEntity) as invalid:
        validate_instance(store, FIRST)
    assert sorted(invalid.value.faults) == [
        '/payload/sku: 7 is not of type "string"',
        f'/type: "{PLACED}" was expected',
    ]


def test_anonymous_instance_is_checked_against_the_type_it_names() -> None:
    schema = type_of(EVENT, required=["name"])
    assert faults_of(schema, {"id": "7a1d", "type": EVENT}, instance="7a1d") == (
        '/: "name" is a required property',
    )


def test_format_is_an_annotation() -> None:
    schema = type_of(EVENT, properties={"id": {"type": "string", "format": "uuid"}})
    assert faults_of(schema, {"id": ITEM}) == ()


def test_unknown_type_and_unknown_instance_are_told() -> None:
    assert faults_of({"id": ITEM}) == (f"its type {EVENT} is not registered",)
    with pytest.raises(UnknownEntity):
        validate(stored(), ITEM)


@pytest.mark.parametrize(
    "identifier", [ITEM, f"{EVENT}7a1d2f34-5678-49ab-9012-abcdef123456", "7a1d2f34"]
)
def test_abstract_type_has_no_instances_of_its_own(identifier: str) -> None:
    abstract = type_of(EVENT, x_gts_abstract=True)
    document = {"id": identifier, "type": EVENT}
    assert faults_of(abstract, document, instance=identifier) == (
        f"its type {EVENT} is abstract: name a derived one",
    )


def test_type_derived_from_an_abstract_one_has_instances() -> None:
    abstract = type_of(EVENT, x_gts_abstract=True)
    assert faults_of(abstract, derived(PLACED, {}), {"id": FIRST}, instance=FIRST) == ()


@pytest.mark.parametrize(
    "keyword", ["x-gts-final", "x-gts-abstract", "x-gts-traits", "x-gts-traits-schema"]
)
def test_keywords_of_schemas_are_refused_in_instances(keyword: str) -> None:
    assert faults_of(type_of(EVENT), {"id": ITEM, keyword: {}}) == (
        f"/{keyword}: only a schema has this keyword",
    )


REFERENCES = {
    "prefix": ({"x-gts-ref": CAPABILITY}, SOCKETS, True),
    "another type": ({"x-gts-ref": CAPABILITY}, ITEM, False),
    "any identifier": ({"x-gts-ref": "gts.*"}, ITEM, True),
    "no identifier": ({"x-gts-ref": "gts.*"}, "sockets", False),
    "other kinds of values": ({"x-gts-ref": "gts.*"}, 7, True),
    "own type": ({"x-gts-ref": "/$id"}, EVENT, True),
    "own instance": ({"x-gts-ref": "/$id"}, ITEM, True),
    "pointer to another property": ({"x-gts-ref": "/properties/own"}, EVENT, True),
    "pointer, wrong": ({"x-gts-ref": "/properties/own"}, SOCKETS, False),
    "exactly one": (
        {"oneOf": [{"x-gts-ref": "gts.x.*"}, {"x-gts-ref": CAPABILITY}]},
        SOCKETS,
        False,
    ),
    "one of two": ({"oneOf": [{"x-gts-ref": EVENT}, {"x-gts-ref": CAPABILITY}]}, SOCKETS, True),
    "any of": ({"anyOf": [{"x-gts-ref": EVENT}, {"x-gts-ref": CAPABILITY}]}, SOCKETS, True),
    "all of": ({"allOf": [{"x-gts-ref": EVENT}, {"x-gts-ref": CAPABILITY}]}, SOCKETS, False),
    "not": ({"not": {"x-gts-ref": CAPABILITY}}, SOCKETS, False),
    "items": ({"items": {"x-gts-ref": CAPABILITY}}, [SOCKETS, ITEM], False),
}


@pytest.mark.parametrize(("schema", "value", "is_valid"), REFERENCES.values(), ids=list(REFERENCES))
def test_reference_is_checked_where_it_stands(
    schema: dict[str, Any], value: Any, is_valid: bool
) -> None:
    base = type_of(EVENT, properties={"own": {"x-gts-ref": "/$id"}, "ref": schema})
    assert (faults_of(base, {"id": ITEM, "ref": value}) == ()) is is_valid


def test_reference_of_a_base_means_the_base_in_a_derived_type() -> None:
    base = type_of(EVENT, properties={"type": {"x-gts-ref": "/$id"}})
    documents = (base, derived(PLACED, {}), {"id": FIRST, "type": PLACED})
    assert faults_of(*documents, instance=FIRST) == ()


def test_tree_of_its_own_kind_is_followed_down() -> None:
    tree = type_of(
        EVENT, properties={"branches": {"items": {"$ref": "#"}}, "leaf": {"type": "string"}}
    )
    assert faults_of(tree, {"id": ITEM, "branches": [{"branches": [{"leaf": 1}]}]}) == (
        '/branches/0/branches/0/leaf: 1 is not of type "string"',
    )
    validate_type(stored(tree), EVENT)


def test_hostile_pattern_ends() -> None:
    schema = type_of(EVENT, properties={"name": {"pattern": "(?=a)(a+)+$"}})
    assert len(faults_of(schema, {"id": ITEM, "name": "a" * 50 + "b"})) == 1


NOT_REGISTERED: dict[str, tuple[dict[str, Any], str]] = {
    "$id without gts://": ({**type_of(EVENT), "$id": EVENT}, "does not begin with gts://"),
    "$id of another kind": ({**type_of(EVENT), "$id": "http://a/b"}, "does not begin with gts://"),
    "$id with a wildcard": (
        {**type_of(EVENT), "$id": "gts://gts.x.*"},
        "a wildcard makes it a pattern",
    ),
    "$id of an instance": ({**type_of(EVENT), "$id": f"gts://{ITEM}"}, "names no type"),
    "$ref without gts://": (type_of(EVENT, allOf=[{"$ref": EVENT}]), "leads outside"),
    "$ref to the web": (type_of(EVENT, allOf=[{"$ref": "http://a/b"}]), "leads outside"),
    "$ref with a wildcard": (
        type_of(EVENT, allOf=[{"$ref": "gts://gts.x.*"}]),
        "is no GTS identifier",
    ),
    "$ref to nothing": (
        type_of(EVENT, properties={"a": {"$ref": f"gts://{CAPABILITY}"}}),
        "schema cannot be used",
    ),
    "instance without a type": ({"id": "7a1d"}, "no member tells its type"),
    "instance of an unknown type": ({"id": ITEM}, "is not registered"),
}


@pytest.mark.parametrize(("document", "reason"), NOT_REGISTERED.values(), ids=list(NOT_REGISTERED))
def test_registration_with_validation_refuses(document: dict[str, Any], reason: str) -> None:
    store = stored()
    with pytest.raises(InvalidEntity, match=reason):
        register(store, document)
    assert len(store) == 0


def test_finished_type_has_closed_traits_with_values() -> None:
    declared = {"type": "object", "properties": {"keep": {"type": "string", "default": "P1D"}}}
    open_one = type_of(EVENT, x_gts_traits_schema=declared, x_gts_traits={"keep": "P2D"})
    store = stored(open_one)
    validate_type(store, EVENT)
    with pytest.raises(InvalidEntity, match="its traits are open or without values"):
        validate_finished(store, EVENT)
    store.put({**open_one, "x-gts-traits-schema": {**declared, "additionalProperties": False}})
    validate_finished(store, EVENT)


SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "string", "number", "integer", "array"]),
        "enum": st.lists(
            st.integers(0, 3) | st.text(max_size=1), min_size=1, max_size=3, unique_by=repr
        ),
        "minimum": st.integers(-2, 2),
        "maxLength": st.integers(0, 3),
        "required": st.just(["a"]),
        "items": st.fixed_dictionaries({"type": st.sampled_from(["string", "integer"])}),
    },
)


@given(schema=SCHEMAS, value=json_values)
def test_verdict_is_that_of_another_validator(schema: dict[str, Any], value: Any) -> None:
    base = type_of(EVENT, properties={"value": schema})
    document = {"id": ITEM, "value": value}
    assert (faults_of(base, document) == ()) is Draft7Validator(base).is_valid(document)
