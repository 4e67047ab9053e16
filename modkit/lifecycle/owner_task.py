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

_LOG = logging.getLogger(__name__)

_Step = tuple[Callable[[], Awaitable[Any]], "asyncio.Future[Any]"]


class OwnerTask:
    """Runs steps one after another in a task of its own.

    Args:
        name: Name of the task, for debugging.
    """

    def __init__(self, name: str) -> None:
        self._steps: asyncio.Queue[_Step | None] = asyncio.Queue()
        self._in_step = False
        self._task = asyncio.create_task(self._work(), name=name)

    async def run(self, step: Callable[[], Awaitable[T]]) -> T:
        """Run *step* in the owner task and return its result; cancelling the caller cancels the step."""
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._steps.put_nowait((step, result))
        try:
            return await asyncio.shield(result)
        except asyncio.CancelledError:
            if not result.done():
                if self._in_step:
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
        while (item := await self._steps.get()) is not None:
            step, result = item
            if result.cancelled():
                continue
            self._in_step = True
            try:
                value = await step()
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()  # type: ignore[union-attr]  # we are in a task: the step was cancelled, not its owner
                result.cancel()
            except BaseException as error:  # noqa: BLE001 - belongs to whoever asked for the step
                result.set_exception(error)
            else:
                result.set_result(value)
            finally:
                self._in_step = False
