"""The worker obeys the contract of workers, for a format that the contract's samples have."""

from __future__ import annotations

import attrs
import pytest
from fake_tika import FakeTika

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser.testing import DocumentParserSuite
from hyperspot.file_parser_tika.config import DEFAULT_FORMATS, FileParserTikaConfig, TikaFormat
from hyperspot.file_parser_tika.infra.tika_parser import TikaParser
from hyperspot.file_parser_tika.module import plugin_of
from modkit.http import HttpClient
from modkit.plugins import Plugin

HTML = TikaFormat(media_type="text/html", extensions=("html",))


class TestTikaParser(DocumentParserSuite):
    @pytest.fixture(autouse=True)
    async def server(self, anyio_backend: str, tika: FakeTika, client: HttpClient) -> None:
        self._parser = TikaParser(client, tika.url)

    def make_parser(self) -> DocumentParser:
        return attrs.evolve(self._parser)

    def plugin(self) -> Plugin:
        formats = (*DEFAULT_FORMATS, HTML)
        return plugin_of(FileParserTikaConfig(url="http://127.0.0.1:1", formats=formats))
