"""The worker obeys the contract of workers, for a format that the contract's samples have."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import pytest
from fake_tika import FakeTika
from tika_exchanges import digest

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser.testing import DocumentParserSuite, Sample
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
        self._recorded = tika.recorded

    def make_parser(self) -> DocumentParser:
        return attrs.evolve(self._parser)

    def damaged(self, sample: Sample) -> Iterable[bytes]:
        found = [data for data in super().damaged(sample) if digest(data) in self._recorded]
        assert len(found) > 30  # all cuts
        return found

    def plugin(self) -> Plugin:
        formats = (*DEFAULT_FORMATS, HTML)
        return plugin_of(FileParserTikaConfig(url="http://127.0.0.1:1", formats=formats))
