"""The graph of what an entity refers to, with the references that lead nowhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from attrs import define, field, frozen

from modkit.gts.entity import URI_PREFIX, Entity
from modkit.gts.identifier import is_gts_id
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.schema_walk import escaped
from modkit.gts.store import GtsStore

_MOST_NODES: Final = 10_000


@define
class Node:
    """One entity of the graph.

    Attributes:
        id: Which.
        refs: Identifiers that it names, by the JSON pointer of where; its own left out.
        type_id: The type of an instance, or the one that a type derives from.
        is_known: Whether it is registered.
    """

    id: str
    refs: dict[str, str] = field(factory=dict[str, str])
    type_id: str | None = None
    is_known: bool = True


@frozen
class Graph:
    """What an entity refers to, directly and by way of others.

    Attributes:
        root: Where it begins.
        nodes: Every entity in it by identifier, nearest first.
        errors: References to what is not registered, each with who refers to it.
    """

    root: str
    nodes: dict[str, Node]
    errors: tuple[str, ...]


def graph_of(store: GtsStore, gts_id: str) -> Graph:
    """Return the graph from *gts_id* on, registered or not; at most 10 000 entities of it."""
    nodes: dict[str, Node] = {}
    errors: list[str] = []
    waiting = deque([(gts_id, "")])
    while waiting and len(nodes) < _MOST_NODES:
        current, referrer = waiting.popleft()
        if current in nodes:
            continue
        entity = store.find(current)
        nodes[current] = node = Node(current) if entity is None else _node(entity)
        if entity is None:
            node.is_known = False
            errors.append(
                f"{current} is not registered"
                + (f", and {referrer} refers to it" if referrer else "")
            )
        targets = [*node.refs.values(), *([node.type_id] if node.type_id else [])]
        waiting.extend((target, current) for target in targets)
    return Graph(gts_id, nodes, tuple(errors))


def _node(entity: Entity) -> Node:
    refs = {place: target for place, target in _named(entity.content, "") if target != entity.id}
    return Node(entity.id, refs, entity.type_id)


def _named(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield the identifiers in *value*, which nests no deeper than a store allows."""
    if isinstance(value, str):
        target = value.removeprefix(URI_PREFIX).partition("#")[0]
        if is_gts_id(target):
            yield place, target
    elif is_object(value):
        for name, inner in value.items():
            yield from _named(inner, f"{place}/{escaped(name)}")
    elif is_array(value):
        for index, inner in enumerate(value):
            yield from _named(inner, f"{place}/{index}")
