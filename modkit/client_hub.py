"""The client hub: typed lookup of what other modules provide, by contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar, cast, get_origin

from attrs import define, field
from typing_extensions import TypeForm

from modkit.client_handle import HubError, check_instance, handle_class, stopped_provider
from modkit.module import ModuleSpec, contract_name
from modkit.plugins import (
    Plugin,
    PluginContract,
    PluginEntry,
    Plugins,
    PluginScope,
    is_plugin_contract,
)

T = TypeVar("T")
P = TypeVar("P", bound=PluginContract)

_Key = tuple[Any, str]  # contract, plugin id or ""


@define
class _Slot:
    """One contract and scope: its stable handle and who stands behind it now."""

    handle: Any
    methods: tuple[str, ...]
    owner: str = ""
    plugin: Plugin | None = None
    bound: bool = False


class ClientHub:
    """All clients of one host, each behind a stable handle.

    A handle is an instance of a generated subclass of the contract whose attributes are the provider's bound methods,
    so a call costs what a direct call costs. Binding again (restart, tracing, fault injection) reaches everyone who
    already holds the handle.

    Args:
        defaults: For contracts that always have a provider: makes the one used while no module provides it.
    """

    def __init__(self, defaults: Mapping[Any, Callable[[], Any]] | None = None) -> None:
        self._defaults: Final = dict(defaults or {})
        self._slots: dict[_Key, _Slot] = {}
        self._declared: dict[Any, list[str]] = {}

    def declare(self, specs: Iterable[ModuleSpec]) -> None:
        """Learn who will provide what, for messages."""
        for spec in specs:
            for contract in spec.provides:
                self._declared.setdefault(contract, []).append(spec.name)

    def get(self, contract: TypeForm[T], *, scope: PluginScope | None = None) -> T:
        """Return the handle of *contract*, the same object every time.

        Raises:
            HubError: Nobody provides it; the message lists who provides what.
        """
        found = self.try_get(contract, scope=scope)
        if found is None:
            raise HubError(self._nobody(contract, scope))
        return found

    def try_get(self, contract: TypeForm[T], *, scope: PluginScope | None = None) -> T | None:
        """Return the handle of *contract*, or None while nobody has ever provided it."""
        slot = self._slots.get((contract, scope.id if scope else ""))
        if slot is not None:
            return cast("T", slot.handle)
        if scope is None and contract in self._defaults:
            self.provide(contract, self._defaults[contract](), owner="modkit")
            return self.get(contract)
        return None

    def provide(
        self, contract: TypeForm[T], provider: T, *, owner: str, plugin: Plugin | None = None
    ) -> None:
        """Put *provider* behind the handle of *contract*.

        Args:
            contract: The ABC or Protocol.
            provider: An instance of it.
            owner: Name of the module that provides; it may provide again, others may not.
            plugin: What a worker says about itself; None for the one public provider.

        Raises:
            HubError: *provider* is not an instance of *contract*, or another module already provides it.
        """
        check_instance(contract, provider, owner)
        key = (contract, plugin.id if plugin else "")
        slot = self._slots.get(key)
        if slot is None:
            made, methods = handle_class(contract)
            slot = _Slot(object.__new__(made), methods)
            self._slots[key] = slot
        elif slot.bound and slot.owner not in (owner, "modkit"):
            what = (
                f"worker {plugin.id!r} of {contract_name(contract)}"
                if plugin
                else contract_name(contract)
            )
            raise HubError(f"{owner} provides {what}, which {slot.owner} already provides")
        slot.owner, slot.plugin, slot.bound = owner, plugin, True
        for name in slot.methods:
            setattr(slot.handle, name, getattr(provider, name))

    def plugins(self, contract: TypeForm[P]) -> Plugins[P]:
        """Return a live view of the workers of a plugin contract, empty while there are none."""

        def entries() -> tuple[PluginEntry[P], ...]:
            return tuple(
                PluginEntry(plugin=slot.plugin, module=slot.owner, client=slot.handle)
                for (kind, _), slot in self._slots.items()
                if kind == contract and slot.plugin is not None and slot.bound
            )

        return Plugins(contract_name(contract), entries)

    def withdraw(self, owner: str) -> None:
        """Take back all that *owner* provides; calls through its handles raise `ProviderStopped`."""
        for (contract, _), slot in self._slots.items():
            if slot.owner == owner and slot.bound:
                slot.bound = False
                stopped = stopped_provider(contract_name(contract), owner)
                for name in slot.methods:
                    setattr(slot.handle, name, stopped)

    def _nobody(self, contract: Any, scope: PluginScope | None) -> str:
        name = contract_name(contract)
        if scope is not None:
            ids = [key for kind, key in self._slots if kind == contract and key]
            return (
                f"no worker {scope.id!r} of {name}; there are: {', '.join(sorted(ids)) or 'none'}"
            )
        if is_plugin_contract(contract):
            return f"{name} has many providers: name one, scope=PluginScope(...), or use ctx.hub.plugins({name})"
        if declared := self._declared.get(contract):
            return (
                f"{' and '.join(declared)} will provide {name}, but has not yet: name the contract in "
                "requires=(...) so that the provider starts first"
            )
        known = ", ".join(
            f"{contract_name(kind)} ({', '.join(owners)})"
            for kind, owners in self._declared.items()
        )
        return f"no enabled module provides {name}; provided are: {known or 'none'}"


@define
class ModuleHub:
    """The hub as one module sees it: what it uses and provides must be what it declared.

    What a module provides is staged until the host commits it, so that a restart which fails changes nothing. A
    provider that configuration did not choose stays without effect: only *effective* contracts are published.
    """

    _hub: ClientHub
    _spec: ModuleSpec
    _effective: frozenset[Any]
    _staged: dict[_Key, tuple[Any, Plugin | None]] = field(
        factory=dict[_Key, tuple[Any, Plugin | None]], init=False
    )
    _committed: bool = field(default=False, init=False)
    _retired: bool = field(default=False, init=False)

    def get(self, contract: TypeForm[T], *, scope: PluginScope | None = None) -> T:
        """Return the client of *contract*; see `ClientHub.get`.

        Raises:
            HubError: The module does not declare that it uses *contract*, or nobody provides it.
        """
        self._check_declared(contract)
        return self._hub.get(contract, scope=scope)

    def try_get(self, contract: TypeForm[T], *, scope: PluginScope | None = None) -> T | None:
        """Return the client of *contract*, or None where nobody provides it.

        Raises:
            HubError: The module does not declare that it uses *contract*.
        """
        self._check_declared(contract)
        return self._hub.try_get(contract, scope=scope)

    def plugins(self, contract: TypeForm[P]) -> Plugins[P]:
        """Return a live view of the workers behind this gateway, lowest priority number first.

        Raises:
            HubError: The module does not declare that it uses *contract*.
        """
        self._check_declared(contract)
        return self._hub.plugins(contract)

    def provide(self, contract: TypeForm[T], provider: T) -> None:
        """Provide *contract* to other modules; they see it once ``init`` has returned.

        Later, providing again replaces the provider for everyone who holds the client.

        Raises:
            HubError: The module does not declare that it provides *contract*, *provider* is not one, or ``init``
                has provided it already.
        """
        if is_plugin_contract(contract):
            raise HubError(
                f"{self._spec.name} provides {contract_name(contract)}, of which there are many: call "
                f"ctx.hub.provide_plugin({contract_name(contract)}, ..., Plugin(id=...))"
            )
        self._stage(contract, provider, None)

    def provide_plugin(self, contract: TypeForm[P], provider: P, plugin: Plugin) -> None:
        """Provide one worker of a plugin contract, named by ``plugin.id``.

        Raises:
            HubError: As `provide`; or *plugin* does not fit the ``plugin_type`` of *contract*.
        """
        if not is_plugin_contract(contract):
            raise HubError(
                f"{contract_name(contract)} has one provider; call ctx.hub.provide, or let it inherit "
                "PluginContract"
            )
        self._check_plugin(contract, plugin)
        self._stage(contract, provider, plugin)

    def commit(self) -> None:
        """Put what was provided behind the public handles.

        Raises:
            HubError: A declared contract was not provided, or another module already provides it.
        """
        given = [contract for contract, _ in self._staged]
        if missing := [c for c in self._spec.provides if c not in given]:
            how = "provide_plugin" if is_plugin_contract(missing[0]) else "provide"
            raise HubError(
                f"{self._spec.name} declares provides=({', '.join(map(contract_name, missing))}) but its init "
                f"did not call ctx.hub.{how}({contract_name(missing[0])}, ...)"
            )
        for (contract, _), (provider, plugin) in self._staged.items():
            self._publish(contract, provider, plugin)
        self._committed, self._retired = True, False

    def retire(self) -> None:
        """Let what is provided from now on have no effect: another instance of the module has taken over."""
        self._committed, self._retired = False, True

    def _stage(self, contract: Any, provider: Any, plugin: Plugin | None) -> None:
        if contract not in self._spec.provides:
            raise HubError(
                f"{self._spec.name} provides {contract_name(contract)} without declaring it; add it to "
                f"provides=(...) of {self._spec.place}"
            )
        check_instance(contract, provider, self._spec.name)
        key = (contract, plugin.id if plugin else "")
        if self._committed:
            self._publish(contract, provider, plugin)
        elif key in self._staged and not self._retired:
            what = f"worker {plugin.id!r} of " if plugin else ""
            raise HubError(
                f"{self._spec.name} provides {what}{contract_name(contract)} twice in its init"
            )
        self._staged[key] = (provider, plugin)

    def _publish(self, contract: Any, provider: Any, plugin: Plugin | None) -> None:
        if contract in self._effective:
            self._hub.provide(contract, provider, owner=self._spec.name, plugin=plugin)

    def _check_plugin(self, contract: Any, plugin: Plugin) -> None:
        kind: type[PluginContract] = get_origin(contract) or contract
        if kind.plugin_type is not None:
            from modkit.plugin_type import check_plugin  # noqa: PLC0415 - types cost those who use them

            check_plugin(contract, kind.plugin_type, plugin, module=self._spec.name)

    def _check_declared(self, contract: Any) -> None:
        if contract not in self._spec.requires and contract not in self._spec.optional:
            raise HubError(
                f"{self._spec.name} asks for {contract_name(contract)} without declaring it; add it to "
                f"requires=(...) or optional=(...) of {self._spec.place}"
            )
