"""Errors as problem documents: the only form in which a request fails."""

from __future__ import annotations

import logging
from typing import Final, TypeGuard

from modkit.rest.asgi import HeaderList, header
from modkit.rest.body import discard_body
from modkit.rest.exchange import Exchange
from modkit_errors import Internal, PlatformError, Problem
from modkit_errors.problem import MEDIA_TYPE
from modkit_errors.refusals import RequestTooLarge

_LOGGER: Final = logging.getLogger("modkit.rest")
_CONTENT_TYPE: Final = (b"content-type", MEDIA_TYPE.encode())
_NO_STORE: Final = (b"cache-control", b"no-store")


def platform_error(exchange: Exchange, error: Exception) -> PlatformError:
    """Return what the client may know of *error*; the log gets everything about one that nobody declared."""
    cause = _only_cause(error)
    if isinstance(cause, PlatformError):
        if cause.status >= 500:
            _LOGGER.warning(
                "%s %s failed: %s",
                exchange.method,
                exchange.path,
                cause,
                exc_info=cause if cause.__cause__ else None,  # what it was raised from
                extra=_ids(exchange),
            )
        return cause
    _LOGGER.error(
        "%s %s failed with an unexpected %s",
        exchange.method,
        exchange.path,
        type(cause).__name__,
        exc_info=error,
        extra=_ids(exchange),
    )
    return Internal()


def problem_body(exchange: Exchange, error: PlatformError) -> tuple[PlatformError, bytes]:
    """Return the problem document of *error*, or of an internal error when it cannot be written."""
    trace_id = exchange.request.trace_id
    try:
        return error, Problem.of(error, instance=exchange.path, trace_id=trace_id).to_json()
    except Exception as failure:  # noqa: BLE001 - a module's error may hold anything; the answer must still be a problem
        internal = platform_error(exchange, failure)
        return internal, Problem.of(internal, instance=exchange.path, trace_id=trace_id).to_json()


def problem_answer(
    exchange: Exchange, error: PlatformError
) -> tuple[PlatformError, HeaderList, bytes]:
    """Return what is really said of *error*, with headers and body."""
    sent, body = problem_body(exchange, error)
    try:
        extra = [header(name, value) for name, value in sent.headers().items()]
    except Exception as failure:  # noqa: BLE001 - as above: the headers are the module's too
        sent, body = problem_body(exchange, platform_error(exchange, failure))
        extra = []
    return sent, [_CONTENT_TYPE, _NO_STORE, *extra], body


async def answer_problem(exchange: Exchange, error: PlatformError) -> None:
    """Answer a request that was not answered yet with the problem document of *error*."""
    sent, headers, body = problem_answer(exchange, error)
    if not isinstance(sent, RequestTooLarge):
        await exchange.answer(sent.status, body, headers)
        return
    await exchange.start(sent.status, [*headers, (b"content-length", b"%d" % len(body))])
    await exchange.write(body)
    await discard_body(exchange)
    await exchange.finish()


def _only_cause(error: BaseException) -> BaseException:
    """Return the one error inside groups of one: a task group wraps even the only error that ended it."""
    if not _is_group(error) or len(error.exceptions) != 1:
        return error
    return _only_cause(error.exceptions[0])


def _is_group(error: BaseException) -> TypeGuard[BaseExceptionGroup[BaseException]]:
    return isinstance(error, BaseExceptionGroup)


def _ids(exchange: Exchange) -> dict[str, str]:
    return {"request_id": exchange.request.request_id, "trace_id": exchange.request.trace_id}
