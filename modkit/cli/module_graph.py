"""The modules of a platform as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modkit.module import ModuleSpec, contract_name

_NEEDED: Final = "-->"
_OPTIONAL: Final = "-.->"


def mermaid(specs: Sequence[ModuleSpec], chosen: Mapping[str, str]) -> str:
    """Draw who needs whom: an arrow from each module to those that provide what it uses.

    Args:
        specs: The modules, each drawn even when nobody needs it.
        chosen: Module names by contract name, where several provide a contract.
    """
    # A node's id is not the bare name: `end`, `class` and others are words of Mermaid's own.
    lines = [f'    {_id(spec.name)}["{spec.name}"]' for spec in specs]
    for spec in specs:
        lines += dict.fromkeys(_arrows(spec, specs, chosen))
    return "\n".join(("flowchart LR", *lines))


def _arrows(
    spec: ModuleSpec, specs: Sequence[ModuleSpec], chosen: Mapping[str, str]
) -> Iterator[str]:
    for contract in (*spec.requires, *spec.optional):
        arrow = _NEEDED if contract in spec.requires else _OPTIONAL
        name = contract_name(contract)
        for other in specs:
            if contract in other.provides and chosen.get(name, other.name) == other.name:
                yield f'    {_id(spec.name)} {arrow}|"{name}"| {_id(other.name)}'
    names = {other.name for other in specs}
    for earlier in spec.after:
        if earlier in names:
            yield f'    {_id(spec.name)} {_OPTIONAL}|"starts after"| {_id(earlier)}'


def _id(name: str) -> str:
    return f"m_{name}"
