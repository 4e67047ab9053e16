"""Configuration of notes."""

from typing import Annotated

from attrs import frozen

from modkit import Meta


@frozen(kw_only=True)
class NotesConfig:
    """Section ``modules.notes.config``.

    Attributes:
        max_notes: How many notes one tenant may keep.
    """

    max_notes: Annotated[int, Meta(ge=1)] = 100
