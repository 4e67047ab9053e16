"""Listening sockets that outlive the restart of a module."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit import ModuleContext, Phase, StartupError, module, on_start, on_stop
from modkit.listeners import (
    INHERITED_VARIABLE,
    ListenerCapability,
    Listeners,
    format_descriptors,
    inherited_descriptors,
    parse_address,
)
from tests.modkit.conftest import HostMaker

SETTING = "modules.server.config.bind_addr"


@pytest.fixture(name="listeners")
def listeners_fixture() -> Iterator[Listeners]:
    with closing(Listeners()) as listeners:
        yield listeners


def address_of(listener: socket.socket) -> str:
    return "{}:{}".format(*listener.getsockname())


def accepts(address: str) -> bool:
    try:
        socket.create_connection(parse_address(address, setting=SETTING), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_asking_twice_gives_two_sockets_of_one_queue(listeners: Listeners) -> None:
    first = listeners.listen("127.0.0.1:0", setting=SETTING)
    second = listeners.listen("127.0.0.1:0", setting=SETTING)
    assert first.fileno() != second.fileno()
    assert address_of(first) == address_of(second)
    first.close()
    assert accepts(address_of(second))
    second.close()


def test_port_zero_of_two_settings_is_two_ports(listeners: Listeners) -> None:
    with (
        listeners.listen("127.0.0.1:0", setting="a") as one,
        listeners.listen("127.0.0.1:0", setting="b") as two,
    ):
        assert address_of(one) != address_of(two)


def test_host_stops_listening_after_the_last_release(listeners: Listeners) -> None:
    with listeners.listen("127.0.0.1:0", setting=SETTING) as taken:
        address = address_of(taken)
    listeners.listen("127.0.0.1:0", setting=SETTING).close()
    listeners.release("127.0.0.1:0", setting=SETTING)
    assert accepts(address)
    listeners.release("127.0.0.1:0", setting=SETTING)
    assert not accepts(address)


def test_port_in_use_names_address_setting_and_reason(listeners: Listeners) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = address_of(other)
        with pytest.raises(StartupError) as caught:
            listeners.listen(address, setting=SETTING)
    assert f"cannot listen on {address}: address already in use" in caught.value.problem
    assert SETTING in caught.value.remedy
    assert listeners.descriptors() == {}


def test_address_of_another_setting_names_both(listeners: Listeners) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = address_of(free)
    listeners.listen(address, setting="modules.a.bind").close()
    with pytest.raises(
        StartupError, match=r"for modules\.b\.bind: modules\.a\.bind has it already"
    ):
        listeners.listen(address, setting="modules.b.bind")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:8080", ("::1", 8080)),
        (":0", ("", 0)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_addresses_are_host_and_port(address: str, expected: tuple[str, int]) -> None:
    assert parse_address(address, setting=SETTING) == expected


@pytest.mark.parametrize("address", ["", "80", "host", "host:", "host:x", "h:65536", "h:-1", "h:٣"])
def test_other_texts_are_no_address(address: str) -> None:
    with pytest.raises(StartupError, match="which is not host:port") as caught:
        parse_address(address, setting=SETTING)
    assert caught.value.phase is Phase.CONFIGURE
    assert SETTING in caught.value.problem


hosts = st.sampled_from(["", "host", "[::1]", "::1", "::"])
almost_addresses = st.builds("{}:{}".format, hosts, st.integers(-1, 99_999))


@given(address=st.text(max_size=20) | almost_addresses)
def test_any_text_is_an_address_or_refused(address: str) -> None:
    written_host, _, written_port = address.rpartition(":")
    try:
        host, port = parse_address(address, setting=SETTING)
    except StartupError as error:
        assert SETTING in error.problem  # noqa: PT017 - either outcome is right
        assert not re.fullmatch("[0-9]{1,4}", written_port) or ":" not in address
    else:
        assert written_host in (host, f"[{host}", f"{host}]", f"[{host}]")
        assert port == int(written_port)
        assert 0 <= port <= 65535


def test_unknown_host_is_a_start_up_error(listeners: Listeners) -> None:
    with pytest.raises(StartupError, match=r"cannot listen on 256\.0\.0\.1:0"):
        listeners.listen("256.0.0.1:0", setting=SETTING)


def test_inherited_sockets_are_used_in_place_of_binding() -> None:
    with closing(Listeners()) as parent:
        parent.listen("127.0.0.1:0", setting=SETTING).close()
        text = format_descriptors(parent.descriptors())
        handed = {
            address: os.dup(descriptor)
            for address, descriptor in inherited_descriptors({INHERITED_VARIABLE: text}).items()
        }
        assert handed.keys() == parent.descriptors().keys()
        with (
            closing(Listeners(handed)) as child,
            parent.listen("127.0.0.1:0", setting=SETTING) as ours,
            child.listen("127.0.0.1:0", setting=SETTING) as theirs,
        ):
            assert address_of(theirs) == address_of(ours)


@given(
    descriptors=st.dictionaries(
        st.sampled_from(["127.0.0.1:80", "[::1]:80", ":0", "modules.a@127.0.0.1:0"]),
        st.integers(0, 99),
    )
)
def test_descriptors_survive_the_environment(descriptors: dict[str, int]) -> None:
    text = format_descriptors(descriptors)
    assert inherited_descriptors({INHERITED_VARIABLE: text}) == descriptors


def test_nothing_is_inherited_without_the_variable() -> None:
    assert inherited_descriptors({}) == {}


@frozen(kw_only=True)
class ServerSettings:
    bind_addr: str = "127.0.0.1:0"
    greeting: str = "one"
    fails: bool = False


@module(name="server", config=ServerSettings)
class ServerModule(ListenerCapability):
    """Answers every connection with its greeting."""

    bound: str = ""

    @classmethod
    def listen_addresses(cls, config: Any) -> Mapping[str, str]:
        return {SETTING: config.bind_addr}

    async def init(self, ctx: ModuleContext[ServerSettings]) -> None:
        self.config, self.listeners = ctx.config, ctx.resource(Listeners)
        listener = self.listeners.listen(ctx.config.bind_addr, setting=SETTING)
        type(self).bound = address_of(listener)
        self.server = await asyncio.start_server(self.answer, sock=listener, start_serving=False)
        ctx.on_close(self.server.close)

    @on_start
    async def serve(self) -> None:
        if self.config.fails:
            raise ValueError("boom")
        await self.server.start_serving()

    @on_stop
    async def stop_serving(self) -> None:
        self.server.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.config.greeting.encode())
        await writer.drain()
        writer.close()


async def greeting(address: str) -> str:
    reader, writer = await asyncio.open_connection(*parse_address(address, setting=SETTING))
    text = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return text


@pytest.mark.anyio
async def test_restart_of_a_listening_module_refuses_no_connection(make_host: HostMaker) -> None:
    host = make_host(ServerModule)
    answers: list[str] = []

    async def connect() -> None:
        while True:
            answers.append(await greeting(ServerModule.bound))

    async with host.started(), asyncio.timeout(20):
        connecting = asyncio.create_task(connect())
        for word in ("two", "three"):
            changed = host.configuration.with_overrides([f"modules.server.config.greeting={word}"])
            await host.restart("server", changed)
            while word not in answers:
                await asyncio.sleep(0)
                assert not connecting.done(), connecting.exception()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
    assert answers.count("one") + answers.count("two") + answers.count("three") == len(answers)
    assert not accepts(ServerModule.bound)


@pytest.mark.anyio
async def test_restart_on_another_address_leaves_the_first(make_host: HostMaker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        other = address_of(free)
    host = make_host(ServerModule)
    async with host.started():
        first = ServerModule.bound
        failing = host.configuration.with_overrides(
            [f"modules.server.config.bind_addr={other}", "modules.server.config.fails=true"]
        )
        with pytest.raises(StartupError, match="boom"):
            await host.restart("server", failing)
        assert (await greeting(first), accepts(other)) == ("one", False)
        changed = host.configuration.with_overrides([f"modules.server.config.bind_addr={other}"])
        await host.restart("server", changed)
        assert (await greeting(other), accepts(first)) == ("one", False)
    assert not accepts(other)


@pytest.mark.anyio
async def test_port_in_use_fails_the_start_and_names_the_module(make_host: HostMaker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = address_of(other)
        host = make_host(ServerModule, modules={"server": {"config": {"bind_addr": address}}})
        with pytest.raises(StartupError, match=f"cannot listen on {address}") as caught:
            await host.start()
    assert caught.value.module == "server"


@pytest.mark.anyio
async def test_listening_modules_start_last(make_host: HostMaker) -> None:
    zebra = module(name="zebra")(type("Zebra", (), {}))
    assert [spec.name for spec in make_host(ServerModule, zebra).specs] == ["zebra", "server"]
