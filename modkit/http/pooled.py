"""The transport over a pool of connections: attempts, waits, redirects, deadlines."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from attrs import frozen

from modkit.http.calls import Call, make_call
from modkit.http.config import HttpClientConfig
from modkit.http.connections import Connections, Incoming
from modkit.http.egress import EgressGuard
from modkit.http.options import CallOptions, Resolve
from modkit.http.origins import shown_url
from modkit.http.redirecting import redirected
from modkit.http.response import Response, StreamedResponse
from modkit.http.retrying import Timing, backoff_s, is_worth_retrying, parse_retry_after
from modkit.http.spans import AttemptSpan
from modkit.http.transport import HttpTransport
from modkit_errors import PlatformError
from modkit_errors.outbound import (
    RedirectRefused,
    ResponseTooLarge,
    UpstreamTooSlow,
    UpstreamUnreachable,
)

T = TypeVar("T")


@frozen(kw_only=True)
class Limits:
    """Those of one call.

    Attributes:
        total_s: For everything.
        deadline: When that is over, on the client's clock.
        idle_s: Between two pieces of a stream.
        max_bytes: Of the answer.
    """

    total_s: float
    deadline: float
    idle_s: float
    max_bytes: int


class PooledTransport(HttpTransport):
    """Calls over a pool of connections; to be made inside the event loop, and closed.

    Args:
        config: The limits.
        resolve: Turns names into addresses; by default the machine does.
        timing: Clocks.
    """

    def __init__(
        self, config: HttpClientConfig, *, resolve: Resolve | None, timing: Timing
    ) -> None:
        self._config = config
        self._guard = EgressGuard(config.egress)
        self._connections = Connections(config, self._guard, resolve)
        self._timing = timing

    async def close(self) -> None:
        """Close all connections."""
        await self._connections.close()

    async def request(self, method: str, url: str, options: CallOptions) -> Response:
        """Call *url* and read the whole answer."""
        limits = self._limits(options)

        async def whole(incoming: Incoming, call: Call) -> Response:
            content = await incoming.read(limits.max_bytes)
            return Response(
                status=incoming.status,
                url=shown_url(call.url),
                headers=incoming.headers,
                content=content,
            )

        return await self._follow(make_call(method, url, options), limits, whole)

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, options: CallOptions
    ) -> AsyncGenerator[StreamedResponse]:
        """Call *url* and read the answer piece by piece."""
        limits = self._limits(options)

        async def head(incoming: Incoming, call: Call) -> tuple[Incoming, Call]:
            incoming.check_size(limits.max_bytes)
            return incoming, call

        incoming, call = await self._follow(make_call(method, url, options), limits, head)
        try:
            yield _Streamed(incoming, shown_url(call.url), limits, self._timing)
        finally:
            incoming.close()

    def _limits(self, options: CallOptions) -> Limits:
        config = self._config
        total_s = options.get("timeout_s", config.total_timeout_s)
        return Limits(
            total_s=total_s,
            deadline=self._timing.clock() + total_s,
            idle_s=options.get("idle_timeout_s", config.idle_timeout_s),
            max_bytes=options.get("max_response_bytes", config.max_response_bytes),
        )

    async def _follow(
        self, call: Call, limits: Limits, finish: Callable[[Incoming, Call], Awaitable[T]]
    ) -> T:
        """Make *call* and those that it is redirected to; return what *finish* makes of the last answer."""
        for _ in range(self._config.redirects.max_redirects + 1):
            self._guard.check_url(call.url)
            outcome = await self._attempts(call, limits, finish)
            if not isinstance(outcome, Call):
                return outcome
            call = outcome
        raise RedirectRefused(shown_url(call.url), "there were too many before it")

    async def _attempts(
        self, call: Call, limits: Limits, finish: Callable[[Incoming, Call], Awaitable[T]]
    ) -> T | Call:
        """Make *call* until it succeeds or is not worth making again."""
        failed = 0
        while True:
            wait_s: float | None
            try:
                outcome = await self._attempt(call, limits, finish, failed)
            except (UpstreamUnreachable, UpstreamTooSlow):
                failed += 1
                wait_s = self._wait_s(call, limits, failed) if call.is_idempotent else None
                if wait_s is None:
                    raise
            else:
                if not isinstance(outcome, _Again):
                    return outcome
                failed += 1
                wait_s = outcome.wait_s
            await self._timing.sleep(wait_s)

    async def _attempt(
        self,
        call: Call,
        limits: Limits,
        finish: Callable[[Incoming, Call], Awaitable[T]],
        failed: int,
    ) -> T | Call | _Again:
        left_s = limits.deadline - self._timing.clock()
        if left_s <= 0:
            raise UpstreamTooSlow(shown_url(call.url), limits.total_s)
        attempt_s = min(left_s, self._config.attempt_timeout_s)
        try:
            async with asyncio.timeout(attempt_s):
                incoming = await self._send(call, failed)
                try:
                    return await self._judge(incoming, call, limits, finish, failed)
                except BaseException:
                    incoming.close()
                    raise
        except TimeoutError:
            spent_s = limits.total_s if attempt_s == left_s else attempt_s
            raise UpstreamTooSlow(shown_url(call.url), spent_s) from None

    async def _send(self, call: Call, failed: int) -> Incoming:
        span = AttemptSpan(call.method, call.url, failed)
        try:
            incoming = await self._connections.send(call, span.headers())
        except BaseException as error:
            span.end(failure=error.code if isinstance(error, PlatformError) else "CANCELLED")
            raise
        span.end(incoming.status)
        return incoming

    async def _judge(
        self,
        incoming: Incoming,
        call: Call,
        limits: Limits,
        finish: Callable[[Incoming, Call], Awaitable[T]],
        failed: int,
    ) -> T | Call | _Again:
        """Follow the answer, ask for another attempt, or be content with it."""
        location = incoming.headers.get("location", "")
        moved = redirected(call, incoming.status, location, self._config.redirects)
        if moved is not None:
            await incoming.drain()
            return moved
        if is_worth_retrying(incoming.status, idempotent=call.is_idempotent):
            asked = incoming.headers.get("retry-after", "")
            wait_s = self._wait_s(call, limits, failed + 1, asked)
            if wait_s is not None:
                await incoming.drain()
                return _Again(wait_s)
        return await finish(incoming, call)

    def _wait_s(self, call: Call, limits: Limits, failed: int, asked: str = "") -> float | None:
        """Return how long to wait before the next attempt, or ``None`` if there is none."""
        if failed > self._config.retries.retries or not call.is_replayable:
            return None
        wait_s = backoff_s(self._config.retries, failed, self._timing.chance())
        if (asked_s := parse_retry_after(asked, self._timing.now())) is not None:
            wait_s = max(wait_s, asked_s)
        return wait_s if self._timing.clock() + wait_s < limits.deadline else None


@frozen
class _Again:
    """The call is to be made again after so many seconds."""

    wait_s: float


class _Streamed(StreamedResponse):
    def __init__(self, incoming: Incoming, url: str, limits: Limits, timing: Timing) -> None:
        self.status = incoming.status
        self.url = url
        self.headers = incoming.headers
        self._incoming = incoming
        self._limits = limits
        self._clock = timing.clock

    async def chunks(self) -> AsyncGenerator[bytes]:
        limits, taken = self._limits, 0
        while piece := await self._next():
            taken += len(piece)
            if taken > limits.max_bytes:
                raise ResponseTooLarge(self.url, limits.max_bytes)
            yield piece

    async def _next(self) -> bytes:
        left_s = self._limits.deadline - self._clock()
        wait_s = min(self._limits.idle_s, left_s)
        try:
            async with asyncio.timeout(wait_s if wait_s < math.inf else None):
                return await self._incoming.next_piece()
        except TimeoutError:
            spent_s = self._limits.total_s if wait_s == left_s else wait_s
            raise UpstreamTooSlow(self.url, spent_s) from None
