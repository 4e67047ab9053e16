"""The walls take nothing from an honest document: it comes out of the worker as it does without them."""

from __future__ import annotations

from pathlib import Path

import pytest
from anyio import CapacityLimiter
from file_parser_fuzz.mutants import corpus

from hyperspot.file_parser.contract import ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit.security import SecurityContext

pytestmark = pytest.mark.anyio


async def test_worker_reads_what_the_reader_reads(tmp_path: Path) -> None:
    expected, found = {}, {}
    async with ReaderPool(CapacityLimiter(1)) as pool:
        parser = BuiltinParser(pool)
        for document in corpus():
            path = tmp_path / document.name
            path.write_bytes(document.data)
            request = ParseRequest(filename=document.name, media_type=document.media_type)
            expected[document.name] = parse_file(path, request, Budget(request))
            found[document.name] = await parser.parse(SecurityContext.ANONYMOUS, path, request)
    assert found == expected
