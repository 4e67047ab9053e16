"""Clients that do not read what they asked for: memory stays bounded, others are served, the stop waits for none."""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack

import psutil

from tests.platform.conftest import Platform, StartPlatform, Wire

MEBIBYTE = 1024**2
CLIENTS = 200
# What the kernel and the server may hold for one client that does not read, beside the server's own parts.
MOST_BYTES_A_CLIENT = 256 * 1024


def unread(platform: Platform, path: str) -> Wire:
    """Ask for *path* with a receive buffer as small as the kernel allows, and read only the head."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    connection.settimeout(30)
    connection.connect(platform.address)
    wire = Wire(connection)
    wire.send(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    wire.until(b"\r\n\r\n")
    return wire


def in_flight(platform: Platform) -> int:
    count: int = platform.ask("GET /fire/v1/state").json["in_flight"]
    return count


def test_clients_that_do_not_read_cost_bounded_memory_and_hinder_nobody(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform()
    process = psutil.Process(platform.pid)
    platform.ask("GET /healthz")
    before = process.memory_info().rss
    with ExitStack() as stack:
        for number in range(CLIENTS):
            path = "/fire/v1/bytes" if number % 20 else "/fire/v1/flood"
            stack.enter_context(unread(platform, path))
        for _ in range(50):
            assert platform.ask("GET /healthz").status == 200
        assert in_flight(platform) == CLIENTS + 1
        grown = process.memory_info().rss - before
        assert grown < CLIENTS * MOST_BYTES_A_CLIENT + 16 * MEBIBYTE
    while in_flight(platform) > 1:  # they have left: each handler ends
        pass
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert "Traceback" not in platform.text


def test_event_streams_that_nobody_reads_do_not_hold_the_stop(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(settings={"server.drain_timeout_s": 0.5})
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(unread(platform, "/fire/v1/flood"))
        platform.signal(signal.SIGTERM)
        assert platform.end() == 0
    assert "Traceback" not in platform.text


def test_reader_that_comes_back_to_its_stream_misses_nothing(start_platform: StartPlatform) -> None:
    platform = start_platform()
    with unread(platform, "/fire/v1/flood") as wire:
        assert platform.ask("GET /healthz").status == 200
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MEBIBYTE)
        numbers: list[int] = []
        while len(numbers) < 2000:
            event = wire.until(b"\n\n")
            numbers.append(int(event.rpartition(b'"text":"')[2].partition(b'"')[0]))
        assert numbers == list(range(2000))
