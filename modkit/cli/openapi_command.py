"""``openapi``: the document, without a running server."""

from __future__ import annotations

from pathlib import Path

import click

from modkit.cli.rest_api import composed_operations
from modkit.cli.session import Session, pass_session
from modkit.rest.openapi import ApiInfo, document, to_json


@click.command("openapi")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; standard output if not given.",
)
@pass_session
def command(session: Session, *, output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of all modules."""
    application = session.application
    info = ApiInfo(
        title=f"{application.name} API",
        version=application.version,
        description=application.summary,
    )
    body = to_json(document(composed_operations(session), info))
    if output is None:
        click.echo(body)
    else:
        output.write_bytes(body)
        click.echo(f"wrote {output}", err=True)
