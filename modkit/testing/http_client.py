"""An HTTP client that calls an ASGI application in the same process and event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, TypedDict, Unpack
from urllib.parse import quote, unquote, urlencode

import msgspec
from attrs import field, frozen

from modkit.rest.asgi import Message, Receive, Scope, Send

_TIMEOUT_S: Final = 10.0

AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class RequestParts(TypedDict, total=False):
    """What a request may have beside method and path; see `HttpClient.request`."""

    params: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    json: Any
    content: bytes


@frozen(kw_only=True)
class Response:
    """What the application answered.

    Attributes:
        status_code: HTTP status.
        headers: By name in lower case; of a repeated header the values joined by a comma.
        content: The whole body.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.content.decode()

    def json(self) -> Any:
        """Return the body as JSON values."""
        return msgspec.json.decode(self.content)


class HttpClient:
    """Sends requests to an ASGI application.

    Args:
        app: The application.
        headers: Sent with every request.
    """

    def __init__(self, app: AsgiApp, headers: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}

    async def get(self, path: str, **more: Unpack[RequestParts]) -> Response:
        """Send a GET; see `request`."""
        return await self.request("GET", path, **more)

    async def post(self, path: str, **more: Unpack[RequestParts]) -> Response:
        """Send a POST; see `request`."""
        return await self.request("POST", path, **more)

    async def put(self, path: str, **more: Unpack[RequestParts]) -> Response:
        """Send a PUT; see `request`."""
        return await self.request("PUT", path, **more)

    async def patch(self, path: str, **more: Unpack[RequestParts]) -> Response:
        """Send a PATCH; see `request`."""
        return await self.request("PATCH", path, **more)

    async def delete(self, path: str, **more: Unpack[RequestParts]) -> Response:
        """Send a DELETE; see `request`."""
        return await self.request("DELETE", path, **more)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes = b"",
    ) -> Response:
        """Send a request and return the whole answer.

        Args:
            method: HTTP method.
            path: Path, with or without a query.
            params: Added to the query; a list gives the parameter several times.
            headers: Added to those of the client.
            json: Sent as JSON; attrs classes, UUIDs and times are fine. None sends *content*.
            content: Body.

        Raises:
            TimeoutError: The answer was not whole after 10 s.
            AssertionError: The application ended without an answer.
        """
        sent = {"host": "testserver", **self._headers}
        if json is not None:
            content = msgspec.json.encode(json)
            sent["content-type"] = "application/json"
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        if content or method in ("POST", "PUT", "PATCH"):
            sent.setdefault("content-length", str(len(content)))
        exchange = _Exchange(content)
        async with asyncio.timeout(_TIMEOUT_S):
            await self._app(
                _scope(method, path, params or {}, sent), exchange.receive, exchange.send
            )
        return exchange.response()


class _Exchange:
    def __init__(self, content: bytes) -> None:
        self._requests: list[Message] = [
            {"type": "http.request", "body": content, "more_body": False}
        ]
        self._start: Message = {}
        self._body: list[bytes] = []
        self._end = asyncio.Event()

    async def receive(self) -> Message:
        if self._requests:
            return self._requests.pop()
        await self._end.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._end.set()

    def response(self) -> Response:
        if not self._end.is_set():
            raise AssertionError("the application ended without a whole answer")
        headers: dict[str, str] = {}
        for raw_name, raw_value in self._start.get("headers", ()):
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Response(
            status_code=self._start["status"], headers=headers, content=b"".join(self._body)
        )


def _scope(method: str, path: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> Scope:
    target, _, query = path.partition("?")
    query = "&".join(part for part in (query, urlencode(params, doseq=True)) if part)
    raw_path = quote(target, safe="/%:@!$&'()*+,;=~-._").encode("ascii")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method.upper(),
        "scheme": "http",
        "path": unquote(target),
        "raw_path": raw_path,
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [
            (name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
    }
