"""Several worker processes of the real platform: they share a port, are replaced, and never outlive their parent."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.platform.conftest import Platform, StartPlatform


def workers_of(platform: Platform, count: int = 2) -> set[int]:
    """Ask on new connections until *count* different processes have answered."""
    found: set[int] = set()
    while len(found) < count:
        found.add(platform.ask("GET /fire/v1/state").json["pid"])
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_both_serve_and_a_signal_to_the_parent_ends_all(
    start_platform: StartPlatform, number: signal.Signals
) -> None:
    platform = start_platform("--workers", "2")
    workers = workers_of(platform)
    with platform.connect() as wire:
        wire.send(b"GET /fire/v1/until-drain HTTP/1.1\r\nhost: localhost\r\n\r\n")
        platform.wait_for("until_drain waits")
        platform.signal(number)
        assert wire.answer().json == {"text": "drained"}
    assert platform.end() == 0
    assert not any(map(is_alive, workers))
    assert "Traceback" not in platform.text
    records = [json.loads(line) for line in platform.output if line.startswith("{")]
    assert {record["worker"] for record in records} == {1, 2}
    with pytest.raises(ConnectionRefusedError):
        platform.connect()


def test_a_killed_worker_is_replaced_and_the_other_serves_on(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform("--workers", "2")
    workers = workers_of(platform)
    victim = min(workers)
    os.kill(victim, signal.SIGKILL)
    platform.wait_for("ended with code -9 and is replaced")
    (other,) = workers - {victim}
    assert len(workers_of(platform) - {victim, other}) == 1
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0


def test_workers_stop_when_their_parent_is_killed(start_platform: StartPlatform) -> None:
    platform = start_platform("--workers", "2")
    workers_of(platform)
    platform.signal(signal.SIGKILL)
    assert (
        platform.end() == -9
    )  # this also reads the output to its end, when no worker holds it any more
    assert platform.text.count("the parent process has gone") == 2
    assert platform.text.count('"stopped"') == 2
    with pytest.raises(ConnectionRefusedError):
        platform.connect()


def test_what_no_worker_can_start_with_is_said_once(start_platform: StartPlatform) -> None:
    platform = start_platform(
        "--workers", "3", settings={"modules.fire.config.start": "fails"}, is_ready=False
    )
    assert platform.end() == 1
    assert platform.text.count("start is to fail") == 1
    assert "Traceback" not in platform.text


def test_a_signal_during_the_start_of_workers_ends_all(start_platform: StartPlatform) -> None:
    platform = start_platform(
        "--workers", "2", settings={"modules.fire.config.init": "hangs"}, is_ready=False
    )
    platform.wait_for("init hangs")
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert platform.text.count("stopped before the platform was ready") == 1
