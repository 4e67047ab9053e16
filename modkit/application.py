"""A platform as a program: its name, its defaults, and where it looks for configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from modkit.discovery import ENTRY_POINT_GROUP, installed_modules
from modkit.module import ModuleSpec
from modkit.startup_error import Phase, StartupError

if TYPE_CHECKING:
    from modkit.config import Configuration  # half of the start-up of the command line


@frozen(kw_only=True)
class Application:
    """What the command line of a platform needs to know about it.

    Attributes:
        name: Name of the command, such as ``hyperspot``.
        summary: First line of ``--help``.
        version: Version of the platform.
        env_prefix: Start of the names of its configuration variables.
        defaults: Lowest layer of its configuration, as nested values.
        default_file: Configuration file used when none is named; naming one puts it out of use.
        modules: Returns the installed modules.
    """

    name: str
    summary: str
    version: str
    env_prefix: str = "MODKIT_"
    defaults: Mapping[str, Any] = field(factory=dict[str, Any])
    default_file: Path | None = None
    modules: Callable[[], tuple[ModuleSpec, ...]] = installed_modules

    def configuration(
        self, files: Sequence[Path] = (), overrides: Sequence[str] = ()
    ) -> Configuration:
        """Load the configuration: defaults, then *files*, the environment, and *overrides*.

        Raises:
            ConfigurationInvalid: A source cannot be read.
        """
        from modkit.config import Configuration  # noqa: PLC0415 - see above

        fallback = (self.default_file,) if self.default_file else ()
        return Configuration.load(
            files=files or fallback,
            environ=os.environ,
            env_prefix=self.env_prefix,
            overrides=overrides,
            defaults=self.defaults,
        )

    def specs(self) -> tuple[ModuleSpec, ...]:
        """Return the installed modules.

        Raises:
            StartupError: There is none, or one of them cannot be imported.
        """
        found = self.modules()
        if not found:
            raise StartupError(
                Phase.COLLECT,
                "no module is installed, so there is nothing to run or to show",
                remedy=f"install a package with an entry point in {ENTRY_POINT_GROUP!r}, into the environment of this command",
            )
        return found
