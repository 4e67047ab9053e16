"""The log of a command that is asked to be verbose."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from modkit.observability.log_config import LoggerConfig, LoggingConfig
from modkit.observability.logging import configure


def verbose_log() -> AbstractContextManager[None]:
    """Show every record on standard error, for people, while the command runs."""
    return configure(
        LoggingConfig(format="console", default=LoggerConfig(console_level="debug")), home=Path()
    )
