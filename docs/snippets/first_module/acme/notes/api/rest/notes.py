"""The HTTP face of notes."""

from uuid import UUID

from attrs import frozen

from acme.notes.contract import Note, NoteNotFound, NotesClient, TooManyNotes
from acme.notes.contract.models import NoteText
from modkit import SecurityContext
from modkit.rest import Created, Routes


@frozen(kw_only=True)
class NewNote:
    """What a client sends to make a note."""

    text: NoteText


@frozen
class NoteRoutes:
    """Translates requests into calls of the contract."""

    _notes: NotesClient

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            routes.post("/notes/v1/notes")
            .operation_id("notes.create_note")
            .summary("Keep a note")
            .requires("notes", "write")
            .creates(Note)
            .raises(TooManyNotes)
            .handler(self.create)
        )
        (
            routes.get("/notes/v1/notes/{note_id}")
            .operation_id("notes.get_note")
            .summary("Fetch one note")
            .requires("notes", "read")
            .returns(Note)
            .raises(NoteNotFound)
            .handler(self.get)
        )
        (
            routes.delete("/notes/v1/notes/{note_id}")
            .operation_id("notes.delete_note")
            .summary("Drop one note")
            .requires("notes", "write")
            .returns_nothing()
            .raises(NoteNotFound)
            .handler(self.delete)
        )

    async def create(self, ctx: SecurityContext, new: NewNote) -> Created[Note]:
        """Keep a note for the caller's tenant."""
        note = await self._notes.add(ctx, new.text)
        return Created(note, f"/notes/v1/notes/{note.id}")

    async def get(self, ctx: SecurityContext, note_id: UUID) -> Note:
        """Fetch one note of the caller's tenant."""
        return await self._notes.get(ctx, note_id)

    async def delete(self, ctx: SecurityContext, note_id: UUID) -> None:
        """Drop one note of the caller's tenant."""
        await self._notes.delete(ctx, note_id)
