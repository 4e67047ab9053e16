"""The harness that runs a module in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol

import pytest
from attrs import define, frozen

from modkit import (
    ModuleContext,
    Plugin,
    PluginContract,
    PluginScope,
    SecurityContext,
    StartupError,
    module,
    on_start,
)
from modkit.config import ConfigurationInvalid
from modkit.context import Resources
from modkit.host import RunMode
from modkit.ports import Authenticator, LeaseStore
from modkit.rest import RestCapability, Routes
from modkit.secret import Secret
from modkit.testing import ModuleHarness, assert_problem, security_context
from modkit_errors import NotFound

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class Clock(ABC):
    @abstractmethod
    async def hour(self) -> int: ...


class Speaks(Protocol):
    async def speak(self) -> str: ...


class Store(PluginContract):
    @abstractmethod
    async def name(self) -> str: ...


class Greeter(ABC):
    @abstractmethod
    async def greet(self, ctx: SecurityContext) -> str: ...


class FakeHour(Clock):
    async def hour(self) -> int:
        return 9


class FakeVoice:
    async def speak(self) -> str:
        return "hello"


class FakeStore(Store):
    plugin = Plugin(id="fake", vendor="acme", priority=1)

    async def name(self) -> str:
        return "fake"


class OtherStore(Store):
    async def name(self) -> str:
        return "other"


@frozen(kw_only=True)
class GreeterConfig:
    word: str = "hello"
    mark: str = "!"


@define
class NobodyThere(NotFound):
    """There is nobody of that name."""

    name: str


@frozen
class GreeterService(Greeter):
    config: GreeterConfig

    async def greet(self, ctx: SecurityContext) -> str:
        return f"{self.config.word}{self.config.mark}"


@module(
    name="greeter",
    config=GreeterConfig,
    requires=(Clock,),
    optional=(Speaks, Store, LeaseStore),
    provides=(Greeter,),
)
class GreeterModule(RestCapability):
    homes: list[Path] = []  # noqa: RUF012 - where it ran last

    async def init(self, ctx: ModuleContext[GreeterConfig]) -> None:
        self.homes[:] = [ctx.home_folder()]
        self._service = GreeterService(ctx.config)
        self._stores = ctx.hub.plugins(Store)
        ctx.hub.provide(Greeter, self._service)

    def routes(self, routes: Routes) -> None:
        (
            routes.get("/greeter/v1/greetings/{name}")
            .operation_id("greeter.greet")
            .summary("Greet somebody")
            .requires("greetings", "read")
            .returns(str)
            .raises(NobodyThere)
            .handler(self.greet)
        )

    async def greet(self, ctx: SecurityContext, name: str) -> str:
        if name == "nobody":
            raise NobodyThere(name)
        return f"{await self._service.greet(ctx)} {name} of {ctx.subject_tenant_id}"


async def test_fakes_stand_in_for_the_contracts_they_implement() -> None:
    fakes = [FakeHour(), FakeVoice(), FakeStore(), OtherStore()]
    async with ModuleHarness(GreeterModule, fakes=fakes) as harness:
        assert await harness.hub.get(Clock).hour() == 9
        assert await harness.hub.get(Speaks).speak() == "hello"
        assert await harness.hub.get(Store, scope=PluginScope("fake")).name() == "fake"
        entries = harness.hub.plugins(Store).all()
        assert [entry.plugin.id for entry in entries] == ["fake", "OtherStore"]
        assert await harness.hub.get(Greeter).greet(security_context()) == "hello!"
        assert harness.host.running == ("greeter", "harness_rest_host")


@pytest.mark.parametrize("name", ["aviary", "zoo"])
async def test_rest_api_is_hosted_whatever_the_name_of_the_module(name: str) -> None:
    class Guarded(RestCapability):
        def routes(self, routes: Routes) -> None:
            route = routes.get(f"/{name}/v1/owls").operation_id(f"{name}.count_owls")
            route.summary("Count").requires("owls", "read").returns(int).handler(self.count)

        async def count(self) -> int:
            return 2

    async with ModuleHarness(module(name=name)(Guarded)) as harness:
        answer = await harness.client(security_context()).get(f"/{name}/v1/owls")
        assert answer.json() == 2


async def test_configuration_is_given_by_values_and_by_paths() -> None:
    async with ModuleHarness(
        GreeterModule,
        fakes=[FakeHour()],
        config={"word": "hi"},
        overrides=["modules.greeter.config.mark=?"],
    ) as harness:
        assert await harness.hub.get(Greeter).greet(security_context()) == "hi?"


async def test_home_is_a_folder_that_is_gone_afterwards() -> None:
    async with ModuleHarness(GreeterModule, fakes=[FakeHour()]):
        assert GreeterModule.homes[0].is_dir()
    assert not GreeterModule.homes[0].exists()


async def test_missing_fake_is_named() -> None:
    with pytest.raises(StartupError, match="requires Clock, which no enabled module provides"):
        async with ModuleHarness(GreeterModule):
            pass


async def test_wrong_configuration_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid, match="wrod"):
        async with ModuleHarness(GreeterModule, fakes=[FakeHour()], config={"wrod": 1}):
            pass


@pytest.mark.parametrize(
    ("fake", "message"),
    [
        (object(), "the fake object inherits no contract .* these are: Clock, Speaks, Store"),
        (GreeterService(GreeterConfig()), "inherits no contract"),
    ],
    ids=["object", "not_used"],
)
async def test_fake_that_stands_in_for_nothing_is_refused(fake: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        ModuleHarness(GreeterModule, fakes=[FakeHour(), fake])


async def test_fake_of_what_another_module_provides_is_refused() -> None:
    @module(name="user", requires=(Greeter,))
    class User:
        pass

    with pytest.raises(TypeError, match="has no effect: a module under test provides Greeter"):
        ModuleHarness(User, modules=[GreeterModule], fakes=[GreeterService(GreeterConfig())])


async def test_other_modules_run_beside_the_one_under_test() -> None:
    found: list[str] = []

    @module(name="user", requires=(Greeter,))
    class User:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            self.greeter = ctx.hub.get(Greeter)
            found.append(ctx.resource(str))

        @on_start
        async def start(self) -> None:
            found.append(await self.greeter.greet(security_context()))

    resources = Resources()
    resources.give(str, "given")
    async with ModuleHarness(
        User, modules=[GreeterModule], fakes=[FakeHour()], resources=resources
    ):
        assert found == ["given", "hello!"]


async def test_module_is_taken_as_far_as_asked() -> None:
    started: list[str] = []

    @module(name="eager")
    class Eager:
        @on_start
        async def start(self) -> None:
            started.append("eager")

    async with ModuleHarness(Eager, mode=RunMode.CHECK) as harness:
        assert harness.host.running == ("eager",)
    assert started == []
    assert harness.host.running == ()


async def test_client_calls_as_the_caller_it_is_made_for() -> None:
    alice = security_context(subject="alice", tenant="acme")
    bob = security_context(subject="bob", tenant="globex")
    async with ModuleHarness(GreeterModule, fakes=[FakeHour()]) as harness:
        for caller in (alice, bob):
            response = await harness.client(caller).get("/greeter/v1/greetings/Ada%20L")
            assert response.status_code == 200
            assert response.json() == f"hello! Ada L of {caller.subject_tenant_id}"
        problem = assert_problem(
            await harness.client(alice).get("/greeter/v1/greetings/nobody"),
            code="NOBODY_THERE",
            status=404,
        )
        assert problem.extensions == {"name": "nobody"}
        anonymous = await harness.client().get("/greeter/v1/greetings/Ada")
        assert_problem(anonymous, code="UNAUTHENTICATED", status=401)
        assert_problem(await harness.client(alice).get("/nowhere"), code="NOT_FOUND", status=404)


async def test_own_authenticator_takes_the_place_of_minted_tokens() -> None:
    class Strict(Authenticator):
        async def authenticate(self, token: Secret[str]) -> SecurityContext:
            assert token.reveal() == "letmein"
            return security_context(tenant="strict")

    async with ModuleHarness(GreeterModule, fakes=[FakeHour(), Strict()]) as harness:
        response = await harness.client().get(
            "/greeter/v1/greetings/Ada", headers={"Authorization": "Bearer letmein"}
        )
    assert str(security_context(tenant="strict").subject_tenant_id) in response.json()


async def test_client_needs_rest_operations() -> None:
    plain = module(name="plain")(type("Plain", (), {}))
    async with ModuleHarness(plain) as harness:
        with pytest.raises(LookupError, match="no module under test has REST operations"):
            harness.client()


async def test_failing_block_stops_the_module_and_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        async with ModuleHarness(GreeterModule, fakes=[FakeHour()]) as harness:
            raise KeyError
    assert harness.host.running == ()
