"""The operation that exports entities, in the form in which they are registered again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Final

from attrs import frozen

from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.errors import InvalidEntityQuery, TypesRegistryNotReady
from hyperspot.types_registry.contract.models import EntityQuery
from hyperspot.types_registry.domain.every_entity import every_entity
from modkit.rest.routes import Routes

_BEGIN: Final = '{"entities": ['


@frozen
class ExportRoutes:
    """HTTP face of the export.

    Attributes:
        registry: Keeps the entities.
    """

    registry: TypesRegistryClient

    def register(self, routes: Routes) -> None:
        """Declare the operation."""
        (
            routes.get("/types-registry/v1/export")
            .operation_id("types_registry.export")
            .summary("Export types and instances")
            .requires("types_registry", "read")
            .streams_bytes("application/json")
            .raises(InvalidEntityQuery, TypesRegistryNotReady)
            .handler(self.export)
        )

    async def export(self, pattern: str = "*") -> AsyncIterator[bytes | str]:
        """Send the documents that a pattern covers, types first, as the body that registers them: ``{"entities": [...]}``.

        Args:
            pattern: A GTS pattern such as ``gts.acme.*``, or ``*`` for all.
        """
        self.registry.check_ready()
        before = _BEGIN
        for is_schema in (True, False):
            query = EntityQuery(pattern=pattern, is_schema=is_schema)
            async for entity in every_entity(self.registry, query):
                yield before + json.dumps(entity.content, ensure_ascii=False)
                before = ",\n"
        yield f"{_BEGIN}]}}\n" if before == _BEGIN else "]}\n"
