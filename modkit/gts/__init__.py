"""The global type system (GTS): identifiers and patterns, and a store that checks types and instances of them."""

from modkit.gts.attributes import InvalidSelector, Selector, UnknownAttribute, attribute
from modkit.gts.casting import Cast, cast
from modkit.gts.compatibility import Change, Compatibility, Direction, compared
from modkit.gts.documents import UnreadableDocument, read_json, read_object
from modkit.gts.entity import Entity, IdFields, InvalidEntity, UnknownEntity, extract
from modkit.gts.faults import InvalidGtsId, InvalidGtsPattern
from modkit.gts.generate import generate
from modkit.gts.grammar import MAX_ID_CHARACTERS
from modkit.gts.identifier import (
    GtsId,
    GtsInstanceId,
    GtsSegment,
    GtsTypeId,
    is_gts_id,
    is_gts_type_id,
)
from modkit.gts.names import UnsupportedSchema
from modkit.gts.pattern import GtsPattern
from modkit.gts.query import Condition, InvalidQuery, Query
from modkit.gts.relationships import Graph, Node, graph_of
from modkit.gts.store import GtsStore
from modkit.gts.traits import TraitLevel, Traits
from modkit.gts.typed import InvalidTypeClass, base_of, gts_type, schema_of, type_id_of
from modkit.gts.typed_instances import (
    document_of,
    gts_instance,
    register_instance,
    register_type,
)
from modkit.gts.typed_schema import open_object
from modkit.gts.validation import (
    effective_traits,
    register,
    validate,
    validate_finished,
    validate_instance,
    validate_type,
)

__all__ = [
    "Cast",
    "Change",
    "Compatibility",
    "Condition",
    "Direction",
    "Entity",
    "Graph",
    "GtsId",
    "GtsInstanceId",
    "GtsPattern",
    "GtsSegment",
    "GtsStore",
    "GtsTypeId",
    "IdFields",
    "InvalidEntity",
    "InvalidGtsId",
    "InvalidGtsPattern",
    "InvalidQuery",
    "InvalidSelector",
    "InvalidTypeClass",
    "MAX_ID_CHARACTERS",
    "Node",
    "Query",
    "Selector",
    "TraitLevel",
    "Traits",
    "UnknownAttribute",
    "UnknownEntity",
    "UnreadableDocument",
    "UnsupportedSchema",
    "attribute",
    "base_of",
    "cast",
    "compared",
    "document_of",
    "effective_traits",
    "extract",
    "generate",
    "graph_of",
    "gts_instance",
    "gts_type",
    "is_gts_id",
    "is_gts_type_id",
    "open_object",
    "read_json",
    "read_object",
    "register",
    "register_instance",
    "register_type",
    "schema_of",
    "type_id_of",
    "validate",
    "validate_finished",
    "validate_instance",
    "validate_type",
]
