"""What a call through the client hub costs more than a call of the provider itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from measure import print_table, print_title, ratio, run, take_turns

from modkit import ClientHub
from modkit.security import SecurityContext

_CALLS = 1000


class Calculator(ABC):
    """A contract."""

    @abstractmethod
    async def add(self, ctx: SecurityContext, left: int, *, right: int = 0) -> int:
        """Return the sum."""


class Adder(Calculator):
    """Its provider."""

    async def add(self, ctx: SecurityContext, left: int, *, right: int = 0) -> int:
        return left + right


class Forwarder(Calculator):
    """What a handle would be if it were written by hand."""

    def __init__(self, provider: Calculator) -> None:
        self._provider = provider

    async def add(self, ctx: SecurityContext, left: int, *, right: int = 0) -> int:
        return await self._provider.add(ctx, left, right=right)


def many_calls(client: Calculator) -> Callable[[], Awaitable[None]]:
    """Return what calls *client* a thousand times."""
    ctx = SecurityContext.ANONYMOUS

    async def call() -> None:
        for number in range(_CALLS):
            await client.add(ctx, number, right=1)

    return call


async def main() -> None:
    """Print the table."""
    hub, provider = ClientHub(), Adder()
    hub.provide(Calculator, provider, owner="bench")
    clients = {
        "the provider": provider,
        "a handle of the hub": hub.get(Calculator),
        "a forwarding object": Forwarder(provider),
    }
    print_title("client hub: CPU in microseconds per call")
    samples = await take_turns({name: many_calls(client) for name, client in clients.items()})
    base = samples["the provider"]
    rows = [
        (
            name,
            f"{sample.least / _CALLS:.3f}",
            f"{sample.median / _CALLS:.3f}",
            f"{(sample.least - base.least) / _CALLS:+.3f}",
            ratio(sample.least, base.least),
        )
        for name, sample in samples.items()
    ]
    print_table(("", "least", "median", "over direct", "direct = 1"), rows)


if __name__ == "__main__":
    run(main)
