"""What the page about operations says of WebSockets and of broken streams, which its own file does not try out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from docs.snippets.operations import Progress, ShelfModule
from modkit.rest import RestApi
from modkit.testing import ModuleHarness, security_context

pytestmark = pytest.mark.anyio


class TokenHarness(ModuleHarness):
    """A harness that hands out tokens, for a client that speaks WebSocket."""

    def token(self) -> str:
        return self._tokens.token_of(security_context())


async def talk(harness: TokenHarness, message: bytes) -> list[dict[str, Any]]:
    """Send *message*, close once it is answered, and return what came back."""
    received: list[dict[str, Any]] = []
    to_send = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": message.decode()},
    ]
    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if to_send:
            return to_send.pop(0)
        await answered.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        received.append(message)
        if len(received) > 1:
            answered.set()

    scope = {
        "type": "websocket",
        "path": "/shelf/v1/talk",
        "raw_path": b"/shelf/v1/talk",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {harness.token()}".encode())],
    }
    api = harness.host.resources.find(RestApi)
    assert api is not None
    async with asyncio.timeout(10):
        await api(scope, receive, send)
    return received


async def test_each_message_is_answered() -> None:
    async with TokenHarness(ShelfModule) as harness:
        accepted, answer = await talk(harness, b'{"title": "Emma"}')
    assert accepted["type"] == "websocket.accept"
    assert msgspec.json.decode(answer["text"])["title"] == "Emma"


async def test_invalid_message_ends_the_conversation_with_1007() -> None:
    async with TokenHarness(ShelfModule) as harness:
        _, close = await talk(harness, b'{"title": ""}')
    assert (close["code"], close["reason"]) == (1007, "VALIDATION_ERROR")


async def test_stream_that_fails_ends_with_an_error_event(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: ShelfModule) -> AsyncIterator[Progress]:
        yield Progress(percent=1)
        raise RuntimeError("not for clients")

    monkeypatch.setattr(ShelfModule, "watch", broken)
    async with TokenHarness(ShelfModule) as harness:
        client = harness.client(security_context())
        text = (await client.get("/shelf/v1/imports/current")).text
    assert text.startswith('data: {"percent":1}\n\nevent: error\ndata: {')
    assert "not for clients" not in text
