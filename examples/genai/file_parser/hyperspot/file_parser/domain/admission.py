"""Admission: how many documents are worked on at once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract.errors import TooManyDocuments

_RETRY_AFTER_S: Final = 2.0


@define
class Admission:
    """Counts the documents in flight; those above the limit are refused before a byte of them is read.

    Attributes:
        limit: Most at once.
        count: How many there are.
    """

    limit: int
    count: int = field(default=0, init=False)

    @contextmanager
    def place(self) -> Generator[None]:
        """Count one more inside the context.

        Raises:
            TooManyDocuments: There are as many as may be.
        """
        if self.count >= self.limit:
            raise TooManyDocuments(self.limit, retry_after_s=_RETRY_AFTER_S)
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
