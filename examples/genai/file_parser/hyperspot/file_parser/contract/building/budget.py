"""Budget: what one parse has left to use."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from hyperspot.file_parser.contract.errors import ParseLimitExceeded
from hyperspot.file_parser.contract.plugin import ParseRequest
from hyperspot.file_parser.contract.progress import ParseProgress, Report, unreported
from modkit import UNSET, UnsetType

_CHECK_EVERY_CHARS: Final = 16_384


class Budget:
    """Counts what one parse uses; readers ask it at every page, block and piece of text.

    Args:
        request: The file's name and limits.
        report: Is told how far the parse is.

    Attributes:
        stage: What was being done when the budget was last asked.
    """

    def __init__(self, request: ParseRequest, report: Report = unreported) -> None:
        self._filename = request.filename
        self._limits = request.limits
        self._report = report
        self._deadline = time.monotonic() + request.limits.timeout_s
        self._blocks = 0
        self._text_chars = 0
        self._unchecked_chars = 0
        self._decompressed_bytes = 0
        self.stage = "beginning"
        self._members = 0
        self._containers = 0

    @property
    def max_depth(self) -> int:
        """Deepest nesting of containers in the result."""
        return self._limits.max_depth

    def progress(self, stage: str, done: int, total: int | UnsetType = UNSET) -> None:
        """Say that *done* of *total* pages, sheets or members are read; cheap enough for each of them.

        Raises:
            ParseLimitExceeded: The time is over.
        """
        self._report(ParseProgress(stage=stage, done=done, total=total))
        self.check_time(stage)

    def check_time(self, stage: str) -> None:
        """Raise `ParseLimitExceeded` after the deadline."""
        self.stage = stage
        if time.monotonic() > self._deadline:
            self._exceeded("timeout_s", self._limits.timeout_s, stage)

    def use_pages(self, count: int) -> None:
        """Raise `ParseLimitExceeded` for a document with too many pages."""
        if count > self._limits.max_pages:
            self._exceeded("max_pages", self._limits.max_pages, "counting pages")

    def use_blocks(self, count: int, stage: str) -> None:
        """Count *count* blocks or cells of the result."""
        self._blocks += count
        if self._blocks > self._limits.max_blocks:
            self._exceeded("max_blocks", self._limits.max_blocks, stage)
        self.check_time(stage)

    def use_text(self, count: int, stage: str) -> None:
        """Count *count* characters of the result."""
        self._text_chars += count
        self._unchecked_chars += count
        if self._unchecked_chars > _CHECK_EVERY_CHARS:
            self._unchecked_chars = 0
            self.check_time(stage)
        if self._text_chars > self._limits.max_text_chars:
            self._exceeded("max_text_chars", self._limits.max_text_chars, stage)

    def use_decompressed(self, count: int, stage: str) -> None:
        """Count *count* bytes that came out of a container."""
        self._decompressed_bytes += count
        if self._decompressed_bytes > self._limits.max_decompressed_bytes:
            self._exceeded("max_decompressed_bytes", self._limits.max_decompressed_bytes, stage)
        self.check_time(stage)

    def use_members(self, count: int, stage: str) -> None:
        """Count *count* files inside a container."""
        self._members += count
        if self._members > self._limits.max_members:
            self._exceeded("max_members", self._limits.max_members, stage)

    @contextmanager
    def container(self, stage: str) -> Generator[None]:
        """Be inside one more container."""
        if self._containers >= self._limits.max_container_depth:
            self._exceeded("max_container_depth", self._limits.max_container_depth, stage)
        self._containers += 1
        try:
            yield
        finally:
            self._containers -= 1

    def _exceeded(self, limit: str, allowed: float, stage: str) -> None:
        raise ParseLimitExceeded(self._filename, limit, allowed, stage)
