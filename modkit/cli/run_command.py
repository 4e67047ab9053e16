"""``run``: the platform, until it is told to stop."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import attrs
import click
from rich_click import RichCommand

from modkit.announcements import Announcements
from modkit.cli.output import counted
from modkit.cli.session import Session, pass_session, run_async
from modkit.host import Host
from modkit.lifecycle.shutdown import run_until_stopped
from modkit.observability.log_config import LoggingConfig
from modkit.startup_error import Phase, StartupError
from modkit.worker_process import WORKER_VARIABLE
from modkit.workers import run_workers


@click.command("run", cls=RichCommand)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that serve side by side on the same sockets; overrides server.workers.",
)
@pass_session
def command(session: Session, *, workers: int | None) -> None:
    """Start every enabled module and serve until SIGTERM or Ctrl-C, then drain and stop.

    A second signal stops at once. Without a terminal, SIGHUP reloads the configuration: modules whose
    section has changed restart. The log goes to standard error, as JSON unless that is a terminal.
    """
    host = session.host()
    if not host.specs:
        raise StartupError(
            Phase.COLLECT,
            "every installed module is disabled, so there is nothing to run",
            remedy=f"enable one of them, such as modules.{session.specs()[0].name}.enabled: true",
        )
    count = workers or host.server.workers
    if count > 1 and WORKER_VARIABLE not in os.environ:
        sys.exit(run_workers(host.specs, host.configuration, count))
    _serve(session, host)


def _serve(session: Session, host: Host) -> None:
    announcements = Announcements()
    host.resources.give(Announcements, announcements)
    if _is_first() and sys.stderr.isatty():
        click.echo(f"starting {counted(len(host.specs), 'module')} ...", err=True)
    with _log(session, host):
        run_async(
            lambda: run_until_stopped(
                host,
                announce=lambda: _announce(session, announcements),
                # On a terminal SIGHUP means that it was closed, and the platform goes with it.
                reload=None if sys.stderr.isatty() else session.load_configuration,
            )
        )


@contextmanager
def _log(session: Session, host: Host) -> Generator[None]:
    from modkit.observability.logging import InvalidLogging, configure  # noqa: PLC0415 - structlog

    config = host.configuration.section("logging", LoggingConfig)
    if WORKER_VARIABLE in os.environ:
        config = config.of_worker(int(os.environ[WORKER_VARIABLE]))
    if session.verbose:
        config = attrs.evolve(config, default=attrs.evolve(config.default, console_level="debug"))
    with ExitStack() as stack:
        try:
            stack.enter_context(configure(config, home=host.server.home_dir.expanduser()))
        except InvalidLogging as error:
            raise StartupError(Phase.CONFIGURE, str(error)) from error
        yield


def _is_first() -> bool:
    return os.environ.get(WORKER_VARIABLE, "1") == "1"


def _announce(session: Session, announcements: Announcements) -> None:
    """Say that the platform is ready, and what its modules have to say; once, also with several workers."""
    if not _is_first():
        return
    application, lines = session.application, announcements.all()
    width = max((len(line.label) for line in lines), default=0)
    headline = f"{application.name} {application.version} is ready"
    block = [click.style(headline, fg="green", bold=True)]
    block += [f"  {line.label.ljust(width)}  {line.text}" for line in lines]
    if sys.stderr.isatty():
        block.append("  Ctrl-C stops it")
    for handler in logging.getLogger().handlers:
        handler.flush()  # records that wait would tear the block apart
    click.echo("\n".join(block), err=True)
