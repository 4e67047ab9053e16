"""Every operation keeps what the API document promises: a whole platform against schemathesis, all checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.shop_platform import TOKEN
from tests.platform.shop_run import running_shop

# No check is left out; three expectations of schemathesis say less than HTTP or our document does.
CONFIG = """
seed = 1

[generation]
deterministic = true
database = "none"

# A value that is too long for its schema is too long for a URL or a head as well, where it is refused first.
[checks.negative_data_rejection]
expected-statuses = [
    "400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "428", "429", "431",
]

# No schema can say what the bytes of a file must be: the document promises that they are refused like this.
[[operations]]
include-operation-id = ["file_parser.upload", "file_parser.upload_markdown", "file_parser.upload_events"]

[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "413", "415", "422"]

# Nor which files a server has, and which addresses lead to one.
[[operations]]
include-operation-id = [
    "file_parser.parse_local", "file_parser.parse_local_markdown", "file_parser.parse_local_events",
    "file_parser.parse_url", "file_parser.parse_url_markdown", "file_parser.parse_url_events",
]

[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404"]

# Nor how an identifier, a pattern or a cursor of types is written, and what a type must be.
[[operations]]
include-operation-id = ["types_registry.list", "types_registry.export", "types_registry.put_entity"]

[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "409", "422"]
"""
MOST_EXAMPLES = 12
PATIENCE_S = 240


def violations(url: str, folder: Path, *arguments: str) -> str:
    """Attack every operation; return the report if anything is wrong, else nothing."""
    config = folder / "conformance.toml"
    config.write_text(CONFIG)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
        *("run", f"{url}/openapi.json", "--checks", "all"),
        *("--max-examples", str(MOST_EXAMPLES), "--continue-on-failure", "--no-shrink"),
        *arguments,
    ]
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr


@pytest.mark.timeout(PATIENCE_S)
def test_api_conforms_for_a_caller_with_a_token(tmp_path: Path) -> None:
    with running_shop(tmp_path, auth_disabled=False) as url:
        assert not violations(url, tmp_path, "--header", f"Authorization: Bearer {TOKEN}")


@pytest.mark.timeout(PATIENCE_S)
def test_api_conforms_without_authentication(tmp_path: Path) -> None:
    with running_shop(tmp_path, auth_disabled=True) as url:
        assert not violations(url, tmp_path)


@pytest.mark.timeout(PATIENCE_S)
def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    with running_shop(tmp_path, is_honest=False) as url:
        report = violations(url, tmp_path, "--include-path", "/shop/v1/lie")
    assert "Received: 409" in report
    assert "ST103 Undocumented status code: 1" in report
