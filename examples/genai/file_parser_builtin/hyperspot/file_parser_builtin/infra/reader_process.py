"""A process that has documents read: each by a child of its own, which dies with its document.

Run as ``python -m hyperspot.file_parser_builtin.infra.reader_process``. It takes one job a line and answers with
frames. It imports readers, so that its children have them; no byte of a document is ever looked at here.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import BinaryIO, Final

from hyperspot.file_parser.contract import ParseProgress
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra import walls
from hyperspot.file_parser_builtin.infra.frames import (
    DATA,
    END,
    OUTCOME,
    PROGRESS,
    PROGRESS_EVERY_S,
    TAKEN,
    WALLS,
    frame,
)
from hyperspot.file_parser_builtin.infra.outcome import (
    Job,
    Outcome,
    Read,
    broken,
    exceeded,
    refusal,
)
from hyperspot.file_parser_builtin.infra.reading import load_reader, parse_file
from modkit.codec import decoder, encoder
from modkit_errors import PlatformError

_PIECE_BYTES: Final = 256 * 1024
_CODECS: Final = ("ascii", "cp437", "utf-16-le")  # which nearly every document has imported
_COLLECT_EVERY: Final = 100_000  # objects, of some 100 bytes each
_RSS_UNIT_BYTES: Final = 1 if sys.platform == "darwin" else 1024
_ENCODE: Final = encoder(Outcome)
_ENCODE_PROGRESS: Final = encoder(ParseProgress)
_DECODE: Final = decoder(Job)


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the platform, which ends us
    walls.die_with_parent()
    prepare()
    # Libraries that print must not write between frames.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    output.write(frame(WALLS, ",".join(walls.missing()).encode()))
    output.flush()
    for line in sys.stdin.buffer:
        job = _DECODE(line)
        output.write(frame(TAKEN, b""))
        output.flush()
        load_reader(job.request.media_type)
        _serve(job, output)


def prepare() -> None:
    """Do once what every child would else do for itself."""
    walls.prepare()
    for name in _CODECS:
        codecs.lookup(name)


def _serve(job: Job, output: BinaryIO) -> None:
    """Have a child read the document, and pass on what it writes, unread."""
    reading, writing = os.pipe()
    parent, child = os.getpid(), os.fork()
    if not child:
        _be_child(job, parent, reading, writing, output)
    os.close(writing)
    with contextlib.closing(os.fdopen(reading, "rb", buffering=0)) as pipe:
        while piece := pipe.read(_PIECE_BYTES):
            output.write(frame(DATA, piece))
            output.flush()
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    peak_bytes = used.ru_maxrss * _RSS_UNIT_BYTES
    output.write(frame(END, b"%d %f %d" % (code, used.ru_utime + used.ru_stime, peak_bytes)))
    output.flush()


def _be_child(job: Job, parent: int, reading: int, writing: int, output: BinaryIO) -> None:
    code = 1
    try:
        walls.die_with_parent(parent)
        # What was there before is not looked through, nor its memory copied for that; what is made is seldom garbage.
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY)
        os.close(reading)
        os.close(output.fileno())
        os.close(0)
        _read(job, writing)
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is flushed or closed here


def _read(job: Job, writing: int) -> None:
    told_at = 0.0

    def report(progress: ParseProgress) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= PROGRESS_EVERY_S:
            told_at = now
            _write(writing, PROGRESS, _ENCODE_PROGRESS(progress))

    document = Path(job.path)
    walls.limit(job.request.limits)
    walls.close_in(document)
    _write(writing, OUTCOME, _outcome(job, document, Budget(job.request, report)))


def _outcome(job: Job, document: Path, budget: Budget) -> bytes:
    limits = job.request.limits
    outcome: Outcome
    try:
        return _ENCODE(Read(content=parse_file(document, job.request, budget)))
    except PlatformError as error:
        outcome = refusal(error)
    except walls.CpuSpent:
        outcome = exceeded("max_cpu_s", limits.max_cpu_s, budget.stage)
    except MemoryError:
        outcome = exceeded("max_memory_bytes", limits.max_memory_bytes, budget.stage)
    except Exception:  # noqa: BLE001 - whatever it is, the platform's process raises it
        outcome = broken(traceback.format_exc())
    return _ENCODE(outcome)


def _write(writing: int, kind: int, message: bytes) -> None:
    data = memoryview(frame(kind, message))
    while data:
        data = data[os.write(writing, data) :]


if __name__ == "__main__":
    main()
