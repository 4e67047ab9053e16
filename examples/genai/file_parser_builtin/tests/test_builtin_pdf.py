"""What comes out of PDF files: order, structure, places, and no more than a declared error out of bad ones."""

from __future__ import annotations

import io
import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from file_parser_corpus import pdfs
from file_parser_corpus.raw_pdf import COMPOSITE_FONT, PAGE, coded, page_with, raw_pdf, stream
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from hyperspot.file_parser.contract import (
    Block,
    Box,
    Code,
    CodeBlock,
    DocumentEncrypted,
    Heading,
    Image,
    Link,
    ListItem,
    PageBreak,
    Paragraph,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseOptions,
    ParseRequest,
    Style,
    Table,
    Text,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra.reading import parse_file

PDF = "application/pdf"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def parse(
    data: bytes, *, limits: ParseLimits | None = None, drop_running_headers: bool = False
) -> ParsedContent:
    request = ParseRequest(
        filename="a.pdf",
        media_type=PDF,
        limits=limits or ParseLimits(),
        options=ParseOptions(drop_running_headers=drop_running_headers),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.pdf")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request))


def texts(content: ParsedContent) -> list[str]:
    return [text_of(block) for block in content.blocks]


def rows_of(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[" ".join(map(text_of, cell.blocks)) for cell in row.cells] for row in block.rows]


def box_of(block: Block) -> Box:
    assert block.provenance
    assert block.provenance.box
    return block.provenance.box


def only(content: ParsedContent, kind: type[Block]) -> list[Block]:
    return [block for block in content.blocks if isinstance(block, kind)]


def drawn(text: str) -> bytes:
    return b"BT /F1 12 Tf 72 700 Td (%b) Tj ET" % text.encode("ascii")


def test_a_column_is_read_before_the_one_to_its_right() -> None:
    title, left, right, *_ = texts(parse(pdfs.columns()))
    assert title == "The orchard on the south side of the hill"
    assert (left, right) == (pdfs.FIRST, pdfs.SECOND)


def test_columns_that_are_written_across_are_read_down() -> None:
    assert texts(parse(pdfs.columns()))[-2:] == [pdfs.FIRST, pdfs.SECOND]


def test_ruling_lines_make_a_table_with_spans_between_the_text_around_it() -> None:
    before, table, after = parse(pdfs.ruled()).blocks
    assert (text_of(before), text_of(after)) == ("What was picked.", "Nothing else.")
    assert rows_of(table) == [list(row) for row in pdfs.CELLS]
    assert isinstance(table, Table)
    first = table.rows[0].cells
    assert [bool(cell.row_span) for cell in first] == [True, False, False, True]
    assert first[1].column_span == 2
    assert [row.is_header for row in table.rows] == [True, False, False, False, False]


def test_alignment_makes_a_table() -> None:
    _, table, _ = parse(pdfs.aligned()).blocks
    assert rows_of(table) == [list(row) for row in pdfs.PRICES]


def test_two_aligned_rows_are_no_table() -> None:
    content = b"BT /F1 12 Tf 72 700 Td (a) Tj 200 0 Td (b) Tj -200 -14 Td (c) Tj 200 0 Td (d) Tj ET"
    assert not only(parse(page_with(content, HELVETICA)), Table)


def test_gaps_inside_one_piece_of_text_part_the_cells_of_a_row() -> None:
    rows = "".join(f"[(Pears{n}) -9000 (1{n}) -9000 (2{n})] TJ 0 -16 Td " for n in range(4))
    content = f"BT /F1 12 Tf 72 700 Td {rows} ET".encode()
    (table,) = parse(page_with(content, HELVETICA)).blocks
    assert rows_of(table) == [[f"Pears{n}", f"1{n}", f"2{n}"] for n in range(4)]


def test_a_frame_around_text_is_no_table() -> None:
    content = b"60 680 300 40 re S " + drawn("framed")
    (paragraph,) = parse(page_with(content, HELVETICA)).blocks
    assert text_of(paragraph) == "framed"


def test_divided_words_are_whole_again() -> None:
    (paragraph,) = texts(parse(pdfs.hyphens()))
    assert paragraph == (
        "The fruit of this year was preserved in the cellar by the owner, Anna-Maria, who has done so for many years "
        "together with her well-known neighbours."
    )


def test_running_headers_stay_unless_they_are_to_be_dropped() -> None:
    kept = texts(parse(pdfs.running()))
    assert kept.count("Harvest report 2025 Orchards") == 4
    assert "- 3 -" in kept
    dropped = [text for text in texts(parse(pdfs.running(), drop_running_headers=True)) if text]
    assert len(dropped) == 4
    assert all(text.startswith(f"Page {n} says") for n, text in enumerate(dropped, 1))


def test_a_single_page_has_no_running_headers() -> None:
    content = page_with(drawn("Title"), HELVETICA)
    assert texts(parse(content, drop_running_headers=True)) == ["Title"]


def test_looks_become_styles_code_and_links() -> None:
    _, _, paragraph, *_ = parse(pdfs.looks()).blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.inlines == (
        Text(text="Some words are "),
        Text(text="bold", style=Style.of("bold")),
        Text(text=", some "),
        Text(text="italic", style=Style.of("italic")),
        Text(text=", some "),
        Text(text="both", style=Style.of("bold", "italic")),
        Text(text=", and "),
        Code(text="pick()"),
        Text(text=" is code. Read "),
        Link(text="more about it", target="https://example.org/more?a=b"),
        Text(text=" there."),
    )


def test_structure_comes_from_sizes_markers_and_fonts() -> None:
    content = parse(pdfs.looks())
    headings = [(b.level, text_of(b)) for b in content.blocks if isinstance(b, Heading)]
    items = [(b.ordered, text_of(b)) for b in content.blocks if isinstance(b, ListItem)]
    assert headings == [(1, "A guide"), (2, "Looks"), (2, "Lists"), (2, "Code")]
    assert items == [
        (False, "Pears"),
        (False, "Quinces"),
        (True, "Pick them"),
        (True, "Wash them"),
    ]
    (code,) = [block for block in content.blocks if isinstance(block, CodeBlock)]
    assert code.text == "for pear in pears:\n    pick(pear)"


def test_a_deeper_item_is_further_to_the_right() -> None:
    shown = ("72 700 Td (- one)", "20 -14 Td (- two)", "0 -14 Td (- three)", "-20 -14 Td (- four)")
    content = f"BT /F1 12 Tf {' Tj '.join(shown)} Tj ET".encode()
    items = parse(page_with(content, HELVETICA)).blocks
    assert [item.level for item in items if isinstance(item, ListItem)] == [0, 1, 1, 0]


def test_what_the_document_says_of_itself() -> None:
    content = parse(pdfs.looks())
    assert (content.title, content.author, content.language) == ("A guide", "Ada Byron", "en-GB")


@pytest.mark.parametrize("text", [pdfs.HEBREW, pdfs.ARABIC], ids=["hebrew", "arabic"])
def test_text_from_right_to_left_is_in_logical_order(text: str) -> None:
    assert texts(parse(pdfs.right_to_left(text))) == [text]


def test_japanese_and_chinese_get_no_spaces() -> None:
    assert texts(parse(pdfs.east_asian())) == [
        "日本語の文章です。これは試験であります。次の行も読みます。",
        "果园在山的南边。",
    ]


def test_blocks_say_where_they_are_on_the_page_as_shown() -> None:
    heading, table = parse(pdfs.turned()).blocks
    assert box_of(heading).left == pytest.approx(100, abs=1.5)
    assert box_of(heading).bottom == pytest.approx(540 - 440, abs=4)
    assert box_of(table) == Box(left=100, top=142, right=340, bottom=202)
    assert rows_of(table) == [list(row) for row in pdfs.PRICES[:3]]


def test_every_block_but_a_page_break_has_a_box_on_its_page() -> None:
    for name, make in pdfs.DOCUMENTS.items():
        for block in parse(make()).blocks:
            assert block.provenance, name
            assert block.provenance.page, name
            if not isinstance(block, PageBreak):
                box = box_of(block)
                assert 0 <= box.left <= box.right <= 850, name
                assert 0 <= box.top <= box.bottom <= 850, name


def test_a_scanned_page_is_an_image() -> None:
    (image,) = parse(pdfs.scan()).blocks
    assert isinstance(image, Image)
    assert box_of(image) == Box(left=50, top=141.9, right=450, bottom=741.9)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("columns.pdf", " ".join([pdfs.FIRST, pdfs.SECOND] * 2)),
        ("aligned.pdf", " ".join(cell for row in pdfs.PRICES for cell in row)),
        ("ruled.pdf", " ".join(cell for row in pdfs.CELLS for cell in row)),
        ("running.pdf", " ".join([pdfs.FIRST, pdfs.SECOND] * 2)),
    ],
)
def test_no_word_is_lost(name: str, known: str) -> None:
    wanted = Counter(known.split())
    blocks = parse(pdfs.DOCUMENTS[name]()).blocks
    tables = " ".join(
        cell
        for b in only(parse(pdfs.DOCUMENTS[name]()), Table)
        for row in rows_of(b)
        for cell in row
    )
    found = Counter(f"{' '.join(map(text_of, blocks))} {tables}".split())
    assert (wanted & found).total() >= 0.98 * wanted.total()


