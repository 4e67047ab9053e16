"""Reading a list page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.models import MOST_ON_A_PAGE, EntityQuery, RegisteredEntity


async def every_entity(
    registry: TypesRegistryClient, query: EntityQuery
) -> AsyncIterator[RegisteredEntity]:
    """Yield every entity of *registry* that *query* asks for, by identifier.

    Raises:
        InvalidEntityQuery: The pattern is none.
    """
    page = await registry.list(query, limit=MOST_ON_A_PAGE)
    while True:
        for entity in page.entities:
            yield entity
        if not page.next_cursor:
            return
        page = await registry.list(query, limit=MOST_ON_A_PAGE, cursor=page.next_cursor)
