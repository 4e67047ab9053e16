"""Telling a cancellation that was asked for from one that a library or a module made up."""

from __future__ import annotations

import asyncio


def is_cancelled() -> bool:
    """Return whether the current task has been told to end, even if its work swallowed that.

    A ``CancelledError`` in a task for which this is false came out of the work itself, and is a failure of it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
