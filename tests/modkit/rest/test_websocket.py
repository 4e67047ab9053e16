"""A WebSocket handler talks in types; every end closes with its own code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import define, frozen

from modkit.rest.cors import CorsSettings
from modkit.rest.routes import Routes
from modkit.rest.websocket import Channel
from modkit.security import SecurityContext
from modkit_errors import Conflict, Problem

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class Say:
    text: str


@frozen(kw_only=True)
class Heard:
    text: str
    by: int


@define
class TooRude(Conflict):
    """Not with me."""


class Room:
    """Repeats what it hears; some words have consequences."""

    def __init__(self) -> None:
        self.is_left = False
        self.entered = asyncio.Event()

    async def chat(
        self, channel: Channel[Say, Heard], ctx: SecurityContext, room: str, limit: int = 99
    ) -> None:
        self.entered.set()
        try:
            async for said in channel:
                if said.text == "rude":
                    raise TooRude
                if said.text == "fail":
                    raise RuntimeError("secret")
                if said.text == "bye":
                    return
                if said.text == "hang":
                    await asyncio.Event().wait()
                if said.text == "wrong":
                    await channel.send("text")  # type: ignore[arg-type] # what a careless handler does
                await channel.send(Heard(text=f"{room} {said.text}", by=ctx.subject_id.int))
        finally:
            self.is_left = True


class Client:
    """One WebSocket connection."""

    def __init__(
        self, api: Any, path: str, headers: Mapping[str, str], *, can_refuse: bool = True
    ) -> None:
        raw, _, query = path.partition("?")
        self.scope = {
            "type": "websocket",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "extensions": {"websocket.http.response": {}} if can_refuse else {},
            "client": None,
        }
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.got: asyncio.Queue[Any] = asyncio.Queue()
        self.sent.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(api(self.scope, self.sent.get, self.got.put))

    def say(self, text: str) -> None:
        self.sent.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self.sent.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def next(self) -> Any:
        return await asyncio.wait_for(self.got.get(), 5)

    async def end(self) -> Any:
        """Return the last message once the application has ended."""
        await asyncio.wait_for(self.task, 5)
        last = None
        while not self.got.empty():
            last = self.got.get_nowait()
        return last


@pytest.fixture(name="room")
def room_fixture() -> Room:
    return Room()


def api_with(asgi: Any, room: Room, **settings: Any) -> Any:
    routes = Routes("shop")
    routes.websocket("/shop/v1/rooms/{room}").operation_id("shop.chat").summary("A").requires(
        "rooms", "read"
    ).exchanges(Say, Heard).handler(room.chat)
    routes.websocket("/shop/v1/halls/{room}").operation_id("shop.shout").summary(
        "A"
    ).public().exchanges(Say, Heard).handler(room.chat)
    return asgi.api_of(routes, **settings)


ALICE = {"authorization": "Bearer alice"}
PATH = "/shop/v1/rooms/blue"


async def test_messages_are_typed_both_ways(asgi: Any, room: Room) -> None:
    client = Client(api_with(asgi, room), PATH, {**ALICE, "x-request-id": "r-1"})
    accepted = await client.next()
    assert accepted["type"] == "websocket.accept"
    assert (b"x-request-id", b"r-1") in accepted["headers"]
    client.say('{"text": "hi"}')
    client.sent.put_nowait({"type": "websocket.receive", "bytes": b'{"text": "ho"}'})
    assert json.loads((await client.next())["text"]) == {"text": "blue hi", "by": 7}
    assert json.loads((await client.next())["text"]) == {"text": "blue ho", "by": 7}
    client.leave()
    assert await client.end() is None
    assert room.is_left


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        pytest.param('{"text": "bye"}', 1000, "", id="returned"),
        pytest.param('{"text": "rude"}', 1008, "TOO_RUDE", id="refused"),
        pytest.param('{"text": "fail"}', 1011, "INTERNAL_ERROR", id="failed"),
        pytest.param('{"text": "wrong"}', 1011, "INTERNAL_ERROR", id="sent-a-wrong-type"),
        pytest.param('{"text": 1}', 1007, "VALIDATION_ERROR", id="wrong-type"),
        pytest.param('{"text": "a", "b": 1}', 1007, "VALIDATION_ERROR", id="unknown-field"),
        pytest.param("{", 1007, "MALFORMED_JSON", id="malformed"),
        pytest.param('"\ud800"', 1007, "MALFORMED_JSON", id="lone-surrogate"),
        pytest.param(" " * 101, 1009, "REQUEST_TOO_LARGE", id="too-large"),
    ],
)
async def test_every_end_has_its_close_code(
    asgi: Any, room: Room, said: str, code: int, reason: str
) -> None:
    api = api_with(asgi, room, socket_message_bytes=100)
    client = Client(api, PATH, ALICE)
    client.say(said)
    assert await client.end() == {"type": "websocket.close", "code": code, "reason": reason}
    assert room.is_left
    assert api.in_flight == 0


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        pytest.param(PATH, {}, 401, "UNAUTHENTICATED", id="no-token"),
        pytest.param("/shop/v1/rooms", ALICE, 404, "NOT_FOUND", id="unknown-path"),
        pytest.param(f"{PATH}?limit=x", ALICE, 400, "INVALID_QUERY", id="bad-query"),
    ],
)
async def test_a_refused_handshake_is_a_problem(
    asgi: Any, room: Room, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    client = Client(api_with(asgi, room), path, headers)
    start = await client.next()
    assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
    names = [name for name, _ in start["headers"]]
    assert b"x-request-id" in names
    assert (b"www-authenticate" in names) is (status == 401)
    assert Problem.from_json((await client.next())["body"]).code == code
    await client.end()


HALL = "/shop/v1/halls/blue"
APP = CorsSettings(allowed_origins=("https://app.example",))
OPEN = CorsSettings(allowed_origins=("*",))
ORIGINS = {
    "of elsewhere, with a token": (PATH, None, "https://evil.example", 403),
    "of elsewhere, though others may": (PATH, APP, "https://evil.example", 403),
    "of elsewhere, public though others may": (HALL, APP, "https://evil.example", 403),
    "of elsewhere, public": (HALL, None, "https://evil.example", 101),
    "that is allowed": (PATH, APP, "https://app.example", 101),
    "that is a prefix of ours": (PATH, None, "https://shop.example.evil.example", 403),
    "on another port of ours": (PATH, None, "https://shop.example:444", 403),
    "that is ours": (PATH, APP, "https://shop.example", 101),
    "that is hidden": (PATH, None, "null", 403),
    "of everywhere": (PATH, OPEN, "https://evil.example", 101),
    "of a program": (PATH, APP, "", 101),
}


@pytest.mark.parametrize(("path", "cors", "origin", "status"), ORIGINS.values(), ids=ORIGINS)
async def test_a_page_opens_a_websocket_only_from_an_origin_that_may(
    asgi: Any, room: Room, path: str, cors: CorsSettings | None, origin: str, status: int
) -> None:
    headers = {**ALICE, "host": "Shop.example", **({"origin": origin} if origin else {})}
    client = Client(api_with(asgi, room, cors=cors), path, headers)
    start = await client.next()
    assert start.get("status", 101) == status
    assert (start["type"] == "websocket.accept") is (status == 101)
    if status == 403:
        assert Problem.from_json((await client.next())["body"]).code == "FORBIDDEN"
        assert not room.entered.is_set()
    client.leave()
    await client.end()


async def test_a_server_without_credentials_judges_origins_itself(asgi: Any, room: Room) -> None:
    api = api_with(asgi, room, cors=APP, anonymous_subject=asgi.alice)
    client = Client(api, PATH, {"host": "localhost:8087", "origin": "http://localhost:3000"})
    assert (await client.next())["type"] == "websocket.accept"
    client.leave()
    await client.end()


async def test_a_hidden_page_is_not_ours_where_the_host_is_not_said(asgi: Any, room: Room) -> None:
    client = Client(api_with(asgi, room), PATH, {**ALICE, "origin": "null"})
    assert (await client.next())["status"] == 403
    await client.end()


async def test_a_server_without_the_extension_closes(asgi: Any, room: Room) -> None:
    client = Client(api_with(asgi, room), PATH, {}, can_refuse=False)
    assert await client.end() == {
        "type": "websocket.close",
        "code": 1008,
        "reason": "UNAUTHENTICATED",
    }


async def test_a_handler_that_hangs_is_stopped_when_its_client_is_gone(
    asgi: Any, room: Room
) -> None:
    before = asyncio.all_tasks()
    api = api_with(asgi, room, disconnect_grace_s=0.01)
    client = Client(api, PATH, ALICE)
    client.say('{"text": "hang"}')
    client.leave()
    await client.end()
    assert room.is_left
    assert api.in_flight == 0
    await asyncio.sleep(0)  # cancelled helpers end within one turn of the loop
    assert asyncio.all_tasks() == before


async def test_a_draining_server_says_that_it_goes_away(asgi: Any, room: Room) -> None:
    api = api_with(asgi, room, stream_drain_s=0)
    client = Client(api, PATH, ALICE)
    await room.entered.wait()
    api.drain()
    assert await client.end() == {
        "type": "websocket.close",
        "code": 1001,
        "reason": "SERVICE_UNAVAILABLE",
    }
    assert room.is_left


async def test_cancelling_the_server_task_is_obeyed(asgi: Any, room: Room) -> None:
    client = Client(api_with(asgi, room), PATH, ALICE)
    await room.entered.wait()
    client.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await client.task
    assert room.is_left
