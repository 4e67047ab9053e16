"""``gts``: identifiers, types and instances of the global type system."""

from __future__ import annotations

import click
from rich_click import RichGroup

from modkit.cli import gts_entities, gts_ids, gts_python


@click.group("gts", cls=RichGroup)
def command() -> None:
    """Check identifiers, types and instances of the global type system (GTS).

    A negative answer ends with exit code 1.
    """


for verb in (*gts_ids.VERBS, *gts_entities.VERBS, *gts_python.VERBS):
    command.add_command(verb)
