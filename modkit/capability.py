"""Capabilities: base classes that give a module something, each with the handler that the host runs."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, TypeVar

from modkit.context import ModuleContext, Resources

M = TypeVar("M")

Commit = Callable[[], None]
_NO_SECTIONS: Final[Mapping[str, type]] = MappingProxyType({})


class CapabilityHandler(Generic[M]):
    """Does the work of one capability for all modules of a host; every step is optional.

    One instance lives as long as the host. The host calls the steps in the order they stand here.

    Args:
        resources: The host's resources; what is given here every module can ask for.

    Attributes:
        platform_sections: Sections of the configuration that the capability as a whole reads, by name; each is an attrs
            class with a default for every key, and its value is a resource of the host.
        module_sections: Sections that each module with this capability has beside ``config``, in the same way; the
            value is a resource of the module. A running module keeps it when the configuration is reloaded.
    """

    platform_sections: ClassVar[Mapping[str, type]] = _NO_SECTIONS
    module_sections: ClassVar[Mapping[str, type]] = _NO_SECTIONS

    def __init__(self, resources: Resources) -> None:
        self.resources = resources

    async def provision(self, module: M, ctx: ModuleContext[Any]) -> None:
        """Give *module* its resources (``ctx.resources.give``) before it is initialised."""

    async def migrate(self, module: M, ctx: ModuleContext[Any]) -> None:
        """Bring what is stored up to date, before any module is initialised."""

    async def migration_plan(self, module: M, ctx: ModuleContext[Any]) -> Sequence[str]:
        """Return what `migrate` would do now, one text for each step that a person can tell apart; change nothing."""
        del module, ctx
        return ()

    def compose(self, module: M, ctx: ModuleContext[Any]) -> Commit:
        """Check and compile what *module* declares, without effect; return the step that makes it effective.

        Called when every module is initialised, and again for a module that restarts while the others run.
        """
        del module, ctx
        return lambda: None

    async def settle(self, name: str) -> None:
        """Wait until nothing uses what *name* had composed before it restarted; then the old instance stops."""

    async def drain(self) -> None:
        """The host is about to stop: refuse new work, let the rest finish."""

    def withdraw(self, name: str) -> None:
        """Take back what *name* composed; it is about to stop for good."""

    async def close(self) -> None:
        """Every module has stopped: close what the handler itself holds."""


class Capability(ABC):
    """Base class of capabilities.

    A capability is a subclass that names its handler; a module inherits it, and thereby is typed to define what the
    handler asks for::

        class MailCapability(Capability):
            handled_by = MailHandler

            @abstractmethod
            def templates(self) -> Sequence[Template]: ...

    Attributes:
        handled_by: Class of the handler; the host makes one instance of it.
    """

    handled_by: ClassVar[type[CapabilityHandler[Any]]]


def handlers_of(module_class: type) -> tuple[type[CapabilityHandler[Any]], ...]:
    """Return the handlers of all capabilities that *module_class* inherits, most basic first."""
    return tuple(
        dict.fromkeys(
            vars(base)["handled_by"]
            for base in reversed(module_class.__mro__)
            if issubclass(base, Capability) and "handled_by" in vars(base)
        )
    )
