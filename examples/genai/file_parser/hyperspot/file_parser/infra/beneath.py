"""Opens a file below a folder so that no link, whenever it is put there, leads out of the folder.

Each name is opened from the folder before it and never followed by the system: links are read and walked here, and ``..``
in them goes back the way that was come. Linux has ``openat2`` for this; names one by one work on every POSIX system.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

_MOST_LINKS: Final = 40  # as many as Linux follows
_MOST_FOLDERS: Final = 128  # all of them are open at once
IS_SUPPORTED: Final = {os.open, os.stat, os.readlink} <= os.supports_dir_fd


def _flags(*names: str) -> int:
    flags = os.O_RDONLY
    for name in names:
        flags |= getattr(os, name, 0)
    return flags


_FOLDER: Final = _flags("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
_FILE: Final = _flags("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC")


class LeadsOutside(Exception):
    """A link leads out of the folder."""


def open_beneath(base: Path, names: Sequence[str]) -> int:
    """Open the file that *names* lead to from the folder *base*, for reading; it is the caller's to close.

    What is no regular file is not opened, unless it takes the place of one at that very moment.

    Raises:
        LeadsOutside: A link leads out of *base*.
        OSError: There is no such file, or it cannot be opened.
    """
    walk = _Walk(base, names)
    try:
        while walk.is_going:
            file = walk.step()
            if file is not None:
                return file
    finally:
        walk.close()
    raise _error(errno.EISDIR)


class _Walk:
    """The folders that the walk came through, all open, and the names ahead."""

    def __init__(self, base: Path, names: Sequence[str]) -> None:
        self._base = base
        self._links = 0
        self._ahead = deque(names)
        self._way = [os.open(base, _FOLDER & ~_flags("O_NOFOLLOW"))]

    @property
    def is_going(self) -> bool:
        return bool(self._ahead)

    def step(self) -> int | None:
        """Go on by one name; return the file at the end of the way."""
        name = self._ahead.popleft()
        here = self._way[-1]
        if name == "..":
            self._go_back(len(self._way) - 1)
            return None
        mode = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            self._follow(os.readlink(name, dir_fd=here))
        elif self._ahead:
            self._enter(os.open(name, _FOLDER, dir_fd=here))
        elif stat.S_ISREG(mode):
            return os.open(name, _FILE, dir_fd=here)
        else:
            raise _error(errno.ENXIO)
        return None

    def close(self) -> None:
        while self._way:
            os.close(self._way.pop())

    def _enter(self, folder: int) -> None:
        self._way.append(folder)
        if len(self._way) > _MOST_FOLDERS:
            raise _error(errno.ENAMETOOLONG)

    def _go_back(self, depth: int) -> None:
        if not depth:
            raise LeadsOutside
        while len(self._way) > depth:
            os.close(self._way.pop())

    def _follow(self, target: str) -> None:
        self._links += 1
        if self._links > _MOST_LINKS:
            raise _error(errno.ELOOP)
        names = PurePosixPath(target).parts
        if target.startswith("/"):
            names = self._below_base(names)
            self._go_back(1)
        self._ahead.extendleft(reversed(names))

    def _below_base(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for base in (self._base, Path(os.path.realpath(self._base))):
            if names[: len(base.parts)] == base.parts:
                return names[len(base.parts) :]
        raise LeadsOutside


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
