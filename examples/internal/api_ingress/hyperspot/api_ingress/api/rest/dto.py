"""What the ingress itself answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from attrs import frozen


@frozen(kw_only=True)
class HealthDto:
    """The health of the platform in one word.

    Attributes:
        status: ``healthy`` when every module is, else ``unhealthy``.
        timestamp: When it was looked at.
    """

    status: Literal["healthy", "unhealthy"]
    timestamp: datetime


@frozen(kw_only=True)
class BackgroundWorkDto:
    """One background method of a module.

    Attributes:
        name: Name of the method.
        state: ``running``, ``waiting`` to be restarted, ``finished`` or ``stopped``.
        failures: How often it failed since the module started.
        last_error: Class of the last failure, or empty.
    """

    name: str
    state: str
    failures: int
    last_error: str


@frozen(kw_only=True)
class ModuleHealthDto:
    """The health of one module.

    Attributes:
        name: Name of the module.
        state: Where it is in its life, such as ``running``.
        healthy: Whether it runs, its checks pass and no background work waits to be restarted.
        failed_checks: Names of the health checks that failed.
        work: Its background methods.
    """

    name: str
    state: str
    healthy: bool
    failed_checks: tuple[str, ...]
    work: tuple[BackgroundWorkDto, ...]


@frozen(kw_only=True)
class ModuleHealthListDto:
    """The health of every module, in start order."""

    items: tuple[ModuleHealthDto, ...]
