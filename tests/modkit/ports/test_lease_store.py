import asyncio

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from modkit.ports import InMemoryLeaseStore, Lease
from modkit_errors import Exhausted

names = st.sampled_from(["index", "sweep"])
holders = st.sampled_from(["a", "b", "c"])


class LeasesBehaveLikeTheModel(RuleBasedStateMachine):
    """The model: per name the current lease and when it ends; per name the greatest epoch ever given."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.store = InMemoryLeaseStore(clock=lambda: self.now, max_leases=2)
        self.current: dict[str, tuple[Lease, float]] = {}
        self.given: list[Lease] = []

    def holds(self, lease: Lease) -> bool:
        current, ends = self.current.get(lease.name, (None, 0.0))
        return current == lease and self.now < ends

    @rule(name=names, holder=holders, ttl_s=st.sampled_from([1.0, 2.0, 5.0]))
    def acquire(self, name: str, holder: str, ttl_s: float) -> None:
        current, ends = self.current.get(name, (None, 0.0))
        free = current is None or self.now >= ends or current.holder == holder
        lease = asyncio.run(self.store.acquire(name, holder=holder, ttl_s=ttl_s))
        assert (lease is not None) == free
        if lease is not None:
            assert all(lease.epoch > old.epoch for old in self.given if old.name == name)
            assert (lease.name, lease.holder, lease.ttl_s) == (name, holder, ttl_s)
            self.current[name] = (lease, self.now + ttl_s)
            self.given.append(lease)

    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        if self.given:
            lease = data.draw(st.sampled_from(self.given))
            held = self.holds(lease)
            assert asyncio.run(self.store.renew(lease)) == held
            if held:
                self.current[lease.name] = (lease, self.now + lease.ttl_s)

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.given:
            lease = data.draw(st.sampled_from(self.given))
            held = self.holds(lease)
            assert asyncio.run(self.store.release(lease)) == held
            if held:
                del self.current[lease.name]

    @rule(seconds=st.sampled_from([0.5, 1.0, 3.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def at_most_one_lease_of_a_name_can_be_held(self) -> None:
        for name in ("index", "sweep"):
            assert sum(self.holds(lease) for lease in self.given if lease.name == name) <= 1


test_leases_behave_like_the_model = LeasesBehaveLikeTheModel.TestCase


@pytest.mark.anyio
async def test_a_lost_lease_can_neither_be_renewed_nor_released():
    now = [0.0]
    store = InMemoryLeaseStore(clock=lambda: now[0])
    lost = await store.acquire("index", holder="a", ttl_s=1)
    assert lost is not None
    now[0] = 1.0
    taken = await store.acquire("index", holder="b", ttl_s=1)
    assert taken is not None
    assert not await store.renew(lost)
    assert not await store.release(lost)
    assert not await store.release(evolve(taken, epoch=lost.epoch))
    assert await store.renew(taken)


@pytest.mark.anyio
@pytest.mark.parametrize("ttl_s", [0, -1, float("nan")])
async def test_a_lease_lasts_longer_than_nothing(ttl_s: float):
    with pytest.raises(ValueError, match="greater than 0"):
        await InMemoryLeaseStore().acquire("index", holder="a", ttl_s=ttl_s)


@pytest.mark.anyio
async def test_held_leases_are_bounded_and_expired_ones_make_room():
    now = [0.0]
    store = InMemoryLeaseStore(clock=lambda: now[0], max_leases=2)
    await store.acquire("a", holder="h", ttl_s=1)
    await store.acquire("b", holder="h", ttl_s=2)
    with pytest.raises(Exhausted):
        await store.acquire("c", holder="h", ttl_s=1)
    now[0] = 1.0
    assert await store.acquire("c", holder="h", ttl_s=1) is not None
