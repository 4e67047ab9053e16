"""Declaring a module: a class, marked with what the host needs to know about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from modkit.startup_error import Phase, StartupError

M = TypeVar("M")

_SPEC: Final = "__modkit_module__"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MAX_NAME_LENGTH = 63


@frozen(kw_only=True)
class NoConfig:
    """The configuration section of a module that has nothing to configure."""


@frozen(kw_only=True)
class ModuleSpec:
    """What a module class says about itself.

    Attributes:
        name: snake_case; also the folder, the configuration section and, with hyphens, the URL prefix.
        module_class: The class; the host makes one instance, without arguments.
        config: attrs class of ``modules.<name>.config``.
        requires: Contracts that must have a provider; their providers start first.
        optional: Contracts that are used where there is a provider, which then starts first.
        provides: Contracts that ``init`` provides through the hub.
        after: Names of modules that start first if they are installed.
    """

    name: str
    module_class: type
    config: type = NoConfig
    requires: tuple[Any, ...] = ()
    optional: tuple[Any, ...] = ()
    provides: tuple[Any, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the class is, for messages."""
        return f"{self.module_class.__module__}:{self.module_class.__qualname__}"


def module(
    name: str,
    *,
    config: type = NoConfig,
    requires: tuple[Any, ...] = (),
    optional: tuple[Any, ...] = (),
    provides: tuple[Any, ...] = (),
    after: tuple[str, ...] = (),
) -> Callable[[type[M]], type[M]]:
    """Mark a class as a module; see `ModuleSpec` for the arguments.

    The class inherits the capabilities it wants (REST, database, ...) and may define ``async def init(self, ctx:
    ModuleContext[Config]) -> None``. Marking registers nothing: the host collects modules by entry point.

    Raises:
        StartupError: The name is not snake_case, *config* is not an attrs class, or another argument is no tuple.

    Example:
        >>> @module(name="greeter")
        ... class GreeterModule:
        ...     async def init(self, ctx): ...
        >>> spec_of(GreeterModule).name
        'greeter'
    """
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME_LENGTH:
        raise StartupError(
            Phase.COLLECT,
            f"{name!r} is not a module name",
            remedy=f"use snake_case of at most {_MAX_NAME_LENGTH} letters, digits and single underscores",
        )
    if not attrs.has(config):
        raise StartupError(
            Phase.COLLECT,
            f"the config of module {name!r} is {config!r}",
            remedy="decorate the section class with attrs: @frozen(kw_only=True)",
            module=name,
        )

    named: dict[str, object] = {
        "requires": requires,
        "optional": optional,
        "provides": provides,
        "after": after,
    }
    for argument, value in named.items():
        if not isinstance(value, tuple):
            raise StartupError(
                Phase.COLLECT,
                f"{argument} of module {name!r} is {value!r}, which is no tuple",
                remedy=f"write a tuple, with a comma even for one: {argument}=({contract_name(value)},)",
                module=name,
            )

    def mark(module_class: type[M]) -> type[M]:
        spec = ModuleSpec(
            name=name,
            module_class=module_class,
            config=config,
            requires=requires,
            optional=optional,
            provides=provides,
            after=after,
        )
        setattr(module_class, _SPEC, spec)
        return module_class

    return mark


def spec_of(module_class: type) -> ModuleSpec:
    """Return what ``@module`` said about *module_class*.

    Raises:
        StartupError: The class itself is not marked; a mark is not inherited.
    """
    spec = vars(module_class).get(_SPEC)
    if not isinstance(spec, ModuleSpec):
        raise StartupError(
            Phase.COLLECT,
            f"{module_class.__module__}:{module_class.__qualname__} is not a module",
            remedy='decorate the class with @module(name="...")',
        )
    return spec


def contract_name(contract: Any) -> str:
    """Return the name of a contract type for messages."""
    return getattr(contract, "__qualname__", None) or str(contract)
