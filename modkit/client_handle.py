"""Stable handles: what a caller holds of a contract, whoever provides it now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, get_origin

from typing_extensions import is_protocol

from modkit.module import contract_name
from modkit_errors.refusals import ProviderStopped


class HubError(Exception):
    """A client was asked for or provided in a way that cannot work; the message says what to change."""


def handle_class(contract: Any) -> tuple[type, tuple[str, ...]]:
    """Make the subclass of *contract* whose attributes are slots for a provider's bound methods.

    Returns:
        The class, and the names of the methods.

    Raises:
        HubError: *contract* has a property, or an abstract method that is private.
    """
    kind = get_origin(contract) or contract
    methods = _methods(kind)
    name = f"{kind.__qualname__}Handle"

    def describe(_: object) -> str:
        return f"<handle of {kind.__qualname__}>"

    namespace: dict[str, Any] = {
        "__slots__": methods,
        "__module__": kind.__module__,
        "__doc__": f"Stable handle of {kind.__qualname__}.",
        "__repr__": describe,
    }
    made = type(kind)(name, (kind,), namespace)
    if hidden := sorted(getattr(made, "__abstractmethods__", ())):
        raise HubError(
            f"{kind.__qualname__}.{hidden[0]} is abstract; a contract has public methods only, "
            "since callers see nothing else of it"
        )
    return made, methods


def stopped_provider(contract: str, owner: str) -> Callable[..., NoReturn]:
    """Make what stands in for every method of *contract* once the module *owner* has stopped."""

    def stopped(*_: Any, **__: Any) -> NoReturn:
        raise ProviderStopped(contract, owner)

    return stopped


def check_instance(contract: Any, provider: Any, owner: str) -> None:
    """Make sure that *provider* of the module *owner* is a *contract*.

    Raises:
        HubError: It does not inherit the ABC, or lacks a method of the Protocol.
    """
    kind = get_origin(contract) or contract
    if is_protocol(kind):
        missing = [name for name in _methods(kind) if not hasattr(provider, name)]
        if missing:
            raise HubError(
                f"{owner} provides {contract_name(contract)} with a {type(provider).__qualname__}, "
                f"which has no {missing[0]}()"
            )
    elif not isinstance(provider, kind):
        raise HubError(
            f"{owner} provides {contract_name(contract)} with a {type(provider).__qualname__}, "
            "which does not inherit it"
        )


def _methods(contract: type) -> tuple[str, ...]:
    """Return the names of the public methods that a contract and its bases define."""
    names: dict[str, None] = {}
    for owner in reversed(contract.__mro__):
        if owner.__module__ in ("builtins", "abc", "typing", "typing_extensions"):
            continue
        for name, member in vars(owner).items():
            if name.startswith("_"):
                continue
            if isinstance(member, property):
                raise HubError(
                    f"{owner.__qualname__}.{name} is a property; a contract has methods only, "
                    "since a remote client cannot have properties"
                )
            if callable(member) and not isinstance(member, type):
                names[name] = None
    return tuple(names)
