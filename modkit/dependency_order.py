"""In which order modules start: every provider before those who use it."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from modkit.module import ModuleSpec, contract_name
from modkit.plugins import is_plugin_contract
from modkit.startup_error import Phase, StartupError


def choose_providers(
    specs: Iterable[ModuleSpec], chosen: Mapping[str, str] | None = None
) -> dict[Any, str]:
    """Return the one provider of each contract; plugin contracts, which may have many, are left out.

    Args:
        specs: The enabled modules.
        chosen: Module names by contract name, for contracts that several modules provide.

    Raises:
        StartupError: Two modules provide a contract and none is chosen, or the chosen one does not provide it.
    """
    providers: dict[Any, list[str]] = {}
    for spec in specs:
        for contract in dict.fromkeys(spec.provides):
            if not is_plugin_contract(contract):
                providers.setdefault(contract, []).append(spec.name)
    wanted = dict(chosen or {})
    result: dict[Any, str] = {}
    for contract, names in providers.items():
        name = contract_name(contract)
        choice = wanted.get(name)
        if choice is None and len(names) == 1:
            choice = names[0]
        elif choice is None:
            raise StartupError(
                Phase.ORDER,
                f"{' and '.join(names)} each provide {name}",
                remedy=f"disable one of them (modules.{names[0]}.enabled: false) or name one: "
                f"server.providers.{name}: {names[0]}",
            )
        elif choice not in names:
            raise StartupError(
                Phase.ORDER,
                f"server.providers.{name} names {choice!r}, which does not provide it",
                remedy=f"name one of: {', '.join(names)}",
            )
        result[contract] = choice
    known = sorted(map(contract_name, result))
    for name in wanted:
        if name not in known:
            raise StartupError(
                Phase.ORDER,
                f"server.providers names {name}, which no enabled module provides",
                remedy=f"remove it, or use one of: {', '.join(known) or 'none'}",
            )
    return result


def start_order(
    specs: Sequence[ModuleSpec],
    providers: Mapping[Any, str],
    *,
    always_provided: Collection[Any] = (),
    late: Collection[str] = (),
) -> tuple[ModuleSpec, ...]:
    """Sort modules so that each follows the providers of what it requires and may use, and those it names in *after*.

    Modules that do not depend on each other come in the order of their names, so the order never depends on the
    order of installation.

    Args:
        specs: The enabled modules, names unique.
        providers: From `choose_providers`.
        always_provided: Contracts with a built-in default.
        late: Names of modules that start as late as their followers allow: those which listen.

    Raises:
        StartupError: A required contract has no provider, or modules need each other in a circle.
    """
    by_name = {spec.name: spec for spec in specs}
    needs: dict[str, dict[str, str]] = {
        spec.name: _needs_of(spec, specs, providers, always_provided) for spec in specs
    }
    waiting = {name: set(reasons) for name, reasons in needs.items()}
    followers: dict[str, list[str]] = {}
    for name, reasons in needs.items():
        for provider in reasons:
            followers.setdefault(provider, []).append(name)
    ready = [(name in late, name) for name, open_needs in waiting.items() if not open_needs]
    heapq.heapify(ready)
    order: list[ModuleSpec] = []
    while ready:
        _, name = heapq.heappop(ready)
        order.append(by_name[name])
        for follower in followers.get(name, ()):
            waiting[follower].discard(name)
            if not waiting[follower]:
                heapq.heappush(ready, (follower in late, follower))
    if len(order) < len(specs):
        raise _cycle(needs, {name for name, open_needs in waiting.items() if open_needs})
    return tuple(order)


def _needs_of(
    spec: ModuleSpec,
    specs: Sequence[ModuleSpec],
    providers: Mapping[Any, str],
    always_provided: Collection[Any],
) -> dict[str, str]:
    """Return the modules that start before *spec*, each with the reason."""
    needs: dict[str, str] = {}
    for contract in (*spec.requires, *spec.optional):
        if is_plugin_contract(contract):
            for other in specs:
                if contract in other.provides:
                    needs[other.name] = contract_name(contract)
        elif provider := providers.get(contract):
            needs[provider] = contract_name(contract)
        elif contract in spec.requires and contract not in always_provided:
            known = sorted(contract_name(kind) for kind in providers)
            raise StartupError(
                Phase.ORDER,
                f"it requires {contract_name(contract)}, which no enabled module provides",
                remedy=f"install or enable a provider; provided are: {', '.join(known) or 'none'}",
                module=spec.name,
            )
    names = {other.name for other in specs}
    for name in spec.after:
        if name in names:
            needs.setdefault(name, "after")
    return needs


def _cycle(needs: Mapping[str, Mapping[str, str]], stuck: Collection[str]) -> StartupError:
    """Describe one circle among the modules that cannot start."""
    name = min(stuck)
    path: list[str] = []
    while name not in path:
        path.append(name)
        name = min(need for need in needs[name] if need in stuck)
    circle = [*path[path.index(name) :], name]
    steps = ", ".join(
        f"{user} needs {provider} ({needs[user][provider]})" for user, provider in pairwise(circle)
    )
    return StartupError(
        Phase.ORDER,
        f"modules need each other in a circle: {steps}",
        remedy="take one of these needs away: publish an event instead of a call, or split a contract",
    )
