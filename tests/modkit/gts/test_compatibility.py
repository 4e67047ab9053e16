"""What the change from one version of a type to the next breaks, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts.compatibility import Compatibility, compared
from modkit.gts.schema_walk import Schema
from tests.modkit.gts.samples import EVENT, derived, stored, type_of

OLD, NEW = f"{EVENT}a.b.c.d.v1.0~", f"{EVENT}a.b.c.d.v1.1~"
TEXT = {"type": "string"}


def verdict(old: Any, new: Any) -> Compatibility:
    return compared(old, new, lambda _: None)


def closed(*names: str) -> Schema:
    return {"properties": dict.fromkeys(names, TEXT), "additionalProperties": False}


def holding(schema: Any) -> Schema:
    return {"type": "object", "properties": {"p": schema}}


BOTH, BACKWARD, FORWARD, NEITHER = (True, True), (True, False), (False, True), (False, False)
CASES: dict[str, tuple[Schema, Schema, tuple[bool, bool]]] = {
    "same": (holding(TEXT), holding(TEXT), BOTH),
    "described anew": (holding(TEXT), holding({**TEXT, "description": "x", "default": "y"}), BOTH),
    "optional added": ({"type": "object"}, holding(TEXT), BOTH),
    "optional removed": (holding(TEXT), {"type": "object"}, BOTH),
    "optional added to a closed type": (closed("a"), closed("a", "b"), BACKWARD),
    "optional removed from a closed type": (closed("a", "b"), closed("a"), FORWARD),
    "now required": ({}, {"required": ["a"]}, FORWARD),
    "no longer required": ({"required": ["a"]}, {}, BACKWARD),
    "now closed": ({"properties": {"a": TEXT}}, closed("a"), FORWARD),
    "now open": (closed("a"), {"properties": {"a": TEXT}}, BACKWARD),
    "another type": (holding(TEXT), holding({"type": "number"}), NEITHER),
    "integer becomes number": (holding({"type": "integer"}), holding({"type": "number"}), BACKWARD),
    "number becomes integer": (holding({"type": "number"}), holding({"type": "integer"}), FORWARD),
    "one more type": (holding(TEXT), holding({"type": ["string", "null"]}), BACKWARD),
    "one type less": (holding({"type": ["string", "null"]}), holding(TEXT), FORWARD),
    "any type becomes one": (holding({}), holding(TEXT), FORWARD),
    "higher least value": (holding({"minimum": 1}), holding({"minimum": 2}), FORWARD),
    "lower least length": (holding({"minLength": 2}), holding({"minLength": 1}), BACKWARD),
    "higher limit": (holding({"maximum": 1}), holding({"maximum": 2}), BACKWARD),
    "lower limit": (holding({"maxLength": 2}), holding({"maxLength": 1}), FORWARD),
    "new limit": (holding({}), holding({"minItems": 1}), FORWARD),
    "limit gone": (holding({"minimum": 1}), holding({}), BACKWARD),
    "new pattern": (holding(TEXT), holding({**TEXT, "pattern": "^a"}), FORWARD),
    "another pattern": (holding({"pattern": "^b"}), holding({"pattern": "^a"}), NEITHER),
    "more choices": (holding({"enum": ["a"]}), holding({"enum": ["a", "b"]}), FORWARD),
    "fewer choices": (holding({"enum": [{"a": 1}, 2]}), holding({"enum": [2]}), BACKWARD),
    "choices come up": (holding(TEXT), holding({**TEXT, "enum": ["a"]}), FORWARD),
    "another constant": (holding({"const": 1}), holding({"const": 2}), NEITHER),
    "constant of the version": (holding({"const": OLD}), holding({"const": NEW}), BOTH),
    "inside an object": (
        holding({"properties": {"q": {"maxLength": 1}}}),
        holding({"properties": {"q": {"maxLength": 2}}}),
        BACKWARD,
    ),
    "items of an array": (
        holding({"items": {"type": "string"}}),
        holding({"items": {"type": "integer"}}),
        NEITHER,
    ),
    "boolean schemas": (holding(True), holding(TEXT), FORWARD),
}


@pytest.mark.parametrize(("old", "new", "found"), CASES.values(), ids=list(CASES))
def test_verdict(old: Schema, new: Schema, found: tuple[bool, bool]) -> None:
    result = verdict(old, new)
    assert (result.is_backward, result.is_forward) == found
    assert result.is_full is (found == BOTH)


@pytest.mark.parametrize(("old", "new", "found"), CASES.values(), ids=list(CASES))
def test_way_back_breaks_the_other_side(old: Schema, new: Schema, found: tuple[bool, bool]) -> None:
    result = verdict(new, old)
    assert (result.is_forward, result.is_backward) == found


def test_each_change_tells_its_place_and_whom_it_breaks() -> None:
    old = {"properties": {"a": {"items": {"maxLength": 3}}}}
    new = {"properties": {"a": {"items": {"maxLength": 2}}}, "required": ["a"]}
    assert [(one.place, one.text, one.breaks.name) for one in verdict(old, new).changes] == [
        ("/", "a is now required", "BACKWARD"),
        ("/a/[]", "maxLength went from 3 to 2", "BACKWARD"),
    ]


def test_what_both_refer_to_is_followed() -> None:
    store = stored(
        type_of(EVENT, required=["id"], additionalProperties=False, properties={"payload": {}}),
        derived(OLD, {"properties": {"payload": {"type": "object"}}}),
        derived(NEW, {"properties": {"payload": {"type": "object", "required": ["sku"]}}}),
    )
    result = compared(store.schema(OLD), store.schema(NEW), store.find_schema)
    assert [one.text for one in result.changes] == ["sku is now required"]


def test_missing_reference_breaks_both() -> None:
    assert not verdict({"$ref": f"gts://{EVENT}"}, {}).is_backward


def test_recursive_types_are_compared_once() -> None:
    def tree(gts_id: str, most: int) -> Schema:
        branches = {"items": {"$ref": "#"}, "maxItems": most}
        return {**type_of(gts_id), "properties": {"branches": branches}}

    store = stored(tree(OLD, 2), tree(NEW, 3))
    result = compared(store.schema(OLD), store.schema(NEW), store.find_schema)
    assert [one.text for one in result.changes] == ["maxItems went from 2 to 3"]


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", ["string", "null"]]),
        "minimum": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
    },
)
OBJECTS = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3),
        "required": st.sets(st.sampled_from("abc")).map(sorted),
    },
)
VALUES = st.dictionaries(
    st.sampled_from("abc"), st.none() | st.integers(-1, 4) | st.text("xy", max_size=4), max_size=3
)


@given(old=OBJECTS, new=OBJECTS, values=st.lists(VALUES, min_size=1, max_size=8))
def test_backward_compatible_readers_read_what_shares_the_properties(
    old: Schema, new: Schema, values: list[dict[str, Any]]
) -> None:
    # An open type lets anything stand under a name that only the new version knows: the specification calls that compatible.
    shared = old.get("properties", {}).keys() | (set("abc") - new.get("properties", {}).keys())
    store = stored({**type_of(OLD), **old}, {**type_of(NEW), **new})
    result = verdict(old, new)
    for value in values:
        if (
            result.is_backward
            and value.keys() <= shared
            and not store.validators.faults(OLD, value)
        ):
            assert store.validators.faults(NEW, value) == []
