"""What one server-sent event costs: ours against sending by hand and against Starlette's streaming answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from attrs import frozen
from measure import print_table, print_title, ratio, run, take_turns
from starlette.responses import StreamingResponse

from modkit.rest import Hosting, RestApi, Routes

_EVENTS = 500


@frozen
class Token:
    """What a language model says next."""

    index: int
    text: str


_TOKEN = Token(7, "and then ")
_ENCODE = msgspec.json.Encoder().encode
_ENCODED = b"data: %b\n\n" % _ENCODE(_TOKEN)


async def tokens() -> AsyncIterator[Token]:
    """Yield values."""
    for _ in range(_EVENTS):
        yield _TOKEN


async def encoded_tokens() -> AsyncIterator[bytes]:
    """Yield values that were encoded by hand."""
    for _ in range(_EVENTS):
        yield b"data: %b\n\n" % _ENCODE(_TOKEN)


def modkit_app() -> RestApi:
    """Return our application with one stream."""
    routes = Routes("bench")
    (
        routes.get("/bench/v1/tokens")
        .operation_id("bench.stream_tokens")
        .summary("Stream tokens")
        .public()
        .streams(Token)
        .handler(tokens)
    )
    api = RestApi(Hosting())
    api.mount("bench", routes.operations)
    return api


async def ready_bytes(scope: Any, receive: Any, send: Any) -> None:
    """Send bytes that are there already."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(_EVENTS):
        await send({"type": "http.response.body", "body": _ENCODED, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def by_hand(scope: Any, receive: Any, send: Any) -> None:
    """Encode and send every value of a generator."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    async for chunk in encoded_tokens():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def starlette_stream(scope: Any, receive: Any, send: Any) -> None:
    """Send through a streaming answer."""
    await StreamingResponse(encoded_tokens(), media_type="text/event-stream")(scope, receive, send)


def stream_of(app: Any) -> Callable[[], Awaitable[None]]:
    """Return what takes one whole stream of *app*, by a client that stays."""
    path = "/bench/v1/tokens"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8087"), (b"accept", b"text/event-stream")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8087),
    }

    async def take() -> None:
        sizes: list[int] = []

        async def receive() -> dict[str, Any]:
            return await asyncio.get_running_loop().create_future()

        async def send(message: dict[str, Any]) -> None:
            if message.get("body"):
                sizes.append(len(message["body"]))

        await app(dict(scope), receive, send)
        if len(sizes) != _EVENTS:
            raise SystemExit(f"{app} sent {len(sizes)} events, not {_EVENTS}")

    return take


async def main() -> None:
    """Print the table."""
    logging.getLogger("modkit.access").setLevel(logging.WARNING)
    apps = {
        "raw: bytes that are ready": ready_bytes,
        "raw: generator, encoded by hand": by_hand,
        "modkit: typed events": modkit_app(),
        "starlette: streaming answer": starlette_stream,
    }
    print_title(f"events, streams of {_EVENTS}: CPU in microseconds per event")
    samples = await take_turns(
        {name: stream_of(app) for name, app in apps.items()}, batches=25, batch_s=0.01
    )
    base = samples["raw: generator, encoded by hand"].least
    rows = [
        (
            name,
            f"{sample.least / _EVENTS:.2f}",
            f"{sample.median / _EVENTS:.2f}",
            f"{(sample.least - base) / _EVENTS:+.2f}",
            ratio(sample.least, base),
        )
        for name, sample in samples.items()
    ]
    print_table(("", "least", "median", "over by hand", "by hand = 1"), rows)


if __name__ == "__main__":
    run(main)
