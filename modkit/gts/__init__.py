"""The global type system (GTS): identifiers, patterns, and the types and instances that they name."""

from modkit.gts.faults import InvalidGtsId, InvalidGtsPattern
from modkit.gts.grammar import MAX_ID_CHARACTERS
from modkit.gts.identifier import (
    GtsId,
    GtsInstanceId,
    GtsSegment,
    GtsTypeId,
    is_gts_id,
    is_gts_type_id,
)
from modkit.gts.pattern import GtsPattern

__all__ = [
    "GtsId",
    "GtsInstanceId",
    "GtsPattern",
    "GtsSegment",
    "GtsTypeId",
    "InvalidGtsId",
    "InvalidGtsPattern",
    "MAX_ID_CHARACTERS",
    "is_gts_id",
    "is_gts_type_id",
]
