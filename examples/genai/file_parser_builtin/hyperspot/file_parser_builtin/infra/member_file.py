"""A file inside another one, where a library wants to open it by its path."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

_SPARE: Final[ContextVar[tuple[int, ...]]] = ContextVar("descriptors of files for members")


def keep_spare(count: int) -> None:
    """Make *count* empty files in memory, for a process that soon can make none; each lasts as long as it does."""
    if hasattr(os, "memfd_create"):
        _SPARE.set(tuple(os.memfd_create("member") for _ in range(count)))


@contextmanager
def member_file(chunks: Iterable[bytes]) -> Generator[Path]:
    """Keep *chunks* in a file that is gone afterwards; on Linux it is in memory, and no file system is needed.

    Of spare files, as many can be in use at once as there are; members in members need one for each level.
    """
    spare = _SPARE.get(())
    if spare:
        with _borrowed(spare) as descriptor:
            yield _filled(descriptor, chunks)
    elif hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("member")
        try:
            yield _filled(descriptor, chunks)
        finally:
            os.close(descriptor)
    else:
        with NamedTemporaryFile() as file:
            _fill(file.fileno(), chunks)
            yield Path(file.name)


@contextmanager
def _borrowed(spare: tuple[int, ...]) -> Generator[int]:
    descriptor, *left = spare
    token = _SPARE.set(tuple(left))
    try:
        yield descriptor
    finally:
        _SPARE.reset(token)
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)


def _filled(descriptor: int, chunks: Iterable[bytes]) -> Path:
    _fill(descriptor, chunks)
    return Path(f"/proc/self/fd/{descriptor}")


def _fill(descriptor: int, chunks: Iterable[bytes]) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.writelines(chunks)
