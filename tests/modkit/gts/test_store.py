"""The store: what it keeps, refuses and finds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts import GtsPattern
from modkit.gts.entity import InvalidEntity, UnknownEntity
from modkit.gts.store import GtsStore
from modkit.gts.validation import register, validate_instance
from modkit_errors import Exhausted
from tests.modkit.gts.samples import DRAFT_7, EVENT, FIRST, PLACED, shop, stored, type_of
from tests.modkit.gts.strategies import identifiers


def nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(levels):
        document = {"a": document}
    return document


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no identifier": ({"name": "x"}, "no identifier in any of"),
    "schema without $id": ({"$schema": DRAFT_7}, r"no identifier in any of \$id"),
    "unknown dialect": ({"$schema": "http://a/b", "$id": f"gts://{EVENT}"}, "is none of"),
    "meta-schema": (type_of(EVENT, properties={"a": {"type": "text"}}), "/properties/a/type"),
    "modifier that is no boolean": (type_of(EVENT, x_gts_final="yes"), "neither true nor false"),
    "both modifiers": (type_of(EVENT, x_gts_final=True, x_gts_abstract=True), "cannot be both"),
    "modifier below the top": (
        type_of(EVENT, allOf=[{"x-gts-abstract": True}]),
        "belongs at the top",
    ),
    "malformed reference": (
        type_of(EVENT, properties={"a": {"x-gts-ref": "gts.x.y.z"}}),
        "/properties/a: x-gts-ref validation failed: Invalid GTS identifier: gts.x.y.z",
    ),
    "pointer to what is no identifier": (
        type_of(EVENT, properties={"a": {"const": "b"}, "c": {"x-gts-ref": "/properties/a/const"}}),
        "Invalid GTS identifier: b",
    ),
    "pointer to nothing": (
        type_of(EVENT, properties={"a": {"x-gts-ref": "/properties/b"}}),
        "points at nothing",
    ),
    "pointers in a circle": (
        type_of(EVENT, properties={"a": {"x-gts-ref": "/properties/a"}}),
        "without end",
    ),
    "deep document": ({"id": FIRST, **nested(200)}, "nests more than 128"),
}


@pytest.mark.parametrize(("document", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_faulty_document_is_refused_and_leaves_the_store_as_it_was(
    document: dict[str, Any], reason: str
) -> None:
    store = stored(type_of(EVENT))
    with pytest.raises(InvalidEntity, match=reason):
        store.put(document)
    assert store.ids() == (EVENT,)
    assert store.get(EVENT).content == type_of(EVENT)


def test_deep_document_is_refused_without_recursion() -> None:
    with pytest.raises(InvalidEntity, match="nests more than"):
        GtsStore().put({"id": FIRST, **nested(100_000)})


def test_values_in_a_schema_are_no_schemas() -> None:
    example = {"x-gts-final": "yes", "$ref": "http://example.com", "x-gts-ref": "no"}
    store = stored(type_of(EVENT, examples=[example], properties={"a": {"const": example}}))
    assert store.schema(EVENT)["properties"]["a"]["const"] == example


def test_full_store_takes_replacements_only() -> None:
    store = GtsStore(max_entities=1)
    store.put({"id": "1"})
    assert store.put({"id": "1", "new": True}).content["new"] is True
    with pytest.raises(Exhausted):
        store.put({"id": "2"})


def test_unknown_entity_is_told() -> None:
    with pytest.raises(UnknownEntity, match=f"No entity with GTS ID: {EVENT}"):
        GtsStore().get(EVENT)


def test_validator_follows_changes_of_every_schema_that_it_reads() -> None:
    store = shop()
    validate_instance(store, FIRST)
    store.put(type_of(EVENT, required=["tenant"]))
    with pytest.raises(InvalidEntity, match='"tenant" is a required property'):
        validate_instance(store, FIRST)
    store.remove(EVENT)
    with pytest.raises(InvalidEntity, match="its schema cannot be used"):
        validate_instance(store, FIRST)
    store.put(type_of(EVENT))
    validate_instance(store, FIRST)


def test_rejected_document_does_not_replace_the_one_before() -> None:
    store = shop()
    with pytest.raises(InvalidEntity):
        register(store, {"id": FIRST, "type": PLACED, "payload": {}})
    assert store.get(FIRST).content["payload"] == {"sku": "A-1"}
    with pytest.raises(InvalidEntity):
        register(store, {"id": f"{PLACED}acme.shop._.second.v1", "payload": {}})
    assert len(store) == 4


def test_what_has_no_identifier_of_gts_is_never_covered() -> None:
    store = stored({"id": "gts.x.first"}, {"id": "7a1d2f34"}, {"id": FIRST})
    assert [one.id for one in store.matching("gts.*")] == [FIRST]


@given(st.sets(identifiers, max_size=12), st.data())
def test_store_finds_what_a_filter_over_all_finds(ids: set[str], data: st.DataObject) -> None:
    store = stored(*({"id": one} for one in ids))
    source = data.draw(st.sampled_from(sorted(ids)) | identifiers if ids else identifiers)
    ends = [end for end, letter in enumerate(source, 1) if letter == "~"]
    pattern = data.draw(
        st.sampled_from(
            [
                source,
                "gts.*",
                *(source[:end] for end in ends),
                *(f"{source[:end]}*" for end in ends),
            ]
        )
    )
    wanted = {one for one in ids if GtsPattern.parse(pattern).matches(one)}
    assert [one.id for one in store.matching(pattern)] == [
        one for one in store.ids() if one in wanted
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=30))
def test_store_holds_what_was_put_and_not_removed(steps: list[tuple[bool, int]]) -> None:
    store, model = GtsStore(), dict[str, dict[str, Any]]()
    for number, (is_put, index) in enumerate(steps):
        gts_id = f"{EVENT}a.b.c.n{index}.v1"
        if is_put:
            model[gts_id] = {"id": gts_id, "number": number}
            store.put(model[gts_id])
        elif gts_id in model:
            del model[gts_id]
            store.remove(gts_id)
    assert json.dumps([store.get(one).content for one in store.ids()]) == json.dumps(
        [model[one] for one in sorted(model)]
    )
