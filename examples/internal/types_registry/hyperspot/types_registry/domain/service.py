"""TypesRegistryService: the two phases of the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import islice
from typing import Any

from hyperspot.types_registry.contract.client import ALL_ENTITIES, TypesRegistryClient
from hyperspot.types_registry.contract.errors import (
    EntityAlreadyExists,
    EntityNotFound,
    InvalidEntityId,
    InvalidEntityQuery,
    TypesRegistryNotReady,
)
from hyperspot.types_registry.contract.events import EntityRegistered
from hyperspot.types_registry.contract.models import (
    MOST_ON_A_PAGE,
    EntityPage,
    EntityQuery,
    Refused,
    Registered,
    RegisteredEntity,
    RegisterResult,
)
from hyperspot.types_registry.domain.cursor import cursor_after, place_of
from hyperspot.types_registry.domain.entity_view import fits, shown
from hyperspot.types_registry.domain.own_copy import own_copy, same_content
from hyperspot.types_registry.domain.staged import Staged, StartFault, in_order
from modkit import UNSET
from modkit.events import EventBus, Overflow, Subscription
from modkit.gts import (
    Entity,
    GtsStore,
    InvalidGtsId,
    InvalidGtsPattern,
    is_gts_id,
    register,
)
from modkit.gts.faults import shortened
from modkit_errors import PlatformError

_EVERY_ENTITY = "gts.*"


class TypesRegistryService(TypesRegistryClient):
    """Keeps entities in a store, and those of the start beside it until it is ready.

    Args:
        store: Where entities are once they are checked.
        bus: Tells those who listen.
    """

    def __init__(self, store: GtsStore, bus: EventBus) -> None:
        self._store = store
        self._bus = bus
        self._staged: Staged | None = Staged()

    async def become_ready(self) -> tuple[StartFault, ...]:
        """Check everything that has been registered; nothing is ready where faults are returned."""
        assert self._staged is not None, "it is ready already"
        faults = self._staged.move_into(self._store)
        if not faults:
            self._staged = None
            for gts_id in self._store.ids():
                await self.announce(self._store.get(gts_id))
        return faults

    async def register(
        self, documents: Sequence[Mapping[str, Any]], *, source: str = ""
    ) -> tuple[RegisterResult, ...]:
        """Register *documents*, of which each is refused or taken for itself."""
        results: list[RegisterResult | None] = [None] * len(documents)
        read: list[tuple[int, Entity]] = []
        for number, document in enumerate(documents):
            try:
                read.append((number, self._read(document, source)))
            except PlatformError as error:
                results[number] = _refused("", error)
        positions = {id(entity): number for number, entity in read}
        for entity in in_order([entity for _, entity in read]):
            number = positions[id(entity)]
            try:
                results[number] = Registered(entity=await self._take(entity, source))
            except PlatformError as error:
                results[number] = _refused(entity.id, error)
        return tuple(result for result in results if result is not None)

    async def register_one(
        self, document: Mapping[str, Any], *, source: str = ""
    ) -> RegisteredEntity:
        """Register *document*."""
        return await self._take(self._read(document, source), source)

    async def get(self, gts_id: str) -> RegisteredEntity:
        """Return the entity *gts_id*."""
        found = (self._staged.get if self._staged else self._store.find)(gts_id)
        if found is None or not is_gts_id(gts_id):
            raise EntityNotFound(shortened(gts_id))
        return shown(found)

    async def list(
        self, query: EntityQuery = ALL_ENTITIES, *, limit: int = 100, cursor: str = ""
    ) -> EntityPage:
        """Return the entities that *query* asks for."""
        if not 1 <= limit <= MOST_ON_A_PAGE:
            raise InvalidEntityQuery("limit", f"{limit} is not from 1 to {MOST_ON_A_PAGE}")
        found = list(islice(self.matching(query, after=place_of(cursor)), limit + 1))
        has_more = len(found) > limit
        entities = tuple(map(shown, found[:limit]))
        return EntityPage(
            entities=entities, next_cursor=cursor_after(entities[-1].gts_id) if has_more else ""
        )

    def matching(self, query: EntityQuery, *, after: str = "") -> Iterator[Entity]:
        """Yield the entities that *query* asks for, after the identifier *after*."""
        pattern = _EVERY_ENTITY if query.pattern == "*" else query.pattern
        try:
            candidates = (self._staged or self._store).matching(pattern, after=after)
            yield from filter(fits(query), candidates)
        except InvalidGtsPattern as error:
            raise InvalidEntityQuery("pattern", str(error)) from error

    def changes(
        self, *, buffer: int = 256
    ) -> AbstractAsyncContextManager[Subscription[EntityRegistered]]:
        """Follow what is registered from now on."""
        return self._bus.stream(EntityRegistered, buffer=buffer, overflow=Overflow.DROP_OLDEST)

    def check_ready(self) -> None:
        """Return once everything is checked."""
        if self._staged is not None:
            raise TypesRegistryNotReady

    async def announce(self, entity: Entity) -> None:
        """Tell those who listen that *entity* is in the store."""
        await self._bus.publish(EntityRegistered(gts_id=entity.id, is_schema=entity.is_type))

    def _read(self, document: Mapping[str, Any], source: str) -> Entity:
        """Return *document* as an entity with an identifier."""
        try:
            entity = self._store.extract(own_copy(document))
            if not is_gts_id(entity.id):
                raise _no_id(entity)
        except PlatformError as error:
            if self._staged is not None:
                self._staged.refuse("", source, error)
            raise
        return entity

    async def _take(self, entity: Entity, source: str) -> RegisteredEntity:
        if self._staged is not None:
            try:
                return shown(self._staged.add(entity, source))
            except PlatformError as error:
                self._staged.refuse(entity.id, source, error)
                raise
        known = self._store.find(entity.id)
        if known is not None:
            if not same_content(known.content, entity.content):
                raise EntityAlreadyExists(entity.id)
            return shown(known)
        taken = register(self._store, entity.content)
        await self.announce(taken)
        return shown(taken)


def _no_id(entity: Entity) -> InvalidEntityId:
    if not entity.id:
        place = "$id" if entity.is_type else "any of the members that hold one"
        return InvalidEntityId("", f"there is none in {place}")
    return InvalidEntityId(shortened(entity.id), InvalidGtsId.of(entity.id).reason)


def _refused(gts_id: str, error: PlatformError) -> Refused:
    found = gts_id or getattr(error, "gts_id", "")
    return Refused(gts_id=shortened(found) if found else UNSET, code=error.code, error=str(error))
