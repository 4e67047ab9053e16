from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID

import jsonschema_rs
import pytest
from attrs import define, frozen
from openapi_spec_validator import OpenAPIV31SpecValidator

from modkit.codec import Meta, decoder
from modkit.rest.created import Created
from modkit.rest.openapi import ApiInfo, InvalidApi, document, to_json
from modkit.rest.operation import Operation
from modkit.rest.parameters import Header, Query
from modkit.rest.routes import Routes
from modkit.rest.uploads import Multipart, Upload
from modkit.rest.websocket import Channel
from modkit.security import SecurityContext
from modkit_errors import Conflict, NotFound, Problem

if TYPE_CHECKING:
    from decimal import Decimal  # out of reach at run time, as one test needs it

INFO = ApiInfo(title="Sample", version="1.2.0", description="A sample.", license="Apache-2.0")
PROBLEM = "application/problem+json"


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@define
class BookMissing(NotFound):
    """No such book."""

    book_id: UUID


@define
class ShelfFull(Conflict):
    """The shelf holds as many books as it may."""

    template: ClassVar[str] = "The shelf holds at most {limit:d} books."
    limit: int
    hint: str | None = None


@define
class BookTwice(Conflict):
    """The book stands there already."""


@frozen(kw_only=True)
class BookDto:
    """A book.

    Attributes:
        id: Its id.
        title: As printed.
    """

    id: UUID
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    color: Color = Color.RED


@frozen(kw_only=True)
class BookToMake:
    """A book to make."""

    title: Annotated[str, Meta(min_length=1, max_length=80)]


@frozen(kw_only=True)
class Progress:
    """How far it is."""

    percent: Annotated[int, Meta(ge=0, le=100)]


async def get_book(ctx: SecurityContext, book_id: UUID, verbose: bool = False) -> BookDto:
    """Fetch one book.

    With **everything** printed on it.

    Args:
        book_id: Which one.
        verbose: Tell more.
    Returns:
        The book.
    """
    raise NotImplementedError


async def list_books(
    colors: list[Color],
    limit: Annotated[int, Meta(ge=1, le=200)] = 25,
    text: Annotated[str | None, Query(alias="$filter")] = None,
    shelf: Annotated[str, Header("X-Shelf", description="Only this shelf.")] = "",
) -> list[BookDto]:
    raise NotImplementedError


async def make_book(book: BookToMake) -> Created[BookDto]:
    raise NotImplementedError


async def delete_book(book_id: UUID) -> None:
    raise NotImplementedError


async def upload_cover(book_id: UUID, cover: Upload) -> BookDto:
    raise NotImplementedError


async def send_form(form: Multipart) -> None:
    raise NotImplementedError


async def watch(book_id: UUID) -> AsyncIterator[Progress]:
    yield Progress(percent=1)


async def cover() -> bytes:
    raise NotImplementedError


async def markdown() -> AsyncIterator[str]:
    yield "# Title"


async def talk(channel: Channel[Progress, BookDto]) -> None:
    raise NotImplementedError


