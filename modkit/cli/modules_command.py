"""``modules``: what is installed, and who needs whom."""

from __future__ import annotations

from typing import Any

import click

from modkit.cli.session import Session, format_option, pass_session, print_json, print_table
from modkit.host import Host
from modkit.module import ModuleSpec, contract_name


@click.command("modules")
@click.option("--graph", is_flag=True, help="Draw the dependencies as a Mermaid flowchart.")
@format_option
@pass_session
def command(session: Session, *, graph: bool, output_format: str) -> None:
    """List the modules in start order, with the contracts that they provide and use."""
    host = session.host()
    disabled = [spec for spec in session.specs() if spec not in host.specs]
    if graph:
        click.echo(_mermaid(host))
    elif output_format == "json":
        print_json(
            [_described(spec, enabled=True) for spec in host.specs]
            + [_described(spec, enabled=False) for spec in disabled]
        )
    else:
        print_table(
            ("module", "state", "provides", "requires", "class"),
            [_row(spec, "enabled") for spec in host.specs]
            + [_row(spec, "disabled") for spec in disabled],
        )


def _names(contracts: tuple[Any, ...]) -> list[str]:
    return [contract_name(contract) for contract in contracts]


def _row(spec: ModuleSpec, state: str) -> tuple[str, ...]:
    provides, requires = ", ".join(_names(spec.provides)), ", ".join(_names(spec.requires))
    return spec.name, state, provides or "-", requires or "-", spec.place


def _described(spec: ModuleSpec, *, enabled: bool) -> dict[str, Any]:
    return {
        "name": spec.name,
        "enabled": enabled,
        "class": spec.place,
        "provides": _names(spec.provides),
        "requires": _names(spec.requires),
        "optional": _names(spec.optional),
        "after": list(spec.after),
    }


def _mermaid(host: Host) -> str:
    lines = ["flowchart LR"]
    for spec in host.specs:
        lines.append(f"    {spec.name}")
        for contract in (*spec.requires, *spec.optional):
            arrow = "-->" if contract in spec.requires else "-.->"
            lines += [
                f"    {spec.name} {arrow}|{contract_name(contract)}| {other.name}"
                for other in host.specs
                if contract in other.provides
            ]
    return "\n".join(lines)
