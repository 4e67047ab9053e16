"""Odd frames on a WebSocket: the conversation ends with the code that says why, and serving goes on."""

from __future__ import annotations

import json
import signal
import struct
import zlib
from collections.abc import Iterator

import pytest

from tests.platform.conftest import Platform, StartPlatform, Wire

HANDSHAKE = {
    "connection": "upgrade",
    "upgrade": "websocket",
    "sec_websocket_version": "13",
    "sec_websocket_key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN = 0x80
MASK = b"\x01\x02\x03\x04"
MEBIBYTE = 1024**2


@pytest.fixture(scope="module", name="platform")
def platform_fixture(start_shared_platform: StartPlatform) -> Iterator[Platform]:
    platform = start_shared_platform(settings={"logging.default.console_level": "warning"})
    yield platform
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert "Traceback" not in platform.text


def note(text: str = "hello") -> bytes:
    return json.dumps({"text": text}).encode()


def frame(
    opcode: int,
    data: bytes = b"",
    *,
    first: int = FIN,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return one frame; *length* is declared in place of the true one."""
    size = len(data) if length is None else length
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes([first | opcode, bit | size])
    elif size < 65_536:
        head = bytes([first | opcode, bit | 126]) + struct.pack("!H", size)
    else:
        head = bytes([first | opcode, bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + data
    return head + MASK + bytes(byte ^ MASK[index % 4] for index, byte in enumerate(data))


def opened(wire: Wire, **headers: str) -> dict[str, str]:
    """Shake hands, and return the headers of the answer."""
    lines = [
        f"{name.replace('_', '-')}: {value}" for name, value in {**HANDSHAKE, **headers}.items()
    ]
    wire.send(
        "\r\n".join(["GET /fire/v1/socket HTTP/1.1", "host: localhost", *lines, "", ""]).encode()
    )
    head = wire.until(b"\r\n\r\n").decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    assert " 101 " in head[0]
    return dict(line.lower().split(": ", 1) for line in head[1:])


def received(wire: Wire) -> tuple[int, bytes]:
    """Return opcode and data of the next frame of the server."""
    first, second = wire.exactly(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", wire.exactly(2))
    elif size == 127:
        (size,) = struct.unpack("!Q", wire.exactly(8))
    assert not second & 0x80, "a server must not mask"
    return first & 0x0F, wire.exactly(size)


def closing(wire: Wire) -> int:
    """Read up to the close frame, and return its code."""
    while True:
        opcode, data = received(wire)
        if opcode == CLOSE:
            (code,) = struct.unpack("!H", data[:2])
            return int(code)


def assert_serving(platform: Platform) -> None:
    with platform.connect() as wire:
        while (state := wire.ask("GET /fire/v1/state").json)["in_flight"] > 1:
            pass
        assert state["in_flight"] == 1
        opened_again = platform.connect()
    with opened_again as wire:
        opened(wire)
        wire.send(frame(TEXT, note()))
        assert received(wire) == (TEXT, b'{"text":"hello"}')


BAD = {
    "not masked": (frame(TEXT, note(), masked=False), 1002),
    "reserved bit": (frame(TEXT, note(), first=FIN | 0x20), 1002),
    "reserved opcode": (frame(3, note()), 1002),
    "reserved control opcode": (frame(11), 1002),
    "continuation of nothing": (frame(CONTINUATION, note()), 1002),
    "text inside a fragmented text": (frame(TEXT, b"{", first=0) + frame(TEXT, note()), 1002),
    "fragmented ping": (frame(PING, b"x", first=0), 1002),
    "long ping": (frame(PING, b"x" * 126), 1002),
    "close with one byte": (frame(CLOSE, b"\x03"), 1002),
    "close with a code of nobody": (frame(CLOSE, struct.pack("!H", 999)), 1002),
    "close with a code that is never sent": (frame(CLOSE, struct.pack("!H", 1005)), 1002),
    "close with a reason that is no text": (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
    "text that is no text": (frame(TEXT, b'{"text":"\xff"}'), 1007),
    "text that ends within a character": (frame(TEXT, b'{"text":"\xe2\x82'), 1007),
    "no json": (frame(TEXT, b"hello"), 1007),
    "json of another type": (frame(TEXT, b'{"text":1}'), 1007),
    "unknown member": (frame(TEXT, b'{"text":"a","more":1}'), 1007),
    "nesting without end": (frame(TEXT, b"[" * 100_000), 1007),
    "binary that is no json": (frame(BINARY, b"\x00\x01"), 1007),
    "declared too long": (frame(TEXT, b"x", length=2**40), 1009),
    "declared longer than any": (frame(TEXT, b"x", length=2**63 + 1), 1009),
    "too long in fragments": (
        frame(TEXT, b"[" * (MEBIBYTE // 2), first=0)
        + frame(CONTINUATION, b"[" * (MEBIBYTE // 2), first=0)
        + frame(CONTINUATION, b"["),
        1009,
    ),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_bad_frame_closes_with_the_code_that_says_why(
    platform: Platform, data: bytes, code: int
) -> None:
    with platform.connect() as wire:
        opened(wire)
        wire.send(data)
        assert closing(wire) == code
    assert_serving(platform)


def test_message_in_many_fragments_with_pings_between_is_one_message(platform: Platform) -> None:
    text = note("a" * 90)
    with platform.connect() as wire:
        opened(wire)
        pieces = [frame(TEXT, text[:1], first=0)]
        for index in range(1, len(text) - 1):
            pieces += [frame(PING, b"p"), frame(CONTINUATION, text[index : index + 1], first=0)]
        wire.send(b"".join([*pieces, frame(CONTINUATION, text[-1:])]))
        found = [received(wire)]
        while found[-1][0] == PONG:
            found.append(received(wire))
        assert json.loads(found[-1][1]) == json.loads(text)
        assert found[:-1] == [(PONG, b"p")] * (len(text) - 2)


def test_flood_of_pings_hinders_nobody(platform: Platform) -> None:
    with platform.connect() as flood, platform.connect() as other:
        opened(flood)
        flood.send(frame(PING, b"x" * 125) * 20_000)
        assert other.ask("GET /healthz").status == 200
        flood.send(frame(TEXT, note("after")))
        while (answer := received(flood))[0] == PONG:
            pass
        assert answer == (TEXT, b'{"text":"after"}')
    assert_serving(platform)


def test_compressed_bomb_stops_at_the_limit(platform: Platform) -> None:
    with platform.connect() as wire:
        headers = opened(wire, sec_websocket_extensions="permessage-deflate")
        assert "permessage-deflate" in headers.get("sec-websocket-extensions", "")
        press = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = press.compress(b"[" * (200 * MEBIBYTE)) + press.flush(zlib.Z_SYNC_FLUSH)
        wire.send(frame(TEXT, bomb.removesuffix(b"\x00\x00\xff\xff"), first=FIN | 0x40))
        assert closing(wire) == 1009
    assert_serving(platform)


def test_client_that_leaves_in_the_middle_of_a_frame_is_forgotten(platform: Platform) -> None:
    for _ in range(20):
        with platform.connect() as wire:
            opened(wire)
            wire.send(frame(TEXT, note(), length=1000))
    assert_serving(platform)


def test_client_that_only_stops_sending_is_forgotten(platform: Platform) -> None:
    with platform.connect() as wire:
        opened(wire)
        wire.socket.shutdown(1)
        wire.rest()
    assert_serving(platform)


def test_client_that_is_closed_with_a_code_gets_it_back(platform: Platform) -> None:
    with platform.connect() as wire:
        opened(wire)
        wire.send(frame(CLOSE, struct.pack("!H", 4001) + b"bye"))
        assert closing(wire) == 4001
    assert_serving(platform)
