"""Streams start with their first item, end properly, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import define, frozen

from modkit.rest.events import Event
from modkit.rest.routes import Routes
from modkit.rest.uploads import Upload
from modkit_errors import Conflict

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class Step:
    number: int


@define
class Stuck(Conflict):
    """It is stuck."""


class Source:
    """A stream that does what its path asks."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.entered = asyncio.Event()
        self.is_closed = False

    async def events(self, plan: str) -> AsyncIterator[Step | Event[Step]]:
        self.entered.set()
        try:
            for number, step in enumerate(plan.split("-")):
                if step == "item":
                    yield Step(number=number)
                elif step == "event":
                    yield Event(Step(number=number), name="step", id=str(number), retry_ms=500)
                elif step == "wait":
                    await self.go_on.wait()
                elif step == "swallow":
                    try:
                        await self.go_on.wait()
                    except asyncio.CancelledError:
                        yield Step(number=-1)
                elif step == "refuse":
                    raise Stuck
                elif step == "fail":
                    raise RuntimeError("secret")
                elif step == "wrong":
                    yield "text"  # type: ignore[misc] # what a careless handler does
        finally:
            self.is_closed = True

    async def chunks(self, plan: str) -> AsyncIterator[bytes | str]:
        async for item in self.events(plan):
            yield f"{item.number}," if isinstance(item, Step) else b"!"


@pytest.fixture(name="source")
def source_fixture() -> Source:
    return Source()


def routes_of(source: Source) -> Routes:
    routes = Routes("shop")
    routes.get("/shop/v1/events/{plan}").operation_id("shop.events").summary("A").public().streams(
        Step
    ).handler(source.events)
    routes.get("/shop/v1/timed/{plan}").operation_id("shop.timed").summary("A").timeout(
        0.03
    ).public().streams(Step).handler(source.events)
    routes.get("/shop/v1/chunks/{plan}").operation_id("shop.chunks").summary(
        "A"
    ).public().streams_bytes("text/csv").handler(source.chunks)
    return routes


async def test_items_become_events(asgi: Any, source: Source) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", "/shop/v1/events/item-event")
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.chunks == [
        b'data: {"number":0}\n\n',
        b'event: step\nid: 1\nretry: 500\ndata: {"number":1}\n\n',
    ]
    assert answer.is_whole
    assert source.is_closed


async def test_pieces_become_a_body(asgi: Any, source: Source) -> None:
    answer = await asgi.call(
        asgi.api_of(routes_of(source)), "GET", "/shop/v1/chunks/item-event-item"
    )
    assert (answer.headers["content-type"], answer.body) == ("text/csv", b"0,!2,")
    assert "content-length" not in answer.headers
    assert answer.is_whole


async def test_an_empty_stream_is_a_whole_answer(asgi: Any, source: Source) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", "/shop/v1/events/nothing")
    assert (answer.status, answer.body, answer.is_whole) == (200, b"", True)


@pytest.mark.parametrize("kind", ["events", "chunks"])
async def test_a_failure_before_the_first_item_is_a_problem_of_its_own_status(
    asgi: Any, source: Source, kind: str
) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", f"/shop/v1/{kind}/refuse")
    assert (answer.status, answer.problem.code) == (409, "STUCK")


@pytest.mark.parametrize(
    ("plan", "code"),
    [("item-refuse", "STUCK"), ("item-fail", "INTERNAL_ERROR"), ("item-wrong", "INTERNAL_ERROR")],
)
async def test_a_later_failure_is_the_last_event(
    asgi: Any, source: Source, plan: str, code: str
) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", f"/shop/v1/events/{plan}")
    assert answer.status == 200
    name, _, text = answer.chunks[-1].decode().partition("\ndata: ")
    assert name == "event: error"
    assert json.loads(text)["code"] == code
    assert "secret" not in text
    assert answer.is_whole
    assert source.is_closed


async def test_a_later_failure_cuts_a_byte_stream_off(asgi: Any, source: Source) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", "/shop/v1/chunks/item-fail")
    assert (answer.status, answer.body, answer.is_whole) == (200, b"0,", False)


@pytest.mark.parametrize("plan", ["item-wait-item", "wait", "item-swallow-item-item"])
@pytest.mark.parametrize("kind", ["events", "chunks"])
async def test_a_client_that_leaves_closes_the_handler(
    asgi: Any, source: Source, kind: str, plan: str
) -> None:
    before = asyncio.all_tasks()
    api = asgi.api_of(routes_of(source))
    call = asgi.begin(api, "GET", f"/shop/v1/{kind}/{plan}")
    running = asyncio.create_task(call.run())
    await source.entered.wait()
    call.gone.set()
    answer = await asyncio.wait_for(running, 5)
    assert source.is_closed
    assert not answer.is_whole
    assert api.in_flight == 0
    assert running.cancelling() == 0
    await asyncio.sleep(0)  # cancelled helpers end within one turn of the loop
    assert asyncio.all_tasks() == before