def sample() -> tuple[Operation, ...]:
    routes = Routes("books")
    (
        routes.get("/books/v1/books/{book_id}")
        .operation_id("books.get_book")
        .summary("Fetch one book")
        .requires("books", "read")
        .returns(BookDto)
        .raises(BookMissing)
        .in_flight(3)
        .timeout(5)
        .header("Cache-Control", "private")
        .handler(get_book)
    )
    (
        routes.get("/books/v1/books")
        .operation_id("books.list_books")
        .summary("List books")
        .tag("lists")
        .public()
        .returns(list[BookDto])
        .handler(list_books)
    )
    (
        routes.post("/books/v1/books")
        .operation_id("books.make_book")
        .summary("Make a book")
        .requires("books", "write")
        .creates(BookDto)
        .raises(ShelfFull, BookTwice)
        .body_limit(1000)
        .request_example("short", BookToMake(title="It"))
        .handler(make_book)
    )
    (
        routes.delete("/books/v1/books/{book_id}")
        .operation_id("books.delete_book")
        .summary("Delete a book")
        .deprecated()
        .requires("books", "write")
        .returns_nothing()
        .raises(BookMissing)
        .timeout(0)
        .handler(delete_book)
    )
    (
        routes.put("/books/v1/books/{book_id}/cover")
        .operation_id("books.upload_cover")
        .summary("Upload a cover")
        .requires("books", "write")
        .returns(BookDto)
        .handler(upload_cover)
    )
    (
        routes.post("/books/v1/forms")
        .operation_id("books.send_form")
        .summary("Send a form")
        .public()
        .returns_nothing()
        .handler(send_form)
    )
    (
        routes.get("/books/v1/books/{book_id}/progress")
        .operation_id("books.watch_progress")
        .summary("Watch it")
        .requires("books", "read")
        .streams(Progress)
        .handler(watch)
    )
    (
        routes.get("/books/v1/cover")
        .operation_id("books.get_cover")
        .summary("See it")
        .public()
        .returns_bytes("image/png")
        .handler(cover)
    )
    (
        routes.get("/books/v1/text")
        .operation_id("books.get_text")
        .summary("Read it")
        .public()
        .streams_bytes("text/markdown; charset=utf-8")
        .handler(markdown)
    )
    (
        routes.websocket("/books/v1/talk")
        .operation_id("books.talk")
        .summary("Talk about it")
        .public()
        .exchanges(Progress, BookDto)
        .handler(talk)
    )
    routes.check()
    return routes.operations


@pytest.fixture(name="api", scope="module")
def api_fixture() -> dict[str, Any]:
    return document(sample(), INFO)


def operation(api: dict[str, Any], name: str) -> dict[str, Any]:
    found = [
        one
        for methods in api["paths"].values()
        for one in methods.values()
        if one["operationId"] == f"books.{name}"
    ]
    assert len(found) == 1
    return dict(found[0])


