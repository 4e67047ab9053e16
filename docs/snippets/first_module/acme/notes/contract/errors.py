"""The errors of notes."""

from typing import ClassVar
from uuid import UUID

from attrs import define

from modkit_errors import Exhausted, NotFound


@define
class NoteNotFound(NotFound):
    """No such note, or none that this caller may see."""

    note_id: UUID


@define
class TooManyNotes(Exhausted):
    """The tenant keeps as many notes as it may."""

    template: ClassVar[str] = "This tenant may keep {max_notes} at most; delete one first."
    max_notes: int
