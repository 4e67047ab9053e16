"""Plugin of pytest with the fixture ``temporary_database``: ``pytest_plugins = ["modkit_db.testing.plugin"]``."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from modkit_db.testing.temporary import (
    DATABASE_KINDS,
    ServerMissing,
    TemporaryDatabase,
    temporary_database,
)


@pytest.fixture(name="temporary_database", params=DATABASE_KINDS)
async def temporary_database_fixture(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncGenerator[TemporaryDatabase]:
    """An empty database of each kind; a server that is missing skips the test, and fails it where ``CI`` is set."""
    try:
        async with temporary_database(request.param, tmp_path) as made:
            yield made
    except ServerMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
