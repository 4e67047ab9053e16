"""An operation becomes one flat endpoint: every decoder, check and encoder is chosen at start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeAlias, TypeGuard

from anyio import to_thread
from attrs import field, frozen

from modkit.codec import decoder, encoder
from modkit.ports.authenticator import Authenticator
from modkit.ports.policy import DenyAllPolicy, PolicyDecisionPoint
from modkit.rest.api_info import ApiInfo
from modkit.rest.arguments import ArgumentReader
from modkit.rest.asgi import HeaderList, header
from modkit.rest.binding import describe
from modkit.rest.body import BodyStream, read_body
from modkit.rest.cors import socket_origin_check
from modkit.rest.created import Created
from modkit.rest.exchange import Exchange
from modkit.rest.operation import InvalidOperations, Operation, ResponseKind, ResponseShape
from modkit.rest.parameters import BodySpec, Signature
from modkit.rest.pipeline import (
    Check,
    InFlight,
    PipelineSettings,
    accept_check,
    authenticate,
    body_size_check,
    media_type_check,
)
from modkit.rest.streaming import StreamedAnswer, encode_bytes, event_encoder
from modkit.rest.uploads import open_multipart, open_raw, open_upload
from modkit.rest.websocket import Channel, converse
from modkit.security import SecurityContext
from modkit_errors import Denied

Serve: TypeAlias = Callable[[Exchange, tuple[str, ...]], Awaitable[None]]
Arguments: TypeAlias = dict[str, Any]
BodyReader: TypeAlias = Callable[[Exchange], Awaitable[Any]]

_STREAMED: Final = (ResponseKind.EVENTS, ResponseKind.BYTE_STREAM, ResponseKind.WEBSOCKET)
_MUTATIONS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@frozen(kw_only=True)
class Hosting:
    """What the module that hosts the API decides for all operations.

    Attributes:
        settings: Limits, CORS, and whether callers need tokens.
        authenticator: Knows callers by their tokens; None where none is installed.
        policy: Decides what callers may do; nothing unless it is given.
        info: What the OpenAPI document says about the API as a whole; None where the module leaves it to the application.
    """

    settings: PipelineSettings = field(factory=PipelineSettings)
    authenticator: Authenticator | None = None
    policy: PolicyDecisionPoint = field(factory=DenyAllPolicy)
    info: ApiInfo | None = None


class Mount:
    """The operations of one module as they were mounted together; counts the requests that they serve."""

    __slots__ = ("_idle", "count")

    def __init__(self) -> None:
        self.count = 0
        self._idle: asyncio.Event | None = None

    def leave(self) -> None:
        """Count one less, and tell who waits for the last one."""
        self.count -= 1
        if self._idle is not None and not self.count:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Wait until no request is served."""
        if self.count:
            self._idle = asyncio.Event()
            await self._idle.wait()


@frozen(kw_only=True)
class Endpoint:
    """A compiled operation.

    Attributes:
        operation: What it was compiled from.
        serve: Answers one request, given the values of the path's parameters.
        timeout_s: Longest run time in seconds; 0 for none.
        in_flight: Its own limit; None where only the server's applies.
        mount: The operations that were mounted with it.
        is_stream: Whether it goes on until someone ends it, so that a stopping server must tell it.
    """

    operation: Operation
    serve: Serve
    timeout_s: float
    in_flight: InFlight | None
    is_stream: bool
    mount: Mount


def compile_operation(operation: Operation, hosting: Hosting, mount: Mount) -> Endpoint:
    """Compile one operation.

    Raises:
        InvalidOperations: A parameter, body or answer cannot be served, or the route needs an authenticator and
            there is none.
    """
    signature = describe(operation)
    shape = operation.response
    if shape is None or operation.access is None:
        raise InvalidOperations([f"{operation.declared_at}: {operation.path} is half-wired"])
    settings = hosting.settings
    try:
        prepare = _Preparation(operation, signature, hosting).prepare
        serve = _answer(operation, shape, signature, prepare, settings)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidOperations):
            raise
        raise InvalidOperations(
            [f"{operation.declared_at}: {operation.method} {operation.path}: {error}"]
        ) from error
    is_stream = shape.kind in _STREAMED
    default_timeout_s = 0.0 if is_stream else settings.timeout_s
    limit = operation.in_flight_limit or settings.operation_in_flight_limit
    return Endpoint(
        operation=operation,
        serve=serve,
        timeout_s=default_timeout_s if operation.timeout_s is None else operation.timeout_s,
        in_flight=InFlight(limit, settings.retry_after_s) if limit else None,
        is_stream=is_stream,
        mount=mount,
    )


