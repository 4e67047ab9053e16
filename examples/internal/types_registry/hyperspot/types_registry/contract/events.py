"""What the types registry tells those who listen."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class EntityRegistered:
    """A type or an instance has become part of the registry.

    Attributes:
        gts_id: Its identifier.
        is_schema: Whether it is a type.
    """

    gts_id: str
    is_schema: bool
