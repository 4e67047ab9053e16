"""The store of types and instances: by identifier, in the order of identifiers, with validators of the types."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Final

from modkit.gts.entity import (
    DEFAULT_ID_FIELDS,
    Entity,
    IdFields,
    InvalidEntity,
    UnknownEntity,
    extract,
)
from modkit.gts.faults import shortened
from modkit.gts.identifier import is_gts_id
from modkit.gts.pattern import GtsPattern, without_minors
from modkit.gts.prepared import prepared, schema_faults
from modkit.gts.schema_walk import Schema, too_large
from modkit.gts.validators import Validators
from modkit_errors import Exhausted

_AFTER_ALL: Final = "\x7f"  # comes after every character of an identifier


class GtsStore:
    """Types and instances in memory.

    Every document is checked by itself when it is put in, so that what reads the store finds whole schemas in it; that
    a type fits the one it derives from, or an instance its type, `modkit.gts.validation` checks.

    Args:
        fields: Where instances have their identifiers.
        max_entities: Bound of memory; more raise ``Exhausted``.

    Example:
        >>> store = GtsStore()
        >>> topic = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": "gts://gts.x.mq.events.topic.v1~"}
        >>> store.put(topic).id
        'gts.x.mq.events.topic.v1~'
        >>> [one.id for one in store.matching("gts.x.*")]
        ['gts.x.mq.events.topic.v1~']
    """

    def __init__(
        self, *, fields: IdFields = DEFAULT_ID_FIELDS, max_entities: int = 1_000_000
    ) -> None:
        self._fields = fields
        self._max_entities = max_entities
        self._entities: dict[str, Entity] = {}
        self._schemas: dict[str, Schema] = {}
        self._order: list[tuple[str, str]] = []
        self._is_ordered = True
        self.validators = Validators(self._schemas.get)

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, gts_id: object) -> bool:
        return gts_id in self._entities

    def extract(self, document: Mapping[str, Any]) -> Entity:
        """Return *document* as an entity, without storing it."""
        return extract(document, self._fields)

    def put(self, document: Mapping[str, Any]) -> Entity:
        """Store *document*, in place of another under its identifier.

        Raises:
            InvalidEntity: It has no identifier, nests too deep, or is a faulty schema; the store is unchanged.
            Exhausted: The store is full.
        """
        entity = self.checked(document)
        if entity.id not in self._entities:
            if len(self._entities) >= self._max_entities:
                raise Exhausted(detail=f"The store is full at {self._max_entities} entities.")
            self._order.append((_index_key(entity.id), entity.id))
            self._is_ordered = False
        self._entities[entity.id] = entity
        self._schemas.pop(entity.id, None)
        if entity.is_type:
            self._schemas[entity.id] = prepared(dict(entity.content), entity.id)
        self.validators.forget(entity.id)
        return entity

    def checked(self, document: Mapping[str, Any]) -> Entity:
        """Return *document* as an entity that may be put into the store.

        Raises:
            InvalidEntity: It may not.
        """
        if excess := too_large(document):
            raise InvalidEntity("", (excess,))
        entity = self.extract(document)
        if not entity.id:
            names = ("$id",) if entity.is_type else self._fields.entity
            raise InvalidEntity("", (f"no identifier in any of {', '.join(names)}",))
        if entity.is_type and (faults := schema_faults(dict(document))):
            raise InvalidEntity(entity.id, tuple(faults))
        return entity

    def remove(self, gts_id: str) -> Entity:
        """Take the entity *gts_id* out of the store, and return it.

        Raises:
            UnknownEntity: There is none.
        """
        entity = self.get(gts_id)
        del self._entities[gts_id]
        self._schemas.pop(gts_id, None)
        self._order.remove((_index_key(gts_id), gts_id))
        self.validators.forget(gts_id)
        return entity

    def get(self, gts_id: str) -> Entity:
        """Return the entity *gts_id*.

        Raises:
            UnknownEntity: There is none.
        """
        try:
            return self._entities[gts_id]
        except KeyError:
            raise UnknownEntity(shortened(gts_id)) from None

    def find(self, gts_id: str) -> Entity | None:
        """Return the entity *gts_id*, or None."""
        return self._entities.get(gts_id)

    def schema(self, type_id: str) -> Schema:
        """Return the schema of *type_id*, with absolute references.

        Raises:
            UnknownEntity: No schema is registered under this identifier.
        """
        try:
            return self._schemas[type_id]
        except KeyError:
            raise UnknownEntity(shortened(type_id)) from None

    def find_schema(self, type_id: str) -> Schema | None:
        """Return the schema of *type_id* as `schema` does, or None."""
        return self._schemas.get(type_id)

    def ids(self) -> tuple[str, ...]:
        """Return every identifier in order, minor versions aside."""
        return tuple(gts_id for _, gts_id in self._sorted())

    def matching(self, pattern: str, *, after: str = "") -> Iterator[Entity]:
        """Yield the entities that *pattern* covers, in order; what has no identifier of GTS is never covered.

        Args:
            pattern: What `GtsPattern` takes.
            after: An identifier; what comes up to it in the order is left out.

        Raises:
            InvalidGtsPattern: *pattern* is none.
        """
        compiled = GtsPattern.parse(pattern)
        prefix = compiled.index_prefix
        order = self._sorted()
        begin = bisect_left(order, (prefix,))
        end = bisect_left(order, (prefix + _AFTER_ALL,), begin)
        if after:
            begin = bisect_right(order, (_index_key(after), after), begin, end)
        found = [gts_id for _, gts_id in order[begin:end]]
        if not compiled.is_prefix:
            found = list(filter(compiled.matches_valid, found))
        for gts_id in found:
            yield self._entities[gts_id]

    def _sorted(self) -> list[tuple[str, str]]:
        if not self._is_ordered:
            self._order.sort()
            self._is_ordered = True
        return self._order


def _index_key(gts_id: str) -> str:
    # What is no identifier comes before "gts.", where no pattern looks.
    return without_minors(gts_id) if is_gts_id(gts_id) else f"!{gts_id}"
