"""The typed builder of operations: a route lacks something until it may have a handler."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from typing_extensions import TypeForm

from modkit.rest.created import Created
from modkit.rest.events import Event
from modkit.rest.operation import Access, Example, Operation, ResponseKind, ResponseShape
from modkit.rest.route_check import check_operations
from modkit.rest.websocket import Channel
from modkit_errors import PlatformError

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


class Routes:
    """The operations of one module, in the order of declaration.

    Args:
        module: Name of the module; its operations live under ``/<name-with-hyphens>/v<n>/``.
        prefixes: First path segments that the module may use beside its own name.
        root_paths: Whether any path is allowed, for surfaces fixed by a public protocol and for the ingress.

    Example:
        >>> routes = Routes("rag")
        >>> async def ping() -> str:
        ...     return "pong"
        >>> _ = (
        ...     routes.get("/rag/v1/ping")
        ...     .operation_id("rag.ping")
        ...     .summary("Answer")
        ...     .public()
        ...     .returns(str)
        ...     .handler(ping)
        ... )
        >>> [operation.operation_id for operation in routes.operations]
        ['rag.ping']
    """

    def __init__(
        self, module: str, *, prefixes: Sequence[str] = (), root_paths: bool = False
    ) -> None:
        self._module = module
        self._prefixes = None if root_paths else (module.replace("_", "-"), *prefixes)
        self._operations: list[Operation] = []

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation begun so far, complete or not."""
        return tuple(self._operations)

    def get(self, path: str) -> Route:
        """Begin a read; HEAD is served by it as well."""
        return Route(self._begin("GET", path))

    def post(self, path: str) -> Route:
        """Begin a creation or an action."""
        return Route(self._begin("POST", path))

    def put(self, path: str) -> Route:
        """Begin a replacement."""
        return Route(self._begin("PUT", path))

    def patch(self, path: str) -> Route:
        """Begin a partial change."""
        return Route(self._begin("PATCH", path))

    def delete(self, path: str) -> Route:
        """Begin a deletion."""
        return Route(self._begin("DELETE", path))

    def websocket(self, path: str) -> SocketRoute:
        """Begin a duplex conversation."""
        return SocketRoute(self._begin("WEBSOCKET", path))

    def check(self) -> None:
        """Refuse half-wired operations.

        Raises:
            InvalidOperations: Lists each operation without a handler, id or summary, each id or route declared
                twice, and each path outside the module's prefixes.
        """
        check_operations(self._module, self._operations, self._prefixes)

    def _begin(self, method: str, path: str) -> Operation:
        builder = inspect.currentframe()  # _begin; two up is the line that calls get(), post() ...
        caller = builder and builder.f_back and builder.f_back.f_back
        operation = Operation(
            method=method,
            path=path,
            module=self._module,
            declared_at=f"{caller.f_code.co_filename}:{caller.f_lineno}" if caller else "",
        )
        self._operations.append(operation)
        return operation


class RouteBuilder:
    """What can be said about a route at any point of the chain."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def operation_id(self, operation_id: str) -> Self:
        """Name the operation ``<module>.<verb_noun>``, unique in the platform."""
        self._operation.operation_id = operation_id
        return self

    def summary(self, text: str) -> Self:
        """Say in one line what it does."""
        self._operation.summary = text
        return self

    def description(self, markdown: str) -> Self:
        """Say more than the handler's docstring does."""
        self._operation.description = markdown
        return self

    def tag(self, *names: str) -> Self:
        """Group it in the documentation under *names* instead of the module's name."""
        self._operation.tags += names
        return self

    def deprecated(self) -> Self:
        """Tell clients to move away."""
        self._operation.deprecated = True
        return self

    def undocumented(self) -> Self:
        """Serve it, but leave it out of the API document: the files of a page, not an interface."""
        self._operation.documented = False
        return self

    def accepts(self, *media_types: str) -> Self:
        """Accept only these media types of the body; ``*/*`` and ``text/*`` are understood."""
        self._operation.media_types += media_types
        return self

    def body_limit(self, limit_bytes: int) -> Self:
        """Refuse bodies above *limit_bytes* instead of the server's limit."""
        self._operation.body_limit_bytes = limit_bytes
        return self

    def timeout(self, seconds: float) -> Self:
        """Stop the handler after *seconds* instead of the server's limit; 0 means never."""
        self._operation.timeout_s = seconds
        return self

    def in_flight(self, limit: int) -> Self:
        """Serve at most *limit* of these at once."""
        self._operation.in_flight_limit = limit
        return self

    def large_answers(self) -> Self:
        """Encode the JSON of the answer on a thread: megabytes of it would keep all other requests waiting."""
        self._operation.large_answers = True
        return self

    def header(self, name: str, value: str) -> Self:
        """Send a fixed header with every success, such as ``cache-control``."""
        self._operation.response_headers += ((name.lower(), value),)
        return self

    def request_example(self, name: str, value: Any) -> Self:
        """Show a body in the documentation: a value of the body's type, or plain JSON values."""
        self._operation.request_examples.append(Example(name, value))
        return self

    def response_example(self, name: str, value: Any) -> Self:
        """Show an answer in the documentation: a value of the answer's type, or plain JSON values."""
        self._operation.response_examples.append(Example(name, value))
        return self

    def raises(self, *errors: type[PlatformError]) -> Self:
        """Declare errors of the module; 401, 403, 500 and the framework's refusals are implied."""
        self._operation.raises += errors
        return self

    def _allow(self, resource: str = "", action: str = "") -> Operation:
        self._operation.access = Access(resource, action)
        return self._operation

    def _answer(self, kind: ResponseKind, shape: Any = None, **more: Any) -> Operation:
        self._operation.response = ResponseShape(kind=kind, type=shape, **more)
        return self._operation


