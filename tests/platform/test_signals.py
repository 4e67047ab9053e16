"""How a running platform stops: what is under way ends well, what hangs is cut, and nothing is left."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.platform.conftest import Platform, StartPlatform

STOP_SIGNALS = pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"]
)


def assert_port_is_free(platform: Platform) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(platform.address)


@STOP_SIGNALS
def test_a_request_under_way_finishes_and_the_port_is_free(
    start_platform: StartPlatform, number: signal.Signals
) -> None:
    platform = start_platform()
    with platform.connect() as wire:
        wire.send(b"GET /fire/v1/until-drain HTTP/1.1\r\nhost: localhost\r\n\r\n")
        platform.wait_for("until_drain waits")
        platform.signal(number)
        answer = wire.answer()
        assert (answer.status, answer.json) == (200, {"text": "drained"})
        assert wire.rest() == b""
    assert platform.end() == 0
    assert "Traceback" not in platform.text
    assert_port_is_free(platform)


def test_an_event_stream_gets_an_ending(start_platform: StartPlatform) -> None:
    platform = start_platform()
    with platform.connect() as wire:
        wire.send(b"GET /fire/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
        wire.until(b"first")
        platform.signal(signal.SIGTERM)
        assert wire.rest().endswith(b'data: {"text":"last"}\n\n\r\n0\r\n\r\n')
    assert platform.end() == 0


def test_a_websocket_is_told_to_come_back(start_platform: StartPlatform) -> None:
    platform = start_platform()
    with platform.connect() as wire:
        wire.send(
            b"GET /fire/v1/socket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        platform.signal(signal.SIGTERM)
        assert wire.rest()[:4] == b"\x88\x02" + (1012).to_bytes(2, "big")
    assert platform.end() == 0


def test_new_connections_are_refused_while_a_request_finishes(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(settings={"server.drain_timeout_s": 1})
    with platform.connect() as hanging, platform.connect() as idle:
        hanging.send(b"GET /fire/v1/hang HTTP/1.1\r\nhost: localhost\r\n\r\n")
        platform.wait_for("hang waits")
        platform.signal(signal.SIGTERM)
        assert idle.rest() == b""  # the server shuts down: idle connections end first
        with pytest.raises(ConnectionRefusedError):
            platform.connect()
        answer = hanging.answer()
        assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
        assert hanging.rest() == b""
    assert platform.end() == 0
    assert "requests that did not end within 1 s are cut off: 1" in platform.text
    assert "Traceback" not in platform.text
    assert_port_is_free(platform)


def test_a_client_that_does_not_read_does_not_hold_the_stop(start_platform: StartPlatform) -> None:
    platform = start_platform(settings={"server.drain_timeout_s": 0.5})
    with platform.connect() as wire:
        wire.send(b"GET /fire/v1/bytes HTTP/1.1\r\nhost: localhost\r\n\r\n")
        wire.until(b"xxxx")
        platform.signal(signal.SIGTERM)
        assert platform.end() == 0
    assert "Traceback" not in platform.text


def test_readiness_turns_false_before_requests_are_refused(start_platform: StartPlatform) -> None:
    platform = start_platform(settings={"server.drain_delay_s": 20})
    with platform.connect() as probe, platform.connect() as client:
        assert probe.ask("GET /readyz").status == 200
        platform.signal(signal.SIGTERM)
        platform.wait_for("draining")
        while probe.ask("GET /readyz").status == 200:  # the signal is handled, the turn comes next
            pass
        assert client.ask("GET /fire/v1/state").status == 200
        assert platform.ask("GET /healthz").status == 200
        platform.signal(signal.SIGTERM)  # no need to sit the delay out
    assert platform.end() == 0


def test_a_second_signal_stops_at_once(start_platform: StartPlatform) -> None:
    platform = start_platform()
    with platform.connect() as wire, platform.connect() as idle:
        wire.send(b"GET /fire/v1/hang HTTP/1.1\r\nhost: localhost\r\n\r\n")
        platform.wait_for("hang waits")
        platform.signal(signal.SIGTERM)
        assert idle.rest() == b""
        platform.signal(signal.SIGTERM)
        platform.wait_for("stopping at once")
        assert wire.answer().status == 503
    assert platform.end() == 0
    assert "Traceback" not in platform.text
    assert_port_is_free(platform)


@STOP_SIGNALS
@pytest.mark.parametrize("step", ["init", "start"])
def test_a_signal_during_the_start_ends_it(
    start_platform: StartPlatform, number: signal.Signals, step: str
) -> None:
    platform = start_platform(settings={f"modules.fire.config.{step}": "hangs"}, is_ready=False)
    platform.wait_for(f"{step} hangs")
    platform.signal(number)
    assert platform.end() == 0
    assert "stopped before the platform was ready" in platform.text
    assert "Traceback" not in platform.text


def test_a_failed_start_is_one_message_without_a_traceback(start_platform: StartPlatform) -> None:
    platform = start_platform(settings={"modules.fire.config.start": "fails"}, is_ready=False)
    assert platform.end() == 1
    assert platform.text.count("start is to fail") == 1
    assert "module 'fire', phase start" in platform.text
    assert "Traceback" not in platform.text


def test_the_log_of_a_run_is_its_own(start_platform: StartPlatform) -> None:
    platform = start_platform()
    platform.ask("GET /healthz")
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert "uvicorn" not in platform.text
    assert platform.text.count("authentication is switched off") == 1
