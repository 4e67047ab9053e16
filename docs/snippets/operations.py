"""Every kind of operation that a route can describe, in one module."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID, uuid4

from attrs import define, frozen

from modkit import AccessScope, Meta, SecurityContext, module
from modkit.rest import Created, Event, RestCapability, Routes
from modkit.rest.parameters import Body, Header, Query
from modkit.rest.uploads import Multipart, RawBody, Upload
from modkit.rest.websocket import Channel
from modkit.testing import ModuleHarness, assert_problem, security_context
from modkit_errors import NotFound


@frozen(kw_only=True)
class NewBook:
    """What a client sends to add a book."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    tags: tuple[str, ...] = ()


@frozen(kw_only=True)
class Book:
    """A book on the shelf."""

    id: UUID
    title: str
    tags: tuple[str, ...] = ()


@frozen(kw_only=True)
class BookPage:
    """Some books."""

    items: tuple[Book, ...]


@frozen(kw_only=True)
class Progress:
    """How far something is."""

    percent: Annotated[int, Meta(ge=0, le=100)]


@define
class BookNotFound(NotFound):
    """No such book, or none that this caller may see."""

    book_id: UUID


@module(name="shelf")
class ShelfModule(RestCapability):
    """Books, in memory."""

    def __init__(self) -> None:
        self._books: dict[UUID, Book] = {}

    def routes(self, routes: Routes) -> None:
        """Declare the operations."""
        # region read
        (
            routes.get("/shelf/v1/books/{book_id}")
            .operation_id("shelf.get_book")  # <module>.<verb_noun>, unique in the platform
            .summary("Fetch one book")
            .requires("books", "read")
            .returns(Book)
            .raises(BookNotFound)
            .handler(self.get_book)
        )
        # endregion
        # region more
        (
            routes.get("/shelf/v1/books")
            .operation_id("shelf.list_books")
            .summary("List books")
            .description("The newest first. *Markdown*; without it, the docstring is shown.")
            .tag("Books", "Catalogue")  # groups in the documentation; else the module's name
            .requires("books", "read")
            .returns(BookPage)
            .header("Cache-Control", "private, max-age=5")  # sent with every success
            .in_flight(100)  # at most so many at once, else 503
            .timeout(5)  # seconds, else 504
            .large_answers()  # encoded on a thread: megabytes of JSON keep nobody waiting
            .response_example("empty", BookPage(items=()))
            .handler(self.list_books)
        )
        (
            routes.get("/shelf/v1/all-books")
            .operation_id("shelf.list_all_books")
            .summary("List books, as it was done before")
            .deprecated()
            .requires("books", "read")
            .returns(BookPage)
            .handler(self.list_books)
        )
        # endregion
        # region write
        (
            routes.post("/shelf/v1/books")
            .operation_id("shelf.create_book")
            .summary("Add a book")
            .requires("books", "write")
            .creates(Book)  # 201 with Location
            .body_limit(16 * 1024)  # bytes, else 413
            .request_example("novel", NewBook(title="Middlemarch", tags=("novel",)))
            .handler(self.create_book)
        )
        (
            routes.put("/shelf/v1/prices")
            .operation_id("shelf.set_prices")
            .summary("Set prices")
            .requires("books", "write")
            .returns_nothing()  # 204
            .handler(self.set_prices)
        )
        (
            routes.post("/shelf/v1/imports")
            .operation_id("shelf.start_import")
            .summary("Start an import")
            .requires("books", "write")
            .returns(Progress, status=202)
            .handler(self.start_import)
        )
        # endregion
        # region uploads
        (
            routes.put("/shelf/v1/cover")
            .operation_id("shelf.put_cover")
            .summary("Send a picture, as the body or in a form")
            .requires("books", "write")
            .accepts("image/*", "multipart/form-data")
            .returns_nothing()
            .handler(self.put_cover)
        )
        (
            routes.post("/shelf/v1/chunks")
            .operation_id("shelf.add_chunk")
            .summary("Send bytes")
            .requires("books", "write")
            .returns(int)
            .handler(self.add_chunk)
        )
        (
            routes.post("/shelf/v1/forms")
            .operation_id("shelf.add_form")
            .summary("Send a form")
            .requires("books", "write")
            .returns(list[str])
            .handler(self.add_form)
        )
        # endregion
        # region downloads
        (
            routes.get("/shelf/v1/icon")
            .operation_id("shelf.get_icon")
            .summary("Fetch the icon")
            .public()
            .returns_bytes("image/svg+xml")
            .handler(self.get_icon)
        )
        (
            routes.get("/shelf/v1/export")
            .operation_id("shelf.export_books")
            .summary("Fetch all titles")
            .requires("books", "read")
            .streams_bytes("text/plain; charset=utf-8")
            .handler(self.export)
        )
        # endregion
        # region events
        (
            routes.get("/shelf/v1/imports/current")
            .operation_id("shelf.watch_import")
            .summary("Watch an import")
            .requires("books", "read")
            .streams(Progress)
            .handler(self.watch)
        )
        # endregion
        # region socket
        (
            routes.websocket("/shelf/v1/talk")
            .operation_id("shelf.talk")
            .summary("Add books and hear of each")
            .requires("books", "write")
            .exchanges(NewBook, Book)  # received, sent
            .handler(self.talk)
        )
        # endregion

    # region read_handler
    async def get_book(self, ctx: SecurityContext, book_id: UUID) -> Book:
        """Fetch one book.

        Args:
            ctx: Who asks.
            book_id: Which one; this text is in the API documentation.
        """
        found = self._books.get(book_id)
        if found is None:
            raise BookNotFound(book_id)
        return found

    # endregion
    # region more_handler
    async def list_books(
        self,
        scope: AccessScope,
        limit: Annotated[int, Meta(ge=1, le=200)] = 25,
        order: Literal["title", "newest"] = "newest",
        tag: tuple[str, ...] = (),
        filter_text: Annotated[str, Query(alias="$filter")] = "",
        language: Annotated[str | None, Header("accept-language")] = None,
    ) -> BookPage:
        """List books."""
        assert not scope.is_empty
        found = [book for book in self._books.values() if set(tag) <= set(book.tags)]
        return BookPage(items=tuple(found[:limit]))

    # endregion
    # region write_handler
    async def create_book(self, new: NewBook) -> Created[Book]:
        """Add a book."""
        book = Book(id=uuid4(), title=new.title, tags=new.tags)
        self._books[book.id] = book
        return Created(book, f"/shelf/v1/books/{book.id}")

    async def set_prices(self, prices: Annotated[dict[str, int], Body()]) -> None:
        """Set prices by title; a body that is no class needs the marker."""

    # endregion
    async def start_import(self) -> Progress:
        """Begin."""
        return Progress(percent=0)

    # region uploads_handler
    async def put_cover(self, picture: Upload) -> None:
        """Take one file; name, type and form fields are known before its bytes arrive."""
        assert picture.filename == "cover.png"
        async for chunk in picture:
            assert chunk

    async def add_chunk(self, body: RawBody) -> int:
        """Take the body as it arrives."""
        return sum([len(chunk) async for chunk in body])

    async def add_form(self, form: Multipart) -> list[str]:
        """Take every part in turn."""
        return [part.name async for part in form]

    # endregion
    async def get_icon(self) -> bytes:
        """Draw it."""
        return b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    # region downloads_handler
    async def export(self) -> AsyncIterator[bytes | str]:
        """Yield pieces as they become ready; text is sent as UTF-8."""
        for book in self._books.values():
            yield f"{book.title}\n"

    # endregion
    # region events_handler
    async def watch(self) -> AsyncIterator[Progress | Event[Progress]]:
        """Yield data, or an event with a name and an id."""
        yield Progress(percent=50)
        yield Event(Progress(percent=100), name="done", id="2")

    # endregion
    # region socket_handler
    async def talk(self, channel: Channel[NewBook, Book]) -> None:
        """Answer each message; the loop ends when the client closes, the connection when this returns."""
        async for new in channel:
            await channel.send(Book(id=uuid4(), title=new.title))

    # endregion


