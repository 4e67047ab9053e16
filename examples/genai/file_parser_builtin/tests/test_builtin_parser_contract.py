"""The builtin worker obeys the contract of workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser.testing import DocumentParserSuite
from hyperspot.file_parser_builtin.infra.builtin_parser import PLUGIN, BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit.plugins import Plugin


class TestBuiltinParser(DocumentParserSuite):
    pool: ClassVar[ReaderPool]

    @pytest.fixture(autouse=True, scope="class")
    async def _open_pool(self, anyio_backend: str) -> AsyncIterator[None]:
        async with ReaderPool() as pool:
            type(self).pool = pool
            yield

    def make_parser(self) -> DocumentParser:
        return BuiltinParser(self.pool)

    def plugin(self) -> Plugin:
        return PLUGIN
