"""What modules register while the platform starts: kept unchecked, then checked together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from hyperspot.types_registry.contract.errors import EntityAlreadyExists
from hyperspot.types_registry.domain.own_copy import same_content
from modkit.gts import Entity, GtsPattern, GtsStore, InvalidEntity, register, validate_type
from modkit.gts.validation import document_faults
from modkit_errors import PlatformError


@frozen(kw_only=True)
class StartFault:
    """Why the platform cannot start with a document.

    Attributes:
        gts_id: Which document; empty where it has no identifier.
        source: Who registered it; empty where nobody said so.
        reason: What is wrong with it.
    """

    gts_id: str
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.gts_id or 'a document'} ({self.source or 'unnamed source'}): {self.reason}"


class Staged:
    """Entities in the order they were registered, and what has gone wrong so far."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._sources: dict[str, str] = {}
        self._faults: list[StartFault] = []

    def add(self, entity: Entity, source: str) -> Entity:
        """Keep *entity*, unless it is there already, and return what is kept.

        Raises:
            EntityAlreadyExists: Another content is kept under its identifier.
        """
        known = self._entities.setdefault(entity.id, entity)
        if known is not entity and not same_content(known.content, entity.content):
            raise EntityAlreadyExists(entity.id)
        self._sources.setdefault(entity.id, source)
        return known

    def refuse(self, gts_id: str, source: str, error: PlatformError) -> None:
        """Note that a document could not even be kept: who registered it may not look at the answer."""
        self._faults.append(StartFault(gts_id=gts_id, source=source, reason=str(error)))

    def get(self, gts_id: str) -> Entity | None:
        """Return the entity *gts_id*, or None."""
        return self._entities.get(gts_id)

    def matching(self, pattern: str, *, after: str) -> Iterator[Entity]:
        """Yield the entities that *pattern* covers, by identifier; see `GtsStore.matching`."""
        covers = GtsPattern.parse(pattern).matches_valid
        for gts_id in sorted(self._entities):
            if gts_id > after and covers(gts_id):
                yield self._entities[gts_id]

    def move_into(self, store: GtsStore) -> tuple[StartFault, ...]:
        """Put everything into *store*, types first, and return everything that is wrong."""
        entities = in_order(list(self._entities.values()))
        types = [one for one in entities if one.is_type]
        # All types are there before the first is checked: they may refer to each other.
        stored = [one for one in types if self._succeeds(_put, store, one)]
        for one in stored:
            self._succeeds(_check_type, store, one)
        for one in entities[len(types) :]:
            self._succeeds(_register, store, one)
        return tuple(self._faults)

    def _succeeds(
        self, step: Callable[[GtsStore, Entity], None], store: GtsStore, entity: Entity
    ) -> bool:
        try:
            step(store, entity)
        except PlatformError as error:
            self.refuse(entity.id, self._sources[entity.id], error)
            return False
        return True


def in_order(entities: list[Entity]) -> list[Entity]:
    """Return *entities* with types before instances, and each type before those that derive from it."""
    return sorted(entities, key=lambda one: (not one.is_type, one.id.count("~")))


def _put(store: GtsStore, entity: Entity) -> None:
    store.put(entity.content)


def _register(store: GtsStore, entity: Entity) -> None:
    register(store, entity.content)


def _check_type(store: GtsStore, entity: Entity) -> None:
    if faults := document_faults(entity):
        raise InvalidEntity(entity.id, tuple(faults))
    validate_type(store, entity.id)
