"""Decorators for methods that the host calls."""

from __future__ import annotations

from typing import Any

import pytest

from modkit import background, health_check, on_ready, on_start, on_stop, periodic
from modkit.lifecycle.hooks import (
    Background,
    HealthCheck,
    OnReady,
    OnStart,
    OnStop,
    Periodic,
    hooked_methods,
)


class Base:
    @on_start
    async def first(self) -> None: ...

    @on_stop
    async def last(self) -> None: ...

    @on_ready
    async def replaced(self) -> None: ...


class Derived(Base):
    @background(stop_timeout_s=3, await_ready=True)
    async def work(self, ready: Any) -> None: ...

    @periodic(every_s=2, jitter_s=1, singleton=True)
    async def tidy(self) -> None: ...

    @health_check
    async def fine(self) -> None: ...

    async def replaced(self) -> None: ...


def test_hooks_are_found_base_first_in_the_order_of_definition() -> None:
    assert [(item.name, item.hook) for item in hooked_methods(Derived)] == [
        ("first", OnStart()),
        ("last", OnStop()),
        ("work", Background(stop_timeout_s=3, await_ready=True)),
        ("tidy", Periodic(every_s=2, jitter_s=1, singleton=True)),
        ("fine", HealthCheck()),
    ]


def test_method_overridden_without_the_decorator_is_no_hook() -> None:
    assert ("replaced", OnReady()) in [(item.name, item.hook) for item in hooked_methods(Base)]
    assert "replaced" not in [item.name for item in hooked_methods(Derived)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("every_s", 0),
        ("every_s", -1),
        ("every_s", float("nan")),
        ("jitter_s", -0.1),
        ("jitter_s", float("nan")),
        ("stop_timeout_s", 0),
    ],
)
def test_periodic_refuses_impossible_times(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is .*; it must be >"):
        periodic(**{"every_s": 1.0, name: value})


def test_background_refuses_an_impossible_time() -> None:
    with pytest.raises(ValueError, match="stop_timeout_s is 0; it must be > 0"):
        background(stop_timeout_s=0)
