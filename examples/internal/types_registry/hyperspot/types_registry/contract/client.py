"""TypesRegistryClient: what other modules may ask of types_registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from hyperspot.types_registry.contract.events import EntityRegistered
from hyperspot.types_registry.contract.models import (
    EntityPage,
    EntityQuery,
    RegisteredEntity,
    RegisterResult,
)
from modkit.events import Subscription

ALL_ENTITIES = EntityQuery()


class TypesRegistryClient(ABC):
    """Keeps the types and instances of the platform; system-wide, so without a caller.

    Modules register while they are initialised, in any order: nothing is checked then. Once all are initialised,
    everything is checked together, and a fault ends the start. From then on each document is checked as it comes.
    """

    @abstractmethod
    async def register(
        self, documents: Sequence[Mapping[str, Any]], *, source: str = ""
    ) -> tuple[RegisterResult, ...]:
        """Register *documents*, of which each is refused or taken for itself.

        A document that is registered already is taken, another one under the same identifier is refused. Types are
        taken before what derives from them, whatever their order here.

        Args:
            documents: JSON Schemas of types, with ``$schema`` and ``$id``, and instances of types.
            source: Who registers them, such as the name of the module; for messages.

        Returns:
            What became of each, in the order of *documents*.
        """

    @abstractmethod
    async def register_one(
        self, document: Mapping[str, Any], *, source: str = ""
    ) -> RegisteredEntity:
        """Register *document* as `register` does.

        Raises:
            InvalidEntityId: No member of it holds a GTS identifier.
            UnreadableDocument: It is no JSON object.
            InvalidEntity: It breaks the rules of its type; only once the registry is ready.
            EntityAlreadyExists: Another document is registered under its identifier.
            Exhausted: The registry is full.
        """

    @abstractmethod
    async def get(self, gts_id: str) -> RegisteredEntity:
        """Return the entity *gts_id*.

        Raises:
            EntityNotFound: There is none.
        """

    @abstractmethod
    async def list(
        self, query: EntityQuery = ALL_ENTITIES, *, limit: int = 100, cursor: str = ""
    ) -> EntityPage:
        """Return the first entities that *query* asks for, or those that follow a page before.

        Args:
            query: Which entities.
            limit: Most of them, from 1 to 1000.
            cursor: ``next_cursor`` of the page before; empty for the first.

        Raises:
            InvalidEntityQuery: The pattern, the cursor or the limit is none.
        """

    @abstractmethod
    def changes(
        self, *, buffer: int = 256
    ) -> AbstractAsyncContextManager[Subscription[EntityRegistered]]:
        """Follow, inside ``async with``, what is registered from now on.

        A listener that leaves more than *buffer* events unread loses the oldest, which ``dropped`` counts: it then
        has to list again.
        """

    @abstractmethod
    def check_ready(self) -> None:
        """Return once everything that modules have registered is checked.

        Raises:
            TypesRegistryNotReady: It is not checked yet.
        """
