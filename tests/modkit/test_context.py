"""What a module is given."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modkit.client_hub import ClientHub, ModuleHub
from modkit.context import ModuleContext, Resources, UnknownResource
from modkit.module import ModuleSpec, NoConfig


def context(home: Path, parent: Resources | None = None) -> ModuleContext[NoConfig]:
    spec = ModuleSpec(name="mod", module_class=int)
    return ModuleContext(
        name="mod",
        config=NoConfig(),
        hub=ModuleHub(ClientHub(), spec, frozenset()),
        home=home / "mod",
        resources=Resources(parent),
    )


def test_resource_is_found_here_or_in_the_parent(tmp_path: Path) -> None:
    parent = Resources()
    parent.give(int, 1)
    parent.give(str, "outer")
    ctx = context(tmp_path, parent)
    ctx.resources.give(str, "inner")
    assert (ctx.resource(int), ctx.resource(str)) == (1, "inner")
    assert parent.find(str) == "outer"


def test_unknown_resource_lists_what_there_is(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    with pytest.raises(UnknownResource, match=r"mod has no resource bytes: .*there are: none"):
        ctx.resource(bytes)
    ctx.resources.give(int, 1)
    with pytest.raises(UnknownResource, match="there are: int"):
        ctx.resource(bytes)


@pytest.mark.anyio
async def test_resources_close_in_reverse_even_if_one_fails(tmp_path: Path) -> None:
    closed: list[str] = []

    @asynccontextmanager
    async def managed(name: str, *, fails: bool = False) -> AsyncIterator[str]:
        try:
            yield name
        finally:
            closed.append(name)
        if fails:
            raise ValueError(name)

    ctx = context(tmp_path)
    assert await ctx.enter(managed("first")) == "first"
    await ctx.enter(managed("second", fails=True))
    ctx.on_close(lambda: closed.append("third"))
    with pytest.raises(ValueError, match="second"):
        await ctx.close()
    assert closed == ["third", "second", "first"]
    await ctx.close()
    assert len(closed) == 3


@pytest.mark.anyio
async def test_nothing_can_be_entered_once_the_module_has_stopped(tmp_path: Path) -> None:
    entered: list[str] = []

    @asynccontextmanager
    async def managed() -> AsyncIterator[None]:
        entered.append("entered")
        yield

    ctx = context(tmp_path)
    await ctx.close()
    with pytest.raises(RuntimeError, match="mod has stopped"):
        await ctx.enter(managed())
    with pytest.raises(RuntimeError, match="mod has stopped"):
        ctx.on_close(lambda: None)
    assert entered == []


def test_home_folder_is_made_when_needed_and_private(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    assert not ctx.home.exists()
    assert ctx.home_folder() == ctx.home_folder() == tmp_path / "mod"
    assert stat.S_IMODE(ctx.home.stat().st_mode) == 0o700
