"""Calls an ASGI application in process: no server, no socket, no parsing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Case = Callable[[], Awaitable[list[dict[str, Any]]]]


def request(
    app: Any,
    method: str,
    path: str,
    *,
    query: str = "",
    body: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> Case:
    """Return what sends one request to *app* and returns the messages of its answer."""
    sent = [(b"host", b"127.0.0.1:8087"), (b"user-agent", b"bench"), (b"accept", b"*/*"), *headers]
    if body:
        sent += [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
    fixed = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8087),
    }
    whole = {"type": "http.request", "body": body, "more_body": False}
    gone = {"type": "http.disconnect"}

    async def call() -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        waiting = [gone, whole]

        async def receive() -> dict[str, Any]:
            return waiting.pop() if waiting else gone

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        await app({**fixed, "headers": list(sent), "state": {}}, receive, send)
        return messages

    return call


async def null_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer without looking: what calling and answering cost by themselves."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def start_up(app: Any) -> None:
    """Let *app* start, where it takes part in the lifespan protocol."""
    done = asyncio.Event()
    asked: list[dict[str, Any]] = [{"type": "lifespan.startup"}]

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        return await asyncio.get_running_loop().create_future()

    async def send(message: dict[str, Any]) -> None:
        done.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    running = asyncio.create_task(app(scope, receive, send))
    waiting = asyncio.create_task(done.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    running.cancel()


def status_and_body(messages: list[dict[str, Any]]) -> tuple[int, bytes]:
    """Return the status and the whole body of an answer."""
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return messages[0]["status"], body
