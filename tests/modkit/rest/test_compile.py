"""Operations are compiled together and swapped at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from attrs import frozen

from modkit.rest.media_types import is_acceptable, is_covered, parse_media_type
from modkit.rest.operation import InvalidOperations
from modkit.rest.routes import Routes


@frozen(kw_only=True)
class Item:
    name: str


def routes_with(
    name: str, *, module: str = "shop", path: str = "/shop/v1/a", handler: Any = None
) -> Routes:
    async def get() -> Item:
        return Item(name=name)

    routes = Routes(module, root_paths=True)
    routes.get(path).operation_id(f"{module}.get_a").summary("A").public().returns(Item).handler(
        handler or get
    )
    return routes


@pytest.mark.anyio
async def test_mounting_again_replaces_the_operations_of_a_module(asgi: Any) -> None:
    api = asgi.api_of(routes_with("old"))
    api.mount("shop", routes_with("new").operations)
    assert (await asgi.call(api, "GET", "/shop/v1/a")).json == {"name": "new"}
    assert len(api.operations) == 1
    api.unmount("shop")
    assert (await asgi.call(api, "GET", "/shop/v1/a")).status == 404
    assert api.operations == ()


class Watched(list[Item]):
    """Notes which thread reads it."""

    read_by: int

    def __iter__(self) -> Iterator[Item]:
        self.read_by = threading.get_ident()
        return super().__iter__()


@pytest.mark.anyio
@pytest.mark.parametrize("is_large", [False, True])
async def test_large_answers_are_encoded_beside_the_event_loop(asgi: Any, is_large: bool) -> None:
    items = Watched([Item(name="a")])

    async def get() -> list[Item]:
        return items

    routes = Routes("shop")
    route = routes.get("/shop/v1/a").operation_id("shop.get_a").summary("A").public()
    route = route.large_answers() if is_large else route
    route.returns(list[Item]).handler(get)
    assert (await asgi.call(asgi.api_of(routes), "GET", "/shop/v1/a")).json == [{"name": "a"}]
    assert (items.read_by != threading.get_ident()) is is_large


@pytest.mark.anyio
async def test_a_request_under_way_ends_as_it_began(asgi: Any) -> None:
    go_on = asyncio.Event()

    async def slow() -> Item:
        await go_on.wait()
        return Item(name="old")

    api = asgi.api_of(routes_with("old", handler=slow))
    running = asyncio.create_task(asgi.call(api, "GET", "/shop/v1/a"))
    await asyncio.sleep(0)
    api.unmount("shop")
    go_on.set()
    assert (await running).json == {"name": "old"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("module", "path", "problem"),
    [("other", "/shop/v1/a", "already served"), ("shop.more", "/other/v1/a", "already taken")],
)
async def test_what_cannot_be_mounted_changes_nothing(
    asgi: Any, module: str, path: str, problem: str
) -> None:
    api = asgi.api_of(routes_with("old"))
    routes = routes_with("new", module="other", path=path)
    if module == "shop.more":
        routes.operations[0].operation_id = "shop.get_a"
    with pytest.raises(InvalidOperations, match=problem):
        api.mount("other", routes.operations)
    assert (await asgi.call(api, "GET", "/shop/v1/a")).json == {"name": "old"}
    assert len(api.operations) == 1


def test_every_problem_of_every_operation_is_listed(asgi: Any) -> None:
    async def bad(options: dict[str, str]) -> Item:
        return Item(name="")

    async def stream() -> AsyncIterator[Item]:
        yield Item(name="")

    api = asgi.api_of(routes_with("old"))
    first, second = (
        routes_with("", path="/b", handler=bad),
        routes_with("", path="/c", handler=stream),
    )
    with pytest.raises(InvalidOperations) as caught:
        api.mount("shop", (*first.operations, *second.operations))
    assert len(caught.value.problems) == 2


def test_an_answer_that_cannot_be_encoded_does_not_start(asgi: Any) -> None:
    async def get() -> Any:
        return None

    routes = Routes("shop")
    routes.get("/shop/v1/a").operation_id("shop.get_a").summary("A").public().returns(
        object()
    ).handler(get)  # type: ignore[arg-type] # the mistake under test
    with pytest.raises(InvalidOperations, match=r"GET /shop/v1/a"):
        asgi.api_of(routes)


def test_a_header_that_forges_another_does_not_start(asgi: Any) -> None:
    routes = routes_with("old")
    routes.operations[0].response_headers = (("x-a", "b\r\nx-c: d"),)
    with pytest.raises(InvalidOperations, match="control characters"):
        asgi.api_of(routes)


@pytest.mark.parametrize(
    ("accept", "is_accepted"),
    [
        ("application/json", True),
        ("text/html, */*;q=0.1", True),
        ("application/*", True),
        ("APPLICATION/JSON", True),
        ("application/json;q=0", False),
        ("application/json;q=0, */*", False),
        ("*/*;q=0, application/json", True),
        ("application/*;q=0, */*", False),
        ("application/json; charset=utf-8; q=0.5", True),
        ("text/html", False),
        ("application/problem+json", False),
        ("application/json;q=x", True),
        ("", True),
        ("garbage", True),
        (",,;", True),
    ],
)
def test_accept_decides(accept: str, is_accepted: bool) -> None:
    assert is_acceptable(accept, "application/json") is is_accepted


@pytest.mark.parametrize(
    ("media_type", "is_one"),
    [
        ("text/html", True),
        ("Text/HTML; charset=utf-8", True),
        ("image/png", True),
        ("image/", False),
        ("image", False),
        ("", False),
        ("application/json", False),
    ],
)
def test_a_content_type_falls_under_a_range(media_type: str, is_one: bool) -> None:
    assert is_covered(media_type, ("text/*", "image/png")) is is_one


def test_a_media_type_is_split() -> None:
    assert parse_media_type('Multipart/Form-Data; Boundary="a;b"') == (
        "multipart/form-data",
        {"boundary": "a;b"},
    )
