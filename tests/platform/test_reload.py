"""SIGHUP: what changed restarts, what is wrong changes nothing, and nobody is refused meanwhile."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.platform.conftest import Platform, StartPlatform


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def title(platform: Platform) -> str:
    answer = platform.ask("GET /openapi.json")
    assert answer.status == 200
    shown: str = answer.json["info"]["title"]
    return shown


@pytest.fixture(name="file")
def file_fixture(tmp_path: Path) -> Path:
    return write(tmp_path / "platform.yaml", configured("Before"))


def configured(name: str, address: str = "127.0.0.1:0") -> str:
    return (
        f"modules: {{api_ingress: {{config: {{bind_addr: '{address}', auth_disabled: true, "
        f"enable_docs: true, api: {{title: {name}}}}}}}}}\n"
    )


def test_a_module_whose_section_changed_restarts_on_the_same_address(
    start_platform: StartPlatform, file: Path
) -> None:
    platform = start_platform(file=file)
    assert title(platform) == "Before"
    write(file, configured("After"))
    platform.signal(signal.SIGHUP)
    platform.wait_for("configuration reloaded; restarted: api_ingress")
    assert title(platform) == "After"
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0


def test_a_wrong_configuration_changes_nothing(start_platform: StartPlatform, file: Path) -> None:
    platform = start_platform(file=file)
    write(file, "modules: {api_ingress: {config: {bind_adr: x}}}\n")
    platform.signal(signal.SIGHUP)
    platform.wait_for("bind_adr")
    assert title(platform) == "Before"
    write(file, configured("After"))
    platform.signal(signal.SIGHUP)
    platform.wait_for("configuration reloaded")
    assert title(platform) == "After"
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0


def test_workers_reload_and_keep_the_address_of_their_parent(
    start_platform: StartPlatform, file: Path
) -> None:
    platform = start_platform("--workers", "2", file=file)
    platform.wait_for("ready: ")  # of the second worker; the first has announced the platform
    write(file, configured("After"))
    platform.signal(signal.SIGHUP)
    platform.wait_for("configuration reloaded", times=2)
    assert title(platform) == "After"
    write(file, configured("Moved", "127.0.0.1:1"))
    platform.signal(signal.SIGHUP)
    platform.wait_for("listens only where its parent does", times=2)
    assert title(platform) == "After"
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
