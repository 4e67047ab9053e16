"""A handler's signature says where its arguments come from; what cannot be served does not start."""

from __future__ import annotations

import functools
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import parse_qsl, quote_plus
from uuid import UUID

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit.codec import Meta
from modkit.docstring import arguments_of, description_of
from modkit.rest.binding import describe
from modkit.rest.operation import InvalidOperations, Operation
from modkit.rest.parameters import Body, Header, Query
from modkit.rest.query_string import split_query
from modkit.rest.routes import Routes
from modkit.rest.uploads import Multipart, RawBody, Upload
from modkit.security import AccessScope, SecurityContext

T = TypeVar("T")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Item:
    name: str


@frozen(kw_only=True)
class Cat:
    type: Literal["cat"] = "cat"


@frozen(kw_only=True)
class Dog:
    type: Literal["dog"] = "dog"


@frozen(kw_only=True)
class Page(Generic[T]):
    items: list[T]


def operation_of(
    handler: Any,
    *,
    method: str = "POST",
    path: str = "/shop/v1/items/{item_id}",
    public: bool = False,
) -> Operation:
    routes = Routes("shop")
    begun = getattr(routes, method.lower())(path)
    (begun.public() if public else begun.requires("items", "read")).returns(str).handler(handler)
    return routes.operations[0]


async def everything(
    ctx: SecurityContext,
    scope: AccessScope,
    item_id: UUID,
    body: Item,
    x_tenant: Annotated[str, Header("X-Tenant")],
    colour: Colour,
    tags: list[str],
    expression: Annotated[str, Query(alias="$filter", description="What to keep.")] = "",
    limit: Annotated[int, Meta(ge=1, le=200)] = 25,
    after: date | None = None,
    x_kind: Annotated[str | None, Header("x-kind")] = None,
) -> str:
    """Do everything.

    Args:
        item_id: Which item.
        limit: At most so many,
            never more.
        x_tenant: Whose.
    """
    return ""


def test_every_argument_has_a_source() -> None:
    signature = describe(operation_of(everything))
    assert (signature.context, signature.scope) == ("ctx", "scope")
    assert [(item.name, item.kind, item.description) for item in signature.path] == [
        ("item_id", UUID, "Which item.")
    ]
    assert [(item.name, item.required) for item in signature.headers] == [
        ("x-tenant", True),
        ("x-kind", False),
    ]
    assert [(item.name, item.required, item.default) for item in signature.query] == [
        ("colour", True, None),
        ("tags", True, None),
        ("$filter", False, ""),
        ("limit", False, 25),
        ("after", False, None),
    ]
    filter_, limit = signature.query[2:4]
    assert (filter_.argument, filter_.description) == ("expression", "What to keep.")
    assert (limit.kind, limit.description) == (
        Annotated[int, Meta(ge=1, le=200)],
        "At most so many, never more.",
    )
    assert signature.query[1].is_repeated
    assert signature.body is not None
    assert (signature.body.kind, signature.body.type, signature.body.media_types) == (
        "json",
        Item,
        ("application/json",),
    )


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (Item, "json"),
        (list[Item], "json"),
        (Cat | Dog, "json"),
        (Page[Item], "json"),
        (Annotated[dict[str, int], Body()], "json"),
        (Upload, "upload"),
        (RawBody, "raw"),
        (Multipart, "multipart"),
    ],
    ids=str,
)
def test_a_body_is_known_by_its_type(hint: Any, kind: str) -> None:
    async def handler(body: Any) -> str:
        return ""

    handler.__annotations__["body"] = hint
    body = describe(operation_of(handler, path="/shop/v1/items")).body
    assert body is not None
    assert body.kind == kind


class Handlers:
    async def method(self, item_id: str, limit: int = 1) -> str:
        return ""

    async def __call__(self, item_id: str, limit: int = 1) -> str:
        return ""


async def with_dependency(
    store: object, item_id: str, limit: int = 1, *, clock: object = None
) -> str:
    return ""


