"""``migrate``: bring stored data up to date."""

from __future__ import annotations

import click
from rich_click import RichCommand

from modkit.cli.session import Session, pass_session, run_async
from modkit.host import RunMode


@click.command("migrate", cls=RichCommand)
@click.option("--plan", is_flag=True, help="Print what would be run, as SQL, and change nothing.")
@pass_session
def command(session: Session, *, plan: bool) -> None:
    """Run the migrations of all modules, in start order, and exit."""
    host = session.host()
    if plan:
        planned = run_async(host.migration_plan)
        for name, steps in planned.items():
            for step in steps:
                click.echo(f"-- module {name}\n{step}")
        if not any(planned.values()):
            click.secho("-- everything is up to date", fg="green")
        return
    run_async(lambda: host.start(RunMode.MIGRATE_ONLY))
    click.secho("ok: everything is up to date", fg="green")
