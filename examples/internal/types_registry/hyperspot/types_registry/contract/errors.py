"""The errors of types_registry, beside those of `modkit.gts`."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from modkit_errors import Conflict, Malformed, NotFound, Unavailable


@define
class InvalidEntityId(Malformed):
    """The document has no GTS identifier where it should have one.

    Attributes:
        gts_id: What was found, cut to 120 characters; empty for nothing.
        reason: Why it is none, or where one was looked for.
    """

    template: ClassVar[str] = "Invalid GTS ID: {gts_id}: {reason}"

    gts_id: str
    reason: str


@define
class InvalidEntityQuery(Malformed):
    """The list cannot be filtered or continued like this.

    Attributes:
        parameter: Which parameter.
        reason: What is wrong with it.
    """

    template: ClassVar[str] = "{parameter}: {reason}"

    parameter: str
    reason: str


@define
class EntityNotFound(NotFound):
    """Nothing is registered under this identifier.

    Attributes:
        gts_id: The identifier, cut to 120 characters.
    """

    template: ClassVar[str] = "No entity with GTS ID: {gts_id}"

    gts_id: str


@define
class EntityAlreadyExists(Conflict):
    """Another content is registered under this identifier.

    Attributes:
        gts_id: The identifier.
    """

    template: ClassVar[str] = (
        "Entity already exists: {gts_id}; what is registered does not change, so give yours another version"
    )

    gts_id: str


@define
class TypesRegistryNotReady(Unavailable):
    """The modules are still being initialised, and nothing that they registered is checked yet."""

    template: ClassVar[str] = "The types registry is not yet ready"
