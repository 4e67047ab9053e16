"""The shared parts of the API document: schemas by type, and examples that fit them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from attrs import define

from modkit.codec import encoder
from modkit.codec.encode import json_value
from modkit.codec.json_schema import schemas
from modkit.rest.openapi.examples import Examples, NoExample
from modkit.rest.operation import Example

JsonObject: TypeAlias = dict[str, Any]

SCHEMAS: Final = "#/components/schemas/"


class InvalidApi(ValueError):
    """The operations of the platform cannot be described in one document."""


@define
class Components:
    """Schemas of every type that the document speaks of.

    Attributes:
        schemas: The named schemas, as in ``#/components/schemas``.
    """

    schemas: JsonObject
    _by_kind: Mapping[Any, JsonObject]

    @classmethod
    def of(cls, kinds: Iterable[object]) -> Components:
        """Describe all *kinds* at once, so that names are given out in one place."""
        by_kind, named = schemas(kinds, ref_prefix=SCHEMAS)
        return cls(dict(named), by_kind)

    def schema(self, kind: object) -> JsonObject:
        """Return the schema of one of the kinds, mostly a reference to a named one."""
        return dict(self._by_kind[kind])

    def add(self, name: str, schema: JsonObject) -> None:
        """Add a named schema.

        Raises:
            InvalidApi: A model of a module has that name already.
        """
        if name in self.schemas:
            raise InvalidApi(
                f"a model is named {name!r} like a problem of the API; rename the model"
            )
        self.schemas[name] = schema

    def examples(self, schema: JsonObject, given: Iterable[Example]) -> JsonObject:
        """Return the ``examples`` of a body as an object to merge, empty where none can be made.

        Raises:
            InvalidApi: A given example is not of the body's type.
        """
        named = {
            example.name: {"summary": example.name, "value": self._written(example, schema)}
            for example in given
        }
        if named:
            return {"examples": named}
        try:
            return {"examples": {"example": {"value": Examples(self.schemas).of(schema)}}}
        except NoExample:
            return {}

    def _written(self, example: Example, schema: JsonObject) -> Any:
        """Return the value of an example as the operation itself writes it; plain JSON stays as it is."""
        with suppress(TypeError):
            return json_value(example.value)
        refusal: TypeError | None = None
        for kind in (kind for kind, known in self._by_kind.items() if known == schema):
            try:
                return json.loads(encoder(kind)(example.value))
            except TypeError as error:  # an Enum and a Literal can have one schema
                refusal = error
        raise InvalidApi(
            f"the example {example.name!r} is not of the type of its body: {refusal}"
        ) from refusal


def without_none(kind: Any) -> tuple[Any, bool]:
    """Split ``X | None`` into ``X`` and whether None was there; other types stay as they are.

    Example:
        >>> without_none(int | None), without_none(str)
        ((<class 'int'>, True), (<class 'str'>, False))
    """
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        bare, optional = without_none(inner)
        return (Annotated[(bare, *marks)] if optional else kind), optional
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    choices = tuple(choice for choice in get_args(kind) if choice is not NoneType)
    return (Union[choices] if choices else kind), len(choices) < len(get_args(kind))  # noqa: UP007 - built of a tuple
