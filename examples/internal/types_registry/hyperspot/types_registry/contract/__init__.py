"""What other modules may know of types_registry."""

from hyperspot.types_registry.contract.client import TypesRegistryClient
from hyperspot.types_registry.contract.errors import (
    EntityAlreadyExists,
    EntityNotFound,
    InvalidEntityId,
    InvalidEntityQuery,
    TypesRegistryNotReady,
)
from hyperspot.types_registry.contract.events import EntityRegistered
from hyperspot.types_registry.contract.models import (
    EntityPage,
    EntityQuery,
    IdSegment,
    Refused,
    Registered,
    RegisteredEntity,
    RegisterResult,
    RegisterSummary,
    SegmentScope,
)

__all__ = [
    "EntityAlreadyExists",
    "EntityNotFound",
    "EntityPage",
    "EntityQuery",
    "EntityRegistered",
    "IdSegment",
    "InvalidEntityId",
    "InvalidEntityQuery",
    "Refused",
    "RegisterResult",
    "RegisterSummary",
    "Registered",
    "RegisteredEntity",
    "SegmentScope",
    "TypesRegistryClient",
    "TypesRegistryNotReady",
]
