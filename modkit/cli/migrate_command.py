"""``migrate``: bring stored data up to date."""

from __future__ import annotations

import click
from rich_click import RichCommand

from modkit.cli.session import Session, pass_session, run_async
from modkit.host import RunMode


@click.command("migrate", cls=RichCommand)
@pass_session
def command(session: Session) -> None:
    """Run the migrations of all modules, in start order, and exit."""
    host = session.host()
    run_async(lambda: host.start(RunMode.MIGRATE_ONLY))
    click.secho("ok: everything is up to date", fg="green")
