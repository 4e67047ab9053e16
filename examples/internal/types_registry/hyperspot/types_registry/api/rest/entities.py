"""Operations that register, list and fetch entities."""

from __future__ import annotations

from typing import Annotated, Any

from attrs import frozen

from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.errors import (
    EntityNotFound,
    InvalidEntityQuery,
    TypesRegistryNotReady,
)
from hyperspot.types_registry.contract.models import (
    MOST_ON_A_PAGE,
    EntityQuery,
    Refused,
    RegisteredEntity,
    RegisterResult,
    RegisterSummary,
    SegmentScope,
)
from modkit import UNSET, Meta, UnsetType
from modkit.rest.routes import Routes

_EXAMPLE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "gts://gts.acme.shop.orders.order.v1~",
    "type": "object",
    "required": ["id", "amount"],
    "properties": {"id": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
}


@frozen(kw_only=True)
class EntitiesDto:
    """Documents to register.

    Attributes:
        entities: Types and instances, as JSON objects; what is none is refused for itself.
    """

    entities: Annotated[tuple[Any, ...], Meta(max_length=1_000)]


@frozen(kw_only=True)
class RegisterResultsDto:
    """What became of the documents.

    Attributes:
        summary: How many.
        results: Each, in the order they were sent.
    """

    summary: RegisterSummary
    results: tuple[RegisterResult, ...]


@frozen(kw_only=True)
class EntityListDto:
    """Some of the entities, by identifier.

    Attributes:
        entities: The entities.
        count: How many these are.
        next_cursor: What to ask with for those that follow, if any do.
    """

    entities: tuple[RegisteredEntity, ...]
    count: Annotated[int, Meta(ge=0)]
    next_cursor: str | UnsetType = UNSET


@frozen
class EntityRoutes:
    """HTTP face of the entities.

    Attributes:
        registry: Keeps them.
    """

    registry: TypesRegistryClient

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            routes.post("/types-registry/v1/entities")
            .operation_id("types_registry.register")
            .summary("Register types and instances")
            .requires("types_registry", "write")
            .returns(RegisterResultsDto)
            .raises(TypesRegistryNotReady)
            .request_example("type", {"entities": [_EXAMPLE]})
            .handler(self.register_all)
        )
        (
            routes.get("/types-registry/v1/entities")
            .operation_id("types_registry.list")
            .summary("List types and instances")
            .requires("types_registry", "read")
            .returns(EntityListDto)
            .raises(InvalidEntityQuery, TypesRegistryNotReady)
            .handler(self.list)
        )
        (
            routes.get("/types-registry/v1/entities/{gts_id}")
            .operation_id("types_registry.get")
            .summary("Fetch a type or an instance")
            .requires("types_registry", "read")
            .returns(RegisteredEntity)
            .raises(EntityNotFound, TypesRegistryNotReady)
            .handler(self.get)
        )

    async def register_all(self, body: EntitiesDto) -> RegisterResultsDto:
        """Register types and instances; each is checked, and taken or refused for itself.

        A document that is registered already is taken again, another one under the same identifier is refused.
        """
        self.registry.check_ready()
        results: list[RegisterResult] = [_NO_OBJECT] * len(body.entities)
        numbers = [number for number, one in enumerate(body.entities) if isinstance(one, dict)]
        taken = await self.registry.register(
            [body.entities[number] for number in numbers], source="REST"
        )
        for number, result in zip(numbers, taken, strict=True):
            results[number] = result
        whole = tuple(results)
        return RegisterResultsDto(summary=RegisterSummary.of(whole), results=whole)

    async def list(
        self,
        pattern: str = "*",
        is_schema: bool | None = None,
        vendor: str | None = None,
        package: str | None = None,
        namespace: str | None = None,
        segment_scope: SegmentScope = SegmentScope.ANY,
        limit: Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)] = 100,
        cursor: str = "",
    ) -> EntityListDto:
        """List the types and instances for which everything holds that is asked, by identifier.

        Args:
            pattern: A GTS pattern such as ``gts.x.core.*``, or ``*`` for all.
            is_schema: True for types only, false for instances only.
            vendor: Vendor of a link of the identifier.
            package: Package of a link.
            namespace: Namespace of a link.
            segment_scope: Whether the first link only is compared with these three, or any.
            limit: Most entities of one page.
            cursor: ``next_cursor`` of the page before.
        """
        self.registry.check_ready()
        query = EntityQuery(
            pattern=pattern,
            is_schema=is_schema,
            vendor=vendor,
            package=package,
            namespace=namespace,
            segment_scope=segment_scope,
        )
        page = await self.registry.list(query, limit=limit, cursor=cursor)
        return EntityListDto(
            entities=page.entities,
            count=len(page.entities),
            next_cursor=page.next_cursor or UNSET,
        )

    async def get(self, gts_id: str) -> RegisteredEntity:
        """Return a type or an instance with its document.

        Args:
            gts_id: Its identifier.
        """
        self.registry.check_ready()
        return await self.registry.get(gts_id)


_NO_OBJECT = Refused(code="VALIDATION_ERROR", error="Validation failed: an entity is a JSON object")
