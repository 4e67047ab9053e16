"""``errors``: the catalogue of the platform."""

from __future__ import annotations

import click
from rich_click import RichCommand

from modkit.cli.output import format_option, print_json, print_table
from modkit.cli.session import Session, pass_session


@click.command("errors", cls=RichCommand)
@format_option
@pass_session
def command(session: Session, *, output_format: str) -> None:
    """List every error that the platform can answer, by status and code."""
    errors = list(session.host().catalogue)
    if output_format == "json":
        print_json(
            [
                {
                    "status": error.status,
                    "code": error.code,
                    "grpc_code": error.grpc_code,
                    "type": error.type,
                    "title": error.title,
                }
                for error in errors
            ]
        )
    else:
        print_table(
            ("status", "code", "gRPC", "title"),
            [(str(error.status), error.code, error.grpc_code, error.title) for error in errors],
        )
