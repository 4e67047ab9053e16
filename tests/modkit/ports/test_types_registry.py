import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.ports import GtsEntity, InMemoryTypesRegistry
from modkit_errors import Conflict, Exhausted, Malformed, NotFound

pytestmark = pytest.mark.anyio

BASE = "gts.x.core.events.type.v1~"
DERIVED = BASE + "acme.shop.orders.placed.v1.2~"
INSTANCE = DERIVED + "acme.shop.orders.first.v0"
ANONYMOUS = BASE + "7a1d2f34-5678-49ab-9012-abcdef123456"


async def filled(*ids: str) -> InMemoryTypesRegistry:
    registry = InMemoryTypesRegistry()
    for gts_id in ids:
        await registry.register(GtsEntity(gts_id=gts_id, content={"id": gts_id}))
    return registry


@pytest.mark.parametrize("gts_id", [BASE, DERIVED, INSTANCE, ANONYMOUS, "gts._._._._.v1~"])
async def test_what_is_registered_is_found(gts_id: str):
    registry = await filled(gts_id)
    assert (await registry.get(gts_id)).content == {"id": gts_id}


@pytest.mark.parametrize(
    "gts_id",
    [
        "",
        "gts.x.y.z.t.v1",
        "gts.x.y.z.v1~",
        "gts.x.y.z.t.v01~",
        "gts.X.y.z.t.v1~",
        "gts.x.y.z.t.v1~~",
        BASE + "\n",
        BASE + "gts.a.b.c.d.v1~",
        "gts.x.y.z.t.v\u0661~",
        "gts." + "a" * 1020 + ".b.c.d.v1~",
    ],
)
async def test_what_is_no_gts_id_is_refused(gts_id: str):
    with pytest.raises(Malformed, match="Invalid GTS ID"):
        await filled(gts_id)


async def test_the_same_again_is_fine_and_another_content_a_conflict():
    registry = await filled(BASE, BASE)
    with pytest.raises(Conflict):
        await registry.register(GtsEntity(gts_id=BASE, content={"other": 1}))
    assert (await registry.get(BASE)).content == {"id": BASE}


async def test_an_unknown_or_malformed_id_is_not_found():
    with pytest.raises(NotFound):
        await (await filled(BASE)).get("nonsense")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", [BASE, ANONYMOUS, DERIVED, INSTANCE]),
        (BASE, [BASE, ANONYMOUS, DERIVED, INSTANCE]),
        (DERIVED, [DERIVED, INSTANCE]),
        (INSTANCE, [INSTANCE]),
        ("gts.x.core.*", [BASE, ANONYMOUS, DERIVED, INSTANCE]),
        ("gts.acme.*", []),
        ("gts.x.core.events.type.v1~acme.shop.orders.placed.v1~", [DERIVED, INSTANCE]),
    ],
)
async def test_a_pattern_lists_what_it_covers_by_id(pattern: str, expected: list[str]):
    registry = await filled(INSTANCE, BASE, DERIVED, ANONYMOUS)
    assert [entity.gts_id for entity in await registry.list(pattern)] == expected


@pytest.mark.parametrize("pattern", ["", "gts.x*", "gts.*.core.*", "**", "nonsense"])
async def test_a_pattern_that_is_none_is_refused(pattern: str):
    with pytest.raises(Malformed):
        await (await filled(BASE)).list(pattern)


async def test_the_registry_is_bounded():
    registry = InMemoryTypesRegistry(max_entities=1)
    await registry.register(GtsEntity(gts_id=BASE, content={}))
    with pytest.raises(Exhausted):
        await registry.register(GtsEntity(gts_id=DERIVED, content={}))


@given(text=st.text(max_size=60) | st.from_regex(r"[a-z0-9.]{4,8}\.v1~?", fullmatch=True))
async def test_any_text_is_registered_or_refused(text: str):
    gts_id = "gts." + text
    try:
        registry = await filled(gts_id)
    except Malformed as error:
        assert error.detail.startswith("Invalid GTS ID: gts.")  # noqa: PT017 - either outcome is right
    else:
        assert [found.gts_id for found in await registry.list()] == [gts_id]
