"""Capabilities: what a module inherits brings its handler along."""

from __future__ import annotations

from typing import Any

import pytest

from modkit import Capability, CapabilityHandler, ModuleContext, StartupError, module
from modkit.capability import handlers_of
from modkit.context import Resources
from tests.modkit.conftest import HostMaker


class MailHandler(CapabilityHandler[Any]):
    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self.names: list[str] = []

    async def provision(self, module: Any, ctx: ModuleContext[Any]) -> None:
        self.names.append(ctx.name)
        ctx.resources.give(str, f"mailbox of {ctx.name}")


class MailCapability(Capability):
    handled_by = MailHandler


class NewsHandler(CapabilityHandler[Any]):
    pass


class NewsCapability(MailCapability):
    handled_by = NewsHandler


def test_handlers_come_from_every_inherited_capability_most_basic_first() -> None:
    class Both(NewsCapability):
        def handler(self) -> None:
            """A name that capabilities leave to modules."""

    assert handlers_of(Both) == (MailHandler, NewsHandler)
    assert handlers_of(int) == ()


@pytest.mark.anyio
async def test_one_handler_gives_every_module_its_own_resource(make_host: HostMaker) -> None:
    found: dict[str, str] = {}

    class Mailing(MailCapability):
        async def init(self, ctx: ModuleContext[Any]) -> None:
            found[ctx.name] = ctx.resource(str)

    classes = [module(name=name)(type(name, (Mailing,), {})) for name in ("one", "two")]
    async with make_host(*classes).started() as host:
        handler = host.handler(MailHandler)
        assert isinstance(handler, MailHandler)
        assert handler.names == ["one", "two"]
    assert found == {"one": "mailbox of one", "two": "mailbox of two"}


@pytest.mark.anyio
async def test_module_without_the_capability_does_not_find_the_resource(
    make_host: HostMaker,
) -> None:
    @module(name="plain")
    class Plain:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            ctx.resource(str)

    with pytest.raises(StartupError, match="plain has no resource str: inherit the capability"):
        await make_host(Plain).start()


@pytest.mark.anyio
async def test_handler_that_does_nothing_is_enough(make_host: HostMaker) -> None:
    @module(name="reader")
    class Reader(NewsCapability):
        pass

    async with make_host(Reader).started() as host:
        assert host.running == ("reader",)
