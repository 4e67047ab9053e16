"""One task that runs all steps of one module, so that what one step enters a later one may leave.

Cancel scopes and task groups (anyio, and every library on them) must be left by the task that entered them, in
reverse order. Modules start, stop and restart at different times and from different callers; a task per module
makes each module's resources a stack of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

CANCEL_GRACE_S: Final = 5.0
"""How long a cancelled step may take to end, in seconds."""

_LOG: Final = logging.getLogger(__name__)

_Step = tuple[Callable[[], Awaitable[Any]], "asyncio.Future[Any]"]


class StepCancelled(Exception):
    """A step ended as cancelled though its caller did not cancel it."""


class OwnerEnded(Exception):
    """A step was asked for after the owner task had ended."""


class OwnerTask:
    """Runs steps one after another in a task of its own.

    Args:
        name: Name of the task, for debugging.
        lost: Awaited in the owner task when something else than a caller cancels it between steps: a task group
            that an earlier step entered and whose child failed, or the end of the event loop. It must leave what
            was entered; the owner ends afterwards.
    """

    def __init__(self, name: str, *, lost: Callable[[], Awaitable[None]]) -> None:
        self._steps: asyncio.Queue[_Step | None] = asyncio.Queue()
        self._lost = lost
        self._current: asyncio.Future[Any] | None = None
        self._unwanted: asyncio.Future[Any] | None = None
        self._task = asyncio.create_task(self._work(), name=name)

    @property
    def has_ended(self) -> bool:
        """Whether no further step can run."""
        return self._task.done()

    async def run(self, step: Callable[[], Awaitable[T]]) -> T:
        """Run *step* in the owner task and return its result; cancelling the caller cancels the step.

        Raises:
            StepCancelled: The step raised ``CancelledError`` of its own.
            OwnerEnded: The owner task has ended.
        """
        if self.has_ended:
            raise OwnerEnded(f"{self._task.get_name()} has ended")
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._steps.put_nowait((step, result))
        try:
            return await asyncio.shield(result)
        except asyncio.CancelledError:
            if self._current is result:
                self._unwanted = result
                self._task.cancel()
                await asyncio.wait([result], timeout=CANCEL_GRACE_S)
            else:
                result.cancel()
            if result.done() and not result.cancelled():
                result.exception()  # seen: the caller is gone, and cancellation is its answer
            raise

    async def close(self) -> None:
        """End the task once the steps before have run."""
        self._steps.put_nowait(None)
        _, stuck = await asyncio.wait([self._task], timeout=CANCEL_GRACE_S)
        for task in stuck:
            _LOG.error("%s does not react to cancellation and is abandoned", task.get_name())
            task.cancel()

    async def _work(self) -> None:
        try:
            while (item := await self._steps.get()) is not None:
                await self._run(*item)
        except asyncio.CancelledError:
            await self._lost()
        finally:
            while not self._steps.empty():
                if (item := self._steps.get_nowait()) is not None and not item[1].done():
                    item[1].set_exception(OwnerEnded("the task that runs the steps has ended"))

    async def _run(self, step: Callable[[], Awaitable[Any]], result: asyncio.Future[Any]) -> None:
        if result.cancelled():
            return
        self._current = result
        try:
            value = await step()
        except asyncio.CancelledError:
            if self._unwanted is result:
                result.cancel()
            else:
                result.set_exception(StepCancelled("it was cancelled, though not by its caller"))
        except StopIteration as error:  # a future cannot hold one
            result.set_exception(RuntimeError(f"it raised {error!r}"))
        except BaseException as error:  # noqa: BLE001 - belongs to whoever asked for the step
            result.set_exception(error)
        else:
            result.set_result(value)
        finally:
            self._current = None
            if self._unwanted is result:
                self._unwanted = None
                asyncio.current_task().uncancel()  # type: ignore[union-attr]  # we are in a task: the step was cancelled, not its owner
