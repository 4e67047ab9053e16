"""The life of a module: hooks, states, background work, health, stop."""

from modkit.lifecycle.hooks import (
    background,
    health_check,
    on_ready,
    on_start,
    on_stop,
    periodic,
)
from modkit.lifecycle.ready_signal import ReadySignal

__all__ = [
    "ReadySignal",
    "background",
    "health_check",
    "on_ready",
    "on_start",
    "on_stop",
    "periodic",
]
