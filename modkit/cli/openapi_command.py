"""``openapi``: the document, without a running server."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from modkit.cli.rest_api import composed_api
from modkit.cli.session import Session, pass_session
from modkit.rest.openapi import to_json


@click.command("openapi", cls=RichCommand)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; standard output if not given.",
)
@pass_session
def command(session: Session, *, output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of all modules.

    It is what a running platform serves at /openapi.json; for generators of clients and for comparing versions.
    """
    body = to_json(composed_api(session.host()).document(session.application))
    if output is None:
        click.echo(body)
    else:
        output.write_bytes(body)
        click.echo(f"wrote {click.format_filename(output)}", err=True)