class _Preparation:
    """What happens before the handler: checks, caller, decision, arguments, body."""

    def __init__(self, operation: Operation, signature: Signature, hosting: Hosting) -> None:
        self._checks = _checks(operation, signature.body, hosting.settings)
        self._identify = _identification(operation, hosting)
        self._policy = hosting.policy
        access = operation.access
        self._access = None if access is None or access.is_public else access
        self._read = ArgumentReader(signature).read
        self._context_name = signature.context
        self._scope_name = signature.scope
        self._body_name = signature.body.argument if signature.body else ""
        self._read_body = _body_reader(operation, signature.body, hosting.settings)

    async def prepare(self, exchange: Exchange, values: tuple[str, ...]) -> Arguments:
        """Return the arguments of the handler, or raise the refusal."""
        for check in self._checks:
            check(exchange)
        context = SecurityContext.ANONYMOUS
        scope = None
        if self._access is not None:
            context = await self._identify(exchange)
            scope = await self._policy.decide(context, self._access.resource, self._access.action)
            if scope.is_empty and not self._scope_name:  # the handler could not keep to it
                raise Denied(detail="Nothing of this may be touched by this caller.")
        arguments = self._read(exchange, values)
        if self._context_name:
            arguments[self._context_name] = context
        if self._scope_name:
            arguments[self._scope_name] = scope
        if self._read_body is not None:
            arguments[self._body_name] = await self._read_body(exchange)
        return arguments


def _checks(
    operation: Operation, body: BodySpec | None, settings: PipelineSettings
) -> tuple[Check, ...]:
    checks: list[Check] = []
    if operation.method == "WEBSOCKET" and _guards_origin(operation, settings):
        checks.append(socket_origin_check(settings.cors))
    if body is not None:
        checks.append(body_size_check(_body_limit_bytes(operation, body, settings)))
        checks.append(media_type_check(body.media_types, required=body.required))
    if operation.response is not None and operation.response.media_type:
        checks.append(accept_check(operation.response.media_type))
    return tuple(checks)


def _guards_origin(operation: Operation, settings: PipelineSettings) -> bool:
    if settings.anonymous_subject is not None:
        return False  # whoever serves without credentials keeps foreign pages out of all operations, with its own rule
    return settings.cors is not None or operation.access is None or not operation.access.is_public


def _body_limit_bytes(operation: Operation, body: BodySpec, settings: PipelineSettings) -> int:
    if operation.body_limit_bytes is not None:
        return operation.body_limit_bytes
    if body.kind == "json":
        return min(settings.json_limit_bytes, settings.body_limit_bytes)
    return settings.body_limit_bytes


def _identification(
    operation: Operation, hosting: Hosting
) -> Callable[[Exchange], Awaitable[SecurityContext]]:
    subject = hosting.settings.anonymous_subject
    authenticator = hosting.authenticator

    async def fixed(exchange: Exchange) -> SecurityContext:
        context = subject or SecurityContext.ANONYMOUS
        exchange.request.tenant_id = context.subject_tenant_id
        exchange.request.subject_id = context.subject_id
        return context

    if subject is not None or operation.access is None or operation.access.is_public:
        return fixed
    if authenticator is None:
        problem = (
            f"{operation.declared_at}: {operation.method} {operation.path} requires a caller, but no authenticator "
            "is installed; install an authentication module, or set auth_disabled on a laptop"
        )
        raise InvalidOperations([problem])
    return partial(authenticate, authenticator)


def _body_reader(
    operation: Operation, body: BodySpec | None, settings: PipelineSettings
) -> BodyReader | None:
    if body is None:
        return None
    limit_bytes = _body_limit_bytes(operation, body, settings)
    timeout_s = settings.body_timeout_s
    if body.kind != "json":

        async def stream(exchange: Exchange) -> Any:
            chunks = BodyStream(exchange, limit_bytes=limit_bytes, idle_timeout_s=timeout_s)
            if body.kind == "upload":
                return await open_upload(exchange, chunks)
            return (open_raw if body.kind == "raw" else open_multipart)(exchange, chunks)

        return stream
    decode = decoder(body.type)
    default, required = body.default, body.required
    run_timeout_s = operation.timeout_s

    if run_timeout_s is None:
        is_stream = operation.response is not None and operation.response.kind in _STREAMED
        run_timeout_s = 0.0 if is_stream else settings.timeout_s
    read_timeout_s = min(timeout_s, run_timeout_s or timeout_s)

    async def read(exchange: Exchange) -> Any:
        exchange.is_reading = True
        exchange.arm(read_timeout_s)
        content = await read_body(exchange, limit_bytes)
        exchange.is_reading = False
        exchange.arm(run_timeout_s)
        return decode(content) if content or required else default

    return read


