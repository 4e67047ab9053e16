"""The builtin worker obeys the contract of workers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser.testing import DocumentParserSuite
from hyperspot.file_parser_builtin.infra.builtin_parser import PLUGIN, BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit.plugins import Plugin


class TestBuiltinParser(DocumentParserSuite):
    @pytest.fixture(autouse=True)
    async def pool(self, anyio_backend: str) -> AsyncIterator[None]:
        async with ReaderPool() as self._pool:
            yield

    def make_parser(self) -> DocumentParser:
        return BuiltinParser(self._pool)

    def plugin(self) -> Plugin:
        return PLUGIN
