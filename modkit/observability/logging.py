"""Logging of a platform: every record, also those of libraries, takes one way to console and files."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

import structlog
from structlog.types import EventDict, WrappedLogger

from modkit.observability.log_config import LoggerConfig, LoggingConfig
from modkit.observability.log_format import console_formatter, json_formatter
from modkit.observability.log_queue import LogQueue

_LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "off": sys.maxsize,
}


class InvalidLogging(ValueError):
    """The section ``logging`` cannot be carried out."""


@contextmanager
def configure(
    config: LoggingConfig, *, home: Path, console: TextIO | None = None
) -> Generator[None]:
    """Log as *config* says inside ``with``; all is as before afterwards, and every record is written.

    Records go through a queue to a thread (see ``LogQueue``), so no caller waits for a disk. ``warnings`` and events of
    structlog take the same way; uvicorn's do if it is told to leave logging alone (``log_config=None``).

    Args:
        config: What goes where.
        home: Folder that relative paths of files start from; folders that are missing are made.
        console: Where the console is; ``sys.stderr`` by default.

    Raises:
        InvalidLogging: A file cannot be opened, or two sections disagree about it.
    """
    console_handler = _console_handler(config, console or sys.stderr)
    log_queue = LogQueue([console_handler, *_file_handlers(config, home)])
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in config.loggers}
    captures_warnings = warnings.showwarning.__module__ == "logging"
    structlog_before = structlog.get_config() if structlog.is_configured() else None
    root.handlers[:] = [log_queue]
    root.setLevel(_least_level(config.default, config.default))
    for name, section in config.loggers.items():
        logging.getLogger(name).setLevel(_least_level(section, config.default))
    logging.captureWarnings(capture=True)
    _lead_structlog_here()
    try:
        yield
    finally:
        _restore_structlog(structlog_before)
        if not captures_warnings:
            logging.captureWarnings(capture=False)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        root.handlers[:], level = before
        root.setLevel(level)
        log_queue.drain()


class _Threshold(logging.Filter):
    """Lets a record pass if the section of its logger sends records of its level this way."""

    def __init__(self, default: int, levels: Mapping[str, int]) -> None:
        super().__init__()
        self._default = default
        self._levels = dict(levels)
        self._found: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        level = self._found.get(record.name)
        if level is None:
            level = self._found[record.name] = self._level(record.name)
        return record.levelno >= level

    def _level(self, name: str) -> int:
        while name:
            if name in self._levels:
                return self._levels[name]
            name = name.rpartition(".")[0]
        return self._default


def _console_handler(config: LoggingConfig, console: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(console)
    is_terminal = console.isatty()
    if config.format == "json" or (config.format == "auto" and not is_terminal):
        handler.setFormatter(json_formatter())
    else:
        handler.setFormatter(console_formatter(colors=is_terminal and "NO_COLOR" not in os.environ))
    handler.addFilter(
        _Threshold(
            _LEVELS[config.default.console_level],
            {name: _LEVELS[section.console_level] for name, section in config.loggers.items()},
        )
    )
    return handler


def _file_handlers(config: LoggingConfig, home: Path) -> list[logging.Handler]:
    """Return one handler per file that any section names; a section without one uses the default's."""
    sections = {"": config.default, **config.loggers}
    # However a path is spelled, one file has one handler: two would rotate it under each other.
    own = {
        name: os.path.normpath(home / section.file) if section.file else ""
        for name, section in sections.items()
    }
    files = {name: path or own[""] for name, path in own.items()}
    handlers: list[logging.Handler] = []
    try:
        for path in dict.fromkeys(file for file in files.values() if file):
            levels = {
                name: _LEVELS[section.file_level] if files[name] == path else _LEVELS["off"]
                for name, section in sections.items()
            }
            owners = {name: section for name, section in sections.items() if own[name] == path}
            handler = _open(Path(path), owners)
            handler.setFormatter(json_formatter())
            handler.addFilter(_Threshold(levels.pop(""), levels))
            handlers.append(handler)
    except InvalidLogging:
        _close(handlers)
        raise
    return handlers


def _open(path: Path, owners: Mapping[str, LoggerConfig]) -> logging.Handler:
    (name, section), *others = owners.items()
    place = f"logging.loggers.{name}" if name else "logging.default"
    for other_name, other in others:
        if (other.max_size_mb, other.max_backups) != (section.max_size_mb, section.max_backups):
            raise InvalidLogging(
                f"{place} and logging.loggers.{other_name} write the same file {path} with different max_size_mb "
                "or max_backups; give both the same values, or different files"
            )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(
            path,
            maxBytes=section.max_size_mb * 1024**2,
            backupCount=section.max_backups,
            encoding="utf-8",
        )
    except OSError as error:
        raise InvalidLogging(
            f"{place}.file: cannot write {path}: {error.strerror}; name a file that this user may write"
        ) from error


def _close(handlers: Iterable[logging.Handler]) -> None:
    for handler in handlers:
        handler.close()


def _least_level(section: LoggerConfig, default: LoggerConfig) -> int:
    """Return the level below which no record of *section* can be wanted anywhere."""
    console = _LEVELS[section.console_level]
    return min(console, _LEVELS[section.file_level]) if section.file or default.file else console


def _lead_structlog_here() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            _hold_exception,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _hold_exception(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace "the current exception" by that exception: it is not the current one of the writing thread."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()[1]
    return event


def _restore_structlog(before: dict[str, object] | None) -> None:
    structlog.reset_defaults()
    if before is not None:
        structlog.configure(**before)  # type: ignore[arg-type]  # what get_config returned, names and all