async def main() -> None:
    """Call what is declared above."""
    async with ModuleHarness(ShelfModule) as harness:
        reader = harness.client(security_context())
        created = await reader.post("/shelf/v1/books", json={"title": "Emma", "tags": ["novel"]})
        assert created.status_code == 201
        assert (await reader.get(created.headers["location"])).json()["title"] == "Emma"
        missing = await reader.get(f"/shelf/v1/books/{uuid4()}")
        assert_problem(missing, status=404, code="BOOK_NOT_FOUND")
        found = await reader.get("/shelf/v1/books", params={"tag": ["novel"], "$filter": "a"})
        assert len(found.json()["items"]) == 1
        assert found.headers["cache-control"] == "private, max-age=5"
        wrong = await reader.get("/shelf/v1/books", params={"limit": 0, "order": "size"})
        assert [error.field for error in assert_problem(wrong, status=400).errors] == [
            "query.limit",
            "query.order",
        ]
        assert (await reader.put("/shelf/v1/prices", json={"Emma": 12})).status_code == 204
        assert (await reader.post("/shelf/v1/imports")).status_code == 202
        cover = {"content-type": "image/png", "content-disposition": 'inline; filename="cover.png"'}
        sent = await reader.put("/shelf/v1/cover", content=b"png", headers=cover)
        assert sent.status_code == 204
        octets = {"content-type": "application/octet-stream"}
        assert (await reader.post("/shelf/v1/chunks", content=b"12345", headers=octets)).json() == 5
        assert (await harness.client().get("/shelf/v1/icon")).content.startswith(b"<svg")
        assert (await reader.get("/shelf/v1/export")).text == "Emma\n"
        events = (await reader.get("/shelf/v1/imports/current")).text
        assert 'event: done\nid: 2\ndata: {"percent":100}' in events, events


if __name__ == "__main__":
    asyncio.run(main())
