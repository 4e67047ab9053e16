"""Testing a module: fakes for what it needs, callers, problems, time."""

import asyncio
from abc import ABC, abstractmethod
from typing import Annotated

import pytest
from attrs import frozen

from modkit import Meta, ModuleContext, SecurityContext, module
from modkit.config import ConfigurationInvalid
from modkit.rest import RestCapability, Routes
from modkit.testing import ModuleHarness, assert_problem, security_context
from modkit_errors import Unavailable


class WeatherClient(ABC):
    """What greeter needs from another module."""

    @abstractmethod
    async def celsius(self, ctx: SecurityContext) -> float: ...


@frozen(kw_only=True)
class GreeterConfig:
    """Section ``modules.greeter.config``."""

    cold_celsius: Annotated[float, Meta(ge=-90, le=60)] = 5.0


@module(name="greeter", config=GreeterConfig, requires=(WeatherClient,))
class GreeterModule(RestCapability):
    """Greets, with advice."""

    async def init(self, ctx: ModuleContext[GreeterConfig]) -> None:
        self._weather = ctx.hub.get(WeatherClient)
        self._cold_celsius = ctx.config.cold_celsius

    def routes(self, routes: Routes) -> None:
        (
            routes.get("/greeter/v1/greeting")
            .operation_id("greeter.get_greeting")
            .summary("Greet the caller")
            .requires("greetings", "read")
            .returns(str)
            .handler(self.greet)
        )

    async def greet(self, ctx: SecurityContext) -> str:
        cold = await self._weather.celsius(ctx) < self._cold_celsius
        return "take a coat" if cold else "hello"


# region fake
class FakeWeather(WeatherClient):
    """The weather that a test asks for."""

    def __init__(self, celsius: float | None) -> None:
        self._celsius = celsius

    async def celsius(self, ctx: SecurityContext) -> float:
        if self._celsius is None:
            raise Unavailable(detail="The station does not answer.")
        return self._celsius


# endregion


# region harness
async def test_cold_is_what_the_configuration_says() -> None:
    fakes = [FakeWeather(12.0)]
    async with ModuleHarness(GreeterModule, fakes=fakes, config={"cold_celsius": 15}) as harness:
        answer = await harness.client(security_context(subject="alice")).get("/greeter/v1/greeting")
    assert answer.json() == "take a coat"


# endregion


# region problems
async def test_stranger_is_refused() -> None:
    async with ModuleHarness(GreeterModule, fakes=[FakeWeather(12.0)]) as harness:
        answer = await harness.client().get("/greeter/v1/greeting")
    assert_problem(answer, status=401, code="UNAUTHENTICATED")


async def test_failing_neighbour_is_a_problem_too() -> None:
    async with ModuleHarness(GreeterModule, fakes=[FakeWeather(None)]) as harness:
        answer = await harness.client(security_context()).get("/greeter/v1/greeting")
    problem = assert_problem(answer, status=503)
    assert problem.detail == "The station does not answer."


# endregion


# region refused
async def test_colder_than_possible_is_refused() -> None:
    harness = ModuleHarness(GreeterModule, fakes=[FakeWeather(1.0)], config={"cold_celsius": -100})
    with pytest.raises(ConfigurationInvalid, match=r"greeter\.config\.cold_celsius"):
        await harness.__aenter__()


# endregion

if __name__ == "__main__":
    for test in (
        test_cold_is_what_the_configuration_says,
        test_stranger_is_refused,
        test_failing_neighbour_is_a_problem_too,
        test_colder_than_possible_is_refused,
    ):
        asyncio.run(test())
