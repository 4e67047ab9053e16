"""Chains that must pass mypy --strict and pyright; never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, assert_type
from uuid import UUID

from attrs import frozen

from modkit.rest.created import Created
from modkit.rest.events import Event
from modkit.rest.routes import (
    CompleteRoute,
    CompleteSocket,
    CompleteStream,
    LacksAuth,
    LacksResponse,
    Routes,
    SocketLacksAuth,
    StreamLacksAuth,
)
from modkit.rest.websocket import Channel
from modkit.security import SecurityContext
from modkit_errors import NotFound


@frozen(kw_only=True)
class Dto:
    name: str


@frozen(kw_only=True)
class SubDto(Dto):
    size: int


async def get(ctx: SecurityContext, item_id: UUID) -> Dto:
    raise NotImplementedError


async def get_sub(item_id: UUID) -> SubDto:
    raise NotImplementedError


async def get_none() -> None:
    raise NotImplementedError


async def get_maybe() -> Dto | None:
    raise NotImplementedError


async def get_list() -> list[Dto]:
    raise NotImplementedError


async def get_bytes() -> bytes:
    raise NotImplementedError


async def create(body: Dto) -> Created[Dto]:
    raise NotImplementedError


async def create_sub(body: Dto) -> Created[SubDto]:
    raise NotImplementedError


async def with_store(store: str, item_id: UUID) -> Dto:
    raise NotImplementedError


async def events() -> AsyncIterator[Dto]:
    yield Dto(name="")


async def mixed_events() -> AsyncIterator[Dto | Event[Dto]]:
    yield Event(Dto(name=""))


async def only_events() -> AsyncIterator[Event[SubDto]]:
    yield Event(SubDto(name="", size=1))


async def pieces() -> AsyncIterator[bytes]:
    yield b""


async def talk(channel: Channel[Dto, int], ctx: SecurityContext, room: str) -> None:
    async for message in channel:
        assert_type(message, Dto)
        await channel.send(1)


class Items:
    async def get(self, ctx: SecurityContext, item_id: UUID) -> Dto:
        raise NotImplementedError

    async def __call__(self, item_id: UUID) -> Dto:
        raise NotImplementedError


routes = Routes("shop")
assert_type(routes.get("/a").requires("items", "read"), LacksResponse)
assert_type(routes.get("/a").returns(Dto), LacksAuth[Dto])
assert_type(routes.get("/a").streams(Dto), StreamLacksAuth[Dto | Event[Dto]])
assert_type(routes.get("/a").returns(Dto).public(), CompleteRoute[Dto])
assert_type(routes.get("/a").public().returns(list[Dto]), CompleteRoute[list[Dto]])
assert_type(routes.get("/a").public().returns_nothing(), CompleteRoute[None])
assert_type(routes.get("/a").creates(Dto).public(), CompleteRoute[Created[Dto]])
assert_type(routes.get("/a").public().streams_bytes("text/csv"), CompleteStream[bytes | str])
assert_type(routes.websocket("/a").exchanges(Dto, int), SocketLacksAuth[Dto, int])
assert_type(routes.websocket("/a").public().exchanges(Dto, int), CompleteSocket[Dto, int])
handled = routes.get("/a").public().returns(Dto).handler(get)
same_parameters: Callable[[SecurityContext, UUID], Coroutine[Any, Any, Dto]] = handled

everything_said = (
    routes.post("/a")
    .operation_id("shop.a")
    .summary("A")
    .requires("items", "read")
    .description("A")
    .accepts("application/json")
    .returns(Dto)
    .raises(NotFound)
    .body_limit(1)
    .timeout(1)
    .in_flight(1)
)
assert_type(everything_said, CompleteRoute[Dto])
routes.get("/a").public().returns(Dto).handler(Items().get)
routes.get("/a").public().returns(Dto).handler(Items())
routes.get("/a").public().returns(Dto).handler(partial(with_store, "store"))
routes.get("/a").public().returns(Dto).handler(lambda item_id: get_sub(item_id))
routes.get("/a").public().returns(Dto).handler(get_sub)
routes.get("/a").public().returns_nothing().handler(get_none)
routes.get("/a").public().returns(Dto | None).handler(get_maybe)
routes.get("/a").public().returns(list[Dto]).handler(get_list)
routes.get("/a").public().returns_bytes("image/png").handler(get_bytes)
routes.post("/a").public().creates(Dto).handler(create)
routes.post("/a").public().creates(Dto).handler(create_sub)
routes.get("/a").public().streams(Dto).handler(events)
routes.get("/a").public().streams(Dto).handler(mixed_events)
routes.get("/a").streams(Dto).public().handler(only_events)
routes.get("/a").public().streams_bytes("text/csv").handler(pieces)
routes.websocket("/a").public().exchanges(Dto, int).handler(talk)
routes.websocket("/a").exchanges(Dto, int).requires("rooms", "read").handler(talk)


@routes.get("/a").public().returns(Dto).handler
async def decorated(item_id: UUID, limit: int = 5) -> Dto:
    raise NotImplementedError


async def call_decorated() -> None:
    assert_type(await decorated(UUID(int=1), limit=6), Dto)
