"""``routes``: the operations of the REST API."""

from __future__ import annotations

import click

from modkit.cli.rest_api import composed_operations
from modkit.cli.session import Session, format_option, pass_session, print_json, print_table


@click.command("routes")
@format_option
@pass_session
def command(session: Session, *, output_format: str) -> None:
    """List the operations of all modules: method, path, who may call, id."""
    operations = sorted(composed_operations(session), key=lambda one: (one.path, one.method))
    rows = [
        (
            one.method,
            one.path,
            "public"
            if one.access is None or one.access.is_public
            else f"{one.access.resource}:{one.access.action}",
            one.operation_id,
            one.summary,
        )
        for one in operations
    ]
    headings = ("method", "path", "access", "operation", "summary")
    if output_format == "json":
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        print_table(headings, rows)
