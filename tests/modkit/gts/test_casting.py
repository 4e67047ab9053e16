"""Documents of one version as documents of another."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from modkit.gts.casting import cast
from modkit.gts.entity import InvalidEntity, UnknownEntity
from modkit.gts.store import GtsStore
from tests.modkit.gts.samples import (
    EVENT,
    FIRST,
    PLACED,
    PLACED_NEXT,
    derived,
    shop,
    stored,
    type_of,
)


def test_newer_version_is_filled_in_from_defaults() -> None:
    store = shop()
    before = copy.deepcopy(store.get(FIRST).content)
    done = cast(store, FIRST, PLACED_NEXT)
    assert done.document == {
        **before,
        "type": PLACED_NEXT,
        "payload": {"sku": "A-1", "channel": "web"},
    }
    assert (done.added, done.removed) == (("/payload/channel",), ())
    assert done.compatibility.is_full
    assert store.get(FIRST).content == before


def versions(newer: dict[str, Any], document: dict[str, Any]) -> GtsStore:
    return stored(
        type_of(EVENT),
        derived(PLACED, {}),
        derived(PLACED_NEXT, newer),
        {"id": FIRST, **document},
    )


def test_what_a_closed_version_does_not_know_is_dropped_at_every_level() -> None:
    inner = {"properties": {"sku": {}}, "additionalProperties": False}
    newer = {"properties": {"id": {}, "lines": {"items": inner}}, "additionalProperties": False}
    store = versions(newer, {"lines": [{"sku": 1, "note": "x"}], "old": True})
    done = cast(store, FIRST, PLACED_NEXT)
    assert done.document == {"id": FIRST, "lines": [{"sku": 1}]}
    assert set(done.removed) == {"/lines/0/note", "/old"}


def test_defaults_nest() -> None:
    newer = {"properties": {"a": {"default": {}, "properties": {"b": {"default": [1]}}}}}
    done = cast(versions(newer, {}), FIRST, PLACED_NEXT)
    assert done.document["a"] == {"b": [1]}
    assert done.added == ("/a", "/a/b")


def test_defaults_without_end_are_refused() -> None:
    newer = {"properties": {"a": {"default": {}, "allOf": [{"$ref": f"gts://{PLACED_NEXT}"}]}}}
    with pytest.raises(InvalidEntity, match="defaults nest without end"):
        cast(versions(newer, {}), FIRST, PLACED_NEXT)


def test_result_that_would_be_invalid_is_refused() -> None:
    with pytest.raises(InvalidEntity, match='"name" is a required property'):
        cast(versions({"required": ["name"]}, {}), FIRST, PLACED_NEXT)


@pytest.mark.parametrize("other", [EVENT, f"{EVENT}acme.shop.orders.placed.v2.0~"])
def test_types_are_versions_of_one_another(other: str) -> None:
    store = shop()
    with pytest.raises(InvalidEntity, match="differ by more than minor versions"):
        cast(store, FIRST, other)


def test_only_instances_are_cast() -> None:
    with pytest.raises(InvalidEntity, match="must be an instance"):
        cast(shop(), PLACED, PLACED_NEXT)


def test_what_is_not_registered_is_told() -> None:
    with pytest.raises(UnknownEntity):
        cast(shop(), f"{PLACED}a.b.c.d.v1", PLACED_NEXT)
    with pytest.raises(UnknownEntity):
        cast(shop(), FIRST, f"{EVENT}acme.shop.orders.placed.v1.9~")
