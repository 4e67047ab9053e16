"""Spool: where an upload waits while it is parsed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path


class Spool(ABC):
    """Keeps the bytes of one file outside memory."""

    @abstractmethod
    def keep(
        self, content: AsyncIterable[bytes], *, filename: str, limit_bytes: int
    ) -> AbstractAsyncContextManager[Path]:
        """Write *content* to a private file that exists until the context ends.

        Raises:
            EmptyFile: There are no bytes.
            FileTooLarge: There are more than *limit_bytes*.
            SpoolFailed: The file cannot be written.
        """
