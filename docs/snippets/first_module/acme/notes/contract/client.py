"""What other modules may ask of notes."""

from abc import ABC, abstractmethod
from uuid import UUID

from acme.notes.contract.models import Note
from modkit import SecurityContext


class NotesClient(ABC):
    """Keeps notes; every tenant sees its own."""

    @abstractmethod
    async def add(self, ctx: SecurityContext, text: str) -> Note:
        """Keep a new note.

        Raises:
            TooManyNotes: The tenant keeps as many as it may.
        """

    @abstractmethod
    async def get(self, ctx: SecurityContext, note_id: UUID) -> Note:
        """Return one note.

        Raises:
            NoteNotFound: There is none, or it belongs to another tenant.
        """

    @abstractmethod
    async def delete(self, ctx: SecurityContext, note_id: UUID) -> None:
        """Drop one note.

        Raises:
            NoteNotFound: There is none, or it belongs to another tenant.
        """
