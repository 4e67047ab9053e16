"""NotesService: notes in memory, by tenant."""

from uuid import UUID, uuid4

from acme.notes.contract import Note, NoteNotFound, NotesClient, TooManyNotes
from modkit import SecurityContext


class NotesService(NotesClient):
    """Keeps notes until the process ends.

    Args:
        max_notes: How many notes one tenant may keep.
    """

    def __init__(self, max_notes: int) -> None:
        self._max_notes = max_notes
        self._notes: dict[UUID, dict[UUID, Note]] = {}

    async def add(self, ctx: SecurityContext, text: str) -> Note:
        """Keep a new note."""
        mine = self._notes.setdefault(ctx.subject_tenant_id, {})
        if len(mine) >= self._max_notes:
            raise TooManyNotes(self._max_notes)
        note = Note(id=uuid4(), text=text)
        mine[note.id] = note
        return note

    async def get(self, ctx: SecurityContext, note_id: UUID) -> Note:
        """Return one note of the caller's tenant."""
        note = self._notes.get(ctx.subject_tenant_id, {}).get(note_id)
        if note is None:
            raise NoteNotFound(note_id)
        return note

    async def delete(self, ctx: SecurityContext, note_id: UUID) -> None:
        """Drop one note of the caller's tenant."""
        await self.get(ctx, note_id)
        del self._notes[ctx.subject_tenant_id][note_id]
