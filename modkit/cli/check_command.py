"""``check``: everything that can be checked without starting."""

from __future__ import annotations

import click

from modkit.cli.session import Session, pass_session, run_async
from modkit.host import RunMode


@click.command("check")
@pass_session
def command(session: Session) -> None:
    """Check configuration, dependencies, module initialisation, routes and errors; start and migrate nothing."""
    run_async(lambda: session.run(RunMode.CHECK))
    click.secho("ok: the platform can start", fg="green")
