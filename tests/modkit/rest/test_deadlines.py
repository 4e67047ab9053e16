"""Deadlines: everyone expires in time and once, with one timer for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from modkit.rest.deadlines import Deadlines


@define(eq=False)
class FakeTimer:
    due: float
    call: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@define(eq=False)
class FakeLoop:
    now: float = 0.0
    timers: list[FakeTimer] = field(factory=list)

    def time(self) -> float:
        return self.now

    def call_at(self, due: float, call: Callable[..., None], *arguments: Any) -> FakeTimer:
        timer = FakeTimer(due, lambda: call(*arguments))
        self.timers.append(timer)
        return timer

    @property
    def waiting(self) -> list[FakeTimer]:
        return [timer for timer in self.timers if not timer.is_cancelled]

    def advance_to(self, now: float) -> None:
        while due := [timer for timer in self.waiting if timer.due <= now]:
            first = min(due, key=lambda timer: timer.due)
            self.timers.remove(first)
            self.now = max(self.now, first.due)
            first.call()
        self.now = now


@define(eq=False)
class Work:
    loop: FakeLoop
    expired_at: list[float] = field(factory=list)

    def expire(self) -> None:
        self.expired_at.append(self.loop.now)


timeouts = st.floats(min_value=0.01, max_value=100)


@given(timeouts_s=st.lists(timeouts, min_size=1, max_size=20))
def test_everyone_expires_once_and_in_time_with_one_timer(timeouts_s: list[float]) -> None:
    loop, deadlines = FakeLoop(), Deadlines()
    works = [Work(loop) for _ in timeouts_s]
    for work, timeout_s in zip(works, timeouts_s, strict=True):
        deadlines.set(work, timeout_s, loop)
        assert len(loop.waiting) == 1
    loop.advance_to(1000.0)
    for work, timeout_s in zip(works, timeouts_s, strict=True):
        (expired_at,) = work.expired_at
        assert abs(expired_at - timeout_s) <= 0.001
    assert loop.waiting == []


@given(timeouts_s=st.lists(timeouts, min_size=1, max_size=20), data=st.data())
def test_who_was_dropped_lives(timeouts_s: list[float], data: st.DataObject) -> None:
    loop, deadlines = FakeLoop(), Deadlines()
    works = [Work(loop) for _ in timeouts_s]
    for work, timeout_s in zip(works, timeouts_s, strict=True):
        deadlines.set(work, timeout_s, loop)
    dropped = data.draw(st.sets(st.sampled_from(range(len(works)))))
    for place in dropped:
        deadlines.drop(works[place])
    loop.advance_to(1000.0)
    assert [bool(work.expired_at) for work in works] == [
        place not in dropped for place in range(len(works))
    ]


def test_a_new_time_replaces_the_old_one() -> None:
    loop, deadlines = FakeLoop(), Deadlines()
    work = Work(loop)
    deadlines.set(work, 1.0, loop)
    deadlines.set(work, 5.0, loop)
    loop.advance_to(4.0)
    assert work.expired_at == []
    loop.advance_to(6.0)
    assert work.expired_at == [5.0]


def test_a_deadline_on_a_new_loop_is_kept_though_the_old_one_was_earlier() -> None:
    old, new, deadlines = FakeLoop(), FakeLoop(now=100.0), Deadlines()
    left_over, work = Work(old), Work(new)
    deadlines.set(left_over, 1.0, old)
    deadlines.drop(left_over)
    deadlines.set(work, 5.0, new)
    new.advance_to(106.0)
    assert work.expired_at == [105.0]


def test_dropping_a_stranger_is_nothing() -> None:
    Deadlines().drop(Work(FakeLoop()))
