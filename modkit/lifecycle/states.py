"""The states of a module, and which may follow which."""

from __future__ import annotations

from enum import Enum
from typing import Final


class ModuleState(Enum):
    """Where a module is in its life."""

    CREATED = "created"
    INITIALISED = "initialised"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


_S = ModuleState

NEXT_STATES: Final[dict[ModuleState, frozenset[ModuleState]]] = {
    _S.CREATED: frozenset({_S.INITIALISED, _S.FAILED, _S.STOPPING}),
    _S.INITIALISED: frozenset({_S.STARTING, _S.STOPPING, _S.FAILED}),
    _S.STARTING: frozenset({_S.RUNNING, _S.STOPPING, _S.FAILED}),
    _S.RUNNING: frozenset({_S.STOPPING, _S.FAILED}),
    _S.FAILED: frozenset({_S.STOPPING}),
    _S.STOPPING: frozenset({_S.STOPPED}),
    _S.STOPPED: frozenset(),
}


class IllegalTransition(Exception):
    """The host tried a step that does not follow; a defect of the host, not of a module."""


def move(current: ModuleState, to: ModuleState) -> ModuleState:
    """Return *to* if it may follow *current*.

    Raises:
        IllegalTransition: It may not.
    """
    if to not in NEXT_STATES[current]:
        raise IllegalTransition(f"{current.value} -> {to.value}")
    return to
