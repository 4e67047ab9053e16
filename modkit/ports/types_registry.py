"""The types registry: GTS schemas and instances, by id."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from modkit_errors import Conflict, Exhausted, Malformed, NotFound

MAX_ID_CHARACTERS: Final = 1024
_SEGMENT = r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*){3}\.v(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?"
_ENTITY_ID = re.compile(
    rf"gts\.{_SEGMENT}~(?:{_SEGMENT}~)*(?:{_SEGMENT}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})?"
)


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
            pattern: A GTS id, which also covers what is derived from it when it is a type, or the beginning of one
                up to a ``.`` or ``~``, followed by ``*``.

        Raises:
            Malformed: *pattern* is neither.
        """


class InMemoryTypesRegistry(TypesRegistry):
    """Checks ids but not contents, and forgets all at exit: the default without a types registry module.

    An id is matched as it is written: ``v1`` does not cover ``v1.2`` here.

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
            raise NotFound(detail=f"No entity with GTS ID: {gts_id[:MAX_ID_CHARACTERS]}") from None

    async def list(self, pattern: str = "*") -> tuple[GtsEntity, ...]:
        """Return the entities that match, by id."""
        prefix, star, rest = pattern.partition("*")
        if not star:
            _check_id(pattern)
        elif rest or (prefix and not prefix.endswith((".", "~"))):
            raise Malformed(detail=f"Invalid pattern: {pattern[:MAX_ID_CHARACTERS]}")
        covers = bool(star) or pattern.endswith("~")
        return tuple(
            self._entities[gts_id]
            for gts_id in sorted(self._entities)
            if gts_id == pattern or (covers and gts_id.startswith(prefix))
        )


def _check_id(gts_id: str) -> None:
    if len(gts_id) > MAX_ID_CHARACTERS or not _ENTITY_ID.fullmatch(gts_id):
        raise Malformed(detail=f"Invalid GTS ID: {gts_id[:MAX_ID_CHARACTERS]}")
