"""Which fake stands in for which contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_origin

from typing_extensions import get_protocol_members, is_protocol

from modkit.client_hub import ClientHub
from modkit.module import ModuleSpec, contract_name
from modkit.plugins import Plugin, is_plugin_contract
from modkit.ports import Authenticator, PolicyDecisionPoint
from modkit.ports.defaults import port_defaults


class FakesByContract:
    """Matches fakes to the contracts that modules use, and to the ports of the framework.

    Args:
        specs: The modules.
        fakes: Instances of contracts; a fake of a plugin contract becomes a worker, described by its attribute
            ``plugin`` if it has one, else named after its class.

    Attributes:
        clients: The fakes of contracts with one provider, by contract.

    Raises:
        TypeError: A fake is an instance of none of them, or of one that a module under test provides itself.
    """

    def __init__(self, specs: Sequence[ModuleSpec], fakes: Sequence[object]) -> None:
        self.clients: dict[Any, object] = {}
        self._workers: list[tuple[Any, Any, Plugin]] = []
        ports = (*port_defaults(Path()), Authenticator, PolicyDecisionPoint)
        provided = {contract for spec in specs for contract in spec.provides}
        used = dict.fromkeys(
            contract for spec in specs for contract in (*spec.requires, *spec.optional)
        )
        for fake in fakes:
            stood_in = [item for item in (*used, *ports) if _implements(fake, item)]
            free = [item for item in stood_in if is_plugin_contract(item) or item not in provided]
            if not free:
                raise TypeError(_useless(fake, stood_in, list(used)))
            for contract in free:
                if is_plugin_contract(contract):
                    self._workers.append((contract, fake, _plugin_of(fake)))
                else:
                    self.clients[contract] = fake

    def add_workers(self, hub: ClientHub) -> None:
        """Put the fakes of plugin contracts into *hub*."""
        for contract, fake, plugin in self._workers:
            hub.provide(contract, fake, owner="fakes", plugin=plugin)


def _implements(fake: object, contract: Any) -> bool:
    kind = get_origin(contract) or contract
    if is_protocol(kind):
        return all(hasattr(fake, name) for name in get_protocol_members(kind))
    return isinstance(fake, kind)


def _plugin_of(fake: object) -> Plugin:
    plugin = getattr(fake, "plugin", None)
    return plugin if isinstance(plugin, Plugin) else Plugin(id=type(fake).__name__)


def _useless(fake: object, stood_in: Sequence[Any], used: Sequence[Any]) -> str:
    name = type(fake).__qualname__
    if stood_in:
        return f"the fake {name} has no effect: a module under test provides {contract_name(stood_in[0])}"
    known = ", ".join(map(contract_name, used)) or "none"
    return (
        f"the fake {name} inherits no contract that the modules under test use; these are: {known}"
    )
