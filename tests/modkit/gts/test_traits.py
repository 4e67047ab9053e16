"""Traits: who declares them, who gives them values, and what holds in the end."""

from __future__ import annotations

from typing import Any

import pytest

from modkit.gts.entity import InvalidEntity
from modkit.gts.validation import effective_traits, validate_type
from tests.modkit.gts.samples import EVENT, FIRST, PLACED, derived, stored, type_of

LEAF = f"{PLACED}acme.shop.orders.gift.v1~"
RETENTION = "gts.x.core.traits.retention.v1~"
TOPIC = "gts.x.core.events.topic.v1~"


def declares(**properties: Any) -> dict[str, Any]:
    return {"x-gts-traits-schema": {"type": "object", "properties": properties}}


def closed(**properties: Any) -> dict[str, Any]:
    schema = declares(**properties)["x-gts-traits-schema"]
    return {"x-gts-traits-schema": {**schema, "additionalProperties": False}}


def gives(**values: Any) -> dict[str, Any]:
    return {"x-gts-traits": values}


def faults_of(
    base: dict[str, Any],
    middle: dict[str, Any] | None = None,
    leaf: dict[str, Any] | None = None,
    **more: Any,
) -> tuple[str, ...]:
    """What is wrong with the last of up to three types, each of which says something about traits."""
    documents = [{**type_of(EVENT), **base}]
    last = EVENT
    for gts_id, overlay in ((PLACED, middle), (LEAF, leaf)):
        if overlay is not None:
            documents.append(derived(gts_id, overlay, **more))
            last = gts_id
    try:
        validate_type(stored(*documents), last)
    except InvalidEntity as error:
        return error.faults
    return ()


TEXT = {"type": "string"}
KEPT = {"type": "string", "default": "P30D"}
CASES: dict[str, tuple[list[dict[str, Any]], tuple[str, ...]]] = {
    "none at all": ([{}, {}], ()),
    "all given": ([declares(keep=TEXT), gives(keep="P1D")], ()),
    "default stands in": ([declares(keep=KEPT), {}], ()),
    "given in the same type": ([{**declares(keep=TEXT), **gives(keep="P1D")}], ()),
    "added by a later type": ([declares(keep=KEPT), declares(audit=KEPT), gives(audit="P2D")], ()),
    "same value again": ([declares(keep=TEXT), gives(keep="P1D"), gives(keep="P1D")], ()),
    "missing": ([declares(keep=TEXT), {}], ("trait keep has no value and no default",)),
    "of another kind": (
        [declares(retries={"type": "integer"}), gives(retries="many")],
        ('x-gts-traits/retries: "many" is not of type "integer"',),
    ),
    "undeclared, where closed": (
        [closed(keep=KEPT), gives(other=1)],
        ("x-gts-traits/: Additional properties are not allowed ('other' was unexpected)",),
    ),
    "no declaration anywhere": (
        [{}, gives(keep="P1D")],
        ("x-gts-traits: no x-gts-traits-schema declares them",),
    ),
    "changed by a later type": (
        [declares(keep=TEXT), gives(keep="P1D"), gives(keep="P2D")],
        (f"trait keep is 'P1D' since {PLACED}, and cannot become 'P2D'",),
    ),
    "changed where the first to set it also declares it": (
        [
            declares(level=TEXT),
            {**declares(level={"enum": ["a", "b"]}), **gives(level="a")},
            gives(level="b"),
        ],
        (),
    ),
    "narrowed": (
        [declares(level=TEXT), {**declares(level={"enum": ["a"]}), **gives(level="b")}],
        ('x-gts-traits/level: "b" is not one of "a"',),
    ),
    "another default": (
        [declares(keep=KEPT), declares(keep={"type": "string", "default": "P9D"})],
        ("trait keep: the default 'P30D' cannot become 'P9D'",),
    ),
    "added to closed ones": (
        [closed(keep=KEPT), declares(audit=KEPT)],
        (f"trait audit: {PLACED} adds it, but the traits before are closed",),
    ),
    "declaration of another kind": (
        [{"x-gts-traits-schema": {"type": "integer"}}, {}],
        (
            f'{EVENT}: x-gts-traits-schema needs "type": "object"',
            f"{EVENT}: x-gts-traits-schema refers to what is no object",
        ),
    ),
    "reference of another kind": (
        [declares(topic={"x-gts-ref": TOPIC}), gives(topic=FIRST)],
        (
            f"x-gts-traits/topic: x-gts-ref validation failed: {FIRST!r} is not covered by {TOPIC!r}",
        ),
    ),
    "reference to what is not registered": (
        [declares(topic={"x-gts-ref": TOPIC}), gives(topic=f"{TOPIC}acme.shop._.orders.v1")],
        (),
    ),
}


@pytest.mark.parametrize(("types", "faults"), CASES.values(), ids=list(CASES))
def test_traits_of_a_chain(types: list[dict[str, Any]], faults: tuple[str, ...]) -> None:
    assert faults_of(*types) == faults


def test_abstract_type_may_leave_traits_open() -> None:
    assert faults_of({**declares(keep=TEXT), "x-gts-abstract": True}) == ()
    assert faults_of(declares(keep=TEXT), {}, x_gts_abstract=True) == ()


def test_final_type_may_not() -> None:
    assert faults_of(declares(keep=TEXT), {}, x_gts_final=True) == (
        "trait keep has no value and no default",
    )


def referring(*targets: str) -> dict[str, Any]:
    parts = [{"$ref": f"gts://{target}"} for target in targets]
    return {"x-gts-traits-schema": {"type": "object", "allOf": parts}}


def test_declarations_may_be_kept_in_types_of_their_own() -> None:
    store = stored(
        type_of(RETENTION, properties={"keep": KEPT}),
        {**type_of(EVENT), **referring(RETENTION)},
        derived(PLACED, {}),
    )
    validate_type(store, PLACED)
    assert effective_traits(store, PLACED).values == {"keep": "P30D"}


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        ((RETENTION, RETENTION), "is referred to twice"),
        ((TOPIC,), "is not registered"),
        ((EVENT,), "is referred to twice"),
    ],
)
def test_declaration_that_leads_astray_is_refused(targets: tuple[str, ...], reason: str) -> None:
    circle = type_of(EVENT, allOf=[{"$ref": f"gts://{EVENT}"}])
    store = stored(
        type_of(RETENTION, properties={"keep": KEPT}),
        circle,
        {**type_of(PLACED), **referring(*targets)},
    )
    faults = effective_traits(store, PLACED).faults
    assert len(faults) == 1
    assert reason in faults[0]


def test_values_in_effect_are_merged_from_the_base_on() -> None:
    store = stored(
        {
            **type_of(EVENT),
            **declares(keep=KEPT, topic=TEXT, audit={"type": "boolean", "default": False}),
        },
        derived(PLACED, gives(topic="orders")),
        derived(LEAF, gives(keep="P9D")),
    )
    assert effective_traits(store, LEAF).values == {
        "keep": "P9D",
        "topic": "orders",
        "audit": False,
    }
