"""What every command shares: the application, its configuration, and how output and failures look."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import define, field

from modkit.application import Application
from modkit.config import Configuration, ConfigurationInvalid
from modkit.host import Host, RunMode
from modkit.module import ModuleSpec
from modkit.startup_error import StartupError

T = TypeVar("T")


class ExitCode(IntEnum):
    """How a command ended, for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3


@define(kw_only=True)
class Session:
    """One call of the command line.

    Attributes:
        application: The platform.
        files: Configuration files, lowest first.
        overrides: ``path=value`` texts.
    """

    application: Application
    files: Sequence[Path] = ()
    overrides: Sequence[str] = ()
    _configuration: Configuration | None = field(default=None, init=False)

    @property
    def configuration(self) -> Configuration:
        """The configuration, loaded when first asked for."""
        if self._configuration is None:
            self._configuration = self.application.configuration(self.files, self.overrides)
        return self._configuration

    def specs(self) -> tuple[ModuleSpec, ...]:
        """Return the installed modules."""
        return self.application.specs()

    def host(self) -> Host:
        """Return a host of the installed modules that has not been started."""
        return Host(self.specs(), self.configuration)

    async def run(self, mode: RunMode) -> None:
        """Take a host as far as *mode* goes, and stop it."""
        async with self.host().started(mode):
            pass


pass_session = click.make_pass_decorator(Session)

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, json for programs.",
)


def print_json(value: Any) -> None:
    """Print *value* as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* in columns as wide as their longest cell; headings are bold where colours show."""
    widths = [
        max(len(heading), *(len(row[column]) for row in rows)) if rows else len(heading)
        for column, heading in enumerate(headings)
    ]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    click.secho(line(headings), bold=True)
    for row in rows:
        click.echo(line(row))


def run_async(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run *main* in a new event loop, uvloop where it is installed."""
    import asyncio  # noqa: PLC0415 - commands that only print need no event loop

    try:
        import uvloop  # noqa: PLC0415 - an extra, and only for POSIX
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main())


@contextmanager
def user_mistakes() -> Generator[None]:
    """Print what a person did wrong without a traceback, and exit with the code for it."""
    try:
        yield
    except ConfigurationInvalid as error:
        _complain("the configuration is not valid", str(error))
        sys.exit(ExitCode.CONFIGURATION)
    except StartupError as error:
        _complain("the platform cannot start", str(error))
        sys.exit(ExitCode.FAILED)


def _complain(headline: str, text: str) -> None:
    click.secho(f"error: {headline}", fg="red", bold=True, err=True)
    click.echo(text, err=True)
