"""Hosts in a temporary folder, and the proof that nothing of them is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from modkit.config import Configuration
from modkit.context import Resources
from modkit.discovery import specs_of
from modkit.host import Host

HostMaker = Callable[..., Host]


@pytest.fixture
def make_host(tmp_path: Path) -> HostMaker:
    """Return what makes a host of module classes; `modules` is that section of its configuration."""

    def make(
        *classes: type,
        modules: Mapping[str, Any] | None = None,
        server: Mapping[str, Any] | None = None,
        clients: Mapping[Any, Any] | None = None,
        resources: Resources | None = None,
    ) -> Host:
        return Host(
            specs_of(classes),
            Configuration.load(
                defaults={
                    "server": {"home_dir": str(tmp_path), **(server or {})},
                    **({"modules": modules} if modules else {}),
                }
            ),
            clients=clients,
            resources=resources,
        )

    return make


@pytest.fixture
async def no_leaks() -> AsyncIterator[None]:
    """Assert that every task which a test started has ended with it."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    # The test runner keeps a task of its own.
    assert not [task for task in left if "TestRunner" not in repr(task.get_coro())]
