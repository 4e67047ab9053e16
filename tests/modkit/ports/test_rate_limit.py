import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from modkit.ports import InMemoryRateLimitStore, RateLimit


class BucketsBehaveLikeTheModel(RuleBasedStateMachine):
    """The model: a bucket of exact tokens that refills with time. Speeds are powers of two, so floats are exact too."""

    @initialize(burst=st.integers(1, 5), speed=st.sampled_from([0.5, 1.0, 4.0]))
    def start(self, burst: int, speed: float) -> None:
        self.now = Fraction(0)
        self.limit = RateLimit(per_second=speed, burst=burst)
        self.store = InMemoryRateLimitStore(clock=lambda: float(self.now), max_keys=2)
        self.tokens = {"a": Fraction(burst), "b": Fraction(burst)}

    @rule(key=st.sampled_from(["a", "b"]), cost=st.integers(1, 5))
    def take(self, key: str, cost: int) -> None:
        if cost > self.limit.burst:
            return
        decision = asyncio.run(self.store.take(key, self.limit, cost=cost))
        allowed = self.tokens[key] >= cost
        speed = Fraction(self.limit.per_second)
        assert decision.allowed == allowed
        missing = cost - self.tokens[key]
        self.tokens[key] -= cost if allowed else 0
        assert decision.remaining == self.tokens[key] // 1
        assert decision.reset_s == float((self.limit.burst - self.tokens[key]) / speed)
        assert decision.retry_after_s == (0 if allowed else float(missing / speed))

    @rule(quarters=st.integers(1, 12))
    def wait(self, quarters: int) -> None:
        self.now += Fraction(quarters, 4)
        refilled = Fraction(quarters, 4) * Fraction(self.limit.per_second)
        for key, tokens in self.tokens.items():
            self.tokens[key] = min(Fraction(self.limit.burst), tokens + refilled)


test_buckets_behave_like_the_model = BucketsBehaveLikeTheModel.TestCase


@pytest.mark.anyio
@given(
    burst=st.integers(1, 50),
    speed=st.floats(0.001, 10_000),
    waits=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
async def test_no_more_passes_than_the_bucket_holds(burst: int, speed: float, waits: list[float]):
    now = [1e6]
    store = InMemoryRateLimitStore(clock=lambda: now[0])
    limit = RateLimit(per_second=speed, burst=burst)
    passed = 0
    for wait in waits:
        now[0] += wait
        passed += (await store.take("key", limit)).allowed
    assert passed <= burst + sum(waits) * speed + 1e-3


@pytest.mark.anyio
@given(burst=st.integers(1, 50), speed=st.floats(0.001, 10_000))
async def test_who_waits_as_long_as_told_is_let_through(burst: int, speed: float):
    now = [1e6]
    store = InMemoryRateLimitStore(clock=lambda: now[0])
    limit = RateLimit(per_second=speed, burst=burst)
    taken = [await store.take("key", limit) for _ in range(burst)]
    assert [decision.remaining for decision in taken] == list(reversed(range(burst)))
    refused = await store.take("key", limit)
    assert not refused.allowed
    now[0] += refused.retry_after_s
    assert (await store.take("key", limit)).allowed


@pytest.mark.anyio
async def test_beyond_the_bound_the_least_recently_used_key_is_forgotten():
    store = InMemoryRateLimitStore(clock=lambda: 0.0, max_keys=2)
    limit = RateLimit(per_second=1, burst=2)
    for key in ("a", "b", "a", "c"):
        await store.take(key, limit)
    assert (await store.take("a", limit)).allowed is False
    assert (await store.take("b", limit)).remaining == 1


@pytest.mark.anyio
@pytest.mark.parametrize("cost", [0, -1, 3])
async def test_a_cost_that_could_never_pass_is_an_error(cost: int):
    with pytest.raises(ValueError, match="from 1 to the burst of 2"):
        await InMemoryRateLimitStore().take("key", RateLimit(per_second=1, burst=2), cost=cost)


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_limit_that_lets_nothing_through_is_an_error(per_second: float, burst: int):
    with pytest.raises(ValueError, match="must be"):
        RateLimit(per_second=per_second, burst=burst)
