"""Decorators for methods that the host calls in the life of a module."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from attrs import frozen

from modkit.startup_error import Phase, StartupError

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

_HOOK: Final = "__modkit_hook__"


@frozen
class OnStart:
    """Awaited once all modules are initialised and composed, in start order."""


@frozen
class OnReady:
    """Awaited after every module has started, just before the platform reports ready."""


@frozen
class OnStop:
    """Awaited when the module stops, before its resources are closed."""


@frozen(kw_only=True)
class Background:
    """Runs from start to stop, restarted with back-off when it fails.

    Attributes:
        stop_timeout_s: Seconds to finish after cancellation, > 0; then it is abandoned and reported.
        await_ready: Whether the method takes a `ReadySignal` that the platform's readiness waits for.
    """

    stop_timeout_s: float = 30.0
    await_ready: bool = False


@frozen(kw_only=True)
class Periodic:
    """Runs again and again, never two runs at once.

    Attributes:
        every_s: Seconds from the end of one run to the start of the next, > 0.
        jitter_s: Up to so many seconds are added at random, so that replicas spread out.
        singleton: Whether only one host of the platform runs it at a time, by a lease.
        stop_timeout_s: Seconds to finish after cancellation.
    """

    every_s: float
    jitter_s: float = 0.0
    singleton: bool = False
    stop_timeout_s: float = 30.0


@frozen
class HealthCheck:
    """Asked when health is read; raises to report the module unhealthy."""


Hook = OnStart | OnReady | OnStop | Background | Periodic | HealthCheck


@frozen
class HookedMethod:
    """A method of a module with its hook."""

    name: str
    hook: Hook


def _mark(hook: Hook) -> Callable[[F], F]:
    def mark(method: F) -> F:
        checked: object = method
        if not inspect.iscoroutinefunction(checked):
            raise StartupError(
                Phase.COLLECT,
                f"{getattr(method, '__qualname__', method)} is not a coroutine function",
                remedy="write `async def`, since the host awaits it",
            )
        setattr(method, _HOOK, hook)
        return method

    return mark


def on_start(method: F) -> F:
    """Run this method when the platform starts; a failure stops the start."""
    return _mark(OnStart())(method)


def on_ready(method: F) -> F:
    """Run this method when every module has started; a failure stops the start."""
    return _mark(OnReady())(method)


def on_stop(method: F) -> F:
    """Run this method when the module stops; a failure is logged and stopping goes on."""
    return _mark(OnStop())(method)


def background(*, stop_timeout_s: float = 30.0, await_ready: bool = False) -> Callable[[F], F]:
    """Run this method as a supervised background task; see `Background`.

    Raises:
        ValueError: *stop_timeout_s* is not positive.
    """
    _check_positive("stop_timeout_s", stop_timeout_s)
    return _mark(Background(stop_timeout_s=stop_timeout_s, await_ready=await_ready))


def periodic(
    *, every_s: float, jitter_s: float = 0.0, singleton: bool = False, stop_timeout_s: float = 30.0
) -> Callable[[F], F]:
    """Run this method periodically in the background; see `Periodic`.

    Raises:
        ValueError: *every_s* or *stop_timeout_s* is not positive, or *jitter_s* is negative.
    """
    _check_positive("every_s", every_s)
    _check_positive("stop_timeout_s", stop_timeout_s)
    if not jitter_s >= 0:
        raise ValueError(f"jitter_s is {jitter_s}; it must be >= 0")
    return _mark(
        Periodic(
            every_s=every_s,
            jitter_s=jitter_s,
            singleton=singleton,
            stop_timeout_s=stop_timeout_s,
        )
    )


def health_check(method: F) -> F:
    """Ask this method for the module's health; it raises when something is wrong."""
    return _mark(HealthCheck())(method)


def _check_positive(name: str, value: float) -> None:
    if not value > 0:
        raise ValueError(f"{name} is {value}; it must be > 0")


def hooked_methods(module_class: type) -> tuple[HookedMethod, ...]:
    """Return the hooked methods of a module class: base classes first, then in the order of definition."""
    found: dict[str, HookedMethod] = {}
    for owner in reversed(module_class.__mro__):
        for name, member in vars(owner).items():
            hook = getattr(member, _HOOK, None)
            if hook is not None:
                found[name] = HookedMethod(name, hook)
            elif name in found:  # overridden without the decorator: no longer a hook
                del found[name]
    return tuple(found.values())
