"""``config``: what is configured, and from where."""

from __future__ import annotations

import click
from rich_click import RichCommand, RichGroup

from modkit.cli.output import print_json
from modkit.cli.session import Session, pass_session
from modkit.config import as_text, as_tree, as_yaml, configuration_schema, effective
from modkit.host_config import platform_sections


@click.group("config", cls=RichGroup)
def command() -> None:
    """Show the effective configuration or its JSON Schema."""


@command.command("show", cls=RichCommand)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "yaml", "json"]),
    default="text",
    show_default=True,
    help="text shows the origin of each value; yaml and json can be loaded again.",
)
@pass_session
def show(session: Session, *, output_format: str) -> None:
    """Print every effective value; secrets are masked."""
    sections = platform_sections(session.specs())
    values = effective(session.configuration, sections)
    if output_format == "json":
        print_json(as_tree(values))
    else:
        click.echo(as_yaml(values) if output_format == "yaml" else as_text(values), nl=False)


@command.command("schema", cls=RichCommand)
@pass_session
def schema(session: Session) -> None:
    """Print the JSON Schema of the configuration file, for editors.

    Save it beside the file as config.schema.json, and begin the file with the line
    "# yaml-language-server: $schema=config.schema.json".
    """
    print_json(configuration_schema(platform_sections(session.specs())))