@functools.wraps(Handlers.method)
async def wrapped(*args: Any, **kwargs: Any) -> str:
    return ""


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(Handlers().method, id="bound-method"),
        pytest.param(Handlers(), id="callable-object"),
        pytest.param(functools.partial(with_dependency, object(), clock=object()), id="partial"),
        pytest.param(functools.partial(wrapped, Handlers()), id="partial-of-wrapped"),
    ],
)
def test_any_kind_of_callable_serves(handler: Any) -> None:
    signature = describe(operation_of(handler))
    assert [item.name for item in signature.path] == ["item_id"]
    assert [(item.name, item.kind) for item in signature.query] == [("limit", int)]


async def no_hint(item_id) -> str:  # type: ignore[no-untyped-def] # the mistake under test
    return ""


async def unreadable(item_id: "Missing") -> str:  # type: ignore[name-defined] # noqa: F821, UP037 - the mistake under test
    return ""


async def variadic(*item_id: str) -> str:
    return ""


async def positional(item_id: str, /) -> str:
    return ""


async def forgotten() -> str:
    return ""


async def two_bodies(item_id: str, a: Item, b: Item) -> str:
    return ""


async def a_dict(item_id: str, options: dict[str, str]) -> str:
    return ""


async def default_in_path(item_id: str = "a") -> str:
    return ""


async def list_in_path(item_id: list[str]) -> str:
    return ""


async def header_list(item_id: str, x: Annotated[list[str], Header("x")]) -> str:
    return ""


async def header_name(item_id: str, x: Annotated[str, Header("x y")]) -> str:
    return ""


async def two_contexts(item_id: str, a: SecurityContext, b: SecurityContext) -> str:
    return ""


async def same_query(item_id: str, a: Annotated[str, Query(alias="b")], b: str) -> str:
    return ""


async def default_stream(item_id: str, file: Upload | None = None) -> str:
    return ""


async def generator(item_id: str) -> Any:
    yield ""


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (no_hint, "'item_id' of no_hint .* has no type"),
        (unreadable, "types of unreadable .* 'Missing'.* not under TYPE_CHECKING"),
        (variadic, "has no fixed name"),
        (positional, "is positional-only"),
        (forgotten, "'item_id' of forgotten .* is in the path but"),
        (two_bodies, "'b' of two_bodies .* is a second body beside 'a'"),
        (a_dict, "'options' of a_dict .* cannot be read from text"),
        (default_in_path, "drop the default"),
        (list_in_path, "cannot be read from text"),
        (header_list, "a header has one value"),
        (header_name, "no header name"),
        (two_contexts, "'b' of two_contexts .* repeats 'a'"),
        (same_query, "reads the same query as 'a'"),
        (default_stream, "cannot be read from text"),
        (generator, "is an async generator"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_served_does_not_start(handler: Any, problem: str) -> None:
    with pytest.raises(InvalidOperations, match=problem) as caught:
        describe(operation_of(handler))
    assert f"{__file__}:" in str(caught.value)


def test_a_get_takes_no_body_and_a_public_route_no_decision() -> None:
    async def handler(body: Item, scope: AccessScope, channel: Any = None) -> str:
        return ""

    with pytest.raises(InvalidOperations) as caught:
        describe(operation_of(handler, method="GET", path="/shop/v1/items", public=True))
    assert "GET requests have none" in str(caught.value)
    assert "a public route decides none" in str(caught.value)


SHAPES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "number": (int, st.integers(-(2**63), 2**63 - 1)),
    "ratio": (float, st.floats(allow_nan=False, allow_infinity=False)),
    "flag": (bool, st.booleans()),
    "name": (str, st.text(alphabet=st.characters(exclude_categories=["Cs"]))),
    "id": (UUID, st.uuids()),
    "day": (date, st.dates()),
    "amount": (Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=2)),
    "colour": (Colour, st.sampled_from(Colour)),
}


