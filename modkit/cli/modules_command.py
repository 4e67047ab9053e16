"""``modules``: what is installed, and who needs whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from rich_click import RichCommand

from modkit.cli.module_graph import mermaid
from modkit.cli.output import format_option, print_json, print_table
from modkit.cli.session import Session, pass_session
from modkit.module import ModuleSpec, contract_name


@click.command("modules", cls=RichCommand)
@click.option("--graph", is_flag=True, help="Draw the dependencies as a Mermaid flowchart.")
@format_option
@pass_session
def command(session: Session, *, graph: bool, output_format: str) -> None:
    """List the modules in start order, with the contracts that they provide and use.

    In the graph, solid arrows are needed and dotted ones are optional.
    """
    if graph and output_format == "json":
        raise click.UsageError("--graph prints Mermaid; leave out --format json.")
    host = session.host()
    specs = dict.fromkeys(host.specs, "enabled")
    specs |= {spec: "disabled" for spec in session.specs() if spec not in host.specs}
    if graph:
        click.echo(mermaid(host.specs, host.server.providers))
    elif output_format == "json":
        print_json([_described(spec, state) for spec, state in specs.items()])
    else:
        print_table(
            ("module", "state", "provides", "requires", "optional", "class"),
            [_row(spec, state) for spec, state in specs.items()],
        )


def _names(contracts: Sequence[Any]) -> list[str]:
    return [contract_name(contract) for contract in contracts]


def _row(spec: ModuleSpec, state: str) -> tuple[str, ...]:
    columns = (spec.provides, spec.requires, spec.optional)
    return spec.name, state, *(", ".join(_names(column)) or "-" for column in columns), spec.place


def _described(spec: ModuleSpec, state: str) -> dict[str, Any]:
    return {
        "name": spec.name,
        "state": state,
        "class": spec.place,
        "provides": _names(spec.provides),
        "requires": _names(spec.requires),
        "optional": _names(spec.optional),
        "after": list(spec.after),
    }
