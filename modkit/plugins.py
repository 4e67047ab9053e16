"""Workers behind a gateway: several providers of one plugin contract, told apart by id, chosen by priority."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, get_origin

from attrs import field, frozen

from modkit_errors.refusals import NoPlugin

T = TypeVar("T")


class PluginContract(ABC):  # noqa: B024 - its subclasses are the contracts
    """Base class of the contract between a gateway and its workers.

    Attributes:
        plugin_type: A class derived from ``modkit.plugin_type.BaseModkitPluginV1`` and declared with ``gts_type``: a
            worker whose `Plugin` does not fit it is refused. None takes any.
    """

    plugin_type: ClassVar[type[Any] | None] = None


def is_plugin_contract(contract: Any) -> bool:
    """Return whether many modules may provide *contract*, each under its own scope."""
    kind = get_origin(contract) or contract
    return isinstance(kind, type) and issubclass(kind, PluginContract)


@frozen
class PluginScope:
    """Names one of many providers of a plugin contract in ``hub.get(Contract, scope=PluginScope("qdrant"))``."""

    id: str


@frozen(kw_only=True)
class Plugin:
    """What a worker says about itself.

    Attributes:
        id: Unique among the workers of one contract; short, or a whole GTS instance id.
        vendor: Who wrote it; configuration may choose by vendor.
        priority: Lowest is chosen first, 0..1000.
        properties: Anything the gateway selects by, such as media types.
    """

    id: str
    vendor: str = "hyperspot"
    priority: int = 100
    properties: Mapping[str, Any] = field(factory=dict[str, Any])


@frozen(kw_only=True)
class PluginEntry(Generic[T]):
    """One worker: what it says, who brought it, and the client to call it through."""

    plugin: Plugin
    module: str
    client: T


class Plugins(Generic[T]):
    """A live view of the workers of one plugin contract.

    Args:
        contract_name: For messages.
        entries: Called at each look, so that the view follows restarts.
    """

    def __init__(
        self, contract_name: str, entries: Callable[[], tuple[PluginEntry[T], ...]]
    ) -> None:
        self._contract_name = contract_name
        self._entries = entries

    def all(self) -> tuple[PluginEntry[T], ...]:
        """Return every worker, lowest priority number first, then by id."""
        return tuple(
            sorted(self._entries(), key=lambda entry: (entry.plugin.priority, entry.plugin.id))
        )

    def choose(
        self,
        *,
        vendor: str | None = None,
        accepts: Callable[[Plugin], bool] = lambda _: True,
    ) -> PluginEntry[T]:
        """Return the first worker of *vendor* (any if None) that *accepts* agrees to.

        Raises:
            NoPlugin: There is none; the detail lists the installed ones.
        """
        entries = self.all()
        for entry in entries:
            if vendor in (None, entry.plugin.vendor) and accepts(entry.plugin):
                return entry
        known = ", ".join(f"{entry.plugin.id} ({entry.plugin.vendor})" for entry in entries)
        wanted = f" of vendor {vendor!r}" if vendor else ""
        raise NoPlugin(
            detail=f"No {self._contract_name} worker{wanted} fits; installed: {known or 'none'}."
        )