def written(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.anyio
@given(
    values=st.fixed_dictionaries({}, optional={name: shape for name, (_, shape) in SHAPES.items()}),
    names=st.lists(st.text(max_size=5)),
)
async def test_written_values_come_back_as_they_were(
    asgi: Any, values: dict[str, Any], names: list[str]
) -> None:
    got: dict[str, Any] = {}

    async def take(
        number: int | None = None,
        ratio: float | None = None,
        flag: bool | None = None,
        name: str | None = None,
        id: UUID | None = None,  # noqa: A002 - a usual name on the wire
        day: date | None = None,
        amount: Decimal | None = None,
        colour: Colour | None = None,
        tag: tuple[str, ...] = (),
    ) -> None:
        got.update({key: value for key, value in locals().items() if key != "got"})

    routes = Routes("shop")
    routes.get("/shop/v1/a").operation_id("shop.get_a").summary(
        "A"
    ).public().returns_nothing().handler(take)
    api = asgi.api_of(routes)
    usable = [name for name in names if name.isprintable()]
    pairs = [*values.items(), *(("tag", name) for name in usable)]
    query = "&".join(f"{quote_plus(name)}={quote_plus(written(value))}" for name, value in pairs)
    answer = await asgi.call(api, "GET", f"/shop/v1/a?{query}")
    assert answer.status == 204, answer.body
    assert {name: got[name] for name in SHAPES} == {name: values.get(name) for name in SHAPES}
    assert got["tag"] == tuple(usable)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        pytest.param({}, {"header.x-count": "missing"}, id="missing"),
        pytest.param({"x-count": "x"}, {"header.x-count": "invalid"}, id="no-number"),
        pytest.param({"x-count": "\xe4"}, {"header.x-count": "invalid"}, id="no-ascii"),
    ],
)
async def test_a_bad_header_is_refused(
    asgi: Any, headers: dict[str, str], fields: dict[str, str]
) -> None:
    async def take(count: Annotated[int, Header("X-Count")]) -> int:
        return count

    routes = Routes("shop")
    routes.get("/shop/v1/a").operation_id("shop.get_a").summary("A").public().returns(int).handler(
        take
    )
    api = asgi.api_of(routes)
    answer = await asgi.call(api, "GET", "/shop/v1/a", headers=headers)
    assert (answer.status, answer.problem.code, answer.fields) == (400, "INVALID_HEADER", fields)
    assert (await asgi.call(api, "GET", "/shop/v1/a", headers={"x-count": "7"})).json == 7
    twice = asgi.begin(api, "GET", "/shop/v1/a")
    twice.headers += [(b"x-count", b"1"), (b"x-count", b"2")]
    assert (await twice.run()).fields == {"header.x-count": "duplicate"}


@pytest.mark.anyio
async def test_missing_query_parameters_are_all_named(asgi: Any) -> None:
    async def take(first: int, second: str, rest: list[int]) -> int:
        return first

    routes = Routes("shop")
    routes.get("/shop/v1/a").operation_id("shop.get_a").summary("A").public().returns(int).handler(
        take
    )
    api = asgi.api_of(routes)
    answer = await asgi.call(api, "GET", "/shop/v1/a")
    assert answer.fields == {
        "query.first": "missing",
        "query.second": "missing",
        "query.rest": "missing",
    }
    answer = await asgi.call(api, "GET", "/shop/v1/a?first=1&first=2&second=&rest=1&rest=x")
    assert answer.fields == {"query.first": "duplicate", "query.rest": "invalid"}


@given(st.binary(max_size=60) | st.text("ab&=+%24cC3", max_size=30).map(str.encode))
def test_any_query_is_split_or_refused(query: bytes) -> None:
    try:
        pairs = [(name, value) for name, values in split_query(query).items() for value in values]
    except ValueError:
        assert not query.isascii() or b"%" in query
    else:
        expected = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
        assert sorted(pairs) == sorted(expected)


@given(
    pairs=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.text(st.characters(exclude_categories=["Cs"])),
        )
    )
)
def test_a_query_is_split_as_it_was_joined(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, list[str]] = {}
    for name, value in pairs:
        expected.setdefault(name, []).append(value)
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    assert split_query(query.encode()) == expected


def test_a_docstring_is_read_in_parts() -> None:
    text = everything.__doc__
    assert description_of(text) == "Do everything."
    assert arguments_of(text) == {
        "item_id": "Which item.",
        "limit": "At most so many, never more.",
        "x_tenant": "Whose.",
    }
    assert arguments_of(None) == {}
