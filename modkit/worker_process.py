"""A worker process from inside: it ends when its parent does, tells it when it listens, and signs its log records."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

WORKER_VARIABLE: Final = "MODKIT_WORKER"
"""Set in a worker process to its number, 1 for the first."""
PARENT_VARIABLE: Final = "MODKIT_PARENT"
"""Set in a worker process to the file descriptor of a socket whose other end the parent holds for as long as it lives."""

_LOG: Final = logging.getLogger(__name__)


class WorkerProcess:
    """This process as one of several workers.

    Args:
        number: 1 for the first.
        descriptor: File descriptor of the socket to the parent; owned by this object from now on.
    """

    def __init__(self, number: int, descriptor: int) -> None:
        self._number = number
        self._parent = socket.socket(fileno=descriptor)
        self._parent.set_inheritable(False)
        self._parent.setblocking(False)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._make_record: Callable[..., logging.LogRecord] = logging.getLogRecordFactory()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> WorkerProcess | None:
        """Return what a parent has said of this process; None if it is no worker."""
        if PARENT_VARIABLE not in environ:
            return None
        return cls(int(environ[WORKER_VARIABLE]), int(environ[PARENT_VARIABLE]))

    def watch(self) -> None:
        """Stop this process, as SIGTERM does, once the parent has gone; from now on log records carry ``worker``."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._parent, self._parent_has_gone)
            # For good: this process is a worker to its last record.
            logging.setLogRecordFactory(self._signed)

    def tell_listening(self) -> None:
        """Let the parent know that the start of this process has come as far as listening."""
        try:
            self._parent.send(b"\n")
        except OSError:
            _LOG.debug("the parent process does not listen", exc_info=True)

    def close(self) -> None:
        """Watch no longer."""
        if self._loop is not None:
            self._loop.remove_reader(self._parent)
        self._parent.close()

    def _parent_has_gone(self) -> None:
        assert self._loop is not None  # watch() made it so
        self._loop.remove_reader(self._parent)
        _LOG.warning("the parent process has gone, so this worker stops")
        os.kill(os.getpid(), signal.SIGTERM)

    def _signed(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make_record(*args, **kwargs)
        record.worker = self._number
        return record
