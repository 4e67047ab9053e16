"""A file inside another one, where a library wants to open it by its path."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


@contextmanager
def member_file(chunks: Iterable[bytes]) -> Generator[Path]:
    """Keep *chunks* in a file that is gone afterwards; on Linux it is in memory, and no file system is needed."""
    if not hasattr(os, "memfd_create"):
        with NamedTemporaryFile() as file:
            _fill(file.fileno(), chunks)
            yield Path(file.name)
        return
    descriptor = os.memfd_create("member")
    try:
        _fill(descriptor, chunks)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _fill(descriptor: int, chunks: Iterable[bytes]) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.writelines(chunks)
