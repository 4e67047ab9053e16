"""The types registry as the framework calls it."""

from __future__ import annotations

from typing import Any

from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.models import EntityQuery, RegisteredEntity
from hyperspot.types_registry.domain.every_entity import every_entity
from modkit import UNSET
from modkit.gts import IdFields, extract
from modkit.gts.entity import URI_PREFIX
from modkit.gts.faults import shortened
from modkit.ports import GtsEntity, TypesRegistry
from modkit_errors import Malformed


class RegistryPort(TypesRegistry):
    """Serves the port of the framework from the client.

    Args:
        client: The registry.
        fields: Where instances have their identifiers.
    """

    def __init__(self, client: TypesRegistryClient, fields: IdFields) -> None:
        self._client = client
        self._fields = fields

    async def register(self, entity: GtsEntity) -> None:
        """Add *entity*."""
        await self._client.register_one(self._document(entity), source="modkit")

    async def get(self, gts_id: str) -> GtsEntity:
        """Return the entity *gts_id*."""
        return _entity(await self._client.get(gts_id))

    async def list(self, pattern: str = "*") -> tuple[GtsEntity, ...]:
        """Return the entities that match."""
        entities = every_entity(self._client, EntityQuery(pattern=pattern))
        return tuple([_entity(one) async for one in entities])

    def _document(self, entity: GtsEntity) -> dict[str, Any]:
        document = dict(entity.content)
        if "$schema" in document:
            document.setdefault("$id", URI_PREFIX + entity.gts_id)
        elif not extract(document, self._fields).id:
            document[self._fields.entity[-1]] = entity.gts_id
        if entity.description:
            document.setdefault("description", entity.description)
        if (found := extract(document, self._fields).id) != entity.gts_id:
            raise Malformed(
                detail=f"Invalid GTS ID: {shortened(entity.gts_id)}: the document says {shortened(found)}"
            )
        return document


def _entity(entity: RegisteredEntity) -> GtsEntity:
    return GtsEntity(
        gts_id=entity.gts_id,
        content=entity.content,
        description="" if entity.description is UNSET else entity.description,
    )
