"""Write docs/reference: the API of the libraries, every configuration key, every error, every command.

``python docs/write_reference.py`` writes it for HyperSpot with all installed modules. Nothing there is edited by hand, or
kept in git.
"""

from __future__ import annotations

import importlib
import inspect
import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, get_type_hints

import attrs
import click
import pdoc
import pdoc.render

from hyperspot.platform import APPLICATION
from modkit.cli import command_line
from modkit.config import configuration_schema
from modkit.host import Host
from modkit.host_config import platform_sections
from modkit_errors import PlatformError
from modkit_errors.categories import RESERVED_MEMBERS

LIBRARIES: Final = ("modkit", "modkit_db", "modkit_auth", "modkit_errors")
PUBLIC: Final = (
    *LIBRARIES,
    "modkit.announcements",
    "modkit.application",
    "modkit.cli",
    "modkit.client_hub",
    "modkit.codec",
    "modkit.config",
    "modkit.discovery",
    "modkit.events",
    "modkit.gts",
    "modkit.gts.entity",
    "modkit.gts.faults",
    "modkit.gts.files",
    "modkit.gts.json_kinds",
    "modkit.gts.operations",
    "modkit.gts.validation",
    "modkit.host",
    "modkit.host_config",
    "modkit.http",
    "modkit.lifecycle.health",
    "modkit.listeners",
    "modkit.observability.logging",
    "modkit.observability.tracing",
    "modkit.plugin_type",
    "modkit.plugins",
    "modkit.ports",
    "modkit.rest",
    "modkit.rest.openapi",
    "modkit.rest.openapi.docs_ui",
    "modkit.rest.parameters",
    "modkit.rest.routes",
    "modkit.rest.uploads",
    "modkit.rest.websocket",
    "modkit.testing",
    "modkit_db.config",
    "modkit_db.hierarchy",
    "modkit_db.testing",
    "modkit_db.testing.plugin",
    "modkit_errors.outbound",
    "modkit_errors.problem",
    "modkit_errors.refusals",
)
"""What module authors import; ``modkit.module`` is found through ``modkit``."""
FOLDER: Final = Path(__file__).resolve().parent / "reference"

Schema = dict[str, Any]


def write(folder: Path) -> None:
    """Write everything into *folder*.

    Raises:
        Warning: A docstring cannot be rendered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"config.md": config_page(), "errors.md": errors_page(), "cli.md": cli_page()}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.render.configure(docformat="google")
        resolve_hints()
        pdoc.pdoc(*PUBLIC, output_directory=folder / "api")


def resolve_hints() -> None:
    """Give the constructors of value classes their types as objects.

    pdoc reads hints where a class is listed, and not where it is defined, so texts such as ``"Keys"`` mean nothing to it.
    """
    for module in map(importlib.import_module, PUBLIC):
        for kind in vars(module).values():
            if not isinstance(kind, type):
                continue
            if attrs.has(kind):
                hints = get_type_hints(kind, include_extras=True)
                kind.__init__.__annotations__.update(
                    {item.alias: hints[item.name] for item in attrs.fields(kind) if item.init}
                )
            elif hasattr(kind, "_fields"):  # a named tuple
                hints = get_type_hints(kind, include_extras=True)
                getattr(kind, "__new__").__annotations__.update(hints)  # noqa: B009 - tuple.__new__ is typed without


def config_keys(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the path and schema of every key of a configuration, without sections."""
    definitions: dict[str, Schema] = schema["$defs"]

    def walk(path: str, found: Schema) -> Iterator[tuple[str, Schema]]:
        named = definitions.get(found.get("$ref", "").rpartition("/")[2], {})
        properties: dict[str, Schema] = {**named, **found}.get("properties", {})
        if not properties:
            yield path, found
            entry: Schema | bool = found.get("additionalProperties", False)
            if isinstance(entry, dict) and "$ref" in entry:
                yield from walk(f"{path}.<name>", entry)
        for name, below in properties.items():
            yield from walk(f"{path}.{name}" if path else name, below)

    return walk("", schema)


def config_page() -> str:
    """Return the page of all configuration keys."""
    keys = list(config_keys(configuration_schema(platform_sections(APPLICATION.specs()))))
    rows = [
        (f"`{path}`", f"`{_kind(key)}`", _default(key), key.get("description", ""))
        for path, key in keys
    ]
    intro = (
        "Every key of a platform with all modules of this installation. `hyperspot config schema` prints the same for "
        "editors, `hyperspot config show` what is effective."
    )
    return _page("Configuration", intro, table(("key", "accepts", "default", "meaning"), rows))


def _default(key: Schema) -> str:
    return f"`{json.dumps(key['default'])}`" if "default" in key else "required"


def _kind(key: Schema) -> str:
    """Say in a few words what a key accepts."""
    if "anyOf" in key:
        members = [one for one in key["anyOf"] if not one.get("$ref", "").endswith("/reference")]
        return " or ".join(dict.fromkeys(map(_kind, members)))
    if "enum" in key:
        return " or ".join(json.dumps(value) for value in key["enum"])
    kinds = key.get("type", "any")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    limits = [
        f"{sign} {key[name]}"
        for name, sign in (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="))
        if name in key
    ]
    return ", ".join([kind, *limits])


def errors_page() -> str:
    """Return the page of all errors."""
    catalogue = Host(APPLICATION.specs(), APPLICATION.configuration()).catalogue
    rows = [
        (str(error.status), f"`{error.code}`", error.title, _fields(error), f"`{error.type}`")
        for error in catalogue
    ]
    intro = "Every error that a platform with all modules of this installation answers, as a problem document (RFC 9457)."
    return _page("Errors", intro, table(("status", "code", "title", "members", "type"), rows))


def _fields(error: type[PlatformError]) -> str:
    names = [item.name for item in attrs.fields(error) if item.name not in RESERVED_MEMBERS]
    return ", ".join(f"`{name}`" for name in names)


def commands() -> Iterator[tuple[str, click.Context]]:
    """Yield every command of the platform with its context, the top one first."""
    return _commands(command_line(APPLICATION), click.Context(click.Command("")), APPLICATION.name)


def _commands(
    command: click.Command, above: click.Context, name: str
) -> Iterator[tuple[str, click.Context]]:
    context = command.context_class(
        command, info_name=name, parent=above, **command.context_settings
    )
    yield context.command_path.strip(), context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.resolve_command(context, [below])[1]
            assert found is not None
            yield from _commands(found, context, below)


def cli_page() -> str:
    """Return the page of all commands."""
    parts = [
        f"## {path}\n\n{_help(context.command)}\n\n{_options(context)}"
        for path, context in commands()
    ]
    return _page("Commands", "Every command of `hyperspot`; `modkit` has the same ones.", *parts)


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "")


def _options(context: click.Context) -> str:
    rows = [
        (f"`{usage}`", text)
        for parameter in context.command.get_params(context)
        if (record := parameter.get_help_record(context)) is not None
        for usage, text in [record]
    ]
    return table(("option", "meaning"), rows)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *parts]) + "\n"


if __name__ == "__main__":
    write(FOLDER)
