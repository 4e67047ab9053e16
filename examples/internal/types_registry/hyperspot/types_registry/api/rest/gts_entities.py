"""Operations that put entities into the registry and look into them, as the specification names these."""

from __future__ import annotations

from typing import Annotated, Any

from attrs import frozen

from hyperspot.types_registry.api.rest.gts_answers import (
    EntitySummaries,
    QueryResults,
    SelectedAttribute,
    StoredEntity,
)
from hyperspot.types_registry.api.rest.gts_ids import PREFIX
from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.errors import (
    EntityAlreadyExists,
    EntityNotFound,
    InvalidEntityId,
    TypesRegistryNotReady,
)
from modkit import Meta
from modkit.gts import Entity, InvalidEntity, UnreadableDocument, register
from modkit.gts.faults import shortened
from modkit.gts.operations import DEFAULT_LIMIT, MOST_RESULTS, GtsOperations
from modkit.rest.parameters import Body
from modkit.rest.routes import Routes
from modkit_errors import Exhausted

Limit = Annotated[int, Meta(ge=1, le=MOST_RESULTS)]


@frozen(kw_only=True)
class GtsEntityRoutes:
    """HTTP face of the entities for those who know the specification.

    Attributes:
        registry: Keeps the entities.
        operations: The operations on its store.
        is_unchecked: Whether a document is stored unchecked unless asked otherwise; for conformance suites.
    """

    registry: TypesRegistryClient
    operations: GtsOperations
    is_unchecked: bool

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            routes.post(f"{PREFIX}/entities")
            .operation_id("types_registry.put_entity")
            .summary("Register one type or instance")
            .requires("types_registry", "write")
            .returns(StoredEntity)
            .raises(
                InvalidEntityId,
                UnreadableDocument,
                InvalidEntity,
                EntityAlreadyExists,
                Exhausted,
                TypesRegistryNotReady,
            )
            .handler(self.put)
        )
        (
            routes.get(f"{PREFIX}/entities")
            .operation_id("types_registry.list_entity_summaries")
            .summary("List the first types and instances without their documents")
            .requires("types_registry", "read")
            .returns(EntitySummaries)
            .raises(TypesRegistryNotReady)
            .handler(self.list)
        )
        (
            routes.get(f"{PREFIX}/entities/{{entity_id}}")
            .operation_id("types_registry.get_stored_entity")
            .summary("Fetch a type or an instance by any identifier")
            .requires("types_registry", "read")
            .returns(StoredEntity)
            .raises(EntityNotFound, TypesRegistryNotReady)
            .handler(self.get)
        )
        (
            routes.get(f"{PREFIX}/query")
            .operation_id("types_registry.query")
            .summary("Find documents by identifier and values")
            .requires("types_registry", "read")
            .returns(QueryResults)
            .raises(TypesRegistryNotReady)
            .handler(self.query)
        )
        (
            routes.get(f"{PREFIX}/attr")
            .operation_id("types_registry.attribute")
            .summary("Read one value of a document")
            .requires("types_registry", "read")
            .returns(SelectedAttribute)
            .raises(TypesRegistryNotReady)
            .handler(self.attribute)
        )

    async def put(
        self, document: Annotated[dict[str, Any], Body()], validate: bool | None = None
    ) -> StoredEntity:
        """Register a type or an instance, checked.

        Args:
            document: The document.
            validate: Whether to check it; false has an effect only where ``unchecked_gts_entities`` is configured.
        """
        self.registry.check_ready()
        store = self.operations.store
        if not self.is_unchecked:
            await self.registry.register_one(document, source="REST")
            return _stored(store.extract(document))
        return _stored(register(store, document) if validate else store.put(document))

    async def list(self, limit: Limit = DEFAULT_LIMIT) -> EntitySummaries:
        """List the first types and instances by identifier, and count all.

        Args:
            limit: Most of them.
        """
        self.registry.check_ready()
        return EntitySummaries.of(self.operations.list_entities(limit))

    async def get(self, entity_id: str) -> StoredEntity:
        """Return a type or an instance with its document.

        Args:
            entity_id: What it is stored under.
        """
        self.registry.check_ready()
        found = self.operations.store.find(entity_id)
        if found is None:
            raise EntityNotFound(shortened(entity_id))
        return _stored(found, content=dict(found.content))

    async def query(self, expr: str, limit: Limit = DEFAULT_LIMIT) -> QueryResults:
        """Return the documents that an expression such as ``gts.x.shop.*[status=active]`` asks for.

        Args:
            expr: A pattern, and in brackets what must hold.
            limit: Most documents.
        """
        self.registry.check_ready()
        return QueryResults.of(self.operations.query(expr, limit))

    async def attribute(self, gts_with_path: str) -> SelectedAttribute:
        """Return the value that a selector such as ``gts.x.…v1~…@items[0].name`` names.

        Args:
            gts_with_path: Identifier, ``@`` and path.
        """
        self.registry.check_ready()
        return SelectedAttribute(**self.operations.attribute(gts_with_path))


def _stored(entity: Entity, **more: Any) -> StoredEntity:
    type_id = None if entity.type_id is None else str(entity.type_id)
    return StoredEntity(ok=True, id=entity.id, type_id=type_id, is_type=entity.is_type, **more)
