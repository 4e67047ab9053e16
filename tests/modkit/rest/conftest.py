"""Calls an ASGI application in process, as a server would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from attrs import define, field

from modkit.ports.authenticator import Authenticator
from modkit.ports.policy import PolicyDecisionPoint
from modkit.rest.api import RestApi
from modkit.rest.compile import Hosting
from modkit.rest.pipeline import PipelineSettings
from modkit.rest.routes import Routes
from modkit.secret import Secret
from modkit.security import AccessScope, SecurityContext
from modkit_errors import Denied, Problem, Unauthenticated

ALICE = SecurityContext(subject_id=UUID(int=7), subject_tenant_id=UUID(int=8))


class FakeAuthenticator(Authenticator):
    """Knows the token ``alice`` only."""

    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        if token.reveal() != "alice":
            raise Unauthenticated(detail="The token is not known.")
        return ALICE


class FakePolicy(PolicyDecisionPoint):
    """Lets everyone read, in their own tenant."""

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        if action != "read":
            raise Denied(detail=f"{action} on {resource} is not allowed.")
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))


@define
class Answer:
    """What came back, and how it ended."""

    status: int = 0
    headers: dict[str, str] = field(factory=dict)
    chunks: list[bytes] = field(factory=list)
    is_whole: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> Problem:
        assert self.headers["content-type"] == "application/problem+json"
        problem = Problem.from_json(self.body)
        assert problem.status == self.status
        assert len(problem.trace_id) == 32
        return problem

    @property
    def fields(self) -> dict[str, str]:
        return {error.field: error.code for error in self.problem.errors}


@define
class Call:
    """One request under way.

    ``pieces`` is the body in pieces; with ``stays_open`` the client sends no end of the body. ``watched`` is set once
    somebody waits for more than the client has sent.
    """

    app: Any
    method: str
    path: str
    headers: list[tuple[bytes, bytes]]
    pieces: Sequence[bytes]
    stays_open: bool = False
    answer: Answer = field(factory=Answer)
    gone: asyncio.Event = field(factory=asyncio.Event)
    written: asyncio.Event = field(factory=asyncio.Event)
    watched: asyncio.Event = field(factory=asyncio.Event)
    _left: list[bytes] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._left = list(self.pieces)

    @property
    def unread(self) -> list[bytes]:
        """The pieces that nobody has received."""
        return self._left

    async def run(self) -> Answer:
        raw, _, query = self.path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": raw,
            "raw_path": raw.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": self.headers,
            "client": ("192.0.2.1", 5000),
            "server": ("192.0.2.2", 80),
        }
        await self.app(scope, self._receive, self._send)
        return self.answer

    async def _receive(self) -> dict[str, Any]:
        if self._left:
            piece = self._left.pop(0)
            more = bool(self._left) or self.stays_open
            return {"type": "http.request", "body": piece, "more_body": more}
        self.watched.set()
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        assert not self.answer.is_whole, "a message after the end"
        if message["type"] == "http.response.start":
            assert not self.answer.status, "two answers"
            self.answer.status = message["status"]
            self.answer.headers = {
                name.decode(): value.decode("latin-1") for name, value in message["headers"]
            }
            names = [name for name, _ in message["headers"] if name != b"vary"]
            assert len(names) == len(set(names))
        else:
            assert self.answer.status
            if message.get("body"):
                self.answer.chunks.append(message["body"])
            self.answer.is_whole = not message.get("more_body", False)
            if self.answer.is_whole and self.method != "HEAD":
                length = self.answer.headers.get("content-length")
                assert length is None or int(length) == len(self.answer.body)
        self.written.set()
        if self.gone.is_set():
            raise OSError("the client is gone")


def begin(
    app: Any,
    method: str,
    path: str,
    *,
    body: bytes | Sequence[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    json_body: Any = None,
    stays_open: bool = False,
) -> Call:
    """Prepare a request; await ``run()`` to send it."""
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if json_body is not None:
        body = json.dumps(json_body).encode()
        given.setdefault("content-type", "application/json")
    if isinstance(body, bytes):
        given.setdefault("content-length", str(len(body)))
        pieces: Sequence[bytes] = [body]
    elif body is not None:
        given.setdefault("transfer-encoding", "chunked")
        pieces = body or [b""]
    else:
        pieces = [b""]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
    return Call(app, method, path, raw, pieces, stays_open)


async def call(app: Any, method: str, path: str, **more: Any) -> Answer:
    """Send a request and wait for its answer; it must end within five seconds and carry a request id."""
    async with asyncio.timeout(5):
        answer = await begin(app, method, path, **more).run()
    if answer.status:
        assert answer.headers["x-request-id"]
    return answer


def api_of(
    routes: Routes,
    *,
    authenticator: Authenticator | None = None,
    **settings: Any,
) -> RestApi:
    """Serve *routes* as the module ``shop``."""
    routes.check()
    api = RestApi(
        Hosting(
            settings=PipelineSettings(**settings),
            authenticator=authenticator or FakeAuthenticator(),
            policy=FakePolicy(),
        )
    )
    api.mount("shop", routes.operations)
    return api


@define
class Asgi:
    """The helpers of this folder, as one fixture: test modules cannot import each other."""

    alice: SecurityContext = ALICE
    api_of: Callable[..., RestApi] = api_of
    begin: Callable[..., Call] = begin
    call: Callable[..., Awaitable[Answer]] = call


@pytest.fixture(name="asgi", scope="session")
def asgi_fixture() -> Asgi:
    return Asgi()
