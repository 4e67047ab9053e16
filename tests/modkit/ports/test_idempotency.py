import asyncio

import pytest
from attrs import define
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from modkit.ports import IdempotencyClaim, InMemoryIdempotencyStore, StoredResponse
from modkit_errors import Conflict, Exhausted

keys = st.sampled_from([("t1", "k"), ("t1", "l"), ("t2", "k")])
DONE = StoredResponse(status=201, headers=(("location", "/x"),), body=b"{}")


@define
class Remembered:
    claim: IdempotencyClaim
    fingerprint: bytes
    until: float
    response: StoredResponse | None = None


class KeysBehaveLikeTheModel(RuleBasedStateMachine):
    """The model: a dictionary of what is running or done, looked through in full at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.store = InMemoryIdempotencyStore(clock=lambda: self.now, max_keys=2)
        self.known: dict[tuple[str, str], Remembered] = {}
        self.claims: list[IdempotencyClaim] = []

    def alive(self) -> dict[tuple[str, str], Remembered]:
        self.known = {key: one for key, one in self.known.items() if self.now < one.until}
        return self.known

    def running(self, claim: IdempotencyClaim) -> Remembered | None:
        one = self.alive().get((claim.scope, claim.key))
        return one if one and one.claim == claim and one.response is None else None

    @rule(key=keys, fingerprint=st.sampled_from([b"1", b"2"]), ttl_s=st.sampled_from([1.0, 3.0]))
    def begin(self, key: tuple[str, str], fingerprint: bytes, ttl_s: float) -> None:
        one = self.alive().get(key)
        asked = self.store.begin(*key, fingerprint=fingerprint, claim_ttl_s=ttl_s)
        if one is None and len(self.known) == 2:
            with pytest.raises(Exhausted) as caught:
                asyncio.run(asked)
            soonest = min(other.until for other in self.known.values()) - self.now
            assert 0 < caught.value.retry_after_s <= soonest
        elif one is None:
            claim = asyncio.run(asked)
            assert isinstance(claim, IdempotencyClaim)
            assert claim not in self.claims
            self.claims.append(claim)
            self.known[key] = Remembered(claim, fingerprint, self.now + ttl_s)
        elif one.response is None or one.fingerprint != fingerprint:
            with pytest.raises(Conflict):
                asyncio.run(asked)
        else:
            assert asyncio.run(asked) == one.response

    @rule(data=st.data(), keep_s=st.sampled_from([1.0, 4.0]))
    def complete(self, data: st.DataObject, keep_s: float) -> None:
        if self.claims:
            claim = data.draw(st.sampled_from(self.claims))
            one = self.running(claim)
            assert asyncio.run(self.store.complete(claim, DONE, keep_s=keep_s)) == (one is not None)
            if one is not None:
                one.response, one.until = DONE, self.now + keep_s

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.claims:
            claim = data.draw(st.sampled_from(self.claims))
            one = self.running(claim)
            assert asyncio.run(self.store.release(claim)) == (one is not None)
            if one is not None:
                del self.known[claim.scope, claim.key]

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds


test_keys_behave_like_the_model = KeysBehaveLikeTheModel.TestCase


async def finish(store: InMemoryIdempotencyStore, key: str, body: bytes) -> None:
    claim = await store.begin("t", key, fingerprint=b"1", claim_ttl_s=60)
    assert isinstance(claim, IdempotencyClaim)
    assert await store.complete(claim, StoredResponse(status=200, body=body), keep_s=60)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "limits",
    [{"max_response_bytes": 3}, {"max_total_bytes": 3}],
    ids=["one response", "all responses"],
)
async def test_a_request_whose_response_is_too_large_still_runs_only_once(limits: dict[str, int]):
    store = InMemoryIdempotencyStore(**limits)
    await finish(store, "k", b"long")
    with pytest.raises(Conflict, match="too large to keep"):
        await store.begin("t", "k", fingerprint=b"1", claim_ttl_s=60)


@pytest.mark.anyio
async def test_room_for_responses_comes_back_when_they_expire():
    now = [0.0]
    store = InMemoryIdempotencyStore(clock=lambda: now[0], max_total_bytes=3)
    await finish(store, "a", b"123")
    now[0] = 61
    await finish(store, "b", b"456")
    kept = await store.begin("t", "b", fingerprint=b"1", claim_ttl_s=60)
    assert kept == StoredResponse(status=200, body=b"456")


@pytest.mark.anyio
async def test_one_scope_cannot_use_up_the_store():
    store = InMemoryIdempotencyStore(max_keys=10, max_keys_per_scope=1)
    await store.begin("greedy", "a", fingerprint=b"1", claim_ttl_s=60)
    with pytest.raises(Exhausted):
        await store.begin("greedy", "b", fingerprint=b"1", claim_ttl_s=60)
    assert isinstance(
        await store.begin("modest", "a", fingerprint=b"1", claim_ttl_s=60), IdempotencyClaim
    )


@pytest.mark.anyio
async def test_of_many_concurrent_repetitions_one_runs():
    store = InMemoryIdempotencyStore()
    asked = [store.begin("t", "k", fingerprint=b"1", claim_ttl_s=60) for _ in range(20)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, IdempotencyClaim) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 19


@pytest.mark.anyio
async def test_failing_over_and_over_uses_no_memory():
    store = InMemoryIdempotencyStore()
    for _ in range(1000):
        claim = await store.begin("t", "k", fingerprint=b"1", claim_ttl_s=3600)
        assert isinstance(claim, IdempotencyClaim)
        await store.release(claim)
    assert len(store._expiries) < 100
