"""What every command shares: the platform, its configuration, and how far to take it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from attrs import define, field

from modkit.application import Application
from modkit.module import ModuleSpec

if TYPE_CHECKING:  # commands that only explain themselves need neither
    from modkit.config import Configuration
    from modkit.host import Host

T = TypeVar("T")


@define(kw_only=True)
class Session:
    """One call of the command line.

    Attributes:
        application: The platform.
        files: Configuration files, lowest first.
        overrides: ``path=value`` texts.
        verbose: Whether the log is shown at level debug.
    """

    application: Application
    files: Sequence[Path] = ()
    overrides: Sequence[str] = ()
    verbose: bool = False
    _configuration: Configuration | None = field(default=None, init=False)

    @property
    def configuration(self) -> Configuration:
        """The configuration, loaded when first asked for."""
        if self._configuration is None:
            self._configuration = self.load_configuration()
        return self._configuration

    def load_configuration(self) -> Configuration:
        """Read the configuration from its sources as they are now."""
        return self.application.configuration(self.files, self.overrides)

    def specs(self) -> tuple[ModuleSpec, ...]:
        """Return the installed modules, of which there is at least one."""
        return self.application.specs()

    def host(self) -> Host:
        """Return a host of the installed modules that has not been started."""
        from modkit.host import Host  # noqa: PLC0415 - see above

        return Host(self.specs(), self.configuration)


pass_session = click.make_pass_decorator(Session)


def run_async(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run *main* in a new event loop, uvloop where it is installed."""
    import asyncio  # noqa: PLC0415 - commands that only print need no event loop

    try:
        import uvloop  # noqa: PLC0415 - an extra, and only for POSIX
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main())
