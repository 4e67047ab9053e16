"""Operations that check, relate and compare what is registered.

A negative answer is an answer and no error: ``ok`` is false, and ``error`` says why.
"""

from __future__ import annotations

from typing import Annotated

from attrs import frozen

from hyperspot.types_registry.api.rest.gts_answers import (
    CastEntity,
    Comparison,
    EntityVerdict,
    Relationships,
    Verdict,
)
from hyperspot.types_registry.api.rest.gts_ids import PREFIX
from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.errors import TypesRegistryNotReady
from modkit import Meta
from modkit.gts.operations import GtsOperations
from modkit.rest.routes import Route, Routes

EntityName = Annotated[str, Meta(min_length=1, max_length=1_024)]


@frozen(kw_only=True)
class InstanceDto:
    """Which instance to check."""

    instance_id: EntityName


@frozen(kw_only=True)
class TypeDto:
    """Which type to check."""

    type_id: EntityName


@frozen(kw_only=True)
class EntityDto:
    """Which entity to check."""

    entity_id: EntityName


@frozen(kw_only=True)
class CastDto:
    """Which instance to turn into one of which type."""

    instance_id: EntityName
    to_type_id: EntityName


@frozen(kw_only=True)
class GtsCheckRoutes:
    """HTTP face of checks and comparisons.

    Attributes:
        registry: Says when there is something to check.
        operations: The operations on its store.
    """

    registry: TypesRegistryClient
    operations: GtsOperations

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            _reading(routes.post(f"{PREFIX}/validate-instance"))
            .operation_id("types_registry.validate_instance")
            .summary("Check an instance against its type")
            .requires("types_registry", "read")
            .returns(Verdict)
            .handler(self.validate_instance)
        )
        (
            _reading(routes.post(f"{PREFIX}/validate-type-schema"))
            .operation_id("types_registry.validate_type")
            .summary("Check a type against those it derives from")
            .requires("types_registry", "read")
            .returns(Verdict)
            .handler(self.validate_type)
        )
        (
            _reading(routes.post(f"{PREFIX}/validate-entity"))
            .operation_id("types_registry.validate_entity")
            .summary("Check a type or an instance as a finished one")
            .requires("types_registry", "read")
            .returns(EntityVerdict)
            .handler(self.validate_entity)
        )
        (
            _reading(routes.get(f"{PREFIX}/resolve-relationships"))
            .operation_id("types_registry.resolve_relationships")
            .summary("Follow what an entity refers to")
            .requires("types_registry", "read")
            .returns(Relationships)
            .handler(self.resolve_relationships)
        )
        (
            _reading(routes.get(f"{PREFIX}/compatibility"))
            .operation_id("types_registry.compatibility")
            .summary("Compare two versions of a type")
            .requires("types_registry", "read")
            .returns(Comparison)
            .handler(self.compatibility)
        )
        (
            _reading(routes.post(f"{PREFIX}/cast"))
            .operation_id("types_registry.cast")
            .summary("Turn an instance into one of another version")
            .requires("types_registry", "read")
            .returns(CastEntity)
            .handler(self.cast)
        )

    async def validate_instance(self, body: InstanceDto) -> Verdict:
        """Check an instance that is registered against its type."""
        self.registry.check_ready()
        return Verdict(**self.operations.validate_instance(body.instance_id))

    async def validate_type(self, body: TypeDto) -> Verdict:
        """Check a type that is registered against each type of its chain."""
        self.registry.check_ready()
        return Verdict(**self.operations.validate_type(body.type_id))

    async def validate_entity(self, body: EntityDto) -> EntityVerdict:
        """Check a type or an instance as a finished one: a type also has closed traits, with values."""
        self.registry.check_ready()
        return EntityVerdict(**self.operations.validate_entity(body.entity_id))

    async def resolve_relationships(self, gts_id: str) -> Relationships:
        """Return what an entity refers to, directly and by way of others, and what of that is missing.

        Args:
            gts_id: The entity.
        """
        self.registry.check_ready()
        return Relationships.of(self.operations.resolve_relationships(gts_id))

    async def compatibility(self, old_type_id: str, new_type_id: str) -> Comparison:
        """Compare two versions of a type: backward, forward, and which changes break whom.

        Args:
            old_type_id: The older version.
            new_type_id: The newer version.
        """
        self.registry.check_ready()
        return Comparison.of(self.operations.compatibility(old_type_id, new_type_id))

    async def cast(self, body: CastDto) -> CastEntity:
        """Turn an instance into one of another version of its type; nothing is stored."""
        self.registry.check_ready()
        return CastEntity.of(self.operations.cast(body.instance_id, body.to_type_id))


def _reading(route: Route) -> Route:
    return route.raises(TypesRegistryNotReady)
