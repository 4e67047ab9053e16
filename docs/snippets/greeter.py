"""The smallest platform: one module that provides a contract, and a caller that asks for it."""

import asyncio
from abc import ABC, abstractmethod

from modkit import ModuleContext, SecurityContext, module
from modkit.config import Configuration
from modkit.host import Host
from modkit.module import NoConfig, spec_of


# region module
class GreeterClient(ABC):  # the contract: all that others know of greeter
    @abstractmethod
    async def greet(self, ctx: SecurityContext, name: str) -> str: ...


class Greeter(GreeterClient):  # the domain: the service is the client
    async def greet(self, ctx: SecurityContext, name: str) -> str:
        return f"Hello, {name}!"


@module(name="greeter", provides=(GreeterClient,))
class GreeterModule:  # the composition root: build, publish, done
    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        ctx.hub.provide(GreeterClient, Greeter())


async def main() -> None:
    host = Host([spec_of(GreeterModule)], Configuration.load())
    await host.start()
    print(await host.hub.get(GreeterClient).greet(SecurityContext.ANONYMOUS, "world"))
    await host.stop()


# endregion
asyncio.run(main())
