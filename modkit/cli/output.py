"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, json for programs.",
)


def print_json(value: Any) -> None:
    """Print *value* as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* in columns as wide as their longest cell; headings are bold where colours show."""
    widths = [
        max(len(heading), *(len(row[column]) for row in rows)) if rows else len(heading)
        for column, heading in enumerate(headings)
    ]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    click.secho(line(headings), bold=True)
    for row in rows:
        click.echo(line(row))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    Example:
        >>> counted(1, "module"), counted(2, "module")
        ('1 module', '2 modules')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