class CompleteRoute(RouteBuilder, Generic[R]):
    """A route that lacks nothing but its handler."""

    def handler(
        self, handler: Callable[P, Coroutine[Any, Any, R]], /
    ) -> Callable[P, Coroutine[Any, Any, R]]:
        """Serve the route by *handler*; also usable as a decorator."""
        self._operation.handler = handler
        return handler


class CompleteStream(RouteBuilder, Generic[R]):
    """A streaming route that lacks nothing but its handler."""

    def handler(self, handler: Callable[P, AsyncIterator[R]], /) -> Callable[P, AsyncIterator[R]]:
        """Serve the route by *handler*, an async generator function; also usable as a decorator."""
        self._operation.handler = handler
        return handler


class CompleteSocket(RouteBuilder, Generic[R, S]):
    """A WebSocket route that lacks nothing but its handler."""

    def handler(
        self, handler: Callable[Concatenate[Channel[R, S], P], Coroutine[Any, Any, None]], /
    ) -> Callable[Concatenate[Channel[R, S], P], Coroutine[Any, Any, None]]:
        """Serve the route by *handler*, whose first parameter is the channel; also usable as a decorator."""
        self._operation.handler = handler
        return handler


class LacksResponse(RouteBuilder):
    """A route that does not say yet what it answers."""

    def returns(self, shape: TypeForm[R], *, status: int = 200) -> CompleteRoute[R]:
        """Answer a *shape* as JSON."""
        return CompleteRoute(self._answer(ResponseKind.JSON, shape, status=status))

    def creates(self, shape: TypeForm[R]) -> CompleteRoute[Created[R]]:
        """Answer 201 with ``Location``; the handler returns ``Created(body, location)``."""
        return CompleteRoute(self._answer(ResponseKind.JSON, shape, status=201, has_location=True))

    def returns_nothing(self) -> CompleteRoute[None]:
        """Answer 204."""
        return CompleteRoute(self._answer(ResponseKind.EMPTY, status=204, media_type=""))

    def returns_bytes(self, media_type: str) -> CompleteRoute[bytes]:
        """Answer bytes of *media_type*."""
        return CompleteRoute(self._answer(ResponseKind.BYTES, bytes, media_type=media_type))

    def streams(self, shape: TypeForm[R]) -> CompleteStream[R | Event[R]]:
        """Answer server-sent events; the handler yields *shape* or ``Event`` of it."""
        return CompleteStream(
            self._answer(ResponseKind.EVENTS, shape, media_type="text/event-stream")
        )

    def streams_bytes(self, media_type: str) -> CompleteStream[bytes | str]:
        """Answer a body of *media_type* in pieces as the handler yields them; text is sent as UTF-8."""
        return CompleteStream(self._answer(ResponseKind.BYTE_STREAM, bytes, media_type=media_type))


