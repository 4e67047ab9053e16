"""Importing the core loads nothing heavy: a library that a module does not use costs it nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.source_tree import ROOT

HEAVY = (
    "aiohttp",
    "cattrs",
    "click",
    "grpc",
    "httpx",
    "importlib.metadata",
    "jsonschema",
    "jsonschema_rs",
    "opentelemetry.sdk",
    "rich",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
    "yaml",
    "yarl",
)


@pytest.mark.parametrize("library", ["modkit", "modkit_errors", "modkit.http"])
def test_import_loads_nothing_heavy(library: str) -> None:
    # Plug-ins that the environment loads at start are not ours to count: hence the difference.
    script = f"import sys; before = set(sys.modules); import {library}; print(*set(sys.modules) - before)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert sorted(set(HEAVY) & set(run.stdout.split())) == []


def test_core_is_a_package_with_a_table_of_contents() -> None:
    assert (ROOT / "modkit" / "__init__.py").is_file()
