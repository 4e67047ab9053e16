"""Each limit of a parse stops a document that is hostile in its way, through the real worker, which reads on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import attrs
import pytest
from anyio import CapacityLimiter, fail_after

from hyperspot.file_parser.contract import (
    Block,
    ListItem,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
    Quote,
    Table,
)
from hyperspot.file_parser.testing import make_docx, make_pdf, text_of
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit.security import SecurityContext

pytestmark = pytest.mark.anyio

CSV, HTML, JSON, MARKDOWN, PDF, TEXT, XML, ZIP = (
    *("text/csv", "text/html", "application/json", "text/markdown", "application/pdf"),
    *("text/plain", "application/xml", "application/zip"),
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEBIBYTE = 1024**2
SMALL = ParseLimits(timeout_s=30, max_cpu_s=30, max_memory_bytes=256 * MEBIBYTE)


@pytest.fixture(name="parser", scope="module")
async def parser_fixture() -> AsyncIterator[BuiltinParser]:
    async with ReaderPool(CapacityLimiter(1)) as pool:
        yield BuiltinParser(pool)


async def parse(
    parser: BuiltinParser, folder: Path, data: bytes, media_type: str, limits: ParseLimits
) -> ParsedContent:
    path = folder / "file"
    path.write_bytes(data)
    request = ParseRequest(filename="evil.bin", media_type=media_type, limits=limits)
    with fail_after(60):
        return await parser.parse(SecurityContext.ANONYMOUS, path, request)


async def assert_reads_on(parser: BuiltinParser, folder: Path) -> None:
    content = await parse(parser, folder, b"well", TEXT, SMALL)
    assert [text_of(block) for block in content.blocks] == ["well"]


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def nested(data: bytes, levels: int) -> bytes:
    for level in range(levels):
        data = zipped({f"level-{level}.zip" if level else "a.txt": data})
    return data


def nested_bomb() -> bytes:
    """Return an archive in an archive, 40 KiB that are 80 MiB of spaces: more than 1000 to 1."""
    inner = zipped({"a.txt": b" " * (10 * MEBIBYTE)})
    return zipped({f"{number}.zip": inner for number in range(8)})


def pdf_with_pages(tree: bytes, *more: bytes) -> bytes:
    """Return a PDF whose second object is the root of the tree of pages, the third a page, and then *more*."""
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]"
    objects = (b"/Type /Catalog /Pages 2 0 R", b"/Type /Pages " + tree, page, *more)
    lines = [b"%d 0 obj << %s >> endobj" % item for item in enumerate(objects, 1)]
    return b"\n".join((b"%PDF-1.7", *lines, b"trailer << /Root 1 0 R >>"))


def many_pages() -> bytes:
    """Return a PDF of one page that the tree of pages names a hundred thousand times."""
    levels = [
        b"/Count %d /Kids [%s]"
        % (10 ** (5 - level), b"%d 0 R " % (level + 4 if level < 4 else 3) * 10)
        for level in range(5)
    ]
    return pdf_with_pages(levels[0], *(b"/Type /Pages " + level for level in levels[1:]))


STOPPED: Mapping[str, tuple[str, Callable[[], bytes], ParseLimits, str]] = {
    "nested archive bomb": (
        ZIP,
        nested_bomb,
        attrs.evolve(SMALL, max_decompressed_bytes=5 * MEBIBYTE),
        "max_decompressed_bytes",
    ),
    "document bomb": (
        DOCX,
        lambda: make_docx(" " * 80 * MEBIBYTE),
        attrs.evolve(SMALL, max_decompressed_bytes=5 * MEBIBYTE),
        "max_decompressed_bytes",
    ),
    "archives in archives": (ZIP, lambda: nested(b"x", 12), SMALL, "max_container_depth"),
    "archive of a million names": (
        ZIP,
        lambda: zipped({f"{n}.txt": b"" for n in range(5_000)}),
        attrs.evolve(SMALL, max_members=1_000),
        "max_members",
    ),
    "sheet of a million cells": (
        CSV,
        lambda: (b"1," * 999 + b"1\n") * 1000,
        attrs.evolve(SMALL, max_blocks=50_000),
        "max_blocks",
    ),
    "spans": (HTML, lambda: b"<table>" + b"<tr><td colspan=1000>x" * 2_000, SMALL, "max_blocks"),
    "pages": (PDF, many_pages, SMALL, "max_pages"),
    "page that claims to be many": (
        PDF,
        lambda: pdf_with_pages(b"/Count 100000 /Kids [3 0 R]"),
        SMALL,
        "max_pages",
    ),
    "pages of its own": (
        PDF,
        lambda: make_pdf([[(9, "x")]] * 30),
        attrs.evolve(SMALL, max_pages=29),
        "max_pages",
    ),
    "text": (
        TEXT,
        lambda: b"word " * 2_000_000,
        attrs.evolve(SMALL, max_text_chars=MEBIBYTE),
        "max_text_chars",
    ),
    "output": (
        TEXT,
        lambda: b'\x01"' * 2 * MEBIBYTE,
        attrs.evolve(SMALL, max_output_bytes=MEBIBYTE),
        "max_output_bytes",
    ),
    "memory": (
        HTML,
        lambda: b"<p>x" * 3_000_000,
        attrs.evolve(SMALL, max_memory_bytes=64 * MEBIBYTE),
        "max_memory_bytes",
    ),
    "processor": (
        PDF,
        lambda: make_pdf([[(9, "word " * 20)] * 60] * 1500),
        attrs.evolve(SMALL, max_cpu_s=1),
        "max_cpu_s",
    ),
    "time": (
        PDF,
        lambda: make_pdf([[(9, "word " * 20)] * 60] * 1500),
        attrs.evolve(SMALL, timeout_s=0.3),
        "timeout_s",
    ),
}


@pytest.mark.parametrize(("media_type", "make", "limits", "limit"), STOPPED.values(), ids=STOPPED)
async def test_limit_stops_the_document(
    parser: BuiltinParser,
    tmp_path: Path,
    media_type: str,
    make: Callable[[], bytes],
    limits: ParseLimits,
    limit: str,
) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        await parse(parser, tmp_path, make(), media_type, limits)
    assert (caught.value.filename, caught.value.limit) == ("evil.bin", limit)
    assert caught.value.stage
    await assert_reads_on(parser, tmp_path)


@pytest.mark.parametrize(
    ("media_type", "data", "weight"),
    [
        pytest.param(HTML, b"<blockquote>" * 60 + b"<b>deep", 1, id="quotes"),
        pytest.param(HTML, b"<ul><li><blockquote>" * 60 + b"<b>deep", 1, id="items"),
        pytest.param(HTML, b"<table><td>" * 60 + b"<b>deep", 3, id="tables"),
        pytest.param(MARKDOWN, b"> " * 60 + b"**deep**", 1, id="quotes-of-markdown"),
    ],
)
async def test_what_is_nested_too_deep_is_moved_up_and_kept(
    parser: BuiltinParser, tmp_path: Path, media_type: str, data: bytes, weight: int
) -> None:
    for depth in (1, 3, 32, 48):
        content = await parse(
            parser, tmp_path, data, media_type, attrs.evolve(SMALL, max_depth=depth)
        )
        assert [text_of(block) for block in content.blocks] == ["deep"]
        assert nesting(content.blocks) == depth // weight


def nesting(blocks: Sequence[Block]) -> int:
    """Return how many quotes, items and tables are around the block that is deepest in them."""
    deepest = 0
    for block in blocks:
        if isinstance(block, Quote | ListItem):
            deepest = max(deepest, 1 + nesting(block.blocks))
        elif isinstance(block, Table):
            cells = [cell for row in block.rows for cell in row.cells]
            deepest = max(deepest, *(1 + nesting(cell.blocks) for cell in cells))
    return deepest


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HARMLESS: Mapping[str, tuple[str, bytes]] = {
    "billion laughs": (XML, f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a11;</x>'.encode()),
    "attribute that laughs": (
        XML,
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x a="&a11;"/>'.encode(),
    ),
    "laughs in a document": (
        DOCX,
        make_docx(
            "", {"word/document.xml": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a11;</x>'}
        ),
    ),
    "file as an entity": (XML, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
    "deep XML": (XML, b"<a>" * 200_000),
    "deep JSON": (JSON, b"[" * 200_000),
    "deep objects": (JSON, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "long number": (JSON, b"[" + b"9" * 1_000_000 + b"]"),
    "deep HTML": (HTML, b"<div>" * 200_000),
    "deep quotes": (MARKDOWN, b">" * 100_000 + b"x"),
    "pages in a circle": (PDF, pdf_with_pages(b"/Count 9 /Kids [2 0 R 2 0 R]")),
}


@pytest.mark.parametrize(("media_type", "data"), HARMLESS.values(), ids=HARMLESS)
async def test_trick_comes_to_little_text_or_to_an_error(
    parser: BuiltinParser, tmp_path: Path, media_type: str, data: bytes
) -> None:
    try:
        content = await parse(parser, tmp_path, data, media_type, SMALL)
        text = "".join(text_of(block) for block in content.blocks)
    except ParseFailed as error:
        text = error.reason
    assert "ended the process" not in text
    assert "root:" not in text
    assert len(text) <= len(data)
    await assert_reads_on(parser, tmp_path)
