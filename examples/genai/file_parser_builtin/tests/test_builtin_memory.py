"""Large honest documents are read in bounded memory, by the system's own account of the process that reads them."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from anyio import fail_after

from hyperspot.file_parser.contract import ParseRequest, unreported
from hyperspot.file_parser.testing import make_docx, make_pdf
from hyperspot.file_parser.testing.samples import docx_paragraph
from hyperspot.file_parser_builtin.infra.outcome import Job, Read
from hyperspot.file_parser_builtin.infra.reader_client import ReaderClient, decoded

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024**2
COMMAND = (sys.executable, "-P", "-m", "hyperspot.file_parser_builtin.infra.reader_process")
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def hundred_pages() -> bytes:
    lines = [(11, f"line {number}: " + "word " * 10) for number in range(45)]
    return make_pdf([[(14, f"Page {number}"), *lines] for number in range(100)])


def ten_megabytes() -> bytes:
    """Return a DOCX whose text hardly shrinks: about 19 MB of XML."""
    random, paragraphs = Random(7), []
    for _ in range(10_000):
        words = " ".join(f"{random.getrandbits(24):x}" for _ in range(260))
        paragraphs.append(docx_paragraph(words))
    return make_docx("".join(paragraphs))


async def peak_mib(folder: Path, data: bytes, media_type: str) -> float:
    path = folder / "large"
    path.write_bytes(data)
    client = await ReaderClient.start(COMMAND, {})
    try:
        with fail_after(100):
            request = ParseRequest(filename="large", media_type=media_type)
            outcome = decoded(await client.read(Job.of(path, request), unreported))
    finally:
        await client.kill()
    assert isinstance(outcome, Read)
    assert outcome.content.blocks
    return client.peak_memory_bytes / MEBIBYTE


async def test_pdf_of_a_hundred_pages_stays_below_150_mib(tmp_path: Path) -> None:
    assert 10 < await peak_mib(tmp_path, hundred_pages(), PDF) < 150


async def test_docx_of_ten_megabytes_stays_below_150_mib(tmp_path: Path) -> None:
    data = ten_megabytes()
    assert len(data) >= 10_000_000
    assert 10 < await peak_mib(tmp_path, data, DOCX) < 150
