"""Entities as the contract shows them, and which of them a query asks for."""

from __future__ import annotations

from collections.abc import Callable

from hyperspot.types_registry.contract.models import (
    EntityQuery,
    IdSegment,
    RegisteredEntity,
    SegmentScope,
)
from modkit import UNSET
from modkit.gts import Entity, GtsId, GtsSegment


def shown(entity: Entity) -> RegisteredEntity:
    """Return *entity*, whose identifier is one of GTS, as others see it."""
    gts_id = GtsId(entity.id)
    description = entity.content.get("description")
    return RegisteredEntity(
        id=gts_id.uuid,
        gts_id=str(gts_id),
        segments=tuple(map(_segment, gts_id.segments)),
        is_schema=entity.is_type,
        content=dict(entity.content),
        description=description if isinstance(description, str) else UNSET,
    )


def fits(query: EntityQuery) -> Callable[[Entity], bool]:
    """Return what tells whether *query*, its pattern aside, asks for an entity."""
    asked = [
        (name, value)
        for name in ("vendor", "package", "namespace")
        if (value := getattr(query, name)) is not None
    ]
    is_primary = query.segment_scope is SegmentScope.PRIMARY

    def segment_fits(segment: GtsSegment) -> bool:
        return all(getattr(segment, name) == value for name, value in asked)

    def entity_fits(entity: Entity) -> bool:
        if query.is_schema not in (None, entity.is_type):
            return False
        if not asked:
            return True
        segments = GtsId(entity.id).segments
        return any(map(segment_fits, segments[:1] if is_primary else segments))

    return entity_fits


def _segment(segment: GtsSegment) -> IdSegment:
    return IdSegment(
        vendor=segment.vendor,
        package=segment.package,
        namespace=segment.namespace,
        type_name=segment.type_name,
        ver_major=segment.ver_major,
        ver_minor=UNSET if segment.ver_minor is None else segment.ver_minor,
    )
