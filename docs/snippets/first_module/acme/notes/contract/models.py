"""Values of notes."""

from typing import Annotated, TypeAlias
from uuid import UUID

from attrs import frozen

from modkit import Meta

NoteText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2_000)]


@frozen(kw_only=True)
class Note:
    """One note.

    Attributes:
        id: Made by the module.
        text: 1 to 2 000 characters.
    """

    id: UUID
    text: NoteText