async def test_a_server_that_cancels_its_task_is_obeyed(asgi: Any, source: Source) -> None:
    call = asgi.begin(asgi.api_of(routes_of(source)), "GET", "/shop/v1/events/item-wait")
    running = asyncio.create_task(call.run())
    await call.written.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert source.is_closed
    assert not call.answer.is_whole


async def test_a_draining_server_ends_event_streams_with_a_last_event(
    asgi: Any, source: Source
) -> None:
    api = asgi.api_of(routes_of(source), stream_drain_s=0)
    call = asgi.begin(api, "GET", "/shop/v1/events/item-wait")
    running = asyncio.create_task(call.run())
    await call.written.wait()
    api.drain()
    answer = await asyncio.wait_for(running, 5)
    assert b"SERVICE_UNAVAILABLE" in answer.chunks[-1]
    assert answer.is_whole
    assert source.is_closed


async def test_a_stream_may_finish_while_the_server_drains(asgi: Any, source: Source) -> None:
    api = asgi.api_of(routes_of(source), stream_drain_s=60)
    call = asgi.begin(api, "GET", "/shop/v1/events/item-wait-item")
    running = asyncio.create_task(call.run())
    await call.written.wait()
    api.drain()
    source.go_on.set()
    answer = await asyncio.wait_for(running, 5)
    assert answer.chunks[-1] == b'data: {"number":2}\n\n'


async def test_a_stream_with_a_time_limit_ends_with_it(asgi: Any, source: Source) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "GET", "/shop/v1/timed/item-wait")
    assert b"OPERATION_TIMEOUT" in answer.chunks[-1]
    assert source.is_closed


async def test_a_silent_event_stream_is_opened_and_kept_alive(asgi: Any, source: Source) -> None:
    api = asgi.api_of(routes_of(source), stream_open_s=0.001, heartbeat_s=0.001)
    call = asgi.begin(api, "GET", "/shop/v1/events/wait-item")
    running = asyncio.create_task(call.run())
    for _ in range(3):
        await call.written.wait()
        call.written.clear()
    source.go_on.set()
    answer = await asyncio.wait_for(running, 5)
    assert answer.chunks[0] == b": keep-alive\n\n"
    assert answer.chunks[-1] == b'data: {"number":1}\n\n'


async def test_head_of_a_stream_does_not_run_it(asgi: Any, source: Source) -> None:
    answer = await asgi.call(asgi.api_of(routes_of(source)), "HEAD", "/shop/v1/events/fail")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
    assert not source.entered.is_set()


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "a\u2028b"])
def test_an_event_cannot_forge_another(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        Event(1, name=text)
    with pytest.raises(ValueError, match="one line"):
        Event(1, id=text)


async def test_a_stream_that_is_not_yet_open_is_refused_when_the_server_drains(
    asgi: Any, source: Source
) -> None:
    api = asgi.api_of(routes_of(source), stream_drain_s=0)
    running = asyncio.create_task(asgi.call(api, "GET", "/shop/v1/events/wait"))
    await source.entered.wait()
    api.drain()
    answer = await running
    assert (answer.status, answer.problem.code) == (503, "SERVICE_UNAVAILABLE")
    assert source.is_closed


async def test_a_stream_receives_the_whole_upload_that_it_reads_while_it_answers(asgi: Any) -> None:
    async def echo(file: Upload) -> AsyncIterator[bytes]:
        async for chunk in file:
            await asyncio.sleep(0)  # lets whoever else reads from the client take its turn
            yield chunk

    routes = Routes("shop")
    routes.post("/shop/v1/echo").operation_id("shop.echo").summary("Echo").public().streams_bytes(
        "application/octet-stream"
    ).handler(echo)
    pieces = [b"%03d," % number for number in range(200)]
    answer = await asgi.call(
        asgi.api_of(routes),
        "POST",
        "/shop/v1/echo",
        body=pieces,
        headers={"content-type": "application/octet-stream"},
    )
    assert answer.is_whole
    assert answer.body == b"".join(pieces)


async def test_a_handler_that_never_waits_lets_others_run(asgi: Any) -> None:
    others_ran = asyncio.Event()

    async def busy() -> AsyncIterator[bytes]:
        ends_at = time.monotonic() + 2
        while not others_ran.is_set() and time.monotonic() < ends_at:
            yield b"x"
        yield b"fair" if others_ran.is_set() else b"starved"

    routes = Routes("shop")
    routes.get("/shop/v1/busy").operation_id("shop.busy").summary("Busy").public().streams_bytes(
        "text/plain"
    ).handler(busy)
    streaming = asyncio.create_task(asgi.call(asgi.api_of(routes), "GET", "/shop/v1/busy"))
    await asyncio.sleep(0)  # the stream begins, and gives nobody a turn by itself
    others_ran.set()
    assert (await streaming).body.endswith(b"fair")