def resolved(api: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = api
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def codes(api: dict[str, Any], name: str) -> dict[str, set[str]]:
    """Return the codes of the problems that an operation documents, by status."""
    found: dict[str, set[str]] = {}
    for status, answer in operation(api, name)["responses"].items():
        content = resolved(api, answer).get("content", {})
        if PROBLEM in content:
            schema = content[PROBLEM]["schema"]
            found[status] = {
                resolved(api, choice)["allOf"][1]["properties"]["code"]["const"]
                for choice in schema.get("oneOf", [schema])
            }
    return found


def test_the_document_is_valid_openapi(api: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(api).iter_errors()] == []


def test_an_empty_platform_has_a_valid_document() -> None:
    assert list(OpenAPIV31SpecValidator(document((), INFO)).iter_errors()) == []


def test_the_order_of_declaration_does_not_matter(api: dict[str, Any]) -> None:
    assert to_json(document(sample()[::-1], INFO)) == to_json(api)


def test_the_bytes_say_the_same_as_the_document(api: dict[str, Any]) -> None:
    assert json.loads(to_json(api)) == api


def test_every_reference_leads_somewhere_and_every_part_is_used(api: dict[str, Any]) -> None:
    references = set(references_in(api))
    parts = {
        f"#/components/{kind}/{name}"
        for kind, named in api["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert references == parts


def references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references_in(inner)


def test_every_operation_says_what_readers_and_linters_want(api: dict[str, Any]) -> None:
    declared = {tag["name"] for tag in api["tags"] if tag["description"]}
    for methods in api["paths"].values():
        for one in methods.values():
            assert one["summary"]
            assert one["description"]
            assert one["tags"]
            assert set(one["tags"]) <= declared
            assert "security" in one
            assert all(resolved(api, answer)["description"] for answer in one["responses"].values())
            assert any(status.startswith("4") for status in one["responses"])
            assert any(status.startswith("2") for status in one["responses"])


def test_every_answer_names_the_request(api: dict[str, Any]) -> None:
    for methods in api["paths"].values():
        for one in methods.values():
            for answer in one["responses"].values():
                assert "X-Request-Id" in resolved(api, answer)["headers"]


def test_every_example_fits_its_schema(api: dict[str, Any]) -> None:
    checked = 0
    for content in contents_in(api):
        schema = content["schema"] | {"components": api["components"]}
        for example in content.get("examples", {}).values():
            jsonschema_rs.validate(schema, resolved(api, example)["value"])
            checked += 1
    assert checked > 20


def contents_in(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "schema" in part and "examples" in part:
            yield part
        for inner in part.values():
            yield from contents_in(inner)


def test_a_made_up_body_is_one_that_the_decoder_accepts() -> None:
    async def handle(book: BookDto) -> None:
        raise NotImplementedError

    routes = Routes("books")
    (
        routes.post("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns_nothing()
        .handler(handle)
    )
    found = operation(document(routes.operations, INFO), "one")
    example = found["requestBody"]["content"]["application/json"]["examples"]["example"]["value"]
    assert decoder(BookDto)(json.dumps(example).encode()).title == example["title"]


def test_a_platform_without_guarded_operations_needs_no_security_scheme() -> None:
    public = [one for one in sample() if one.access is not None and one.access.is_public]
    assert document(public, INFO)["components"]["securitySchemes"] == {}


def test_a_real_problem_fits_the_schema_of_its_error(api: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/ShelfFullProblem", "components": api["components"]}
    problem = json.loads(Problem.of(ShelfFull(limit=3), instance="/books/v1/books").to_json())
    jsonschema_rs.validate(schema, problem)
    for wrong in ({"limit": "3"}, {"code": "BOOK_TWICE"}, {"status": 404}):
        assert not jsonschema_rs.is_valid(schema, problem | wrong)
    del problem["limit"]
    assert not jsonschema_rs.is_valid(schema, problem)


def test_a_problem_of_one_error_is_told_from_its_neighbours_by_code(api: dict[str, Any]) -> None:
    schema = operation(api, "make_book")["responses"]["409"]["content"][PROBLEM]["schema"]
    assert schema["discriminator"]["mapping"] == {
        "BOOK_TWICE": "#/components/schemas/BookTwiceProblem",
        "SHELF_FULL": "#/components/schemas/ShelfFullProblem",
    }
    for error in (ShelfFull(limit=3), BookTwice()):
        problem = json.loads(Problem.of(error).to_json())
        jsonschema_rs.validate(schema | {"components": api["components"]}, problem)


ALWAYS = {
    "400": {"INVALID_QUERY"},
    "414": {"URI_TOO_LONG"},
    "431": {"HEADERS_TOO_LARGE"},
    "500": {"INTERNAL_ERROR"},
    "503": {"OVERLOADED", "SERVICE_UNAVAILABLE"},
}
HEADED = {"400": {"INVALID_QUERY", "INVALID_HEADER"}}
GUARDED = HEADED | {"401": {"UNAUTHENTICATED"}, "403": {"FORBIDDEN"}}
ANSWERING = {"406": {"NOT_ACCEPTABLE"}}
TIMED = {"504": {"OPERATION_TIMEOUT"}}
SENDING = {
    "408": {"REQUEST_TIMEOUT"},
    "413": {"REQUEST_TOO_LARGE"},
    "415": {"UNSUPPORTED_MEDIA_TYPE"},
}
BY_PATH = {"400": {"INVALID_QUERY", "INVALID_PATH", "INVALID_HEADER"}}
FORM = {"422": {"VALIDATION_ERROR"}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_book", ALWAYS | GUARDED | ANSWERING | TIMED | BY_PATH | {"404": {"BOOK_MISSING"}}),
        ("list_books", ALWAYS | ANSWERING | TIMED | HEADED),
        (
            "make_book",
            ALWAYS
            | GUARDED
            | ANSWERING
            | TIMED
            | SENDING
            | FORM
            | {
                "400": {"INVALID_QUERY", "INVALID_HEADER", "MALFORMED_JSON"},
                "409": {"SHELF_FULL", "BOOK_TWICE"},
            },
        ),
        ("delete_book", ALWAYS | GUARDED | BY_PATH | {"404": {"BOOK_MISSING"}}),
        (
            "upload_cover",
            ALWAYS
            | GUARDED
            | ANSWERING
            | TIMED
            | SENDING
            | FORM
            | {"400": {"INVALID_QUERY", "INVALID_PATH", "INVALID_HEADER", "BAD_REQUEST"}},
        ),
        ("send_form", ALWAYS | TIMED | SENDING | FORM | {"400": {"INVALID_QUERY", "BAD_REQUEST"}}),
        ("watch_progress", ALWAYS | GUARDED | ANSWERING | BY_PATH),
        ("get_text", ALWAYS | ANSWERING),
        ("get_cover", ALWAYS | ANSWERING | TIMED),
    ],
)
def test_an_operation_lists_exactly_the_problems_it_can_answer(
    api: dict[str, Any], name: str, expected: dict[str, set[str]]
) -> None:
    assert codes(api, name) == expected


def test_the_description_is_the_docstring_without_its_sections(api: dict[str, Any]) -> None:
    found = operation(api, "get_book")["description"]
    assert found == "Fetch one book.\n\nWith **everything** printed on it."
    assert operation(api, "make_book")["description"] == "Make a book"


def test_a_partial_handler_is_described_by_its_function() -> None:
    async def handle(limit: int, offset: int) -> BookDto:
        """Fetch a part."""
        raise NotImplementedError

    routes = Routes("books")
    (
        routes.get("/books/v1/part")
        .operation_id("books.part")
        .summary("Part")
        .public()
        .returns(BookDto)
        .handler(functools.partial(handle, offset=1))
    )
    assert operation(document(routes.operations, INFO), "part")["description"] == "Fetch a part."


def test_parameters_have_constraints_defaults_and_descriptions(api: dict[str, Any]) -> None:
    found = {one["name"]: one for one in operation(api, "get_book")["parameters"]}
    assert found["book_id"]["in"] == "path"
    assert found["book_id"]["required"] is True
    assert found["book_id"]["description"] == "Which one."
    assert found["book_id"]["schema"]["format"] == "uuid"
    assert found["verbose"]["required"] is False
    assert found["verbose"]["schema"]["default"] is False


def test_lists_and_aliases_and_headers_are_parameters(api: dict[str, Any]) -> None:
    found = {one["name"]: one for one in operation(api, "list_books")["parameters"]}
    assert found["colors"]["schema"]["type"] == "array"
    assert resolved(api, found["colors"]["schema"]["items"])["enum"] in (
        ["red", "blue"],
        ["blue", "red"],
    )
    limit = found["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 200, 25)
    assert found["$filter"]["schema"] == {"type": "string"}
    assert found["x-shelf"]["in"] == "header"
    assert found["x-shelf"]["description"] == "Only this shelf."


def test_bodies_are_references_with_the_given_example(api: dict[str, Any]) -> None:
    body = operation(api, "make_book")["requestBody"]
    content = body["content"]["application/json"]
    assert body["required"] is True
    assert content["schema"] == {"$ref": "#/components/schemas/BookToMake"}
    assert content["examples"] == {"short": {"summary": "short", "value": {"title": "It"}}}


def test_an_upload_is_a_binary_body_or_a_form_with_a_file(api: dict[str, Any]) -> None:
    content = operation(api, "upload_cover")["requestBody"]["content"]
    assert content["application/octet-stream"]["schema"]["format"] == "binary"
    form = content["multipart/form-data"]["schema"]
    assert form["required"] == ["file"]
    assert form["properties"]["file"]["format"] == "binary"


def test_a_creation_answers_201_with_a_location(api: dict[str, Any]) -> None:
    created = operation(api, "make_book")["responses"]["201"]
    assert created["headers"]["Location"] == {"$ref": "#/components/headers/Location"}
    assert created["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/BookDto"
    }


def test_an_empty_answer_has_no_content(api: dict[str, Any]) -> None:
    assert "content" not in operation(api, "delete_book")["responses"]["204"]


def test_an_event_stream_documents_its_event(api: dict[str, Any]) -> None:
    content = operation(api, "watch_progress")["responses"]["200"]["content"]["text/event-stream"]
    payload = content["schema"]["properties"]["data"]
    assert payload["contentMediaType"] == "application/json"
    assert payload["contentSchema"]["anyOf"] == [
        {"$ref": "#/components/schemas/Progress"},
        {"$ref": "#/components/schemas/Problem"},
    ]


def test_an_undocumented_operation_is_left_out() -> None:
    routes = Routes("books")
    routes.get("/books/v1/style").operation_id("books.get_style").summary(
        "A file of a page"
    ).undocumented().public().returns_bytes("text/css").handler(cover)
    assert document(routes.operations, INFO)["paths"] == {}


def test_bytes_that_are_json_may_be_any_json() -> None:
    routes = Routes("books")
    routes.get("/books/v1/dump").operation_id("books.get_dump").summary(
        "All as it is stored"
    ).public().returns_bytes("application/json").handler(cover)
    found = operation(document(routes.operations, INFO), "get_dump")
    assert found["responses"]["200"]["content"] == {"application/json": {"schema": {}}}


def test_credentials_may_be_optional() -> None:
    info = ApiInfo(title="Sample", version="1", credentials_optional=True)
    found = document(sample(), info)
    assert operation(found, "get_book")["security"] == [{"bearerAuth": []}, {}]
    assert operation(found, "list_books")["security"] == []
    assert operation(document(sample(), INFO), "get_book")["security"] == [{"bearerAuth": []}]


def test_bytes_and_texts_keep_their_media_type(api: dict[str, Any]) -> None:
    png = operation(api, "get_cover")["responses"]["200"]["content"]["image/png"]
    text = operation(api, "get_text")["responses"]["200"]["content"]["text/markdown; charset=utf-8"]
    assert png["schema"] == {"type": "string", "format": "binary"}
    assert text["schema"] == {"type": "string"}


def test_headers_say_when_to_come_back_and_how_to_authenticate(api: dict[str, Any]) -> None:
    responses = operation(api, "get_book")["responses"]
    assert "Retry-After" in resolved(api, responses["503"])["headers"]
    assert "Retry-After" in resolved(api, responses["504"])["headers"]
    assert "WWW-Authenticate" in resolved(api, responses["401"])["headers"]
    assert "Retry-After" not in resolved(api, responses["404"])["headers"]
    assert responses["200"]["headers"]["Cache-Control"]["schema"]["const"] == "private"


def test_access_and_limits_are_written_down(api: dict[str, Any]) -> None:
    read, made = operation(api, "get_book"), operation(api, "make_book")
    assert read["security"] == [{"bearerAuth": []}]
    assert read["x-permission"] == {"resource": "books", "action": "read"}
    assert read["x-in-flight-limit"] == 3
    assert read["x-timeout-s"] == 5
    assert made["x-body-limit-bytes"] == 1000
    assert operation(api, "list_books")["security"] == []
    assert operation(api, "delete_book")["deprecated"] is True


def test_a_websocket_is_outside_of_paths_but_typed_and_listed(api: dict[str, Any]) -> None:
    talk = api["x-websockets"]["/books/v1/talk"]
    assert "/books/v1/talk" not in api["paths"]
    assert talk["operationId"] == "books.talk"
    assert talk["received"] == {"$ref": "#/components/schemas/Progress"}
    assert talk["sent"] == {"$ref": "#/components/schemas/BookDto"}
    assert "`/books/v1/talk`: Talk about it" in api["info"]["description"]


def test_the_platform_describes_itself() -> None:
    info = ApiInfo(
        title="T",
        version="2",
        servers=("https://api.example.org",),
        contact_name="Team",
        license="MIT",
        tags={"lists": "All the lists."},
    )
    found = document(sample(), info)
    assert found["info"]["contact"] == {"name": "Team"}
    assert found["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert found["servers"] == [{"url": "https://api.example.org"}]
    assert {"name": "lists", "description": "All the lists."} in found["tags"]


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        ("/books/v1/b", "books.one", "the id 'books.one'"),
        ("/books/v1/a", "books.two", "GET /books/v1/a"),
    ],
    ids=["id", "route"],
)
def test_an_operation_declared_twice_is_refused(path: str, name: str, message: str) -> None:
    routes = Routes("books")
    for where, which in (("/books/v1/a", "books.one"), (path, name)):
        routes.get(where).operation_id(which).summary("S").public().returns_bytes("a/b").handler(
            cover
        )
    with pytest.raises(InvalidApi, match=message):
        document(routes.operations, INFO)


def test_a_model_named_like_a_problem_is_refused() -> None:
    @frozen(kw_only=True)
    class Problem:
        """What is wrong."""

        text: str

    routes = Routes("books")

    async def handle() -> Any:
        raise NotImplementedError

    (
        routes.get("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns(Problem)
        .handler(handle)
    )
    with pytest.raises(InvalidApi, match="Problem"):
        document(routes.operations, INFO)


def test_errors_of_the_same_name_in_two_modules_both_appear() -> None:
    mine = define(type("NotReady", (Conflict,), {"__doc__": "Mine.", "__module__": "acme.mine.x"}))
    yours = define(
        type(
            "NotReady",
            (Conflict,),
            {"__doc__": "Yours.", "__module__": "acme.yours.x", "code": "YOURS_NOT_READY"},
        )
    )
    routes = Routes("books")
    (
        routes.get("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns_bytes("a/b")
        .raises(mine, yours)
        .handler(cover)
    )
    found = document(routes.operations, INFO)
    assert codes(found, "one")["409"] == {"NOT_READY", "YOURS_NOT_READY"}
    assert {"MineNotReadyProblem", "YoursNotReadyProblem"} <= found["components"]["schemas"].keys()


@define
class Unreadable(Conflict):
    """Its field has a type that is not there at run time."""

    amount: Decimal


def test_an_error_with_an_unknown_field_type_is_refused_by_name() -> None:
    routes = Routes("books")
    (
        routes.get("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns_bytes("a/b")
        .raises(Unreadable)
        .handler(cover)
    )
    with pytest.raises(InvalidApi, match=r"Unreadable .*Decimal.* import them at run time"):
        document(routes.operations, INFO)


@define
class Odd(Conflict):
    """Its member fits no example."""

    template: ClassVar[str] = "Found {serial:s}."
    serial: Annotated[str, Meta(pattern="^never-seen-[0-9]{7}$")]


@define
class Late(Conflict):
    """Its detail formats what JSON does not have."""

    template: ClassVar[str] = "It was due {due_at:%Y-%m-%d}."
    due_at: datetime


def test_an_error_is_shown_with_a_valid_example_or_with_none() -> None:
    routes = Routes("books")
    (
        routes.get("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns_bytes("a/b")
        .raises(Odd, Late)
        .handler(cover)
    )
    found = document(routes.operations, INFO)
    content = operation(found, "one")["responses"]["409"]["content"][PROBLEM]
    assert list(content["examples"]) == ["Late"]
    late = found["components"]["examples"]["Late"]["value"]
    assert late["detail"] == "Its detail formats what JSON does not have."
    schema = content["schema"] | {"components": found["components"]}
    jsonschema_rs.validate(schema, late)
    assert codes(found, "one")["409"] == {"ODD", "LATE"}


def test_an_example_may_be_a_value_or_plain_json_and_sets_are_in_order() -> None:
    async def handle(names: frozenset[str] = frozenset("zyxabc")) -> BookDto:
        raise NotImplementedError

    book = BookDto(id=UUID(int=7), title="It", color=Color.BLUE)
    routes = Routes("books")
    (
        routes.get("/books/v1/a")
        .operation_id("books.one")
        .summary("S")
        .public()
        .returns(BookDto)
        .response_example("value", book)
        .response_example("json", {"id": str(UUID(int=8)), "title": "That"})
        .handler(handle)
    )
    found = operation(document(routes.operations, INFO), "one")
    examples = found["responses"]["200"]["content"]["application/json"]["examples"]
    assert examples["value"]["value"] == {"id": str(UUID(int=7)), "title": "It", "color": "blue"}
    assert examples["json"]["value"] == {"id": str(UUID(int=8)), "title": "That"}
    assert found["parameters"][0]["schema"]["default"] == ["a", "b", "c", "x", "y", "z"]
    assert found["parameters"][0]["schema"]["uniqueItems"] is True
