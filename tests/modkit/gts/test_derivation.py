"""Types that derive from others: what they may say, and what they must repeat."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from modkit.gts.entity import InvalidEntity
from modkit.gts.validation import validate_type
from tests.modkit.gts.samples import EVENT, PLACED, derived, stored, type_of

LEAF = f"{PLACED}acme.shop.orders.gift.v1~"


def faults_of(type_id: str, *documents: dict[str, Any]) -> tuple[str, ...]:
    try:
        validate_type(stored(*documents), type_id)
    except InvalidEntity as error:
        return error.faults
    return ()


def property_faults(base: Any, again: Any) -> tuple[str, ...]:
    """What is wrong where a base has the property ``p`` and a derived type says it again."""
    return faults_of(
        PLACED,
        type_of(EVENT, properties={"p": base}),
        derived(PLACED, {"properties": {"p": again}}),
    )


TEXT = {"type": "string"}
FITS = {
    "same": ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 9}),
    "tighter": ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 5, "minLength": 1}),
    "number becomes integer": ({"type": "number"}, {"type": "integer"}),
    "one of several types": ({"type": ["string", "null"]}, TEXT),
    "fewer choices": ({"enum": ["a", "b"]}, {"enum": ["a"]}),
    "constant within bounds": ({"type": "integer", "minimum": 42}, {"const": 43}),
    "same pattern": ({"pattern": "^a"}, {"pattern": "^a", "maxLength": 3}),
    "object is specified": ({"type": "object"}, {"type": "object", "properties": {"a": TEXT}}),
    "items are tighter": ({"items": TEXT}, {"items": {**TEXT, "maxLength": 3}}),
    "closed is closed again": (
        {"properties": {"a": TEXT}, "additionalProperties": False},
        {"properties": {"a": TEXT}, "additionalProperties": False},
    ),
    "narrower reference": ({"x-gts-ref": "gts.*"}, {"x-gts-ref": EVENT}),
}
BREAKS = {
    "looser": (
        {"maxLength": 9},
        {"maxLength": 10},
        "/p: maxLength 10 is looser than 9 of the base",
    ),
    "lower": ({"minimum": 9}, {"minimum": 8}, "/p: minimum 8 is looser than 9 of the base"),
    "bound is dropped": ({"minItems": 1}, {}, "/p: minItems 1 of the base is dropped"),
    "choices are dropped": ({"enum": ["a"]}, TEXT, "/p: enum of the base is dropped"),
    "constant is dropped": ({"const": "a"}, TEXT, "/p: const of the base is dropped"),
    "items are dropped": (
        {"type": "array", "items": TEXT},
        {"type": "array"},
        "/p: items of the base is dropped",
    ),
    "another pattern": (
        {"pattern": "^a"},
        {"pattern": "^b"},
        "/p: pattern '^a' of the base is not repeated",
    ),
    "another type": (
        TEXT,
        {"type": "integer"},
        "/p: type integer is not allowed by the base, which is string",
    ),
    "wider type": (
        TEXT,
        {"type": ["string", "null"]},
        "/p: type null is not allowed by the base, which is string",
    ),
    "integer becomes number": (
        {"type": "integer"},
        {"type": "number"},
        "/p: type number is not allowed by the base, which is integer",
    ),
    "another constant": (
        {"const": "a"},
        {"const": "b"},
        """/p: 'b' breaks the base: /: "a" was expected""",
    ),
    "constant out of bounds": (
        {"minimum": 42},
        {"const": 32},
        "/p: 32 breaks the base: /: 32 is less than the minimum of 42",
    ),
    "another choice": (
        {"enum": ["a", "b"]},
        {"enum": ["a", "d"]},
        """/p: 'd' breaks the base: /: "d" is not one of "a" or "b\"""",
    ),
    "forbidden": (TEXT, False, "/p: the base allows it, and false forbids it"),
    "inside an object": (
        {"properties": {"a": {"maxLength": 1}}},
        {"properties": {"a": {"maxLength": 2}}},
        "/p/a: maxLength 2 is looser than 1 of the base",
    ),
    "items of another type": (
        {"items": TEXT},
        {"items": {"type": "integer"}},
        "/p/[]: type integer is not allowed by the base, which is string",
    ),
    "wider reference": (
        {"x-gts-ref": EVENT},
        {"x-gts-ref": "gts.*"},
        f"/p: x-gts-ref gts.* is not within {EVENT} of the base",
    ),
}


@pytest.mark.parametrize(("base", "again"), FITS.values(), ids=list(FITS))
def test_property_that_fits(base: Any, again: Any) -> None:
    assert property_faults(base, again) == ()


@pytest.mark.parametrize(("base", "again", "fault"), BREAKS.values(), ids=list(BREAKS))
def test_property_that_does_not_fit(base: Any, again: Any, fault: str) -> None:
    assert property_faults(base, again) == (fault,)


