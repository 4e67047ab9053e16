"""Several worker processes on one listening socket: bound once by the parent, inherited by each."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from attrs import define

from modkit.config import Configuration
from modkit.host_config import module_section
from modkit.listeners import (
    INHERITED_VARIABLE,
    ListenerCapability,
    Listeners,
    format_descriptors,
)
from modkit.module import ModuleSpec

WORKER_VARIABLE: Final = "MODKIT_WORKER"
"""Set in a worker process to its number, 1 for the first."""

_LOG: Final = logging.getLogger(__name__)
_POLL_S: Final = 0.2
_QUICK_DEATH_S: Final = 5.0
_MOST_QUICK_DEATHS: Final = 5
_CANNOT_START: Final = (
    1  # the exit code of a platform that cannot start: another try would fail the same way
)


@define
class _Worker:
    number: int
    process: subprocess.Popen[bytes]
    started_at: float
    quick_deaths: int = 0


def run_workers(specs: Sequence[ModuleSpec], configuration: Configuration, count: int) -> int:
    """Bind every address, start *count* copies of this command on them, and keep them running.

    A worker that dies is replaced. SIGTERM and SIGINT are passed on to all workers; this returns when the last has
    ended.

    Returns:
        The exit code: 0 after a stop, 1 when a worker cannot stay up (five deaths within seconds of their start).

    Raises:
        StartupError: An address cannot be bound.
    """
    listeners = Listeners()
    try:
        for spec in specs:
            if issubclass(spec.module_class, ListenerCapability):
                config = configuration.section(f"modules.{spec.name}", module_section(spec)).config
                for setting, address in spec.module_class.listen_addresses(config).items():
                    listeners.listen(address, setting=setting).close()
        return _Fleet(listeners, count).run()
    finally:
        listeners.close()


class _Fleet:
    def __init__(self, listeners: Listeners, count: int) -> None:
        self._descriptors = listeners.descriptors()
        self._count = count
        self._workers: list[_Worker] = []
        self._stopping = False
        self._exit_code = 0

    def run(self) -> int:
        before = {
            number: signal.signal(number, self._forward)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            self._workers = [
                _Worker(number, self._spawn(number), time.monotonic())
                for number in range(1, self._count + 1)
            ]
            while self._workers:
                self._look_after(self._workers[0])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._exit_code

    def _look_after(self, first: _Worker) -> None:
        """Wait a moment on one worker, then see to all that ended."""
        with suppress(subprocess.TimeoutExpired):
            first.process.wait(timeout=_POLL_S)
        for worker in [item for item in self._workers if item.process.poll() is not None]:
            if self._stopping:
                self._workers.remove(worker)
            else:
                self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        lived_s = time.monotonic() - worker.started_at
        worker.quick_deaths = worker.quick_deaths + 1 if lived_s < _QUICK_DEATH_S else 0
        if worker.quick_deaths >= _MOST_QUICK_DEATHS or worker.process.returncode == _CANNOT_START:
            self._exit_code = 1
            self._stop(signal.SIGTERM)
            return
        _LOG.warning(
            "worker %d ended with code %d and is replaced", worker.number, worker.process.returncode
        )
        worker.process, worker.started_at = self._spawn(worker.number), time.monotonic()

    def _spawn(self, number: int) -> subprocess.Popen[bytes]:
        environ: dict[str, Any] = {
            **os.environ,
            INHERITED_VARIABLE: format_descriptors(self._descriptors),
            WORKER_VARIABLE: str(number),
        }
        return subprocess.Popen(  # noqa: S603 - our own command line again
            [sys.executable, *sys.orig_argv[1:]],
            env=environ,
            pass_fds=tuple(self._descriptors.values()),
            start_new_session=True,  # a Ctrl-C reaches the parent only, which passes it on once
        )

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        self._stop(number)

    def _stop(self, number: int) -> None:
        self._stopping = True
        for worker in self._workers:
            worker.process.send_signal(number)