def _answer(
    operation: Operation,
    shape: ResponseShape,
    signature: Signature,
    prepare: Callable[[Exchange, tuple[str, ...]], Awaitable[Arguments]],
    settings: PipelineSettings,
) -> Serve:
    handler = operation.handler
    assert handler is not None  # describe() refused it otherwise
    headers = [header(name, value) for name, value in operation.response_headers]
    if operation.method in _MUTATIONS and not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    if shape.media_type:
        headers.insert(0, header("content-type", shape.media_type))
    if shape.kind is ResponseKind.JSON and operation.large_answers:
        return _large_json(handler, shape, prepare, headers)
    if shape.kind is ResponseKind.JSON:
        return _json(handler, shape, prepare, headers)
    if shape.kind is ResponseKind.EMPTY:
        return _empty(handler, prepare, headers)
    if shape.kind is ResponseKind.BYTES:
        return _bytes(handler, prepare, headers)
    if shape.kind is ResponseKind.WEBSOCKET:
        return _socket(handler, shape, signature.channel, prepare, settings)
    return _stream(handler, shape, prepare, headers, settings)


def _json(handler: Any, shape: ResponseShape, prepare: Any, headers: HeaderList) -> Serve:
    encode = encoder(shape.type)
    status = shape.status

    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        result = await handler(**await prepare(exchange, values))
        await exchange.answer(status, encode(result), headers)

    async def serve_created(exchange: Exchange, values: tuple[str, ...]) -> None:
        result = await handler(**await prepare(exchange, values))
        if not _is_created(result):
            raise _wrong(handler, "Created", result)
        location = header("location", result.location)
        await exchange.answer(status, encode(result.body), [*headers, location])

    return serve_created if shape.has_location else serve


def _large_json(handler: Any, shape: ResponseShape, prepare: Any, headers: HeaderList) -> Serve:
    encode = encoder(shape.type)
    status = shape.status

    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        result = await handler(**await prepare(exchange, values))
        await exchange.answer(status, await to_thread.run_sync(encode, result), headers)

    return serve


def _empty(handler: Any, prepare: Any, headers: HeaderList) -> Serve:
    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        result = await handler(**await prepare(exchange, values))
        if result is not None:
            raise _wrong(handler, "None", result)
        await exchange.answer(204, b"", headers)

    return serve


def _bytes(handler: Any, prepare: Any, headers: HeaderList) -> Serve:
    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        result = await handler(**await prepare(exchange, values))
        if not isinstance(result, bytes):
            raise _wrong(handler, "bytes", result)
        await exchange.answer(200, result, headers)

    return serve


def _stream(
    handler: Any,
    shape: ResponseShape,
    prepare: Any,
    headers: HeaderList,
    settings: PipelineSettings,
) -> Serve:
    is_events = shape.kind is ResponseKind.EVENTS
    encode = event_encoder(encoder(shape.type)) if is_events else encode_bytes
    if not any(name == b"cache-control" for name, _ in headers):
        headers = [*headers, (b"cache-control", b"no-store")]
    if is_events:
        headers = [*headers, (b"x-accel-buffering", b"no")]

    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        arguments = await prepare(exchange, values)
        if exchange.method == "HEAD":
            await exchange.start(200, headers)
            await exchange.finish()
            return
        answer = StreamedAnswer(
            exchange,
            headers=headers,
            encode=encode,
            is_events=is_events,
            heartbeat_s=settings.heartbeat_s,
            open_s=settings.stream_open_s,
        )
        await answer.send(handler(**arguments))

    return serve


def _socket(
    handler: Any, shape: ResponseShape, name: str, prepare: Any, settings: PipelineSettings
) -> Serve:
    decode, encode = decoder(shape.received), encoder(shape.type)

    async def serve(exchange: Exchange, values: tuple[str, ...]) -> None:
        arguments = await prepare(exchange, values)
        channel: Channel[Any, Any] = Channel(
            exchange, decode=decode, encode=encode, limit_bytes=settings.socket_message_bytes
        )
        arguments[name] = channel
        await converse(
            exchange,
            channel,
            lambda: handler(**arguments),
            grace_s=settings.disconnect_grace_s,
        )

    return serve


def _is_created(result: object) -> TypeGuard[Created[Any]]:
    return isinstance(result, Created)


def _wrong(handler: Any, expected: str, result: object) -> TypeError:
    name = getattr(handler, "__qualname__", repr(handler))
    return TypeError(f"{name} returned a {type(result).__name__}, not {expected}")
