"""The states of a module."""

from __future__ import annotations

import pytest

from modkit.lifecycle.states import NEXT_STATES, IllegalTransition, ModuleState, move


def test_every_state_can_reach_the_end() -> None:
    ends = {ModuleState.STOPPED}
    while more := {state for state, after in NEXT_STATES.items() if after & ends} - ends:
        ends |= more
    assert ends == set(ModuleState) == set(NEXT_STATES)


@pytest.mark.parametrize("current", ModuleState, ids=lambda state: state.value)
@pytest.mark.parametrize("to", ModuleState, ids=lambda state: state.value)
def test_move_allows_what_the_table_says(current: ModuleState, to: ModuleState) -> None:
    if to in NEXT_STATES[current]:
        assert move(current, to) is to
    else:
        with pytest.raises(IllegalTransition, match=f"{current.value} -> {to.value}"):
            move(current, to)


def test_a_stopped_module_stays_stopped() -> None:
    assert NEXT_STATES[ModuleState.STOPPED] == frozenset()
