"""One HTTP request and its answer, from the first byte to the last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from modkit.rest.asgi import HeaderList, Message, Receive, Scope, Send
from modkit.rest.deadlines import Deadlines
from modkit.rest.identity import request_info
from modkit_errors.refusals import OperationTimeout, RequestTimeout

_UNWATCHED_S: Final = 0.1
"""How long a request runs before its client is watched: nearly all end before, and watching costs a task."""

_NONE: Final[frozenset[bytes]] = frozenset()
NO_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = ()


class ClientDisconnected(Exception):
    """The client went away; nobody is left to answer."""


class Exchange:
    """What the stages of the pipeline share about one request.

    Args:
        scope: The ASGI scope.
        receive: Next message of the client.
        send: Sends a message to the client.
        deadlines: Where the time limits of all requests are kept.
        fixed_headers: Headers that the answer to any request carries.

    Attributes:
        scope: The ASGI scope.
        receive: Next message of the client; nobody else may call it once ``listen`` was.
        send: Sends a message to the client; ``transmit`` and what stands on it tell when it is gone.
        method: HTTP method, or ``WEBSOCKET``.
        path: Path as the client wrote it, percent-encoded.
        headers: Request headers by lower-case name.
        request: Ids of the request.
        headers_out: Headers that every answer carries, refusals included.
        route: Template of the path that was found, or empty.
        status: Status of the answer; 0 while none was begun.
        sent_bytes: Bytes of the answer's body so far.
        is_complete: Whether the answer is whole.
        pieces: Where ``listen`` puts the body that the handler reads itself; None where it reads none.
        has_body_left: Whether the end of the request's body was not received yet.
        is_reading: Whether the body is being read, so that a timeout is the client's.
        interruption: Why the task that serves the request was cancelled by ``interrupt``; None if it was not.
    """

    __slots__ = (
        "_cancelling",
        "_deadlines",
        "_is_ending",
        "_listener",
        "_loop",
        "_rest_s",
        "_task",
        "_timeout_s",
        "has_body_left",
        "headers",
        "headers_out",
        "interruption",
        "is_complete",
        "is_reading",
        "method",
        "path",
        "pieces",
        "receive",
        "request",
        "route",
        "scope",
        "send",
        "sent_bytes",
        "status",
    )

    # By position: a class called with five names costs twice as much.

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        deadlines: Deadlines,
        fixed_headers: HeaderList,
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.request = request = request_info(self.headers)
        request_id = request.request_id.encode("ascii")
        self.headers_out: HeaderList = [*fixed_headers, (b"x-request-id", request_id)]
        self.route = ""
        self.status = 0
        self.sent_bytes = 0
        self.is_complete = False
        self.is_reading = False
        self.has_body_left = True
        self.pieces: asyncio.Queue[Message] | None = None
        self.interruption: Exception | None = None
        self._is_ending = False
        self._listener: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._deadlines = deadlines

    def repeated_headers(self) -> frozenset[bytes]:
        """Return the names of request headers that occur more than once; ``headers`` holds their last value."""
        sent = self.scope["headers"]
        if len(sent) == len(self.headers):
            return _NONE
        names = [name for name, _ in sent]
        return frozenset(name for name in names if names.count(name) > 1)

    async def answer(
        self,
        status: int,
        body: bytes,
        headers: Sequence[tuple[bytes, bytes]] = NO_HEADERS,
    ) -> None:
        """Send a whole answer; *body* is counted but not sent for HEAD."""
        self.status = status
        self._is_ending = True
        out = [*headers, *self.headers_out]
        if status != 204:
            out.append((b"content-length", b"%d" % len(body)))
        if self.method == "HEAD":
            body = b""
        try:
            await self.send({"type": "http.response.start", "status": status, "headers": out})
            await self.send({"type": "http.response.body", "body": body})
        except OSError as error:  # what ASGI servers raise once the client is gone
            self.status = 0
            raise ClientDisconnected from error
        self.sent_bytes = len(body)
        self.is_complete = True

    async def start(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Begin an answer of unknown length."""
        self.status = status
        out = [*headers, *self.headers_out]
        await self.transmit({"type": "http.response.start", "status": status, "headers": out})

    async def write(self, chunk: bytes) -> None:
        """Send a piece of the body of an answer that was begun."""
        self.sent_bytes += len(chunk)
        await self.transmit({"type": "http.response.body", "body": chunk, "more_body": True})

    async def finish(self) -> None:
        """End an answer that was begun."""
        self._is_ending = True
        await self.transmit({"type": "http.response.body", "body": b"", "more_body": False})
        self.is_complete = True

    async def transmit(self, message: Message) -> None:
        """Send one ASGI message.

        Raises:
            ClientDisconnected: The client is gone.
        """
        try:
            await self.send(message)
        except OSError as error:
            raise ClientDisconnected from error

    # Cancelling the task from a timer costs a seventh of asyncio.timeout, and one reason serves timeouts, disconnects and drain alike.

    def arm(self, timeout_s: float) -> None:
        """Let ``interrupt`` stop the current task, soon also when its client goes away.

        Args:
            timeout_s: Seconds until it is stopped anyway, instead of any time set before; 0 for never.
        """
        if self._task is None:
            self._loop = loop = asyncio.get_running_loop()
            self._task = task = asyncio.current_task(loop)
            self._cancelling = task.cancelling() if task is not None else 0
        self._timeout_s = timeout_s
        if 0.0 < timeout_s <= _UNWATCHED_S:
            self._rest_s = 0.0
            self._deadlines.set(self, timeout_s, self._loop)
        else:
            self._rest_s = timeout_s - _UNWATCHED_S
            self._deadlines.set(self, _UNWATCHED_S, self._loop)

    def expire(self) -> None:
        """Begin to watch the client, or interrupt the current task when its time is over."""
        rest_s, self._rest_s = self._rest_s, 0.0
        if rest_s == 0.0:
            late = OperationTimeout(timeout_s=self._timeout_s)
            self.interrupt(RequestTimeout() if self.is_reading else late)
            return
        if rest_s > 0.0:
            self._deadlines.set(self, rest_s, self._loop)
        # Whoever reads the body hears of a disconnect, and is not to share the body with another reader.
        if not self.is_reading and self.pieces is None and self.method != "WEBSOCKET":
            self.listen()

    def listen(self) -> None:
        """Receive what the client sends from now on: pieces of the body, and that it has gone, which interrupts."""
        if self._listener is None and self._task is not None:
            self._listener = self._loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (message := await self.receive())["type"] == "http.request":
            self.has_body_left = message.get("more_body", False)
            if self.pieces is not None:
                await self.pieces.put(message)
        if self._is_ending:
            return  # the end of the answer looks the same
        self.interrupt(ClientDisconnected())
        if self.pieces is not None:
            await self.pieces.put(message)  # for a reader that is a task of its own

    def interrupt(self, reason: Exception) -> None:
        """Cancel what serves the request because of *reason*; the first reason stays."""
        if self.interruption is None and self._task is not None:
            self.interruption = reason
            self._task.cancel()

    def interrupted(self) -> Exception | None:
        """Return the reason when a cancellation that was just caught is ours alone, and take it back.

        None means that somebody else cancels the task: the cancellation must go on.
        """
        if self.interruption is None or self._task is None:
            return None
        return self.interruption if self._task.uncancel() <= self._cancelling else None

    def settle(self) -> None:
        """End the time limit and the watch, and take back an interruption that the handler swallowed."""
        if self._task is None:
            return
        self._deadlines.drop(self)
        if self._listener is not None:
            self._listener.cancel()
        if self.interruption is not None and self._task.cancelling() > self._cancelling:
            self._task.uncancel()
        self._task = None
