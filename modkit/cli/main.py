"""The top of the command line: global options and the list of commands."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final

import click
from rich_click import RichGroup

from modkit.application import Application
from modkit.cli.session import Session

_COMMANDS: Final = {
    "run": "Start the platform and serve until stopped.",
    "check": "Check that the platform can start, without starting it.",
    "migrate": "Bring stored data up to date, then exit.",
    "config": "Show the effective configuration or its JSON Schema.",
    "modules": "List the modules, or draw who needs whom.",
    "routes": "List the operations of the REST API.",
    "openapi": "Print the OpenAPI 3.1 document.",
    "errors": "List every error that the platform can answer.",
    "gts": "Check identifiers, types and instances of the global type system.",
}
_HELP: Final = """{summary}

Configuration comes from files, then from variables such as {prefix}SERVER__WORKERS, then from --set; the later wins.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 wrong configuration.
"""
_EXAMPLES: Final = (  # rich-click gives each paragraph of an epilog a line of its own
    "Examples:",
    "{name} run",
    "{name} --config production.yaml check",
    "{name} --set server.workers=2 run",
    "{name} config show",
)
_CONTEXT: Final = {
    "help_option_names": ["-h", "--help"],
    "rich_help_config": {"text_paragraph_linebreaks": "\n\n", "commands_before_options": True},
}


class _LazyGroup(RichGroup):
    """Imports a command when it is used, so that none pays for another's imports, nor ``--help`` for any."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return what ``--help`` and completion need to know of the command: its line in the list."""
        help_line = _COMMANDS.get(cmd_name)
        return None if help_line is None else click.Command(cmd_name, short_help=help_line)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with, imported."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, importlib.import_module(f"modkit.cli.{name}_command").command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a mistake of the user ends it with a message and no traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            from modkit.cli.mistakes import mistake_of, note_traceback, tell  # noqa: PLC0415 - loads the configuration package

            mistake = mistake_of(error)
            if mistake is None:
                raise
            note_traceback(error)
            ctx.close()  # writes the log to its end, so that the message comes last
            tell(mistake)
            sys.exit(mistake.exit_code)


def command_line(application: Application) -> click.Group:
    """Return the click command of *application*."""

    @click.group(
        name=application.name,
        cls=_LazyGroup,
        help=_HELP.format(summary=application.summary, prefix=application.env_prefix),
        epilog="\n\n".join(_EXAMPLES).format(name=application.name),
        context_settings=_CONTEXT,
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
        help="Set one value, such as server.workers=2; may be repeated, and wins over all else.",
    )
    @click.option(
        "-v", "--verbose", is_flag=True, help="Show the log at level debug, with tracebacks."
    )
    @click.pass_context
    def group(
        ctx: click.Context, *, files: tuple[Path, ...], overrides: tuple[str, ...], verbose: bool
    ) -> None:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        if verbose:
            from modkit.cli.verbose_log import verbose_log  # noqa: PLC0415 - structlog

            ctx.with_resource(verbose_log())
        ctx.obj = Session(
            application=application, files=files, overrides=overrides, verbose=verbose
        )

    return group


def main() -> None:
    """Run the command line for whatever modules are installed."""
    from importlib.metadata import version  # noqa: PLC0415 - costs 50 ms that `hyperspot` need not pay

    command_line(
        Application(
            name="modkit",
            summary="Run and inspect the platform that the installed modules make up.",
            version=version("hyperspot-modkit"),
        )
    )()