def test_characters_without_a_map_do_not_fail() -> None:
    content = parse(page_with(coded("abc"), COMPOSITE_FONT))
    assert len("".join(texts(content))) <= 3


def test_a_file_that_anybody_may_open_is_read_though_encrypted() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("", ownerPassword="secret", canPrint=0))
    canvas.drawString(72, 700, "open to all")
    canvas.save()
    assert texts(parse(buffer.getvalue())) == ["open to all"]


def test_declared_pages_are_limited() -> None:
    data = raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 100000/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        ]
    )
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(data)
    assert caught.value.limit == "max_pages"


def test_a_page_tree_that_holds_itself_ends() -> None:
    data = raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 2/Kids[3 0 R 2 0 R]/Parent 2 0 R>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        ]
    )
    assert_declared(data)


def test_a_form_that_draws_itself_ends() -> None:
    form = stream(b"/X Do")
    form = form.replace(
        b"<</Length",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length",
    )
    data = raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            PAGE % (5, b"/XObject<</X 4 0 R>>"),
            form,
            stream(b"/X Do"),
        ]
    )
    assert_declared(data)


def test_a_page_without_its_font_is_read() -> None:
    content = b"BT /F9 12 Tf 72 700 Td (still here) Tj ET"
    assert_declared(page_with(content, HELVETICA))