class LacksAuth(RouteBuilder, Generic[R]):
    """A route that does not say yet who may call it."""

    def requires(self, resource: str, action: str) -> CompleteRoute[R]:
        """Let in callers whom the policy allows *action* on *resource*."""
        return CompleteRoute(self._allow(resource, action))

    def public(self) -> CompleteRoute[R]:
        """Let in everyone, without credentials."""
        return CompleteRoute(self._allow())


class StreamLacksAuth(RouteBuilder, Generic[R]):
    """A streaming route that does not say yet who may call it."""

    def requires(self, resource: str, action: str) -> CompleteStream[R]:
        """Let in callers whom the policy allows *action* on *resource*."""
        return CompleteStream(self._allow(resource, action))

    def public(self) -> CompleteStream[R]:
        """Let in everyone, without credentials."""
        return CompleteStream(self._allow())


class Route(RouteBuilder):
    """A route that lacks both: what it answers and who may call it."""

    def requires(self, resource: str, action: str) -> LacksResponse:
        """Let in callers whom the policy allows *action* on *resource*."""
        return LacksResponse(self._allow(resource, action))

    def public(self) -> LacksResponse:
        """Let in everyone, without credentials."""
        return LacksResponse(self._allow())

    def returns(self, shape: TypeForm[R], *, status: int = 200) -> LacksAuth[R]:
        """Answer a *shape* as JSON."""
        return LacksAuth(self._answer(ResponseKind.JSON, shape, status=status))

    def creates(self, shape: TypeForm[R]) -> LacksAuth[Created[R]]:
        """Answer 201 with ``Location``; the handler returns ``Created(body, location)``."""
        return LacksAuth(self._answer(ResponseKind.JSON, shape, status=201, has_location=True))

    def returns_nothing(self) -> LacksAuth[None]:
        """Answer 204."""
        return LacksAuth(self._answer(ResponseKind.EMPTY, status=204, media_type=""))

    def returns_bytes(self, media_type: str) -> LacksAuth[bytes]:
        """Answer bytes of *media_type*."""
        return LacksAuth(self._answer(ResponseKind.BYTES, bytes, media_type=media_type))

    def streams(self, shape: TypeForm[R]) -> StreamLacksAuth[R | Event[R]]:
        """Answer server-sent events; the handler yields *shape* or ``Event`` of it."""
        return StreamLacksAuth(
            self._answer(ResponseKind.EVENTS, shape, media_type="text/event-stream")
        )

    def streams_bytes(self, media_type: str) -> StreamLacksAuth[bytes | str]:
        """Answer a body of *media_type* in pieces as the handler yields them; text is sent as UTF-8."""
        return StreamLacksAuth(self._answer(ResponseKind.BYTE_STREAM, bytes, media_type=media_type))


class SocketRoute(RouteBuilder):
    """A WebSocket route that lacks both: its messages and who may call it."""

    def requires(self, resource: str, action: str) -> SocketLacksMessages:
        """Let in callers whom the policy allows *action* on *resource*."""
        return SocketLacksMessages(self._allow(resource, action))

    def public(self) -> SocketLacksMessages:
        """Let in everyone, without credentials."""
        return SocketLacksMessages(self._allow())

    def exchanges(self, received: TypeForm[R], sent: TypeForm[S]) -> SocketLacksAuth[R, S]:
        """Receive messages of the first shape and send messages of the second, as JSON."""
        return SocketLacksAuth(_exchange(self._operation, received, sent))


class SocketLacksMessages(RouteBuilder):
    """A WebSocket route that does not say yet which messages it exchanges."""

    def exchanges(self, received: TypeForm[R], sent: TypeForm[S]) -> CompleteSocket[R, S]:
        """Receive messages of the first shape and send messages of the second, as JSON."""
        return CompleteSocket(_exchange(self._operation, received, sent))


class SocketLacksAuth(RouteBuilder, Generic[R, S]):
    """A WebSocket route that does not say yet who may call it."""

    def requires(self, resource: str, action: str) -> CompleteSocket[R, S]:
        """Let in callers whom the policy allows *action* on *resource*."""
        return CompleteSocket(self._allow(resource, action))

    def public(self) -> CompleteSocket[R, S]:
        """Let in everyone, without credentials."""
        return CompleteSocket(self._allow())


def _exchange(operation: Operation, received: Any, sent: Any) -> Operation:
    operation.response = ResponseShape(
        kind=ResponseKind.WEBSOCKET, type=sent, received=received, status=101, media_type=""
    )
    return operation
