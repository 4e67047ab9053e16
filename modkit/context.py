"""What a module receives when it is initialised."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from attrs import define, field
from typing_extensions import TypeForm

from modkit.client_hub import ModuleHub
from modkit.module import contract_name

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")


class UnknownResource(Exception):
    """A module asked for a resource that no capability of it gives."""


class Resources:
    """Values that capabilities and the host give to modules, by type; a child sees what its parent holds."""

    def __init__(self, parent: Resources | None = None) -> None:
        self._parent = parent
        self._values: dict[Any, Any] = {}

    def give(self, kind: TypeForm[R], value: R) -> None:
        """Make *value* the resource of type *kind*."""
        self._values[kind] = value

    def find(self, kind: TypeForm[R]) -> R | None:
        """Return the resource of type *kind*, or None."""
        if kind in self._values:
            return cast("R", self._values[kind])
        return self._parent.find(kind) if self._parent else None

    def names(self) -> tuple[str, ...]:
        """Return the names of all resources that can be found here."""
        inherited = self._parent.names() if self._parent else ()
        return (*inherited, *map(contract_name, self._values))


@define(kw_only=True)
class ModuleContext(Generic[C]):
    """Everything a module is given: configuration, clients of others, resources, and a place for its own.

    Attributes:
        name: Name of the module.
        config: The module's typed configuration section.
        hub: Clients of other modules, and where this module provides its own.
        home: Folder for the module's own files; made when first needed, see `home_folder`.
        resources: What the host and the module's capabilities give; read it through `resource`.
    """

    name: str
    config: C
    hub: ModuleHub
    home: Path
    resources: Resources = field(repr=False)
    _closing: AsyncExitStack = field(factory=AsyncExitStack, init=False, repr=False)
    _is_closed: bool = field(default=False, init=False, repr=False)

    def resource(self, kind: TypeForm[R]) -> R:
        """Return the resource of type *kind*, such as the module's ``Database``.

        Raises:
            UnknownResource: No capability of the module gives it; the message lists what there is.
        """
        found = self.resources.find(kind)
        if found is None:
            known = ", ".join(self.resources.names()) or "none"
            raise UnknownResource(
                f"{self.name} has no resource {contract_name(kind)}: inherit the capability that gives it "
                f"(there are: {known})"
            )
        return found

    async def enter(self, manager: AbstractAsyncContextManager[T]) -> T:
        """Enter *manager* and leave it when the module has stopped, last entered first.

        Raises:
            RuntimeError: The module has stopped, so nobody would leave it.
        """
        self._check_open()
        return await self._closing.enter_async_context(manager)

    def on_close(self, callback: Callable[[], Any]) -> None:
        """Call *callback* when the module has stopped; last registered first.

        Raises:
            RuntimeError: The module has stopped, so nobody would call it.
        """
        self._check_open()
        self._closing.callback(callback)

    def home_folder(self) -> Path:
        """Return `home`, made if it is not there, readable by this user only."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.home

    async def close(self) -> None:
        """Give back what the module entered; the host calls this, not the module."""
        self._is_closed = True
        await self._closing.aclose()

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError(f"{self.name} has stopped: what it enters now would never be left")
