"""``migrate``: bring stored data up to date."""

from __future__ import annotations

import click

from modkit.cli.session import Session, pass_session, run_async
from modkit.host import RunMode


@click.command("migrate")
@pass_session
def command(session: Session) -> None:
    """Run the migrations of all modules, in start order, and exit."""
    run_async(lambda: session.run(RunMode.MIGRATE_ONLY))
    click.secho("ok: everything is up to date", fg="green")
