"""What other modules may know of notes."""

from acme.notes.contract.client import NotesClient
from acme.notes.contract.errors import NoteNotFound, TooManyNotes
from acme.notes.contract.models import Note

__all__ = ["Note", "NoteNotFound", "NotesClient", "TooManyNotes"]
