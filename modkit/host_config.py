"""The configuration sections that the host itself reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import attrs
from attrs import field, frozen
from msgspec import Meta

from modkit.capability import handlers_of
from modkit.context import Resources
from modkit.docstring import description_of
from modkit.module import ModuleSpec
from modkit.observability.log_config import LoggingConfig

C = TypeVar("C")


@frozen(kw_only=True)
class ServerConfig:
    """Section ``server``: the host as a whole.

    Attributes:
        home_dir: Folder for the files of the platform, ``~`` allowed; every module gets a folder of its own below it.
        drain_delay_s: Seconds between turning not ready and refusing connections, so that load balancers notice.
        drain_timeout_s: Seconds that requests in flight may take to finish when the platform stops.
        workers: Processes that serve side by side on the same sockets.
        providers: Which module provides a contract, by contract name, where several do.
    """

    home_dir: Path = Path("~/.modkit")
    drain_delay_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    drain_timeout_s: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    providers: dict[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class ModuleRuntimeConfig:
    """Section ``modules.<name>.runtime``: how the host treats one module.

    Attributes:
        start_timeout_s: Longest time for each start-up step of the module, in seconds.
        stop_timeout_s: Longest time for its ``@on_stop`` methods and for closing its resources, in seconds.
    """

    start_timeout_s: Annotated[float, Meta(gt=0, le=3600)] = 60.0
    stop_timeout_s: Annotated[float, Meta(gt=0, le=3600)] = 30.0


@frozen(kw_only=True)
class ModuleSection(Generic[C]):
    """Section ``modules.<name>``; `module_section` makes one per module, with its own ``config``."""

    config: C
    enabled: bool = True
    runtime: ModuleRuntimeConfig = field(factory=ModuleRuntimeConfig)


def module_section(spec: ModuleSpec) -> type[ModuleSection[Any]]:
    """Return the section class of one module, whose ``config`` is the class that the module declares."""
    has_default = all(
        item.default is not attrs.NOTHING for item in attrs.fields(spec.config) if item.init
    )
    config = (
        field(factory=spec.config, type=spec.config) if has_default else field(type=spec.config)
    )
    of_capabilities = _module_sections(spec)
    section: type[ModuleSection[Any]] = attrs.make_class(
        f"{spec.module_class.__qualname__}Section",
        {
            "config": config,
            "enabled": field(default=True, type=bool),
            "runtime": field(factory=ModuleRuntimeConfig, type=ModuleRuntimeConfig),
            **{name: field(factory=kind, type=kind) for name, kind in of_capabilities.items()},
        },
        frozen=True,
        kw_only=True,
    )
    described = "".join(
        f"\n        {name}: {description_of(kind.__doc__).splitlines()[0]}"
        for name, kind in of_capabilities.items()
    )
    section.__doc__ = f"""Section ``modules.{spec.name}``.

    Attributes:
        config: What the module itself reads.
        enabled: Whether the module takes part in this platform.
        runtime: How the host treats the module.{described}
    """
    return section


def platform_sections(specs: Sequence[ModuleSpec]) -> dict[str, type]:
    """Return the class of every section of a platform's configuration, by path."""
    return {
        "server": ServerConfig,
        "logging": LoggingConfig,
        **_platform_sections(specs),
        **{f"modules.{spec.name}": module_section(spec) for spec in specs},
    }


def give_platform_sections(
    specs: Iterable[ModuleSpec], sections: Mapping[str, Any], resources: Resources
) -> None:
    """Make the sections that capabilities of *specs* read resources, each by its class.

    Args:
        specs: The modules.
        sections: All sections, checked, by path.
        resources: The host's.
    """
    for name, kind in _platform_sections(specs).items():
        resources.give(kind, sections[name])


def give_module_sections(
    spec: ModuleSpec, section: ModuleSection[Any], resources: Resources
) -> None:
    """Make the sections of one module that its capabilities read resources of the module, each by its class."""
    for name, kind in _module_sections(spec).items():
        resources.give(kind, getattr(section, name))


def _platform_sections(specs: Iterable[ModuleSpec]) -> dict[str, type]:
    return {
        name: kind
        for spec in specs
        for handler in handlers_of(spec.module_class)
        for name, kind in handler.platform_sections.items()
    }


def _module_sections(spec: ModuleSpec) -> dict[str, type]:
    return {
        name: kind
        for handler in handlers_of(spec.module_class)
        for name, kind in handler.module_sections.items()
    }
