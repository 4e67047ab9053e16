"""The commands of ``gts`` that read types and instances from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich_click import RichCommand

from modkit.cli.gts_answers import tell
from modkit.cli.mistakes import ExitCode, Mistake
from modkit.cli.mistakes import tell as tell_mistake
from modkit.cli.output import format_option
from modkit.gts.files import read_files
from modkit.gts.operations import DEFAULT_LIMIT, MOST_RESULTS, Answer, GtsOperations
from modkit.gts.store import GtsStore
from modkit_errors import PlatformError

_Command = TypeVar("_Command", bound=Callable[..., Any])
PATH: Final = click.Path(exists=True, path_type=Path)
"""A file or folder that is there."""


def _from_option(command: _Command) -> _Command:
    option = click.option(
        "-f",
        "--from",
        "paths",
        multiple=True,
        required=True,
        type=PATH,
        help="File or folder with types and instances (JSON, YAML); may be repeated.",
    )
    return option(command)


@click.command("validate", cls=RichCommand)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@format_option
def validate(*, paths: tuple[Path, ...], output_format: str) -> None:
    """Check every type and instance in PATHS: against its type, and a type against those it derives from."""
    operations, answers = GtsOperations(GtsStore()), list[Answer]()
    for one in _read(paths):
        answer = operations.register(one)
        if not answer["ok"]:
            answers.append(answer)
    for gts_id in operations.store.ids():
        is_type = operations.store.get(gts_id).is_type
        check = operations.validate_type if is_type else operations.validate_instance
        answers.append(check(gts_id))
    tell(answers, output_format, line=lambda answer: f"valid: {answer['id']}")


@click.command("compat", cls=RichCommand)
@click.argument("old_type")
@click.argument("new_type")
@_from_option
@click.option(
    "--mode",
    type=click.Choice(["backward", "forward", "full"]),
    default="full",
    show_default=True,
    help="What must hold for exit code 0: new readers read old documents, the reverse, or both.",
)
@format_option
def compat(
    *, old_type: str, new_type: str, paths: tuple[Path, ...], mode: str, output_format: str
) -> None:
    """Tell what the change from OLD_TYPE to NEW_TYPE breaks, and for whom."""
    key = "is_fully_compatible" if mode == "full" else f"is_{mode}_compatible"
    tell(
        [loaded(paths).compatibility(old_type, new_type)],
        output_format,
        line=_changes,
        is_positive=lambda answer: bool(answer[key]),
    )


@click.command("cast", cls=RichCommand)
@click.argument("instance")
@click.argument("to_type")
@_from_option
def cast(*, instance: str, to_type: str, paths: tuple[Path, ...]) -> None:
    """Print INSTANCE as a document of TO_TYPE, another version of its type."""
    answer = loaded(paths).cast(instance, to_type)
    tell([answer if answer.get("error") else answer["casted_entity"]], "json", line=str)


@click.command("query", cls=RichCommand)
@click.argument("expression")
@_from_option
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_RESULTS),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="How many documents to print at most.",
)
def query(*, expression: str, paths: tuple[Path, ...], limit: int) -> None:
    """Print the documents that EXPRESSION asks for, such as 'gts.x.core.*[status=active]'."""
    tell([loaded(paths).query(expression, limit)], "json", line=str)


@click.command("attr", cls=RichCommand)
@click.argument("selector")
@_from_option
@format_option
def attr(*, selector: str, paths: tuple[Path, ...], output_format: str) -> None:
    """Print the value that SELECTOR names: an identifier, @, and a path such as items[0].name."""
    answer = loaded(paths).attribute(selector)
    tell([answer], output_format, line=lambda found: str(found["value"]))


@click.command("refs", cls=RichCommand)
@click.argument("gts_id", metavar="ID")
@_from_option
@format_option
def refs(*, gts_id: str, paths: tuple[Path, ...], output_format: str) -> None:
    """Show what ID refers to, directly and by way of others; a missing one is a failure."""
    tell(
        [loaded(paths).resolve_relationships(gts_id)],
        output_format,
        line=lambda answer: "\n".join([*answer["nodes"], *answer["errors"]]),
        is_positive=lambda answer: bool(answer["ok"]),
    )


@click.command("serve", cls=RichCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "-f", "--from", "paths", multiple=True, type=PATH, help="Files or folders to register first."
)
def serve(*, host: str, port: int, paths: tuple[Path, ...]) -> None:
    """Serve every operation over HTTP, as the conformance suite of the specification wants it.

    This is for trials and tests: nobody is asked who they are.
    """
    from modkit.gts.server import GtsServer  # noqa: PLC0415 - the other commands need no server

    with GtsServer(loaded(paths), host=host, port=port) as server:
        click.echo(f"serving on http://{host}:{server.server_port}", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


VERBS: Final = (validate, compat, cast, query, attr, refs, serve)


def _read(paths: tuple[Path, ...]) -> list[dict[str, Any]]:
    try:
        return [one.content for one in read_files(*paths)]
    except PlatformError as error:
        raise refused(str(error)) from error


def loaded(paths: tuple[Path, ...]) -> GtsOperations:
    """Return a store with what *paths* hold, or end the command where a document cannot be used."""
    operations = GtsOperations(GtsStore())
    for one in _read(paths):
        answer = operations.register(one)
        if not answer["ok"]:
            raise refused(answer["error"])
    return operations


def refused(text: str) -> click.exceptions.Exit:
    """Tell that a document cannot be used, and return what ends the command."""
    return ended("a document cannot be used", text)


def ended(headline: str, text: str) -> click.exceptions.Exit:
    """Tell what is wrong, and return what ends the command."""
    mistake = Mistake(headline, text, ExitCode.FAILED)
    tell_mistake(mistake)
    return click.exceptions.Exit(mistake.exit_code)


def _changes(answer: Answer) -> str:
    verdict = [
        f"{name}: {'yes' if answer[key] else 'no'}"
        for name, key in (
            ("backward", "is_backward_compatible"),
            ("forward", "is_forward_compatible"),
            ("full", "is_fully_compatible"),
        )
    ]
    changes = [
        f"{one['place']}: {one['change']} (breaks {one['breaks']})" for one in answer["changes"]
    ]
    return "\n".join([", ".join(verdict), *changes])
