"""A Tika server on loopback that answers as recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from tika_exchanges import digest, recorded

from hyperspot.file_parser.contract import ParsedContent
from modkit.http import EgressPolicy

LOCAL = EgressPolicy(allow_http=True, allowed_networks=("127.0.0.0/8",))
Parse = Callable[..., Awaitable[ParsedContent]]


class FakeTika:
    """Answers `PUT /rmeta/xml` as recorded, or as a test says.

    Attributes:
        answers: What to answer instead of what was recorded: status and body.
        requests: Headers of every request, in order.
    """

    def __init__(self) -> None:
        self.recorded = recorded()
        self.answers: list[tuple[int, str]] = []
        self.requests: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        assert (request.method, request.path) == ("PUT", "/base/rmeta/xml")
        self.requests.append(dict(request.headers))
        data = await request.read()
        if self.answers:
            status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        else:
            exchange = self.recorded[digest(data)]
            assert request.content_type == exchange.media_type
            status, body = exchange.status, exchange.body
        return web.Response(status=status, text=body, content_type="application/json")
