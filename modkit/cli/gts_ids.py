"""The commands of ``gts`` that need nothing but identifiers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich_click import RichCommand

from modkit.cli.gts_answers import tell
from modkit.cli.output import format_option
from modkit.gts import operations
from modkit.gts.lint import lint as findings
from modkit.gts.operations import Answer


@click.command("validate-id", cls=RichCommand)
@click.argument("ids", nargs=-1, required=True)
@format_option
def validate_id(*, ids: tuple[str, ...], output_format: str) -> None:
    """Tell whether each of IDS is an identifier, or a pattern where it has a wildcard."""
    answers = [operations.validate_id(one) for one in ids]
    tell(answers, output_format, line=lambda answer: f"valid: {answer['id']}")


@click.command("parse-id", cls=RichCommand)
@click.argument("gts_id", metavar="ID")
@format_option
def parse_id(*, gts_id: str, output_format: str) -> None:
    """Take ID apart into its segments."""
    tell([operations.parse_id(gts_id)], output_format, line=_segments)


@click.command("match", cls=RichCommand)
@click.argument("pattern")
@click.argument("candidates", nargs=-1, required=True)
@format_option
def match(*, pattern: str, candidates: tuple[str, ...], output_format: str) -> None:
    """Tell whether PATTERN covers each of CANDIDATES."""
    tell(
        [operations.match(candidate, pattern) for candidate in candidates],
        output_format,
        line=lambda answer: f"{'match' if answer['match'] else 'no match'}: {answer['candidate']}",
        is_positive=lambda answer: bool(answer["match"]),
    )


@click.command("uuid", cls=RichCommand)
@click.argument("ids", nargs=-1, required=True)
@format_option
def uuid(*, ids: tuple[str, ...], output_format: str) -> None:
    """Print the UUIDv5 of each of IDS."""
    answers = [operations.uuid_of(one) for one in ids]
    tell(answers, output_format, line=lambda answer: str(answer["uuid"]))


@click.command("lint", cls=RichCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@format_option
def lint(*, paths: tuple[Path, ...], output_format: str) -> None:
    """Find texts in PATHS that look like identifiers and are none.

    Folders are searched for code, documents and data. A line with "gts: ignore" is left out.
    """
    found: list[Answer] = [
        {"path": str(one.path), "line": one.line, "text": one.text, "reason": one.reason}
        for one in findings(*paths)
    ]
    if found or output_format == "json":
        tell(
            found or [{"findings": 0}],
            output_format,
            line=lambda one: f"{one['path']}:{one['line']}: {one['text']}: {one['reason']}",
            is_positive=lambda one: "reason" not in one,
        )


VERBS: Final = (validate_id, parse_id, match, uuid, lint)


def _segments(answer: Answer) -> str:
    lines = [
        f"{one['vendor']}.{one['package']}.{one['namespace']}.{one['type']}"
        f"  version {one['ver_major']}{'' if one['ver_minor'] is None else '.' + str(one['ver_minor'])}"
        f"  {'type' if one['is_type'] else 'instance'}"
        for one in answer["segments"]
    ]
    return "\n".join(lines)
