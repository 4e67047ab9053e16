"""The ASGI application of a platform: every module's operations behind one pipeline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Final

from modkit.observability.context import REQUEST
from modkit.observability.tracing import tracer
from modkit.rest.asgi import HeaderList, Receive, Scope, Send
from modkit.rest.compile import Endpoint, Hosting, Mount, compile_operation
from modkit.rest.cors import Cors
from modkit.rest.deadlines import Deadlines
from modkit.rest.exchange import ClientDisconnected, Exchange
from modkit.rest.operation import InvalidOperations, Operation
from modkit.rest.pipeline import InFlight, check_headers, check_target
from modkit.rest.problems import answer_problem, platform_error
from modkit.rest.router import Router
from modkit.rest.spans import RequestSpan
from modkit.rest.websocket import refuse_socket
from modkit_errors import Unavailable
from modkit_errors.refusals import InvalidPath

_ACCESS: Final = logging.getLogger("modkit.access")
_CLIENT_GONE: Final = 499  # what logs of proxies show for a request whose client did not wait


class RestApi:
    """An ASGI 3 application that serves the operations of all modules.

    Args:
        hosting: Limits, who knows callers and who decides; a host's ingress sets it by `prepare`.

    Attributes:
        draining: Set by ``drain``: new requests get 503, long handlers may look at it.
    """

    def __init__(self, hosting: Hosting | None = None) -> None:
        self.draining = asyncio.Event()
        self._deadlines = Deadlines()
        self._mounts: dict[str, Mount] = {}
        self._modules: dict[str, tuple[Endpoint, ...]] = {}
        self._router: Router[Endpoint] = Router()
        self._streams: dict[Exchange, Mount] = {}
        self._host(hosting or Hosting())

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every mounted operation, by module in the order of mounting."""
        return tuple(
            endpoint.operation for endpoints in self._modules.values() for endpoint in endpoints
        )

    @property
    def hosting(self) -> Hosting:
        """Limits, who knows callers and who decides."""
        return self._hosting

    @property
    def in_flight(self) -> int:
        """How many requests are served now, streams and WebSockets included."""
        return self._in_flight.count

    def prepare(
        self, module: str, operations: Sequence[Operation], *, hosting: Hosting | None = None
    ) -> Callable[[], None]:
        """Compile *operations*, without effect; what is returned serves them in place of those *module* had before.

        Requests under way end as they began. Only the preparation that is made effective next may be held: it
        stands on what is mounted now.

        Args:
            module: Name of the module.
            operations: All operations of the module.
            hosting: New limits and deciders for every operation of every module; all are compiled again.

        Raises:
            InvalidOperations: With every problem of every operation.
        """
        problems: list[str] = []
        wanted = {module: tuple(operations)}
        if hosting is not None:
            wanted = {**self._operations_by_module(), **wanted}
        mounts = {name: Mount() for name in wanted}
        compiled = {
            name: tuple(self._compile(wanted[name], hosting or self._hosting, mount, problems))
            for name, mount in mounts.items()
        }
        modules = {**self._modules, **compiled}
        problems += _doubled_ids(modules)
        if problems:
            raise InvalidOperations(problems)
        router = _router(modules)

        def commit() -> None:
            self._mounts.update(mounts)
            self._modules, self._router = modules, router
            if hosting is not None:
                self._host(hosting)

        return commit

    def mount(self, module: str, operations: Sequence[Operation]) -> None:
        """Serve *operations*, instead of those that *module* had before; requests under way end as they began.

        Raises:
            InvalidOperations: With every problem of every operation; nothing was changed.
        """
        self.prepare(module, operations)()

    def unmount(self, module: str) -> None:
        """Stop serving the operations of *module*; requests under way end as they began."""
        kept = {name: found for name, found in self._modules.items() if name != module}
        self._modules, self._router = kept, _router(kept)
        self._mounts.pop(module, None)

    def mounted(self, module: str) -> Mount | None:
        """Return the operations that *module* has mounted now, to wait for the requests that they serve."""
        return self._mounts.get(module)

    async def settle(self, mount: Mount) -> None:
        """End the streams of operations that were replaced, and wait until no request of theirs is served."""
        for exchange, served_by in self._streams.items():
            if served_by is mount:
                exchange.interrupt(
                    Unavailable(
                        detail="The module that serves this restarts.",
                        retry_after_s=self._settings.retry_after_s,
                    )
                )
        await mount.wait_idle()

    def drain(self) -> None:
        """Refuse new requests from now on, and end streams and WebSockets after ``stream_drain_s``."""
        self.draining.set()
        loop = asyncio.get_running_loop()
        for exchange in self._streams:
            loop.call_later(self._settings.stream_drain_s, exchange.interrupt, self._stopping())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket; other kinds of connection are ignored."""
        if scope["type"] not in ("http", "websocket"):
            if scope["type"] == "lifespan":
                raise RuntimeError("the host owns the life cycle; run the server with lifespan off")
            return
        started_at = perf_counter()
        exchange = Exchange(scope, receive, send, self._deadlines, self._fixed_headers)
        if self._cors is not None:
            self._cors.mark(exchange)
        installed = tracer("modkit.rest")
        span = RequestSpan(installed, exchange) if installed is not None else None
        token = REQUEST.set(exchange.request)
        try:
            try:
                await self._admit(exchange)
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the last resort: whatever happened, the client gets a problem
                await self._refuse(exchange, error)
        finally:
            exchange.settle()
            if span is not None:
                span.end()
            if _ACCESS.isEnabledFor(logging.INFO):
                self._log(exchange, perf_counter() - started_at)
            REQUEST.reset(token)

    def _host(self, hosting: Hosting) -> None:
        settings = hosting.settings
        self._hosting = hosting
        self._settings = settings
        self._in_flight = InFlight(settings.in_flight_limit, settings.retry_after_s)
        self._cors = Cors(settings.cors) if settings.cors is not None else None
        self._fixed_headers: HeaderList = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"DENY"),
        ]
        if settings.hsts_max_age_s:
            hsts = b"max-age=%d" % settings.hsts_max_age_s
            self._fixed_headers.append((b"strict-transport-security", hsts))

    def _operations_by_module(self) -> dict[str, tuple[Operation, ...]]:
        return {
            name: tuple(endpoint.operation for endpoint in endpoints)
            for name, endpoints in self._modules.items()
        }

    def _compile(
        self,
        operations: Sequence[Operation],
        hosting: Hosting,
        mount: Mount,
        problems: list[str],
    ) -> Iterator[Endpoint]:
        for operation in operations:
            try:
                yield compile_operation(operation, hosting, mount)
            except InvalidOperations as error:
                problems.extend(error.problems)

    async def _refuse(self, exchange: Exchange, error: Exception | asyncio.CancelledError) -> None:
        failure = exchange.interrupted() if isinstance(error, asyncio.CancelledError) else error
        if failure is None:
            raise error
        exchange.settle()  # no time limit may cut the problem document short
        if isinstance(failure, ClientDisconnected):
            return
        shown = platform_error(exchange, failure)
        if exchange.status:
            return  # begun and not ended: the server cuts the connection, so the client knows
        try:
            if exchange.method == "WEBSOCKET":
                await refuse_socket(exchange, shown)
            else:
                await answer_problem(exchange, shown)
        except ClientDisconnected:
            return

    async def _admit(self, exchange: Exchange) -> None:
        if self.draining.is_set():
            raise self._stopping()
        settings = self._settings
        exchange.path = _raw_path(exchange.scope)
        check_target(exchange, settings.uri_limit_bytes)
        check_headers(exchange, settings.header_limit_bytes)
        if exchange.method == "OPTIONS":
            await self._options(exchange)
            return
        endpoint, values = self._router.find(exchange.method, exchange.path)
        exchange.route = endpoint.operation.path
        in_flight, mount = self._in_flight, endpoint.mount
        in_flight.enter()
        mount.count += 1
        try:
            exchange.arm(endpoint.timeout_s)
            if endpoint.in_flight is None:
                await self._run(exchange, endpoint, values)
            else:
                endpoint.in_flight.enter()
                try:
                    await self._run(exchange, endpoint, values)
                finally:
                    endpoint.in_flight.leave()
        finally:
            mount.leave()
            in_flight.leave()

    def _run(
        self, exchange: Exchange, endpoint: Endpoint, values: tuple[str, ...]
    ) -> Awaitable[None]:
        if endpoint.is_stream:
            return self._run_stream(exchange, endpoint, values)
        return endpoint.serve(exchange, values)

    async def _run_stream(
        self, exchange: Exchange, endpoint: Endpoint, values: tuple[str, ...]
    ) -> None:
        self._streams[exchange] = endpoint.mount
        try:
            await endpoint.serve(exchange, values)
        finally:
            del self._streams[exchange]

    async def _options(self, exchange: Exchange) -> None:
        allowed = ", ".join(self._router.methods(exchange.path))
        await exchange.answer(204, b"", [(b"allow", allowed.encode("ascii"))])

    def _stopping(self) -> Unavailable:
        return Unavailable(
            detail="The server is stopping.", retry_after_s=self._settings.retry_after_s
        )

    def _log(self, exchange: Exchange, duration_s: float) -> None:
        status = exchange.status or _CLIENT_GONE
        client = exchange.scope.get("client")
        _ACCESS.info(
            "%s %s %d",
            exchange.method,
            exchange.path,
            status,
            extra={
                "method": exchange.method,
                "path": exchange.path,
                "route": exchange.route,
                "status": status,
                "duration_ms": round(duration_s * 1000, 3),
                "sent_bytes": exchange.sent_bytes,
                "is_complete": exchange.is_complete,
                "client_address": client[0] if client else "",
                "request_id": exchange.request.request_id,
                "trace_id": exchange.request.trace_id,
            },
        )


def _router(modules: Mapping[str, tuple[Endpoint, ...]]) -> Router[Endpoint]:
    return Router(
        (endpoint.operation, endpoint) for endpoints in modules.values() for endpoint in endpoints
    )


def _doubled_ids(modules: Mapping[str, tuple[Endpoint, ...]]) -> Iterator[str]:
    ids: dict[str, Operation] = {}
    for endpoint in (endpoint for endpoints in modules.values() for endpoint in endpoints):
        operation = endpoint.operation
        first = ids.setdefault(operation.operation_id, operation)
        if first is not operation:
            yield (
                f"{operation.declared_at}: the operation id {operation.operation_id!r} is already "
                f"taken at {first.declared_at}"
            )


def _raw_path(scope: Scope) -> str:
    """Return the path as the client wrote it, below the server's mount point."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        raise InvalidPath(detail="The server does not pass the path on as it was sent.")
    path = raw.partition(b"?")[0].decode("latin-1")
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if root else path
