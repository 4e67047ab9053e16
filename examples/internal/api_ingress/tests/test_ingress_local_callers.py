"""Without authentication, web pages of elsewhere cannot use the platform through their visitor's browser."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from examples.internal.api_ingress.tests.conftest import Serve, Served
from hyperspot.api_ingress.domain.local_callers import is_this_machine

pytestmark = pytest.mark.anyio

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


async def exchange(served: Served, head: str) -> bytes:
    address = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head.encode())
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"\r\n\r\n")
        if b"problem+json" in answer:
            answer += await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "rebound.example"}, id="rebinding"),
        pytest.param({"Host": "localhost.rebound.example:8087"}, id="prefix"),
        pytest.param({"Host": "rebound-localhost"}, id="suffix"),
        pytest.param({"Host": "user@127.0.0.1@rebound.example"}, id="userinfo"),
        pytest.param({"Host": ""}, id="empty"),
        pytest.param({"Host": "[::1"}, id="broken"),
        pytest.param({"Origin": "https://evil.example"}, id="cross-origin"),
        pytest.param({"Origin": "null"}, id="null-origin"),
        pytest.param({"Origin": "http://localhost.evil.example"}, id="origin-prefix"),
        pytest.param({"Origin": "https://evil.example", **HANDSHAKE}, id="websocket"),
    ],
)
async def test_requests_of_foreign_pages_are_refused(serve: Serve, headers: dict[str, str]) -> None:
    served = await serve()
    lines = "".join(
        f"{name}: {value}\r\n" for name, value in ({"Host": "localhost"} | headers).items()
    )
    answer = await exchange(served, f"GET /healthz HTTP/1.1\r\n{lines}\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b'"code":"FORBIDDEN"' in answer


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost"},
        {"Host": "LOCALHOST:1"},
        {"Host": "127.0.0.1:8087"},
        {"Host": "[::1]:8087"},
        {"Host": "app.localhost."},
        {"Host": "localhost", "Origin": "http://localhost:3000"},
        {"Host": "localhost", "Origin": "https://app.example"},
    ],
    ids=str,
)
async def test_this_machine_and_allowed_origins_are_served(
    serve: Serve, headers: dict[str, str]
) -> None:
    served = await serve(cors={"allowed_origins": ["https://app.example"]})
    assert (await served.client.get("/healthz", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "lines", ["", "Host: localhost\r\nHost: localhost\r\n"], ids=["none", "two"]
)
async def test_a_request_has_one_host(serve: Serve, lines: str) -> None:
    served = await serve()
    answer = await exchange(served, f"GET /healthz HTTP/1.1\r\n{lines}\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"one Host header" in answer


async def test_old_clients_need_no_host(serve: Serve) -> None:
    served = await serve()
    assert (await exchange(served, "GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("address", ["//127.8.9.1", "//[::1]", "http://a.localhost:1"])
async def test_loopback_in_every_form_is_this_machine(address: str) -> None:
    assert is_this_machine(address)
