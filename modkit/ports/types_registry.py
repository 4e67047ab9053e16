"""The types registry: GTS schemas and instances, by id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from modkit.gts.faults import InvalidGtsId, shortened
from modkit.gts.identifier import is_gts_id
from modkit.gts.pattern import GtsPattern
from modkit_errors import Conflict, Exhausted, Malformed, NotFound


@frozen(kw_only=True)
class GtsEntity:
    """A schema or an instance of the global type system.

    Attributes:
        gts_id: Its id; a schema's ends in ``~``.
        content: The JSON document itself.
        description: For people.
    """

    gts_id: str
    content: Mapping[str, Any]
    description: str = ""


class TypesRegistry(ABC):
    """Knows the types that modules and vendors have declared; system-wide, so without a caller."""

    @abstractmethod
    async def register(self, entity: GtsEntity) -> None:
        """Add *entity*; adding the same again is no error.

        Raises:
            Malformed: Its id is not a GTS id.
            Invalid: Its content breaks the schema or the rules of its type.
            Conflict: Another content is registered under this id.
        """

    @abstractmethod
    async def get(self, gts_id: str) -> GtsEntity:
        """Return the entity *gts_id*.

        Raises:
            NotFound: Nothing is registered under this id.
        """

    @abstractmethod
    async def list(self, pattern: str = "*") -> tuple[GtsEntity, ...]:
        """Return the entities that match, by id.

        Args:
            pattern: What `modkit.gts.GtsPattern` takes, or ``*`` for all.

        Raises:
            Malformed: *pattern* is neither.
        """


class InMemoryTypesRegistry(TypesRegistry):
    """Checks ids but not contents, and forgets all at exit: the default without a types registry module.

    Args:
        max_entities: Bound of memory; registering more raises ``Exhausted``.
    """

    def __init__(self, *, max_entities: int = 10_000) -> None:
        self._max_entities = max_entities
        self._entities: dict[str, GtsEntity] = {}

    async def register(self, entity: GtsEntity) -> None:
        """Add *entity*."""
        _check_id(entity.gts_id)
        known = self._entities.get(entity.gts_id)
        if known is not None:
            if known.content != entity.content:
                raise Conflict(detail=f"Entity already exists: {entity.gts_id}")
            return
        if len(self._entities) >= self._max_entities:
            raise Exhausted(detail=f"The types registry is full at {self._max_entities} entities.")
        self._entities[entity.gts_id] = entity

    async def get(self, gts_id: str) -> GtsEntity:
        """Return the entity *gts_id*."""
        try:
            return self._entities[gts_id]
        except KeyError:
            raise NotFound(detail=f"No entity with GTS ID: {shortened(gts_id)}") from None

    async def list(self, pattern: str = "*") -> tuple[GtsEntity, ...]:
        """Return the entities that match, by id."""
        covers = _everything if pattern == "*" else GtsPattern.parse(pattern).matches_valid
        return tuple(self._entities[gts_id] for gts_id in sorted(self._entities) if covers(gts_id))


def _everything(_: str) -> bool:
    return True


def _check_id(gts_id: str) -> None:
    if not is_gts_id(gts_id):
        reason = InvalidGtsId.of(gts_id).reason
        raise Malformed(detail=f"Invalid GTS ID: {shortened(gts_id)}: {reason}")
