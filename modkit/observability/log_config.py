"""The configuration section ``logging``."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Literal

from attrs import evolve, field, frozen
from msgspec import Meta

Level = Literal["off", "error", "warning", "info", "debug"]


@frozen(kw_only=True)
class LoggerConfig:
    """What becomes of the records of one logger and of those below it.

    Attributes:
        console_level: Least level shown on the console.
        file: Path of a log file, relative to the platform's home folder; empty for the default section's file.
        file_level: Least level written to the file.
        max_size_mb: Size in MiB at which a new file is begun.
        max_backups: Older files that are kept, named ``<file>.1`` (the newest), ``<file>.2`` ...; with none, a full
            file is emptied.
    """

    console_level: Level = "info"
    file: str = ""
    file_level: Level = "debug"
    max_size_mb: Annotated[int, Meta(ge=1, le=10_240)] = 100
    max_backups: Annotated[int, Meta(ge=0, le=100)] = 3


@frozen(kw_only=True)
class LoggingConfig:
    """Section ``logging``.

    Attributes:
        format: Of the console: ``console`` for people, ``json`` for machines, ``auto`` for the first on a terminal and
            the second elsewhere. Files are always JSON, one record a line.
        default: All loggers that have no section of their own.
        loggers: Sections by name of logger, such as ``hyperspot.rag`` or ``modkit.access``; the longest name that is
            the beginning of a logger's name counts.
    """

    format: Literal["auto", "console", "json"] = "auto"
    default: LoggerConfig = field(factory=LoggerConfig)
    loggers: dict[str, LoggerConfig] = field(factory=dict[str, LoggerConfig])

    def of_worker(self, number: int) -> LoggingConfig:
        """Return the section of worker process *number*, whose files are its own: ``app.log`` becomes ``app.2.log``.

        Two processes that rotate one file would lose records.
        """

        def own(config: LoggerConfig) -> LoggerConfig:
            if not config.file:
                return config
            path = PurePath(config.file)
            return evolve(config, file=str(path.with_name(f"{path.stem}.{number}{path.suffix}")))

        loggers = {name: own(config) for name, config in self.loggers.items()}
        return evolve(self, default=own(self.default), loggers=loggers)
