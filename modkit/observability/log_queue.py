"""The log queue: records are written by a thread, so that a slow disk or terminal stops nobody."""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from modkit.observability.context import REQUEST

CAPACITY: Final = 10_000
"""Records that may wait to be written; beyond it new ones are dropped, counted and reported."""


class LogQueue(logging.Handler):
    """Takes records from every thread and task, and lets one thread of its own hand them to *targets*.

    The message is put together, and the request noted, where the record is made.

    Args:
        targets: Handlers that write; closed with this one.
        capacity: Records that may wait, >= 1.
    """

    def __init__(self, targets: Sequence[logging.Handler], *, capacity: int = CAPACITY) -> None:
        super().__init__()
        self._targets = tuple(targets)
        self._queue: queue.Queue[logging.LogRecord | threading.Event | None] = queue.Queue(capacity)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_all, name="modkit-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue *record*, or count it as dropped; never waits."""
        try:
            self._queue.put_nowait(_detached(record))
        except queue.Full:
            self._dropped += 1  # under the handler's lock
        except Exception:  # noqa: BLE001 - a message that cannot be formatted must not break its caller
            self.handleError(record)

    def flush(self) -> None:
        """Wait until what is waiting has been written, for at most a second."""
        if not self._thread.is_alive():
            return
        written = threading.Event()
        with suppress(queue.Full):
            self._queue.put(written, timeout=1.0)
            written.wait(timeout=1.0)

    def drain(self, *, timeout_s: float = 5.0) -> None:
        """Write what is waiting, stop the thread and close the targets; after *timeout_s* give up, and say so."""
        deadline = time.monotonic() + timeout_s
        try:
            self._queue.put(None, timeout=timeout_s)
            self._thread.join(max(0.0, deadline - time.monotonic()))
        except queue.Full:
            pass  # the thread is still alive, and reported next
        if self._thread.is_alive():
            print(  # noqa: T201 - there is no log to write it to
                f"modkit: about {self._queue.qsize()} log records could not be written within {timeout_s:g} s",
                file=sys.stderr,
            )
            return
        for target in self._targets:
            target.close()

    def _write_all(self) -> None:
        while (record := self._queue.get()) is not None:
            if isinstance(record, threading.Event):
                record.set()
            else:
                self._write(record)
            if self._dropped:
                self._report_dropped()
        if self._dropped:
            self._report_dropped()

    def _report_dropped(self) -> None:
        with self.lock or threading.RLock():
            dropped, self._dropped = self._dropped, 0
        self._write(
            logging.LogRecord(
                "modkit.observability",
                logging.WARNING,
                __file__,
                0,
                "%d log records were dropped: they came faster than they could be written",
                (dropped,),
                None,
            )
        )

    def _write(self, record: logging.LogRecord) -> None:
        for target in self._targets:
            try:
                if record.levelno >= target.level:
                    target.handle(record)
            except Exception:  # noqa: BLE001 - one odd record must not end the only thread that writes
                target.handleError(record)


def _detached(record: logging.LogRecord) -> logging.LogRecord:
    """Copy *record* with its text and its request, so that neither can change before it is written."""
    detached = logging.makeLogRecord(record.__dict__)  # a third of what copy.copy costs
    if not isinstance(record.msg, dict):  # a dict is an event of structlog, rendered as a whole
        detached.msg = record.getMessage()
        detached.args = None
    request = REQUEST.get()
    if request is not None:
        for name in ("request_id", "trace_id", "tenant_id", "subject_id"):
            value = getattr(request, name)
            if value and name not in record.__dict__:
                setattr(detached, name, str(value))
    return detached
