"""Why a platform did not start, in words for the person who started it."""

from __future__ import annotations

from enum import Enum

from attrs import define, field


class Phase(Enum):
    """What the host does, in this order; every failure names the phase it happened in."""

    COLLECT = "collect"
    CONFIGURE = "configure"
    ORDER = "order"
    MIGRATE = "migrate"
    INIT = "init"
    COMPOSE = "compose"
    START = "start"
    READY = "ready"
    DRAIN = "drain"
    STOP = "stop"


@define
class StartupError(Exception):
    """A platform, or one module of it, cannot start.

    Attributes:
        phase: Where in the start it happened.
        problem: What was asked and what was found.
        remedy: What to do about it; empty where the problem says it all.
        module: The module concerned, or empty.
    """

    phase: Phase
    problem: str
    remedy: str = field(default="", kw_only=True)
    module: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        place = f"module {self.module!r}, " if self.module else ""
        text = f"{place}phase {self.phase.value}: {self.problem}"
        return f"{text}\n  fix: {self.remedy}" if self.remedy else text
