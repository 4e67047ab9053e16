"""Identifiers, validation, queries and comparison of the global type system: ours against gts-python, if it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from measure import print_table, print_title, ratio, sample_of

from modkit.gts import (
    GtsId,
    GtsPattern,
    GtsStore,
    InvalidEntity,
    Query,
    compared,
    is_gts_id,
    validate_instance,
)

_DRAFT = "http://json-schema.org/draft-07/schema#"
_EVENT = "gts.x.bench.events.type.v1~"
_PLACED = f"{_EVENT}acme.shop.orders.placed.v1.0~"
_OLD, _NEW = "gts.x.compat.ns.event.v1.0~", "gts.x.compat.ns.event.v1.1~"
_PATTERNS = ("gts.x.core.events.type.v1~*", "gts.vendor5.*", "gts.*", "gts.x.core.events.type.v1~")
_ENTITIES, _INSTANCES, _QUERIES, _ROUNDS = 10_000, 200, 5, 5
Case = Callable[[], int]


class Peer(Protocol):
    """What is measured; the same for both."""

    uri_prefix: str

    def parse(self, text: str) -> Any: ...
    def is_valid(self, text: str) -> bool: ...
    def matches(self, pattern: str, text: str) -> bool: ...
    def uuid(self, text: str) -> Any: ...
    def store(self, documents: list[dict[str, Any]]) -> Any: ...
    def validate(self, store: Any, gts_id: str) -> bool: ...
    def query(self, store: Any, expression: str) -> int: ...
    def compare(self, store: Any) -> Any: ...


class Ours:
    """`modkit.gts`."""

    uri_prefix = "gts://"

    def parse(self, text: str) -> Any:
        return GtsId(text).segments

    def is_valid(self, text: str) -> bool:
        return is_gts_id(text)

    def matches(self, pattern: str, text: str) -> bool:
        return GtsPattern.parse(pattern).matches(text)

    def uuid(self, text: str) -> Any:
        return GtsId(text).uuid

    def store(self, documents: list[dict[str, Any]]) -> GtsStore:
        store = GtsStore()
        for document in documents:
            store.put(document)
        return store

    def validate(self, store: GtsStore, gts_id: str) -> bool:
        try:
            validate_instance(store, gts_id)
        except InvalidEntity:
            return False
        return True

    def query(self, store: GtsStore, expression: str) -> int:
        return sum(1 for _ in Query.parse(expression).run(store))

    def compare(self, store: GtsStore) -> Any:
        return compared(store.schema(_OLD), store.schema(_NEW), store.find_schema).is_full


class GtsPython:
    """The reference implementation, as it stands; it reads identifiers in ``$id`` without ``gts://``."""

    uri_prefix = ""

    def __init__(self) -> None:
        from gts.gts import GtsID, GtsWildcard
        from gts.ops import GtsOps

        self._id, self._wildcard, self._operations = GtsID, GtsWildcard, GtsOps

    def parse(self, text: str) -> Any:
        return self._id(text)

    def is_valid(self, text: str) -> bool:
        return bool(self._id.is_valid(text))

    def matches(self, pattern: str, text: str) -> bool:
        return bool(self._id(text).wildcard_match(self._wildcard(pattern)))

    def uuid(self, text: str) -> Any:
        return self._id(text).to_uuid()

    def store(self, documents: list[dict[str, Any]]) -> Any:
        store = self._operations()
        for document in documents:
            store.add_entity(document)
        return store

    def validate(self, store: Any, gts_id: str) -> bool:
        return bool(store.validate_instance(gts_id).ok)

    def query(self, store: Any, expression: str) -> int:
        return len(store.query(expression, _ENTITIES).results)

    def compare(self, store: Any) -> Any:
        return store.compatibility(_OLD, _NEW).is_fully_compatible


def peers() -> dict[str, Peer]:
    """Return ours, and gts-python where it is installed."""
    found: dict[str, Peer] = {"modkit.gts": Ours()}
    try:
        found["gts-python"] = GtsPython()
    except ImportError:
        print("gts-python is not installed: see the README")  # noqa: T201 - for a person to read
    return found


def identifiers() -> list[str]:
    """Return a thousand identifiers of several lengths."""
    shapes = (
        "gts.vendor{0}.pkg.ns.type{0}.v1~",
        "gts.x.core.events.type.v1~vendor{0}.app._.event{0}.v1.0~",
        "gts.x.core.events.type.v1~vendor{0}.app._.event{0}.v1~abc.app._.inst{0}.v1.2",
        "gts.x.core.events.topic.v1~x.commerce._.topic{0}.v1.0",
    )
    return [shapes[number % 4].format(number) for number in range(1000)]


