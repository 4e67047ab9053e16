"""What a person did wrong, in words and as an exit code; a defect of ours is none of that."""

from __future__ import annotations

import logging
from enum import IntEnum
from typing import Final

import click
from attrs import frozen

from modkit.config import ConfigurationInvalid
from modkit.startup_error import Phase, StartupError

_LOG: Final = logging.getLogger(__name__)


class ExitCode(IntEnum):
    """How a command ended, for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3


@frozen
class Mistake:
    """A failure that is explained by its message.

    Attributes:
        headline: What could not be done.
        text: Why, and what to do about it.
        exit_code: How the command ends.
    """

    headline: str
    text: str
    exit_code: ExitCode


def mistake_of(error: Exception) -> Mistake | None:
    """Explain *error*, or return None where it is a defect, whose traceback is wanted.

    Example:
        >>> mistake_of(StartupError(Phase.START, "the port is in use")).exit_code.name
        'FAILED'
        >>> mistake_of(KeyError("x")) is None
        True
    """
    match error:
        case ConfigurationInvalid() | StartupError(phase=Phase.CONFIGURE):
            return Mistake("the configuration is not valid", str(error), ExitCode.CONFIGURATION)
        case StartupError():
            return Mistake("the platform cannot start", str(error), ExitCode.FAILED)
        case OSError(filename=str() | bytes() as name, strerror=str() as reason):
            return Mistake(
                "a file cannot be used", f"{click.format_filename(name)}: {reason}", ExitCode.FAILED
            )
        case _:
            return None


def note_traceback(error: Exception) -> None:
    """Put the traceback of *error* into the log at level debug, unless the host has done so."""
    if not isinstance(error, StartupError) or error.phase is Phase.COLLECT:
        _LOG.debug("the command failed", exc_info=error)


def tell(mistake: Mistake) -> None:
    """Print *mistake* on standard error."""
    click.secho(f"error: {mistake.headline}", fg="red", bold=True, err=True)
    click.echo(mistake.text, err=True)
