"""The form of a log record: one JSON object, or one line for people."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePath
from types import TracebackType
from typing import Any, cast
from uuid import UUID

import structlog
from structlog.types import EventDict, WrappedLogger

Renderer = Callable[[WrappedLogger, str, EventDict], str]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_FRAMES = 50
_MAX_CHAIN = 5


def json_formatter() -> logging.Formatter:
    """Return the formatter of one JSON object a line: timestamp, level, logger, event, then the rest by name."""
    return _JsonFormatter()


class _JsonFormatter(logging.Formatter):
    """Writes JSON without structlog's formatter, whose copies cost more than the rest of an access record."""

    def format(self, record: logging.LogRecord) -> str:
        message = cast("object", record.msg)
        event: EventDict = {"_record": record}
        if isinstance(message, dict):  # an event of structlog
            event.update(cast("EventDict", message))
        else:
            event["event"] = record.getMessage()
        described = _describe(None, "", event)
        described.pop("_record", None)
        return _render_json(None, "", described)


def console_formatter(*, colors: bool) -> logging.Formatter:
    """Return the formatter for people; text from outside can neither begin a line nor steer the terminal."""
    # The default of structlog prints local variables of every frame, secrets included.
    renderer = structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )

    def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
        exception = event.pop("exc_info", None)
        line = renderer(logger, name, {_printable(key): _shown(event[key]) for key in event})
        if exception is None:
            return line
        text = "".join(traceback.format_exception(exception, limit=-_MAX_FRAMES))
        return "\n".join([line, *(f"  | {_printable(part)}" for part in text.splitlines())])

    return _formatter(render)


def _formatter(render: Renderer) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[_describe, structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def _describe(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Put what every record has in front, then what the caller added, then the exception."""
    record: logging.LogRecord = event["_record"]
    added = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    added.update(event)
    for name in ("_logger", "_name", "timestamp", "level", "logger", "exc_info"):
        added.pop(name, None)
    at = datetime.fromtimestamp(record.created, UTC)
    described: EventDict = {
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": added.pop("event", ""),
        **added,
    }
    exception = record.exc_info or event.get("exc_info")
    if isinstance(exception, tuple) and exception[1] is not None:
        described["exc_info"] = exception[1]
    elif isinstance(exception, BaseException):
        described["exc_info"] = exception
    return described


def _render_json(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    exception = event.pop("exc_info", None)
    if exception is not None:
        event["exception"] = structured_exception(exception)
    try:
        return json.dumps(event, default=_plain, allow_nan=False)
    except (TypeError, ValueError, RecursionError):  # odd keys, NaN, a cycle: still a record
        return json.dumps(
            {
                str(key): value if isinstance(value, str) else _plain(value)
                for key, value in event.items()
            }
        )


def structured_exception(error: BaseException) -> list[dict[str, Any]]:
    """Describe *error* and what caused it, outermost first, without local variables or source lines.

    Returns:
        At most 5 objects ``{type, message, frames: [{file, line, function}]}``; frames innermost last, at most 50.
    """
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < _MAX_CHAIN:
        kind = type(current)
        chain.append(
            {
                "type": f"{kind.__module__}.{kind.__qualname__}",
                "message": str(current),
                "frames": _frames(current.__traceback__),
            }
        )
        suppressed = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or suppressed
    return chain


def _frames(start: TracebackType | None) -> list[dict[str, Any]]:
    return [
        {"file": frame.filename, "line": frame.lineno, "function": frame.name}
        for frame in traceback.extract_tb(start, limit=-_MAX_FRAMES)
    ]


def _plain(value: object) -> str:
    """Turn what JSON does not know into text; ``repr`` for all that is not plainly a value, so a secret stays one."""
    if isinstance(value, (UUID, date, PurePath, Decimal)):
        return str(value)
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - foreign code; the rest of the record still counts
        return f"<{type(value).__qualname__} without repr: {type(error).__name__}>"


def _shown(value: object) -> object:
    if isinstance(value, (int, float)):
        return value
    return _printable(value if isinstance(value, str) else _plain(value))


def _printable(text: str) -> str:
    """Escape line ends, control and direction characters, which could forge records or steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text
    )
