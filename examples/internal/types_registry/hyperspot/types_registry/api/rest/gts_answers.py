"""What the operations of the type system answer; their names are those of the specification."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from attrs import frozen

from modkit import UNSET, Meta, UnsetType
from modkit.gts.operations import Answer

Count = Annotated[int, Meta(ge=0)]


@frozen(kw_only=True)
class IdValidity:
    """Whether a text is an identifier, or a pattern."""

    id: str
    valid: bool
    is_wildcard: bool
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class ParsedSegment:
    """One link of an identifier."""

    vendor: str
    package: str
    namespace: str
    type: str
    ver_major: Count
    ver_minor: Count | None
    is_type: bool


@frozen(kw_only=True)
class ParsedId:
    """An identifier taken apart."""

    id: str
    ok: bool
    is_type: bool
    is_wildcard: bool
    segments: tuple[ParsedSegment, ...]
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, answer: Answer) -> ParsedId:
        """Return *answer* in its shape."""
        segments = tuple(ParsedSegment(**one) for one in answer["segments"])
        return cls(**_with(answer, segments=segments))


@frozen(kw_only=True)
class PatternMatch:
    """Whether a pattern covers a candidate."""

    candidate: str
    pattern: str
    match: bool
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class IdUuid:
    """The UUIDv5 of an identifier."""

    id: str
    uuid: str | None
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class ExtractedIds:
    """The identifiers that a document tells, and in which members."""

    id: str
    type_id: str | None
    is_type: bool
    selected_entity_field: str | None
    selected_type_id_field: str | None


@frozen(kw_only=True)
class Verdict:
    """Whether an entity is valid."""

    id: str
    ok: bool
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class EntityVerdict:
    """Whether an entity is valid, and what it is."""

    id: str
    ok: bool
    entity_type: Literal["schema", "instance"]
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class RelatedNode:
    """An entity and what it refers to.

    Attributes:
        refs: Identifiers by the place that names them.
        type_id: Its type.
        is_known: Whether it is registered.
    """

    refs: dict[str, str]
    type_id: str | None
    is_known: bool


@frozen(kw_only=True)
class Relationships:
    """What an entity refers to, directly and by way of others."""

    id: str
    ok: bool
    nodes: dict[str, RelatedNode]
    errors: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer) -> Relationships:
        """Return *answer* in its shape."""
        nodes = {gts_id: RelatedNode(**node) for gts_id, node in answer["nodes"].items()}
        return cls(**_with(answer, nodes=nodes))


@frozen(kw_only=True)
class ComparedChange:
    """One difference of two versions.

    Attributes:
        place: Where it is.
        change: What it is.
        breaks: Whom it would break.
    """

    place: str
    change: str
    breaks: str


@frozen(kw_only=True)
class Comparison:
    """How two versions of a type differ."""

    old: str
    new: str
    is_backward_compatible: bool
    is_forward_compatible: bool
    is_fully_compatible: bool
    changes: tuple[ComparedChange, ...]
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, answer: Answer) -> Comparison:
        """Return *answer* in its shape."""
        return cls(**_with(answer, changes=_changes(answer)))


@frozen(kw_only=True)
class CastEntity:
    """An instance turned into one of another version of its type."""

    from_id: str
    to_id: str
    ok: bool
    casted_entity: dict[str, Any] | None
    added_properties: tuple[str, ...] = ()
    removed_properties: tuple[str, ...] = ()
    is_backward_compatible: bool | UnsetType = UNSET
    is_forward_compatible: bool | UnsetType = UNSET
    is_fully_compatible: bool | UnsetType = UNSET
    changes: tuple[ComparedChange, ...] = ()
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, answer: Answer) -> CastEntity:
        """Return *answer* in its shape."""
        values = {name: value for name, value in answer.items() if name not in ("from", "to")}
        values["changes"] = _changes(answer)
        return cls(**values, from_id=answer["from"], to_id=answer["to"])


@frozen(kw_only=True)
class QueryResults:
    """The documents that a query asks for."""

    expr: str
    limit: Count
    count: Count
    results: tuple[dict[str, Any], ...]
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, answer: Answer) -> QueryResults:
        """Return *answer* in its shape."""
        results = tuple(dict(one) for one in answer["results"])
        return cls(**_with(answer, results=results))


@frozen(kw_only=True)
class SelectedAttribute:
    """A value inside a document."""

    path: str
    resolved: bool
    value: Any
    error: str | UnsetType = UNSET


@frozen(kw_only=True)
class EntitySummary:
    """An entity without its document."""

    id: str
    type_id: str | None
    is_type: bool


@frozen(kw_only=True)
class StoredEntity:
    """An entity of the registry; `content` where that was asked for."""

    ok: bool
    id: str
    type_id: str | None
    is_type: bool
    content: dict[str, Any] | UnsetType = UNSET


@frozen(kw_only=True)
class EntitySummaries:
    """The first entities; `total` counts all."""

    entities: tuple[EntitySummary, ...]
    count: Count
    total: Count

    @classmethod
    def of(cls, answer: Answer) -> EntitySummaries:
        """Return *answer* in its shape."""
        entities = tuple(EntitySummary(**one) for one in answer["entities"])
        return cls(**_with(answer, entities=entities))


def _with(answer: Answer, **shaped: Any) -> Answer:
    return {**answer, **shaped}


def _changes(answer: Answer) -> tuple[ComparedChange, ...]:
    return tuple(ComparedChange(**one) for one in answer.get("changes", ()))
