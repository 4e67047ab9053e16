"""``check``: everything that can be checked without starting."""

from __future__ import annotations

import click
from rich_click import RichCommand

from modkit.cli.output import counted
from modkit.cli.rest_api import composed_api
from modkit.cli.session import Session, pass_session


@click.command("check", cls=RichCommand)
@pass_session
def command(session: Session) -> None:
    """Check configuration, dependencies, initialisation, routes and errors of all modules.

    Modules are initialised and closed again; nothing is migrated, no address is taken and no work begins.
    """
    host = session.host()
    api = composed_api(host)
    api.document(session.application)
    found = (
        counted(len(host.specs), "module"),
        counted(len(api.operations), "operation"),
        counted(len(host.catalogue), "error"),
    )
    click.secho(f"ok: {', '.join(found)}; the platform can start", fg="green")
