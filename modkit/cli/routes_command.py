"""``routes``: the operations of the REST API."""

from __future__ import annotations

import click
from rich_click import RichCommand

from modkit.cli.output import format_option, print_json, print_table
from modkit.cli.rest_api import composed_api
from modkit.cli.session import Session, pass_session
from modkit.rest.operation import Operation


@click.command("routes", cls=RichCommand)
@format_option
@pass_session
def command(session: Session, *, output_format: str) -> None:
    """List the operations of all modules: method, path, who may call, id, summary.

    Access is public, or resource:action as the policy is asked.
    """
    api = composed_api(session.host())
    operations = sorted(api.operations, key=lambda one: (one.path, one.method))
    rows = [
        (one.method, one.path, _access(one), one.operation_id, one.summary) for one in operations
    ]
    headings = ("method", "path", "access", "operation", "summary")
    if output_format == "json":
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        print_table(headings, rows)


def _access(operation: Operation) -> str:
    access = operation.access
    assert access is not None  # a composed operation says who may call it
    return "public" if access.is_public else f"{access.resource}:{access.action}"
