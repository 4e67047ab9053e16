"""The top of the command line: global options and the list of commands."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import click
from rich_click import RichGroup

from modkit.application import Application
from modkit.cli.session import Session, user_mistakes

_COMMANDS: Final = {
    "run": "Start the platform and serve until stopped.",
    "check": "Check configuration, wiring and routes without starting anything.",
    "migrate": "Bring stored data up to date, then exit.",
    "config": "Show the effective configuration or its JSON Schema.",
    "modules": "List the modules, or draw who needs whom.",
    "routes": "List the operations of the REST API.",
    "openapi": "Print the OpenAPI 3.1 document.",
    "errors": "List every error that the platform can answer.",
}


class _LazyGroup(RichGroup):
    """Imports a command when it is used, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"modkit.cli.{cmd_name}_command").command
        command.short_help = _COMMANDS[cmd_name]
        return command

    def invoke(self, ctx: click.Context) -> Any:
        with user_mistakes():
            return super().invoke(ctx)


def command_line(application: Application) -> click.Group:
    """Return the click command of *application*."""

    @click.group(
        name=application.name,
        cls=_LazyGroup,
        help=f"{application.summary}\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 wrong configuration.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    @click.version_option(application.version, "-V", "--version", prog_name=application.name)
    @click.option(
        "-c",
        "--config",
        "files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Configuration file (YAML); may be repeated, later files win.",
    )
    @click.option(
        "-s",
        "--set",
        "overrides",
        multiple=True,
        metavar="PATH=VALUE",
        help="Set one value, such as modules.api_ingress.config.bind_addr=127.0.0.1:9000; wins over all else.",
    )
    @click.pass_context
    def group(ctx: click.Context, files: tuple[Path, ...], overrides: tuple[str, ...]) -> None:
        ctx.obj = Session(application=application, files=files, overrides=overrides)

    return group


def main() -> None:
    """Run the command line for whatever modules are installed."""
    command_line(
        Application(
            name="modkit",
            summary="Run and inspect the platform that the installed modules make up.",
            version=version("hyperspot-modkit"),
        )
    )()
