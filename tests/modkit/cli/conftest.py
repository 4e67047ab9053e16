"""Small platforms, and a way to call their command line in process."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from attrs import define, field, frozen
from click.testing import CliRunner, Result

from modkit import ModuleContext, Secret, module
from modkit.application import Application
from modkit.cli import command_line
from modkit.discovery import specs_of
from modkit.ports import OwnTenantPolicy
from modkit.rest import Hosting, RestCapability, RestHostCapability, Routes
from modkit.testing import MintedTokens
from modkit_errors import NotFound


class Clock(ABC):
    """Tells the time."""

    @abstractmethod
    async def now(self) -> str:
        """Return it."""


class SystemClock(Clock):
    async def now(self) -> str:
        return "noon"


class Calendar(ABC):
    """Knows holidays."""

    @abstractmethod
    async def is_holiday(self, day: str) -> bool:
        """Tell whether nobody works on *day*."""


@define
class DayMissing(NotFound):
    """There is no such day."""


@frozen(kw_only=True)
class ClockConfig:
    """Section ``modules.clock.config``.

    Attributes:
        zone: Where.
        api_key: For the time server.
    """

    zone: str = "UTC"
    api_key: Secret[str] = field(factory=lambda: Secret("k3y-of-the-clock"))


@module(name="clock", config=ClockConfig, provides=(Clock,))
class ClockModule:
    """Provides the time."""

    async def init(self, ctx: ModuleContext[ClockConfig]) -> None:
        ctx.hub.provide(Clock, SystemClock())


@module(name="end", requires=(Clock,), optional=(Calendar,), after=("clock",))
class DaysModule(RestCapability):
    """Serves days; its name is a word of Mermaid's own."""

    async def init(self, ctx: ModuleContext[Any]) -> None:
        self._clock = ctx.hub.get(Clock)

    def routes(self, routes: Routes) -> None:
        (
            routes.get("/end/v1/days/{day_id}")
            .operation_id("end.get_day")
            .summary("Fetch one day")
            .requires("days", "read")
            .returns(str)
            .raises(DayMissing)
            .handler(self.day)
        )
        (
            routes.get("/end/v1/now")
            .operation_id("end.get_now")
            .summary("Tell the time")
            .public()
            .returns(str)
            .handler(self._clock.now)
        )

    async def day(self, day_id: UUID) -> str:
        """Fetch one day."""
        raise DayMissing


@module(name="gate")
class GateModule(RestHostCapability):
    """Hosts the API for callers with tokens."""

    def routes(self, routes: Routes) -> None:
        """Declare nothing."""

    def rest_hosting(self) -> Hosting:
        return Hosting(authenticator=MintedTokens(), policy=OwnTenantPolicy())


Cli = Callable[..., Result]


@define
class Samples:
    """The modules of this file, as one fixture: test modules cannot import each other."""

    clock: type = ClockModule
    days: type = DaysModule
    contract: type[Clock] = Clock


@pytest.fixture(name="samples", scope="session")
def samples_fixture() -> Samples:
    return Samples()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return what calls the command line of a platform; it works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("TIME_"):
            monkeypatch.delenv(name)

    def call(
        *arguments: str,
        modules: tuple[type, ...] = (ClockModule, DaysModule, GateModule),
        **more: Any,
    ) -> Result:
        application = Application(
            name="time",
            summary="Tells the time.",
            version="1.2.3",
            env_prefix="TIME_",
            defaults={"server": {"home_dir": str(tmp_path / "home")}},
            modules=lambda: specs_of(modules),
        )
        return CliRunner(**more).invoke(
            command_line(application), list(arguments), catch_exceptions=False, prog_name="time"
        )

    return call
