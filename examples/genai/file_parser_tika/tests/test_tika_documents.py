"""What Tika makes of real documents becomes the blocks that a reader of them expects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fake_tika import FakeTika, Parse
from tika_exchanges import documents

from hyperspot.file_parser.contract import (
    Heading,
    Link,
    ListItem,
    Paragraph,
    ParsedContent,
    ParseProgress,
    Style,
    Table,
    Text,
)
from hyperspot.file_parser.testing import text_of

pytestmark = pytest.mark.anyio
FILES = {name: (media_type, data) for name, media_type, data in documents()}
TABLE = (("Name", "Amount"), ("Apples", "3"), ("Pears", "14"))


async def parsed(parse: Parse, name: str) -> ParsedContent:
    media_type, data = FILES[name]
    return await parse(data, media_type, name)


def rows(table: Table) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple("".join(map(text_of, cell.blocks)) for cell in row.cells) for row in table.rows
    )


@pytest.mark.parametrize("name", ["harvest.doc", "harvest.odt"])
async def test_headings_text_and_table_are_found(parse: Parse, name: str) -> None:
    content = await parsed(parse, name)
    headings = [block for block in content.blocks if isinstance(block, Heading)]
    assert [(text_of(block), block.level) for block in headings] == [("Harvest", 1), ("Fruit", 2)]
    (table,) = (block for block in content.blocks if isinstance(block, Table))
    assert rows(table) == TABLE
    assert text_of(content.blocks[1]) == "What was picked in the orchard: äpples & pears."
    assert text_of(content.blocks[-1]) == "Nothing else."
    assert (content.title, content.author) == ("Harvest", "Ada Lane")


async def test_rich_text_keeps_its_words(parse: Parse) -> None:
    content = await parsed(parse, "harvest.rtf")
    text = " ".join(map(text_of, content.blocks))
    for phrase in ("What was picked in the orchard: äpples & pears.", "Apples", "Nothing else."):
        assert phrase in text


async def test_styles_and_links_are_kept(parse: Parse) -> None:
    content = await parsed(parse, "harvest.odt")
    paragraph = content.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert Text(text="picked", style=Style.of("bold")) in paragraph.inlines
    assert Link(text="orchard", target="https://orchard.example/2024") in paragraph.inlines


async def test_lists_are_kept_with_their_levels(parse: Parse) -> None:
    content = await parsed(parse, "harvest.odt")
    items = [block for block in content.blocks if isinstance(block, ListItem)]
    assert [(text_of(item), item.level, item.ordered) for item in items] == [
        ("early", 0, False),
        ("June", 1, False),
        ("late", 0, False),
        ("wash", 0, True),
        ("sort", 0, True),
    ]


async def test_blocks_name_their_slide(parse: Parse) -> None:
    progress: list[ParseProgress] = []
    media_type, data = FILES["slides.ppt"]
    content = await parse(data, media_type, report=progress.append)
    assert [(text_of(block), block.provenance.slide) for block in content.blocks] == [
        ("Harvest", 1),
        ("What was picked.", 1),
        ("Fruit", 2),
        ("Nothing else.", 2),
    ]
    assert [told.done for told in progress] == [1, 2]


async def test_blocks_name_their_sheet(parse: Parse) -> None:
    content = await parsed(parse, "Fruit.xls")
    (table,) = (block for block in content.blocks if isinstance(block, Table))
    assert (rows(table), table.provenance.sheet) == (TABLE, "Fruit")


@pytest.mark.parametrize("name", ["slides.odp", "Fruit.ods"])
async def test_open_documents_keep_their_text(parse: Parse, name: str) -> None:
    content = await parsed(parse, name)
    text = "\n".join(map(text_of, content.blocks))
    assert ("Harvest" in text and "Nothing else." in text) or "Pears" in text


async def test_a_date_that_nobody_set_is_none(parse: Parse) -> None:
    assert not (await parsed(parse, "harvest.doc")).created_at


async def answer(parse: Parse, tika: FakeTika, *entries: str) -> ParsedContent:
    tika.answers = [(200, f"[{','.join(entries)}]")]
    return await parse(b"x", "application/vnd.ms-outlook")


async def test_attachments_are_read_and_named(parse: Parse, tika: FakeTika) -> None:
    """Written from the documentation: there is no Outlook here that could make a message."""
    content = await answer(
        parse,
        tika,
        '{"dc:creator": ["Ada", "Ben", "Ada"], "dcterms:created": "2024-05-01T10:00:00Z",'
        ' "X-TIKA:content": "<html><body><p>See the files.</p></body></html>"}',
        '{"X-TIKA:embedded_resource_path": "/a.zip", "X-TIKA:content": ""}',
        '{"X-TIKA:embedded_resource_path": "/a.zip/b.txt",'
        ' "X-TIKA:content": "<html><body><p>Inside.</p></body></html>"}',
    )
    assert [(text_of(block), block.provenance.part or "") for block in content.blocks] == [
        ("See the files.", ""),
        ("Inside.", "a.zip/b.txt"),
    ]
    assert content.author == "Ada; Ben"
    assert content.created_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


async def test_packed_entries_are_named_by_their_heading(parse: Parse, tika: FakeTika) -> None:
    inner = "<div class='package-entry'><h1>b.txt</h1><p>Inside.</p></div>"
    content = await answer(
        parse,
        tika,
        '{"X-TIKA:content": "<html><body><p>Out.</p><div class=\'package-entry\'><h1>a.zip</h1>'
        + inner
        + '</div><p>After.</p></body></html>"}',
    )
    assert [(text_of(block), block.provenance.part or "") for block in content.blocks] == [
        ("Out.", ""),
        ("a.zip", "a.zip"),
        ("b.txt", "a.zip/b.txt"),
        ("Inside.", "a.zip/b.txt"),
        ("After.", ""),
    ]


async def test_pages_are_counted(parse: Parse, tika: FakeTika) -> None:
    content = await answer(
        parse,
        tika,
        '{"X-TIKA:content": "<html><body><div class=\'page\'><p>a</p></div>'
        "<div class='page'><p>b</p><pre>c\\n d</pre></div></body></html>\"}",
    )
    assert [(text_of(block), block.provenance.page) for block in content.blocks] == [
        ("a", 1),
        ("b", 2),
        ("c\n d", 2),
    ]
