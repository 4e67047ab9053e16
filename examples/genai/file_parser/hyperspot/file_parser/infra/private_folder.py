"""A folder of this process alone, which the next process removes if this one is killed.

A lock file beside the folder is held for as long as the process lives: what has a lock that can be taken belongs to
nobody any more. So processes may share the place where their folders are.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

from anyio import CancelScope, to_thread
from attrs import frozen

_LOG: Final = logging.getLogger(__name__)
_PREFIX: Final = "hyperspot-file-parser-"
_LOCK: Final = ".lock"


@asynccontextmanager
async def private_folder(place: str) -> AsyncGenerator[Path]:
    """Make a folder that only this user can enter, in *place* or the system's temporary folder; it is removed at the end.

    What killed processes left in *place* is removed first.

    Raises:
        OSError: *place* is no folder, or nothing can be made in it.
    """
    where = Path(place or gettempdir())
    await to_thread.run_sync(_remove_leftovers, where)
    own = await to_thread.run_sync(_make, where)
    try:
        yield own.folder
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(own.remove)


@frozen
class _Owned:
    """A folder and its lock, which this process holds."""

    folder: Path
    lock: Path
    _file: int

    def remove(self) -> None:
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
            self.lock.unlink(missing_ok=True)
        except OSError as error:
            _LOG.warning("%s cannot be removed: %s", self.folder, error)
        finally:
            os.close(self._file)  # gives the lock back


def _make(where: Path) -> _Owned:
    while True:
        folder = where / f"{_PREFIX}{uuid4().hex}"
        lock = folder.with_suffix(_LOCK)
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if _is_taken(file, lock):
            folder.mkdir(mode=0o700)
            return _Owned(folder, lock, file)
        os.close(file)  # another process took it for a leftover in between


def _remove_leftovers(where: Path) -> None:
    for lock in where.glob(f"{_PREFIX}*{_LOCK}"):
        with suppress(OSError):  # it is another user's, or another process was faster
            file = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
            if _is_taken(file, lock):
                _Owned(lock.with_suffix(""), lock, file).remove()
            else:
                os.close(file)


if sys.platform == "win32":

    def _is_taken(file: int, lock: Path) -> bool:  # noqa: ARG001
        """Windows has no such locks: every folder counts as its maker's, and leftovers stay."""
        return not lock.with_suffix("").exists()

else:
    import fcntl

    def _is_taken(file: int, lock: Path) -> bool:
        """Take the lock if nobody has it; a lock file that was removed meanwhile cannot be taken."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there = lock.lstat()
        except OSError:
            return False
        opened = os.fstat(file)
        is_ours = not hasattr(os, "geteuid") or opened.st_uid == os.geteuid()
        return is_ours and (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)
