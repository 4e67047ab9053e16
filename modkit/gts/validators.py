"""Compiled JSON Schema validators of types: made when first needed, and forgotten when a schema they read changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from modkit.gts.entity import URI_PREFIX, InvalidEntity
from modkit.gts.faults import shortened
from modkit.gts.gts_ref import KEYWORD, GtsRefKeyword
from modkit.gts.schema_walk import Schema

if TYPE_CHECKING:
    import jsonschema_rs

_MOST_FAULTS: Final = 20
_MOST_CHARACTERS: Final = 400
_MOST_BACKTRACKS: Final = 100_000


class Validators:
    """One validator a type; each knows which schemas it has read.

    ``format`` is an annotation: the specification wants identifiers where a schema says ``"format": "uuid"``.

    Args:
        schema_of: Returns the prepared schema of a type, or None where there is none.
    """

    def __init__(self, schema_of: Callable[[str], Schema | None]) -> None:
        self._schema_of = schema_of
        self._compiled: dict[str, jsonschema_rs.Validator] = {}
        self._readers: defaultdict[str, set[str]] = defaultdict(set)

    def faults(self, type_id: str, document: Any) -> list[str]:
        """Return what in *document* breaks the schema of *type_id*, at most 20 faults.

        Raises:
            InvalidEntity: The schema refers to something that is not there.
        """
        validator = self._validator(type_id)
        if validator is None:
            return [f"the type {shortened(type_id)} is not registered"]
        return [] if validator.is_valid(document) else list(_faults(validator, document))

    def check(self, type_id: str) -> None:
        """Raise `InvalidEntity` where the schema of *type_id* refers to something that is not there."""
        self._validator(type_id)

    def _validator(self, type_id: str) -> jsonschema_rs.Validator | None:
        known = self._compiled.get(type_id)
        schema = self._schema_of(type_id) if known is None else None
        if schema is None:
            return known
        read = {type_id}
        validator = self._compile(type_id, schema, read)
        self._compiled[type_id] = validator
        for one in read:
            self._readers[one].add(type_id)
        return validator

    def faults_of_schema(self, owner: str, schema: Schema, document: Any) -> list[str]:
        """Return what in *document* breaks *schema*, a prepared part of the schema of *owner*.

        Raises:
            InvalidEntity: The schema refers to something that is not there; *owner* is named.
        """
        dialect = (self._schema_of(owner) or {}).get("$schema")
        whole = {"$schema": dialect, **schema} if dialect else schema
        return list(_faults(self._compile(owner, whole, set()), document))

    def forget(self, type_id: str) -> None:
        """Forget every validator that has read the schema of *type_id*."""
        for reader in self._readers.pop(type_id, ()):
            self._compiled.pop(reader, None)

    def _compile(self, owner: str, schema: Schema, read: set[str]) -> jsonschema_rs.Validator:
        import jsonschema_rs  # noqa: PLC0415 - loaded by those who validate, not by all who name types

        def retrieve(uri: str) -> Schema:
            type_id = uri.removeprefix(URI_PREFIX)
            found = self._schema_of(type_id)
            if found is None:
                raise LookupError(type_id)
            read.add(type_id)
            return found

        try:
            return jsonschema_rs.validator_for(
                schema,
                retriever=retrieve,  # reads the store only: nothing is fetched over a network
                keywords={KEYWORD: GtsRefKeyword},
                validate_formats=False,
                pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_BACKTRACKS),
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise InvalidEntity(
                owner, (f"its schema cannot be used: {shortened(str(error))}",)
            ) from error


def _faults(validator: jsonschema_rs.Validator, document: Any) -> Iterator[str]:
    for number, error in enumerate(validator.iter_errors(document)):
        if number == _MOST_FAULTS:
            yield "and more"
            return
        place = "/".join(map(str, error.instance_path))
        yield f"/{place}: {shortened(error.message, _MOST_CHARACTERS)}"
