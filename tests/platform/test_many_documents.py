"""Many documents at once, at a platform of its own: all are answered, and memory stays bounded."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager

import psutil
import pytest
from attrs import define

from hyperspot.file_parser.testing import SAMPLES
from tests.platform.conftest import Answer, Platform, StartPlatform

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="readers are forked and walled in")

DOCUMENTS = 50
GIBIBYTE = 1024**3
SETTINGS = {"modules.api_ingress.config.auth_disabled": "true"}
LARGE = "".join(f"<h2>Part {n}</h2><p>{'words of it ' * 20}</p>" for n in range(600)).encode()
FORMATS = (("large.html", LARGE), *((sample.name, sample.data) for sample in SAMPLES.values()))


@define
class Memory:
    """Resident memory of a process and its children together, the most that was seen, in bytes."""

    peak: int = 0

    def look(self, process: psutil.Process) -> None:
        resident = 0
        for one in (process, *process.children(recursive=True)):
            try:
                resident += one.memory_info().rss
            except psutil.NoSuchProcess:  # it ended with its document
                continue
        self.peak = max(self.peak, resident)


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Look at memory every few milliseconds."""
    memory, process, is_over = Memory(), psutil.Process(pid), threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            memory.look(process)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        is_over.set()
        watcher.join()


def upload(platform: Platform, number: int) -> Answer:
    name, data = FORMATS[number % len(FORMATS)]
    return platform.ask(
        f"POST /file-parser/v1/upload?filename={name}",
        data,
        content_type="application/octet-stream",
    )


def uploads(pool: ThreadPoolExecutor, platform: Platform) -> list[Future[Answer]]:
    return [pool.submit(upload, platform, number) for number in range(DOCUMENTS)]


def readers(platform: Platform) -> list[psutil.Process]:
    """Return the processes that have documents read, without the children that read them."""
    return [
        child
        for child in psutil.Process(platform.pid).children()
        if any("reader_process" in part for part in child.cmdline())
    ]


def test_fifty_documents_at_once_are_answered_within_bounded_memory(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(settings=SETTINGS)
    with watched(platform.pid) as memory, ThreadPoolExecutor(DOCUMENTS) as pool:
        answers = [future.result() for future in uploads(pool, platform)]
    assert [answer.status for answer in answers] == [200] * DOCUMENTS
    assert all(answer.json["document"]["blocks"] for answer in answers)
    assert 0 < memory.peak < GIBIBYTE, f"{memory.peak // 1024**2} MiB resident"


def test_killed_readers_fail_the_documents_that_they_read_and_no_other(
    start_platform: StartPlatform,
) -> None:
    platform = start_platform(settings=SETTINGS)
    with ThreadPoolExecutor(DOCUMENTS) as pool:
        futures = uploads(pool, platform)
        next(as_completed(futures))
        victims = readers(platform)
        for victim in victims:
            victim.send_signal(signal.SIGKILL)
        answers = [future.result() for future in futures]
    failed = [answer for answer in answers if answer.status != 200]
    assert victims
    assert len(failed) <= len(victims)
    assert {answer.code for answer in failed} <= {"PARSER_CRASHED"}
    assert upload(platform, 0).status == 200
    assert not {victim.pid for victim in victims} & {reader.pid for reader in readers(platform)}
