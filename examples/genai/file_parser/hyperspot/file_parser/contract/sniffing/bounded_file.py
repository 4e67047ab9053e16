"""BoundedFile: a file of which only so much is ever read, whatever it says about itself."""

from __future__ import annotations

from io import FileIO
from typing import Final

_MAX_BYTES: Final = 3 * 1024**2


class FileTooSpreadOut(OSError):
    """What is looked for is not within the bytes that may be read."""


class BoundedFile(FileIO):
    """A file that gives out 3 MiB in all: a ZIP directory takes 30 times its size in memory."""

    _left = _MAX_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            FileTooSpreadOut: They would be too many.
        """
        if size is None or size < 0:
            size = self._left + 1  # one more than allowed tells a long file from one that just ends
        if size > self._left + 1:
            raise FileTooSpreadOut(f"{size} more bytes")
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FileTooSpreadOut("too many bytes")
        return data