def test_what_is_not_said_again_is_inherited() -> None:
    base = type_of(EVENT, properties={"a": {**TEXT, "maxLength": 3}}, required=["a"])
    assert (
        faults_of(PLACED, base, derived(PLACED, {"required": [], "properties": {"b": TEXT}})) == ()
    )


def test_type_that_does_not_refer_to_its_base_repeats_it() -> None:
    base = type_of(EVENT, properties={"a": TEXT, "b": TEXT}, required=["a"])
    assert faults_of(PLACED, base, type_of(PLACED, properties={"b": TEXT})) == (
        "/a: left out; refer to the base in allOf, or repeat it",
        "/a: no longer required; refer to the base in allOf, or repeat it",
    )
    whole = type_of(PLACED, properties={"a": TEXT, "b": TEXT}, required=["a", "b"])
    assert faults_of(PLACED, base, whole) == ()


CLOSED = type_of(EVENT, properties={"a": TEXT}, additionalProperties=False)


@pytest.mark.parametrize(
    ("overlay", "faults"),
    [
        ({"additionalProperties": False}, ()),
        ({}, ("/: the base is closed, so repeat additionalProperties: false",)),
        (
            {"additionalProperties": True},
            ("/: the base is closed, so repeat additionalProperties: false",),
        ),
        (
            {"additionalProperties": False, "properties": {"b": TEXT}},
            ("/b: the base is closed (additionalProperties: false) and has no such property",),
        ),
    ],
)
def test_closed_base_stays_closed(overlay: dict[str, Any], faults: tuple[str, ...]) -> None:
    assert faults_of(PLACED, CLOSED, derived(PLACED, overlay)) == faults


def test_open_base_may_be_closed() -> None:
    base = type_of(EVENT, properties={"a": TEXT})
    assert faults_of(PLACED, base, derived(PLACED, {"additionalProperties": False})) == ()


def test_each_link_of_a_chain_is_compared_with_the_one_before() -> None:
    documents = (
        type_of(EVENT, properties={"p": {"maxLength": 9}}),
        derived(PLACED, {"properties": {"p": {"maxLength": 5}}}),
        derived(LEAF, {"properties": {"p": {"maxLength": 7}}}),
    )
    assert faults_of(PLACED, *documents) == ()
    assert faults_of(LEAF, *documents) == ("/p: maxLength 7 is looser than 5 of the base",)


def test_fault_of_a_link_before_is_told_with_that_link() -> None:
    documents = (
        type_of(EVENT, properties={"p": {"type": "integer"}}),
        derived(PLACED, {"properties": {"p": {"type": "number"}}}),
        derived(LEAF, {"properties": {"p": {"type": "integer"}}}),
    )
    assert faults_of(LEAF, *documents) == (
        f"{PLACED}: /p: type number is not allowed by the base, which is integer",
    )


def test_final_type_has_no_derived_ones_but_siblings_may_be() -> None:
    final = derived(PLACED, {}, x_gts_final=True)
    sibling = f"{EVENT}acme.shop.orders.paid.v1~"
    documents = (type_of(EVENT), final, derived(LEAF, {}), derived(sibling, {}))
    assert faults_of(LEAF, *documents) == (f"{PLACED} is final: nothing derives from it",)
    assert faults_of(PLACED, *documents) == ()
    assert faults_of(sibling, *documents) == ()


def test_missing_link_of_a_chain_is_told() -> None:
    assert faults_of(PLACED, derived(PLACED, {})) == (
        f"the type {EVENT} of its chain is not registered",
    )


@pytest.mark.parametrize("length", [1, 2, 3])
def test_types_that_apply_each_other_in_a_circle_are_refused(length: int) -> None:
    ids = [f"{EVENT}a.b.c.node{index}.v1~" for index in range(length)]
    circle = [
        type_of(one, allOf=[{"$ref": f"gts://{ids[(index + 1) % length]}"}])
        for index, one in enumerate(ids)
    ]
    for one in ids:
        faults = faults_of(one, type_of(EVENT), *circle)
        assert len(faults) == 1
        assert faults[0].endswith("applies itself to the same value, for ever")


def test_tree_may_derive_from_a_tree() -> None:
    tree = {"properties": {"branches": {"type": "array", "items": {"$ref": "#"}}}}
    assert faults_of(PLACED, type_of(EVENT, **tree), derived(PLACED, tree)) == ()


def test_long_way_of_references_ends() -> None:
    ids = [f"gts.a.b.c.node{index}.v1~" for index in range(400)]
    chain = [type_of(one, allOf=[{"$ref": f"gts://{after}"}]) for one, after in pairwise(ids)]
    top = f"{ids[0]}a.b.c.d.v1~"
    assert faults_of(top, *chain, type_of(ids[-1]), derived(top, {})) == (
        "the schema is made of too many parts",
    )
