"""Entities: JSON documents that are a type or an instance, and where in a document its identifiers stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import define, frozen

from modkit.gts.faults import shortened
from modkit.gts.identifier import GtsId, GtsTypeId, is_gts_id
from modkit_errors import Invalid, NotFound

URI_PREFIX: Final = "gts://"
"""What ``$id`` and ``$ref`` put before an identifier, to make it a URI."""

Document = Mapping[str, Any]
"""A JSON object as Python's ``json`` reads it."""


@define
class InvalidEntity(Invalid):
    """The document breaks the rules of its type or of the type system.

    Attributes:
        gts_id: Which document; empty where none can be found.
        faults: Everything that is wrong, each with its place.
    """

    template: ClassVar[str] = "Validation failed: {gts_id}: {faults}"

    gts_id: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return self.detail or f"Validation failed: {shortened(self.gts_id)}: " + "; ".join(
            self.faults
        )


@define
class UnknownEntity(NotFound):
    """Nothing is registered under this identifier.

    Attributes:
        gts_id: The identifier, cut to 120 characters.
    """

    template: ClassVar[str] = "No entity with GTS ID: {gts_id}"

    gts_id: str


@frozen(kw_only=True)
class IdFields:
    """Which members of an instance hold its identifier and its type; the first one that holds an identifier wins.

    Attributes:
        entity: Members with the identifier of the instance.
        type: Members with the identifier of its type, asked where the first does not tell it.

    Example:
        >>> order = {"orderId": "gts.x.shop.orders.order.v1~acme.shop.orders.first.v1"}
        >>> extract(order, IdFields(entity=("orderId",))).type_id
        'gts.x.shop.orders.order.v1~'
    """

    entity: tuple[str, ...] = (
        "$id",
        "gtsId",
        "gtsIid",
        "gtsOid",
        "gtsI",
        "gts_id",
        "gts_oid",
        "gts_iid",
        "id",
    )
    type: tuple[str, ...] = (
        "gtsTid",
        "gtsType",
        "gtsT",
        "gts_t",
        "gts_tid",
        "gts_type",
        "type",
        "schema",
    )


@frozen(kw_only=True)
class Entity:
    """A document and what it says about itself.

    Attributes:
        id: Its identifier as found, which for an instance need not be one of GTS; empty where there is none.
        type_id: Of an instance its type, of a type the one it derives from; None where none is told.
        is_type: Whether it is the schema of a type, which its member ``$schema`` tells.
        content: The document itself.
        entity_field: The member that holds `id`.
        type_field: The member that tells `type_id`.
    """

    id: str
    type_id: GtsTypeId | None
    is_type: bool
    content: Document
    entity_field: str | None = None
    type_field: str | None = None

    @property
    def gts_id(self) -> GtsId | None:
        """Its identifier if that is one of GTS."""
        return GtsId(self.id) if is_gts_id(self.id) else None


DEFAULT_ID_FIELDS: Final = IdFields()


def extract(document: Document, fields: IdFields = DEFAULT_ID_FIELDS) -> Entity:
    """Return *document* as an entity, whether its identifiers are valid or not.

    Example:
        >>> extract({"id": "7a1d2f34", "type": "gts.x.core.events.type.v1~"}).type_id
        'gts.x.core.events.type.v1~'
    """
    if "$schema" in document:
        return _schema(document)
    entity_field, found = _first(document, fields.entity)
    own = GtsId(found) if is_gts_id(found) else None
    type_field, type_id = entity_field, own.parent if own is not None else None
    if type_id is None:
        type_field, type_id = _type_of(document, fields.type)
    return Entity(
        id=found,
        type_id=type_id,
        is_type=False,
        content=document,
        entity_field=entity_field,
        type_field=type_field,
    )


def _schema(document: Document) -> Entity:
    identifier = document.get("$id")
    found = identifier.removeprefix(URI_PREFIX) if isinstance(identifier, str) else ""
    return Entity(
        id=found,
        type_id=GtsId(found).parent if is_gts_id(found) else None,
        is_type=True,
        content=document,
        entity_field="$id" if found else None,
        type_field="$id" if is_gts_id(found) and GtsId(found).parent else None,
    )


def _first(document: Document, names: tuple[str, ...]) -> tuple[str | None, str]:
    """Return the member with an identifier of GTS, or else the first with any text."""
    other: tuple[str | None, str] = (None, "")
    for name in names:
        value = document.get(name)
        if not isinstance(value, str) or not value:
            continue
        text = value.removeprefix(URI_PREFIX)
        if is_gts_id(text):
            return name, text
        if other[0] is None:
            other = (name, value)
    return other


def _type_of(document: Document, names: tuple[str, ...]) -> tuple[str | None, GtsTypeId | None]:
    for name in names:
        value = document.get(name)
        text = value.removeprefix(URI_PREFIX) if isinstance(value, str) else ""
        if is_gts_id(text) and text[-1] == "~":
            return name, GtsTypeId(text)
    return None, None
