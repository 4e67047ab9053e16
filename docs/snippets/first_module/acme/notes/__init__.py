"""Short notes, kept per tenant."""

from acme.notes.module import NotesModule

__all__ = ["NotesModule"]
