"""The graph of what refers to what."""

from __future__ import annotations

from modkit.gts.relationships import graph_of
from tests.modkit.gts.samples import EVENT, FIRST, PLACED, derived, shop, stored, type_of


def test_graph_goes_from_an_instance_to_every_type() -> None:
    graph = graph_of(shop(), FIRST)
    assert list(graph.nodes) == [FIRST, PLACED, EVENT]
    assert graph.nodes[FIRST].type_id == PLACED
    assert graph.nodes[FIRST].refs == {"/type": PLACED}
    assert graph.nodes[PLACED].refs == {"/allOf/0/$ref": EVENT}
    assert graph.errors == ()


def test_reference_to_nothing_is_told_with_who_refers() -> None:
    graph = graph_of(stored(derived(PLACED, {})), PLACED)
    assert graph.errors == (f"{EVENT} is not registered, and {PLACED} refers to it",)
    assert not graph.nodes[EVENT].is_known


def test_graph_of_what_is_not_registered_is_that_alone() -> None:
    graph = graph_of(stored(), EVENT)
    assert (list(graph.nodes), graph.errors) == ([EVENT], (f"{EVENT} is not registered",))


def test_circles_end() -> None:
    other = "gts.x.core.events.other.v1~"
    store = stored(
        type_of(EVENT, allOf=[{"$ref": f"gts://{other}"}]),
        type_of(other, allOf=[{"$ref": f"gts://{EVENT}"}, {"$ref": f"gts://{other}"}]),
    )
    assert list(graph_of(store, EVENT).nodes) == [EVENT, other]
