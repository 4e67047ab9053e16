"""The event loop of async tests."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Everything runs on asyncio; of session scope, so that async fixtures may have any scope."""
    return "asyncio"
