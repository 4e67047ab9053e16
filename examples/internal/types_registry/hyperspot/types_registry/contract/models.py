"""What the types registry takes and gives."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from attrs import frozen

from modkit import UNSET, Meta, UnsetType

MOST_ON_A_PAGE = 1_000
"""How many entities one page of a list holds at most."""


@frozen(kw_only=True)
class IdSegment:
    """One link of an identifier.

    Attributes:
        vendor: Who defines it.
        package: Module, plugin or application of the vendor.
        namespace: Category inside the package; ``_`` where there is none.
        type_name: The thing that is named.
        ver_major: Major version.
        ver_minor: Minor version, where there is one.
    """

    vendor: str
    package: str
    namespace: str
    type_name: str
    ver_major: Annotated[int, Meta(ge=0)]
    ver_minor: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


@frozen(kw_only=True)
class RegisteredEntity:
    """A type or an instance, as the registry keeps it.

    Attributes:
        id: The UUIDv5 of `gts_id`, the same everywhere.
        gts_id: Its identifier; that of a type ends in ``~``.
        segments: The links of the identifier, the base first; a UUID at its end is none.
        is_schema: Whether it is a type.
        content: The JSON document; not to be changed.
        description: What the document says about itself, where it does.
    """

    id: UUID
    gts_id: str
    segments: tuple[IdSegment, ...]
    is_schema: bool
    content: dict[str, Any]
    description: str | UnsetType = UNSET


@frozen(kw_only=True)
class Registered:
    """The entity is in the registry, now or from before.

    Attributes:
        entity: What is kept.
    """

    status: Literal["ok"] = "ok"
    entity: RegisteredEntity


@frozen(kw_only=True)
class Refused:
    """The entity is not registered.

    Attributes:
        gts_id: Its identifier, cut to 120 characters, where one was found.
        code: Code of the error, such as ``ENTITY_ALREADY_EXISTS``.
        error: What is wrong with it.
    """

    status: Literal["error"] = "error"
    gts_id: str | UnsetType = UNSET
    code: str
    error: str


RegisterResult: TypeAlias = Registered | Refused
"""What became of one document."""


@frozen(kw_only=True)
class RegisterSummary:
    """How many documents there were, and what became of them."""

    total: Annotated[int, Meta(ge=0)]
    succeeded: Annotated[int, Meta(ge=0)]
    failed: Annotated[int, Meta(ge=0)]

    @classmethod
    def of(cls, results: tuple[RegisterResult, ...]) -> RegisterSummary:
        """Return the summary of *results*."""
        succeeded = sum(isinstance(result, Registered) for result in results)
        return cls(total=len(results), succeeded=succeeded, failed=len(results) - succeeded)


class SegmentScope(Enum):
    """Which links of an identifier `EntityQuery` compares."""

    PRIMARY = "primary"
    """The first only."""
    ANY = "any"
    """Each of them; all that is asked for must stand in one and the same link."""


@frozen(kw_only=True)
class EntityQuery:
    """Which entities to list; all that is given must hold.

    Attributes:
        pattern: What `modkit.gts.GtsPattern` takes, or ``*`` for all.
        is_schema: True for types only, False for instances only.
        vendor: Vendor of a link.
        package: Package of a link.
        namespace: Namespace of a link.
        segment_scope: Which links are compared with these three.
    """

    pattern: str = "*"
    is_schema: bool | None = None
    vendor: str | None = None
    package: str | None = None
    namespace: str | None = None
    segment_scope: SegmentScope = SegmentScope.ANY


@frozen(kw_only=True)
class EntityPage:
    """Some of the entities of a list, by identifier.

    Attributes:
        entities: The entities.
        next_cursor: What to ask with for those that follow; empty at the end.
    """

    entities: tuple[RegisteredEntity, ...]
    next_cursor: str = ""
