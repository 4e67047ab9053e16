"""TypesRegistryConfig: where types and instances come from, and how many there may be."""

from __future__ import annotations

from typing import Annotated

from attrs import frozen

from modkit import Meta
from modkit.gts import IdFields

_FIELDS = IdFields()


@frozen(kw_only=True)
class TypesRegistryConfig:
    """Section ``modules.types_registry.config``.

    Attributes:
        paths: Files and folders that are read at the start: JSON, JSONC and YAML, one document or a list in each file.
        entity_id_fields: Members of an instance that may hold its identifier, the one asked first at the top.
        schema_id_fields: Members of an instance that may hold the identifier of its type, where its own does not tell it.
        max_entities: Most types and instances together; more are refused.
        unchecked_gts_entities: Whether ``POST /types-registry/v1/gts/entities`` stores a document unchecked unless it is
            asked to validate, in place of another of the same identifier. The conformance suite of the specification
            wants that, a platform never does.
    """

    paths: tuple[str, ...] = ()
    entity_id_fields: Annotated[tuple[str, ...], Meta(min_length=1)] = _FIELDS.entity
    schema_id_fields: tuple[str, ...] = _FIELDS.type
    max_entities: Annotated[int, Meta(ge=1)] = 1_000_000
    unchecked_gts_entities: bool = False

    def id_fields(self) -> IdFields:
        """Return where instances have their identifiers."""
        return IdFields(entity=self.entity_id_fields, type=self.schema_id_fields)
