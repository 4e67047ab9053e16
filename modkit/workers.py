"""Several worker processes on one listening socket: bound once by the parent, inherited by each."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
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
from modkit.startup_error import Phase, StartupError
from modkit.worker_process import PARENT_VARIABLE, WORKER_VARIABLE

_LOG: Final = logging.getLogger(__name__)
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_QUICK_DEATH_S: Final = 5.0
_MOST_QUICK_DEATHS: Final = 5


@define
class _Worker:
    number: int
    process: subprocess.Popen[bytes]
    link: socket.socket
    started_at: float
    quick_deaths: int = 0


def run_workers(specs: Sequence[ModuleSpec], configuration: Configuration, count: int) -> int:
    """Bind every address, start *count* copies of this command on them, and keep them running.

    The first worker starts alone; the others follow once it listens, so that what no worker can start with is said
    once. A worker that dies later is replaced. SIGTERM and SIGINT are passed on to all workers as SIGTERM, SIGHUP as
    it is; this returns when the last has ended. Should this process die without a word, the workers stop by themselves.

    Returns:
        The exit code: 0 after a stop, that of the first worker if it cannot start, 1 when a worker cannot stay up
        (five deaths, each within seconds of its start).

    Raises:
        StartupError: An address cannot be bound, or the system cannot hand sockets down.
    """
    if os.name != "posix":
        raise StartupError(
            Phase.START,
            "several workers need a system that lets processes inherit sockets, which this one does not",
            remedy="set server.workers to 1",
        )
    listeners = Listeners()
    try:
        for spec in specs:
            if issubclass(spec.module_class, ListenerCapability):
                config = configuration.section(f"modules.{spec.name}", module_section(spec)).config
                for setting, address in spec.module_class.listen_addresses(config).items():
                    listeners.listen(address, setting=setting).close()
        return _Fleet(listeners.descriptors(), count).run()
    finally:
        listeners.close()


class _Fleet:
    def __init__(self, descriptors: dict[str, int], count: int) -> None:
        self._descriptors = descriptors
        self._count = count
        self._workers: list[_Worker] = []
        self._is_up = not descriptors  # a platform that listens nowhere cannot tell when it does
        self._is_stopping = False
        self._exit_code = 0

    def run(self) -> int:
        with _signals() as signals:
            self._add_missing()
            while self._workers:
                first = [] if self._is_up else [self._workers[0].link]
                readable, _, _ = select.select([signals, *first], [], [])
                if signals in readable:
                    self._hear(set(signals.recv(4096)))
                if first and first[0] in readable and first[0].recv(1):
                    self._is_up = True
                self._see_to_the_dead()
                self._add_missing()
        return self._exit_code

    def _hear(self, numbers: set[int]) -> None:
        if not numbers.isdisjoint(_STOP_SIGNALS):
            self._stop()
        elif signal.SIGHUP in numbers:
            for worker in self._workers:
                worker.process.send_signal(signal.SIGHUP)

    def _add_missing(self) -> None:
        wanted = self._count if self._is_up else 1
        while len(self._workers) < wanted and not self._is_stopping:
            number = len(self._workers) + 1
            self._workers.append(_Worker(number, *self._spawn(number), time.monotonic()))

    def _see_to_the_dead(self) -> None:
        for worker in [item for item in self._workers if item.process.poll() is not None]:
            worker.link.close()
            if self._is_stopping or not self._can_be_replaced(worker):
                self._workers.remove(worker)
                continue
            code = worker.process.returncode
            _LOG.warning("worker %d ended with code %d and is replaced", worker.number, code)
            worker.process, worker.link = self._spawn(worker.number)
            worker.started_at = time.monotonic()

    def _can_be_replaced(self, worker: _Worker) -> bool:
        """Return whether another try makes sense; if not, everything stops."""
        lived_s = time.monotonic() - worker.started_at
        worker.quick_deaths = worker.quick_deaths + 1 if lived_s < _QUICK_DEATH_S else 0
        code = worker.process.returncode
        cannot_start = (
            not self._is_up and code > 0
        )  # it has said why; another try would say the same
        if not cannot_start and worker.quick_deaths < _MOST_QUICK_DEATHS:
            return True
        if not cannot_start:
            _LOG.error(
                "worker %d cannot stay up: it ended %d times within %g s of its start, the last time with code %d",
                worker.number,
                worker.quick_deaths,
                _QUICK_DEATH_S,
                code,
            )
        self._exit_code = code if cannot_start else 1
        self._stop()
        return False

    def _spawn(self, number: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        environ: dict[str, Any] = {
            **os.environ,
            INHERITED_VARIABLE: format_descriptors(self._descriptors),
            PARENT_VARIABLE: str(theirs.fileno()),
            WORKER_VARIABLE: str(number),
        }
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own command line again
                [sys.executable, *sys.orig_argv[1:]],
                env=environ,
                pass_fds=(theirs.fileno(), *self._descriptors.values()),
                start_new_session=True,  # a Ctrl-C reaches the parent only, which passes it on once
            )
        return process, ours

    def _stop(self) -> None:
        self._is_stopping = True
        for worker in self._workers:
            worker.process.send_signal(signal.SIGTERM)


@contextmanager
def _signals() -> Generator[socket.socket]:
    """Turn signals into bytes of their numbers, which a socket yields: nothing is ever interrupted by one."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        pass  # the number is in the socket

    receiving, sending = socket.socketpair()
    sending.setblocking(False)
    with receiving, sending:
        wakeup_before = signal.set_wakeup_fd(sending.fileno())
        before = {
            number: signal.signal(number, handler)
            for number in (*_STOP_SIGNALS, signal.SIGHUP, signal.SIGCHLD)
        }
        try:
            yield receiving
        finally:
            for number, old in before.items():
                signal.signal(number, old)
            signal.set_wakeup_fd(wakeup_before)
