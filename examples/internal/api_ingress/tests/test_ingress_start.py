"""What the ingress refuses to start with, and where it listens."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.internal.api_ingress.tests.conftest import MakeHost, Serve
from modkit.announcements import Announcements
from modkit.config import ConfigurationInvalid
from modkit.host import RunMode
from modkit.startup_error import StartupError

pytestmark = pytest.mark.anyio

OPEN_DOORS = "authentication is switched off"
NOT_LOOPBACK = [
    "0.0.0.0:0",
    "[::]:0",
    ":0",
    "192.0.2.1:0",
    "example.com:0",
    "localhost.example.com:0",
    "0:0",
    "[::ffff:0.0.0.0]:0",
]


async def refusal(make_ingress: MakeHost, mode: RunMode = RunMode.FULL, **config: Any) -> str:
    host = make_ingress(**config)
    with pytest.raises(StartupError) as caught:
        await host.start(mode)
    assert host.running == ()
    assert "module 'api_ingress'" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("address", NOT_LOOPBACK)
async def test_open_doors_are_refused_beyond_loopback(make_ingress: MakeHost, address: str) -> None:
    text = await refusal(make_ingress, RunMode.CHECK, bind_addr=address)
    assert "auth_disabled serves everyone without credentials" in text
    assert "fix: bind to 127.0.0.1" in text


async def test_a_name_that_lies_about_loopback_is_refused(
    make_ingress: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    everywhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("0.0.0.0", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: everywhere)
    text = await refusal(make_ingress, bind_addr="localhost:0")
    assert "0.0.0.0 can be reached from other machines" in text


@pytest.mark.parametrize("address", ["127.0.0.1:0", "127.8.9.10:0", "localhost:0", "[::1]:0"])
async def test_open_doors_are_served_on_loopback_with_a_warning(
    serve: Serve, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve(bind_addr=address)
    assert (await served.client.get("/healthz")).text == "ok"
    assert caplog.text.count(OPEN_DOORS) == 1


async def test_a_check_does_not_warn_of_doors_that_nobody_opens(
    make_ingress: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await make_ingress().start(RunMode.CHECK)
    assert OPEN_DOORS not in caplog.text


async def test_nobody_to_know_callers_is_refused(make_ingress: MakeHost) -> None:
    text = await refusal(make_ingress, RunMode.CHECK, auth_disabled=False)
    assert "no module provides Authenticator" in text
    assert "auth_disabled: true" in text


@pytest.mark.parametrize(
    ("cors", "words"),
    [
        ({"allowed_origins": ["*"], "allow_credentials": True}, "credentials"),
        ({"allowed_origins": ["https://a.example/path"]}, "https://a.example/path"),
    ],
    ids=["star with credentials", "origin with a path"],
)
async def test_wrong_cors_names_its_section(
    make_ingress: MakeHost, cors: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        make_ingress(cors=cors)
    assert "modules.api_ingress.config.cors" in str(caught.value)
    assert words in str(caught.value)


@pytest.fixture(name="taken")
def taken_fixture() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield f"127.0.0.1:{other.getsockname()[1]}"


async def test_a_taken_address_names_address_and_setting(
    make_ingress: MakeHost, taken: str
) -> None:
    text = await refusal(make_ingress, bind_addr=taken)
    assert f"cannot listen on {taken}: address already in use" in text
    assert "set modules.api_ingress.config.bind_addr to another" in text


@pytest.mark.parametrize(
    "address",
    ["8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1", ""],
)
async def test_what_is_no_address_names_the_setting(make_ingress: MakeHost, address: str) -> None:
    text = await refusal(make_ingress, RunMode.CHECK, bind_addr=address)
    assert f"modules.api_ingress.config.bind_addr is {address!r}, which is not host:port" in text


@pytest.mark.parametrize("config", [{"certificate_file": "a.pem"}, {"key_file": "a.pem"}])
async def test_half_a_certificate_names_the_missing_half(
    make_ingress: MakeHost, config: dict[str, str]
) -> None:
    text = await refusal(make_ingress, RunMode.CHECK, tls=config)
    missing = ({"certificate_file", "key_file"} - set(config)).pop()
    assert f"modules.api_ingress.config.tls.{missing} is not set" in text


async def test_a_missing_key_file_is_named(make_ingress: MakeHost, tmp_path: Path) -> None:
    certificate, key = tmp_path / "tls.crt", tmp_path / "nowhere" / "tls.key"
    certificate.write_text("anything")
    tls = {"certificate_file": str(certificate), "key_file": str(key)}
    text = await refusal(make_ingress, RunMode.CHECK, tls=tls)
    assert f"tls.key_file: cannot read {key}: No such file or directory" in text


async def test_a_file_that_is_no_certificate_is_named(
    make_ingress: MakeHost, tmp_path: Path
) -> None:
    file = tmp_path / "tls.pem"
    file.write_text("anything")
    tls = {"certificate_file": str(file), "key_file": str(file)}
    text = await refusal(make_ingress, RunMode.CHECK, tls=tls)
    assert f"TLS certificate {file} with key {file} cannot be used" in text


async def test_the_ingress_restarts_without_refusing_anybody(serve: Serve) -> None:
    served = await serve()
    answers: list[int] = []
    is_over = asyncio.Event()

    async def knock() -> None:
        while not is_over.is_set():
            async with httpx.AsyncClient(base_url=served.url) as client:
                answers.append((await client.get("/healthz")).status_code)

    knocking = [asyncio.create_task(knock()) for _ in range(2)]
    for _ in range(2):
        await served.restart("api_ingress", bind_addr="127.0.0.1:0", auth_disabled=True)
    is_over.set()
    await asyncio.gather(*knocking)
    assert set(answers) == {200}
    assert served.host.running == ("api_ingress",)


async def test_a_restart_that_fails_leaves_the_old_ingress_serving(
    serve: Serve, taken: str
) -> None:
    served = await serve()
    with pytest.raises(StartupError, match="address already in use"):
        await served.restart("api_ingress", bind_addr=taken, auth_disabled=True)
    assert (await served.client.get("/readyz")).text == "ready"


async def test_a_restart_may_move_to_another_address(serve: Serve) -> None:
    served = await serve(bind_addr="127.0.0.1:0")
    await served.restart("api_ingress", bind_addr="127.0.0.2:0", auth_disabled=True)
    async with httpx.AsyncClient(base_url=served.url) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


async def test_a_stopped_ingress_refuses_connections(make_ingress: MakeHost) -> None:
    host = make_ingress()
    async with host.started():
        announcements = host.resources.find(Announcements)
        assert announcements is not None
        (health,) = announcements.all()
        async with httpx.AsyncClient() as client:
            assert (await client.get(health.text)).status_code == 200
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(health.text)
