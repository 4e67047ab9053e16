"""Another module uses notes through its contract, and knows nothing else of it."""

from abc import ABC, abstractmethod

import pytest

from acme.notes import NotesModule
from acme.notes.contract import NotesClient
from modkit import ModuleContext, NoConfig, SecurityContext, module
from modkit.testing import ModuleHarness, security_context


# region neighbour
class ShoppingClient(ABC):
    @abstractmethod
    async def plan(self, ctx: SecurityContext, things: list[str]) -> str: ...


class Shopping(ShoppingClient):
    def __init__(self, notes: NotesClient) -> None:
        self._notes = notes

    async def plan(self, ctx: SecurityContext, things: list[str]) -> str:
        note = await self._notes.add(ctx, f"buy {', '.join(things)}")
        return note.text


@module(name="shopping", requires=(NotesClient,), provides=(ShoppingClient,))
class ShoppingModule:
    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        ctx.hub.provide(ShoppingClient, Shopping(ctx.hub.get(NotesClient)))


# endregion
@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_plan_becomes_a_note() -> None:
    async with ModuleHarness(ShoppingModule, modules=[NotesModule]) as harness:
        planned = await harness.hub.get(ShoppingClient).plan(security_context(), ["milk", "bread"])
    assert planned == "buy milk, bread"
