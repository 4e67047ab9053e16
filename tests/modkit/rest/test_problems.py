"""Whatever a handler does wrong, the client gets a problem and the log gets the rest."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from attrs import define, frozen

from modkit.rest.created import Created
from modkit.rest.routes import Routes
from modkit_errors import Conflict, NotFound, Unavailable

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class Item:
    name: str


@define
class ItemNotFound(NotFound):
    """No such item."""

    item_id: str


@define
class Unwritable(Conflict):
    """Holds what JSON cannot."""

    place: Path


@define
class Forging(Conflict):
    """Asks for headers that it must not."""

    def headers(self) -> dict[str, str]:
        return {"x-a": "b\r\nx-c: d"}


@define
class BadTemplate(Conflict):
    """Its template names a field that it has not."""

    template = "{nothing}"


async def explode() -> Item:
    raise RuntimeError("password=hunter2")


async def explode_in_a_task() -> Item:
    async with asyncio.TaskGroup() as group:
        group.create_task(missing())
    raise AssertionError


async def explode_twice() -> Item:
    raise ExceptionGroup("both", [ItemNotFound("a"), ValueError("hunter2")])


async def missing() -> Item:
    raise ItemNotFound("7")


async def unwritable() -> Item:
    raise Unwritable(Path("hunter2"))


async def forging() -> Item:
    raise Forging


async def bad_template() -> Item:
    raise BadTemplate


async def wrong_type() -> Any:
    return "hunter2"


async def nothing_returned() -> Any:
    return None


async def unavailable() -> Item:
    raise Unavailable(retry_after_s=2.5)


async def is_cancelled() -> Item:
    raise asyncio.CancelledError


def api_with(asgi: Any, handler: Any, answers: str = "returns") -> Any:
    routes = Routes("shop")
    route = routes.get("/shop/v1/a").operation_id("shop.get_a").summary("A").public()
    complete = {
        "returns": lambda: route.returns(Item),
        "creates": lambda: route.creates(Item),
        "nothing": route.returns_nothing,
        "bytes": lambda: route.returns_bytes("text/plain"),
    }[answers]()
    complete.handler(handler)
    return asgi.api_of(routes)


async def test_a_declared_error_is_its_own_problem(asgi: Any) -> None:
    answer = await asgi.call(api_with(asgi, missing), "GET", "/shop/v1/a")
    assert (answer.status, answer.problem.code) == (404, "ITEM_NOT_FOUND")
    assert answer.problem.extensions == {"item_id": "7"}
    assert answer.problem.title == "No such item."


async def test_an_error_from_a_task_group_is_itself(asgi: Any) -> None:
    answer = await asgi.call(api_with(asgi, explode_in_a_task), "GET", "/shop/v1/a")
    assert answer.problem.code == "ITEM_NOT_FOUND"


async def test_headers_of_an_error_are_sent(asgi: Any) -> None:
    answer = await asgi.call(api_with(asgi, unavailable), "GET", "/shop/v1/a")
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")


@pytest.mark.parametrize(
    "handler",
    [explode, explode_twice, unwritable, forging, bad_template, wrong_type, nothing_returned],
)
async def test_an_unexpected_failure_shows_its_trace_id_only(
    asgi: Any, handler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "modkit.rest")
    answer = await asgi.call(api_with(asgi, handler), "GET", "/shop/v1/a")
    assert (answer.status, answer.problem.code) == (500, "INTERNAL_ERROR")
    assert b"hunter2" not in answer.body
    assert b"Traceback" not in answer.body
    (record,) = caplog.records
    assert record.trace_id == answer.problem.trace_id  # type: ignore[attr-defined] # an extra field of the record
    assert record.exc_info


@pytest.mark.parametrize("answers", ["creates", "nothing", "bytes"])
async def test_a_wrong_return_type_is_our_failure(asgi: Any, answers: str) -> None:
    answer = await asgi.call(api_with(asgi, wrong_type, answers), "GET", "/shop/v1/a")
    assert (answer.status, answer.problem.code) == (500, "INTERNAL_ERROR")


async def test_a_cancellation_is_never_swallowed(asgi: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        await asgi.call(api_with(asgi, is_cancelled), "GET", "/shop/v1/a")


async def test_a_created_thing_has_a_place(asgi: Any) -> None:
    async def create() -> Created[Item]:
        return Created(Item(name="a"), "/shop/v1/a/1")

    answer = await asgi.call(api_with(asgi, create, "creates"), "GET", "/shop/v1/a")
    assert (answer.status, answer.headers["location"]) == (201, "/shop/v1/a/1")
    assert answer.json == {"name": "a"}


async def test_nothing_is_204_without_a_body(asgi: Any) -> None:
    async def drop() -> None:
        return None

    answer = await asgi.call(api_with(asgi, drop, "nothing"), "GET", "/shop/v1/a")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers


async def test_a_client_gone_before_the_answer_is_no_error(
    asgi: Any, caplog: pytest.LogCaptureFixture
) -> None:
    call = asgi.begin(api_with(asgi, missing), "GET", "/shop/v1/a")
    call.gone.set()
    await call.run()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
