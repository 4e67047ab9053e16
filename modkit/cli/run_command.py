"""``run``: the platform, until it is told to stop."""

from __future__ import annotations

import os

import click

from modkit.announcements import Announcements
from modkit.application import Application
from modkit.cli.session import Session, pass_session, run_async
from modkit.host import Host, RunMode
from modkit.lifecycle.shutdown import run_until_stopped
from modkit.observability.log_config import LoggingConfig
from modkit.workers import WORKER_VARIABLE, run_workers


@click.command("run")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that serve side by side on the same sockets; overrides server.workers.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in RunMode]),
    default=RunMode.FULL.value,
    show_default=True,
    help="How far to go: check and migrate-only end by themselves.",
)
@pass_session
def command(session: Session, *, workers: int | None, mode: str) -> None:
    """Start every enabled module and serve until SIGTERM or Ctrl-C, then drain and stop.

    A second signal stops at once.
    """
    host = session.host()
    count = workers or host.server.workers
    if count > 1 and mode == RunMode.FULL.value and WORKER_VARIABLE not in os.environ:
        raise SystemExit(run_workers(host.specs, host.configuration, count))
    _serve(session.application, host, RunMode(mode))


def _serve(application: Application, host: Host, mode: RunMode) -> None:
    from modkit.observability.logging import configure  # noqa: PLC0415 - structlog; not needed to fail early

    logging_config = host.configuration.section("logging", LoggingConfig)
    announcements = Announcements()
    host.resources.give(Announcements, announcements)
    with configure(logging_config, home=host.server.home_dir.expanduser()):
        run_async(
            lambda: run_until_stopped(
                host, mode, announce=lambda: _announce(application, announcements)
            )
        )


def _announce(application: Application, announcements: Announcements) -> None:
    if WORKER_VARIABLE in os.environ and os.environ[WORKER_VARIABLE] != "1":
        return
    lines = announcements.all()
    width = max((len(line.label) for line in lines), default=0)
    click.secho(
        f"{application.name} {application.version} is ready", fg="green", bold=True, err=True
    )
    for line in lines:
        click.echo(f"  {line.label.ljust(width)}  {line.text}", err=True)
