"""A client that leaves before its answer ends what was done for it, and nothing is left of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from attrs import define, field, frozen

from modkit.rest.routes import Routes
from modkit.rest.uploads import RawBody

pytestmark = pytest.mark.anyio

OCTETS = {"content-type": "application/octet-stream"}


@frozen(kw_only=True)
class Note:
    text: str


@define
class Work:
    """What a handler does once it was called, and what became of it."""

    act: Callable[[], Awaitable[object]]
    begun: asyncio.Event = field(factory=asyncio.Event)
    is_closed: bool = False

    async def run(self) -> Note:
        self.begun.set()
        try:
            await self.act()
        finally:
            self.is_closed = True
        return Note(text="done")

    async def plain(self) -> Note:
        return await self.run()

    async def read(self, body: Note) -> Note:
        return await self.run()

    async def spool(self, body: RawBody) -> Note:
        async for _ in body:
            pass
        return await self.run()

    async def peek(self, body: RawBody) -> Note:
        await anext(body)
        return await self.run()

    async def ignore(self, body: RawBody) -> Note:
        return await self.run()

    async def stream(self) -> AsyncIterator[Note]:
        yield await self.run()


def routes_of(work: Work) -> Routes:
    routes = Routes("shop")
    routes.get("/shop/v1/plain").operation_id("shop.plain").summary("A").public().returns(
        Note
    ).handler(work.plain)
    routes.get("/shop/v1/endless").operation_id("shop.endless").summary("A").timeout(
        0
    ).public().returns(Note).handler(work.plain)
    routes.get("/shop/v1/stream").operation_id("shop.stream").summary("A").public().streams(
        Note
    ).handler(work.stream)
    routes.post("/shop/v1/read").operation_id("shop.read").summary("A").public().returns(
        Note
    ).handler(work.read)
    for handler in (work.spool, work.peek, work.ignore):
        name = handler.__name__
        routes.post(f"/shop/v1/{name}").operation_id(f"shop.{name}").summary("A").public().returns(
            Note
        ).handler(handler)
    return routes


async def for_ever() -> None:
    await asyncio.Event().wait()


REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "without a body": ("GET", "plain", {}),
    "without a time limit": ("GET", "endless", {}),
    "with an ignored body": ("GET", "plain", {"body": [b"a", b"b", b"c", b"d"]}),
    "of a stream": ("GET", "stream", {}),
    "with JSON": ("POST", "read", {"json_body": {"text": "a"}}),
    "with a body that was read whole": ("POST", "spool", {"body": [b"a", b""], "headers": OCTETS}),
    "with a body that was read halfway": (
        "POST",
        "peek",
        {"body": [b"a", b"b"], "headers": OCTETS, "stays_open": True},
    ),
}


@pytest.mark.parametrize(("method", "name", "more"), REQUESTS.values(), ids=REQUESTS)
async def test_a_request_ends_with_its_client(
    asgi: Any, caplog: pytest.LogCaptureFixture, method: str, name: str, more: dict[str, Any]
) -> None:
    caplog.set_level(logging.INFO, "modkit.access")
    work, before = Work(for_ever), asyncio.all_tasks()
    api = asgi.api_of(routes_of(work))
    call = asgi.begin(api, method, f"/shop/v1/{name}", **more)
    running = asyncio.create_task(call.run())
    await work.begun.wait()
    call.gone.set()
    answer = await asyncio.wait_for(running, 5)
    assert work.is_closed
    assert (answer.status, api.in_flight, running.cancelling()) == (0, 0, 0)
    assert [record.__dict__["status"] for record in caplog.records] == [499]
    await asyncio.sleep(0)  # a cancelled watch ends within one turn of the loop
    assert asyncio.all_tasks() == before


async def test_a_request_that_ends_soon_is_not_watched(asgi: Any) -> None:
    work = Work(lambda: asyncio.sleep(0))
    call = asgi.begin(asgi.api_of(routes_of(work)), "GET", "/shop/v1/plain", body=[b"unread"])
    assert (await call.run()).status == 200
    assert call.unread == [b"unread"]


async def test_a_body_that_the_handler_did_not_ask_for_is_left_to_it(asgi: Any) -> None:
    other = Work(for_ever)
    seen = asgi.begin(asgi.api_of(routes_of(other)), "GET", "/shop/v1/plain")
    work = Work(seen.watched.wait)  # began at the same time, so it would be watched by then too
    call = asgi.begin(
        asgi.api_of(routes_of(work)), "POST", "/shop/v1/ignore", body=[b"a", b"b"], headers=OCTETS
    )
    watched, running = asyncio.create_task(seen.run()), asyncio.create_task(call.run())
    assert (await asyncio.wait_for(running, 5)).status == 200
    assert call.unread == [b"a", b"b"]
    seen.gone.set()
    await watched


async def test_what_a_handler_shields_goes_on_without_the_request(asgi: Any) -> None:
    may_end, has_ended = asyncio.Event(), asyncio.Event()

    async def settle() -> None:
        await may_end.wait()
        has_ended.set()

    settling = asyncio.create_task(settle())
    work = Work(lambda: asyncio.shield(settling))
    api = asgi.api_of(routes_of(work))
    call = asgi.begin(api, "GET", "/shop/v1/plain")
    running = asyncio.create_task(call.run())
    await work.begun.wait()
    call.gone.set()
    await asyncio.wait_for(running, 5)
    assert (api.in_flight, has_ended.is_set()) == (0, False)
    may_end.set()
    await settling
    assert has_ended.is_set()


async def test_a_handler_that_swallows_its_cancellation_answers_nobody(
    asgi: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def swallow() -> None:
        try:
            await for_ever()
        except asyncio.CancelledError:
            await asyncio.sleep(0)

    caplog.set_level(logging.INFO, "modkit.access")
    work = Work(swallow)
    api = asgi.api_of(routes_of(work))
    call = asgi.begin(api, "GET", "/shop/v1/plain")
    running = asyncio.create_task(call.run())
    await work.begun.wait()
    call.gone.set()
    await asyncio.wait_for(running, 5)
    assert (api.in_flight, running.cancelling()) == (0, 0)
    assert [record.__dict__["status"] for record in caplog.records] == [499]


async def test_the_end_of_the_answer_is_no_disconnect(
    asgi: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "modkit.access")
    call = asgi.begin(None, "GET", "/shop/v1/plain")
    api = asgi.api_of(routes_of(Work(call.watched.wait)))

    async def slow_server(scope: Any, receive: Any, send: Any) -> None:
        async def send_slowly(message: Any) -> None:
            await send(message)
            if call.answer.is_whole:
                call.gone.set()  # from here on receive() says disconnect, as ASGI has it
                for _ in range(5):
                    await asyncio.sleep(0)

        await api(scope, receive, send_slowly)

    call.app = slow_server
    answer = await asyncio.wait_for(call.run(), 5)
    assert (answer.status, answer.is_whole) == (200, True)
    assert [
        (record.__dict__["status"], record.__dict__["is_complete"]) for record in caplog.records
    ] == [(200, True)]


async def test_a_task_that_reads_the_body_hears_that_the_client_has_gone(asgi: Any) -> None:
    failures: list[BaseException] = []

    async def split(body: RawBody) -> Note:
        async def read() -> None:
            try:
                async for _ in body:
                    pass
            except Exception as error:
                failures.append(error)

        reading = asyncio.create_task(read())
        try:
            await for_ever()
        finally:
            await reading
        raise AssertionError

    routes = Routes("shop")
    routes.post("/shop/v1/split").operation_id("shop.split").summary("A").public().returns(
        Note
    ).handler(split)
    call = asgi.begin(
        asgi.api_of(routes), "POST", "/shop/v1/split", body=[b"a"], headers=OCTETS, stays_open=True
    )
    running = asyncio.create_task(call.run())
    await call.watched.wait()
    call.gone.set()
    await asyncio.wait_for(running, 5)
    assert [type(error).__name__ for error in failures] == ["ClientDisconnected"]
