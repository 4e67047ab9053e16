"""The composition root of notes: the only file that sees all others."""

from acme.notes.api.rest.notes import NoteRoutes
from acme.notes.config import NotesConfig
from acme.notes.contract import NotesClient
from acme.notes.domain.service import NotesService
from modkit import ModuleContext, module
from modkit.rest import RestCapability, Routes


@module(name="notes", config=NotesConfig, provides=(NotesClient,))
class NotesModule(RestCapability):
    """Keeps short notes for each tenant."""

    async def init(self, ctx: ModuleContext[NotesConfig]) -> None:
        """Build the service and provide it."""
        self._service = NotesService(ctx.config.max_notes)
        ctx.hub.provide(NotesClient, self._service)

    def routes(self, routes: Routes) -> None:
        """Declare the REST operations."""
        NoteRoutes(self._service).register(routes)
