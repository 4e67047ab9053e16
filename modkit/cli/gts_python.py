"""The commands of ``gts`` that go from attrs classes to schemas and back."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Final

import click
from rich_click import RichCommand

from modkit.cli.gts_entities import PATH, ended, loaded, refused
from modkit.cli.output import print_json
from modkit.gts.files import read_files
from modkit.gts.generate import generate as python_of
from modkit.gts.identifier import is_gts_type_id
from modkit.gts.typed import schema_of
from modkit_errors import PlatformError


@click.command("schema", cls=RichCommand)
@click.argument("target", metavar="MODULE:CLASS")
def schema(*, target: str) -> None:
    """Print the JSON Schema of MODULE:CLASS, which is declared with @gts_type."""
    print_json(schema_of(_class(target)))


@click.command("generate", cls=RichCommand)
@click.argument("target", metavar="FILE|ID")
@click.option(
    "-f",
    "--from",
    "paths",
    multiple=True,
    type=PATH,
    help="File or folder with the types that it derives from (JSON, YAML); may be repeated.",
)
def generate(*, target: str, paths: tuple[Path, ...]) -> None:
    """Print attrs classes of a type: of one with an ID in the files of --from, or of the last type in FILE."""
    if is_gts_type_id(target):
        type_id, files = target, paths
    else:
        type_id, files = _last_type(Path(target)), (*paths, Path(target))
    try:
        click.echo(python_of(loaded(files).store, type_id), nl=False)
    except PlatformError as error:
        raise ended("no class can be made of it", str(error)) from error


VERBS: Final = (schema, generate)


def _class(target: str) -> type[Any]:
    module, _, name = target.partition(":")
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does; this process ends with the command
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise refused(
            f"{target}: write MODULE:CLASS of a class that can be imported: {error}"
        ) from error
    try:
        schema_of(found)
    except TypeError as error:
        raise ended("the class is no type", str(error)) from error
    cls: type[Any] = found
    return cls


def _last_type(file: Path) -> str:
    try:
        ids = [str(one.content.get("$id", "")) for one in read_files(file)]
    except (PlatformError, OSError) as error:
        raise refused(str(error)) from error
    types = [
        one.removeprefix("gts://") for one in ids if is_gts_type_id(one.removeprefix("gts://"))
    ]
    if not types:
        raise refused(f"{file}: no schema with an identifier of a type in $id")
    return types[-1]