def event_types(prefix: str) -> list[dict[str, Any]]:
    """Return a closed base type and one that derives from it."""
    text = {"type": "string"}
    line = {"type": "object", "required": ["sku"], "properties": {"sku": {**text, "maxLength": 32}}}
    payload = {
        "type": "object",
        "required": ["orderId", "items"],
        "properties": {"orderId": text, "items": {"type": "array", "minItems": 1, "items": line}},
    }
    members = {"id": text, "type": text, "payload": {"type": "object"}}
    return [
        {
            "$id": f"{prefix}{_EVENT}",
            "$schema": _DRAFT,
            "type": "object",
            "required": ["id", "type"],
            "properties": members,
            "additionalProperties": False,
        },
        {
            "$id": f"{prefix}{_PLACED}",
            "$schema": _DRAFT,
            "type": "object",
            "allOf": [
                {"$ref": f"{prefix}{_EVENT}"},
                {"properties": {"type": {"const": _PLACED}, "payload": payload}},
            ],
        },
    ]


def instances() -> list[dict[str, Any]]:
    """Return instances of the derived type."""
    payload = {"orderId": "o-1", "items": [{"sku": f"SKU-{number}"} for number in range(3)]}
    return [
        {"id": f"{_PLACED}x.y._.ev{number}.v1.0", "type": _PLACED, "payload": payload}
        for number in range(_INSTANCES)
    ]


def unrelated_types(prefix: str) -> list[dict[str, Any]]:
    """Return types that have nothing to do with the events."""
    return [
        {"$id": f"{prefix}gts.x.fill.ns.type{number}.v1~", "$schema": _DRAFT, "type": "object"}
        for number in range(500)
    ]


def versions(prefix: str) -> list[dict[str, Any]]:
    """Return two versions of one type."""
    same = {f"f{number}": {"type": "string", "enum": ["a", "b"]} for number in range(10)}
    return [
        {
            "$id": prefix + gts_id,
            "$schema": _DRAFT,
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer", "maximum": most}, **same},
        }
        for gts_id, most in ((_OLD, 100), (_NEW, 101))
    ]


def entities() -> list[dict[str, Any]]:
    """Return what the queries look through."""
    return [
        {
            "id": f"gts.x.q{number % 10}.ns{number % 20}.event.v1.{number % 5}~a.b.c.inst{number}.v1",
            "status": "active" if number % 3 else "inactive",
        }
        for number in range(_ENTITIES)
    ]


def cases(peer: Peer) -> dict[str, Case]:
    """Return what is measured of *peer*: each case returns how many operations it has done."""
    ids = identifiers()
    wrong = [text.replace(".v1", ".v01") for text in ids]
    prefix = peer.uri_prefix
    few = peer.store([*event_types(prefix), *instances()])
    many = peer.store([*event_types(prefix), *unrelated_types(prefix), *instances()])
    queried, two = peer.store(entities()), peer.store(versions(prefix))
    checked = [one["id"] for one in instances()]
    assert peer.validate(few, checked[0])

    def each(call: Callable[[str], Any], texts: list[str]) -> Case:
        def run() -> int:
            for text in texts:
                call(text)
            return len(texts)

        return run

    def query(expression: str, found: int) -> Case:
        def run() -> int:
            for _ in range(_QUERIES):
                assert peer.query(queried, expression) == found
            return _QUERIES

        return run

    return {
        "parse an id into segments": each(peer.parse, ids),
        "refuse a wrong id": each(peer.is_valid, wrong),
        "match a pattern": each(lambda text: peer.matches(_PATTERNS[len(text) % 4], text), ids),
        "UUID of an id": each(peer.uuid, ids),
        "validate an instance": each(lambda gts_id: peer.validate(few, gts_id), checked),
        "validate, 500 other types": each(lambda gts_id: peer.validate(many, gts_id), checked[:50]),
        "query 10 000: one id": query("gts.x.q7.ns7.event.v1.2~a.b.c.inst7.v1", 1),
        "query 10 000: a prefix": query("gts.x.q3.*", 1000),
        "query 10 000: a condition": query("gts.x.*[status=inactive]", 3334),
        "query 10 000: nothing": query("gts.nothing.*", 0),
        "compare two versions": each(lambda _: peer.compare(two), [""] * 100),
    }


def cost_us(case: Case) -> float:
    """Return the CPU of one operation in microseconds."""
    began = time.process_time_ns()
    done = case()
    return (time.process_time_ns() - began) / done / 1000


def measured(found: Mapping[str, dict[str, Case]]) -> dict[str, dict[str, list[float]]]:
    """Return the figures of every case of every peer, which take turns."""
    names = list(next(iter(found.values())))
    figures = {name: {peer: list[float]() for peer in found} for name in names}
    for _ in range(_ROUNDS):
        for name in names:
            for peer, its_cases in found.items():
                figures[name][peer].append(cost_us(its_cases[name]))
    return figures


def main() -> None:
    """Print the table."""
    found = {name: cases(peer) for name, peer in peers().items()}
    print_title("global type system: CPU in microseconds per operation")
    rows: list[tuple[str, ...]] = []
    for name, figures in measured(found).items():
        least = {peer: sample_of(values).least for peer, values in figures.items()}
        others = [f"{figure:.1f}" for figure in least.values()]
        rows.append((name, *others, ratio(list(least.values())[-1], least["modkit.gts"])))
    print_table(("", *found, "over ours"), rows)


if __name__ == "__main__":
    main()
