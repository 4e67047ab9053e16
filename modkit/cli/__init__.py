"""The command line of a platform: ``modkit`` for any, and the same under a platform's own name."""

from modkit.cli.main import command_line, main

__all__ = ["command_line", "main"]