def test_a_drawing_with_very_many_lines_is_no_table() -> None:
    lines = b"".join(b"%d 100 m %d 700 l S\n" % (x % 600, x % 600) for x in range(5_000))
    assert texts(parse(page_with(lines + drawn("map"), HELVETICA))) == ["map"]


@pytest.mark.parametrize("name", ["looks.pdf", "ruled.pdf", "turned.pdf"])
def test_a_truncated_file_raises_declared_errors_only(name: str) -> None:
    data = pdfs.DOCUMENTS[name]()
    for size in range(0, len(data), max(len(data) // 60, 1)):
        assert_declared(data[:size])


@pytest.mark.parametrize("seed", range(8))
def test_a_file_with_flipped_bits_raises_declared_errors_only(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(pdfs.DOCUMENTS[chance.choice(sorted(pdfs.DOCUMENTS))]())
    for _ in range(12):
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert_declared(bytes(data))


def assert_declared(data: bytes) -> None:
    try:
        content = parse(data)
    except (ParseFailed, DocumentEncrypted, ParseLimitExceeded) as error:
        assert error.filename == "a.pdf"  # noqa: PT017 - either outcome is right
    else:
        assert [b.provenance and b.provenance.index for b in content.blocks] == [
            *range(len(content.blocks))
        ]
