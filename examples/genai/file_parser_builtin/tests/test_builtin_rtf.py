"""RTF as Word, WordPad and LibreOffice write it, and as nobody should."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from file_parser_corpus.languages import CHARSETS
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
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
    Quote,
    Style,
    Table,
    Text,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit import UNSET

RTF = "application/rtf"


def parse(
    data: str | bytes,
    *,
    limits: ParseLimits | None = None,
    drop_running_headers: bool = False,
) -> ParsedContent:
    request = ParseRequest(
        filename="letter.rtf",
        media_type=RTF,
        limits=limits or ParseLimits(),
        options=ParseOptions(drop_running_headers=drop_running_headers),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data.encode("latin-1") if isinstance(data, str) else data)
        return parse_file(path, request, Budget(request))


def texts(content: ParsedContent) -> list[str]:
    return [text_of(block) for block in content.blocks]


def shape(table: object) -> list[list[tuple[str, int, int]]]:
    assert isinstance(table, Table)
    return [
        [
            ("".join(map(text_of, cell.blocks)), cell.column_span or 1, cell.row_span or 1)
            for cell in row.cells
        ]
        for row in table.rows
    ]


def test_rtf_is_recognised_and_read(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_bytes(rb"{\rtf1\ansi Hello}")
    assert sniff(path, filename="letter.doc") == RTF
    assert texts(parse(path.read_bytes())) == ["Hello"]


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        pytest.param(r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет", id="ansicpg"),
        pytest.param(r"{\rtf1\ansi caf\'e9}", "café", id="default"),
        pytest.param(r"{\rtf1\mac caf\'8e}", "café", id="mac"),
        pytest.param(r"{\rtf1\pc caf\'82}", "café", id="pc"),
        pytest.param(
            r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f0\'e9{\f1\'e9}\'e9}",
            "éйé",
            id="font-charset",
        ),
        pytest.param(r"{\rtf1\ansi\deff2{\fonttbl{\f2\fcharset161 G;}}\'e1\'e2}", "αβ", id="deff"),
        pytest.param(r"{\rtf1\ansi\u1055?\u1088?\u-3913?}", "Пр\uf0b7", id="unicode"),
        pytest.param(r"{\rtf1\ansi\uc2\u20013\'d6\'d0 x{\uc0\u25991 y}}", "中 x文y", id="fallback"),
        pytest.param(r"{\rtf1\ansi\u-10180?\u-8370?!}", "🍎!", id="surrogates"),
        pytest.param(r"{\rtf1\ansi a\u-10180?b}", "a\ufffdb", id="half-surrogate"),
        pytest.param(r"{\rtf1\ansi\u8212\emdash x}", "—x", id="word-as-fallback"),
        pytest.param(
            r"{\rtf1\ansi a\~b\_c\-d \{\}\\ \lquote q\rquote}",
            "a\xa0b\u2011cd {}\\ \u2018q\u2019",
            id="symbols",
        ),
        pytest.param(r"{\rtf1\ansi{\upr{old}{\*\ud{n\u233?w}}}}", "néw", id="upr"),
        pytest.param("{\\rtf1\\ansi one\r\ntwo\\\nthree}", "onetwo\nthree", id="line-ends"),
        pytest.param(r"{\rtf1\ansi a{\v hidden}{\deleted gone}{\*\foo bar}b}", "ab", id="hidden"),
        pytest.param(r"{\rtf1\ansi a\bin3 }}}b}", "ab", id="binary"),
    ],
)
def test_characters(rtf: str, text: str) -> None:
    assert "\n".join(texts(parse(rtf))) == text


def test_double_bytes_are_put_together() -> None:
    fonts = r"{\fonttbl{\f0\fcharset128 M;}{\f1\fcharset136 B;}}"
    rtf = rf"{{\rtf1\ansi{fonts}\f0 \'93\'fa\'96\'7b \'83e\par\f1 \'a4\'a4\'a4\'e5}}"
    assert texts(parse(rtf)) == ["日本 テ", "中文"]


def test_looks_and_breaks() -> None:
    rtf = r"{\rtf1\ansi plain {\b bold \i both}\b0  {\ul under}{\strike struck}\line next\tab on\par\par second}"
    first, second = parse(rtf).blocks
    assert isinstance(first, Paragraph)
    assert first.inlines == (
        Text(text="plain "),
        Text(text="bold", style=Style.of("bold")),
        Text(text=" "),
        Text(text="both", style=Style.of("bold", "italic")),
        Text(text=" "),
        Text(text="under", style=Style.of("underline")),
        Text(text="struck", style=Style.of("strike")),
        Text(text="\nnext on"),
    )
    assert text_of(second) == "second"


def test_headings_by_outline_style_and_ancestor() -> None:
    rtf = (
        r"{\rtf1\ansi{\stylesheet{\ql Normal;}{\s1\b heading 1;}{\s2\outlinelevel1 Kapitel;}{\*\cs3 heading 4;}"
        r"{\s4\sbasedon1 Mine;}{\s5 Title;}{\s6 Quote;}}"
        r"\pard\s1\b One\par\pard\plain\s2 Two\par\pard\s4 Also one\par\pard\s5 Top\par\pard\s3 No\par"
        r"\pard\outlinelevel2 Three\par\pard\outlinelevel9 Text\par\pard\s6 Said\par}"
    )
    blocks = parse(rtf).blocks
    levels = [block.level if isinstance(block, Heading) else 0 for block in blocks]
    assert levels == [1, 2, 1, 1, 0, 3, 0, 0]
    assert isinstance(blocks[0], Heading)
    assert blocks[0].inlines == (Text(text="One"),)  # bold is the look of the style
    assert isinstance(blocks[-1], Quote)


def test_lists_by_table_by_old_numbering_and_by_mark() -> None:
    rtf = (
        r"{\rtf1\ansi{\*\listtable{\list{\listlevel\levelnfc23}{\listlevel\levelnfc0}\listid7}}"
        r"{\*\listoverridetable{\listoverride\listid7\ls1}}"
        r"\pard\ls1{\listtext\'b7\tab}dot\par\ilvl1{\listtext 1.\tab}one\par"
        r"\pard{\pntext 1.\tab}{\*\pn\pnlvlbody\pndec}first\par{\pntext 2.\tab}second\par"
        r"\pard{\pntext\'b7\tab}{\*\pn\pnlvlblt}bullet\par\pard{\pntext o\tab}marked\par\pard text\par}"
    )
    items = parse(rtf).blocks
    assert [
        (text_of(item), item.level, item.ordered) for item in items if isinstance(item, ListItem)
    ] == [
        ("dot", 0, False),
        ("one", 1, True),
        ("first", 0, True),
        ("second", 0, True),
        ("bullet", 0, False),
        ("marked", 0, False),
    ]
    assert text_of(items[-1]) == "text"


def test_table_cells_are_placed_by_their_edges() -> None:
    rtf = (
        r"{\rtf1\ansi\trowd\trhdr\cellx1000\cellx3000\pard\intbl A\cell BC\cell\row"
        r"\trowd\clvmgf\cellx1005\cellx2000\cellx2995\pard\intbl 1\par more\cell 2\cell 3\cell\row"
        r"\trowd\clvmrg\cellx1000\clmgf\cellx2000\clmrg\cellx3000\pard\intbl\cell 4\cell\cell\row"
        r"\pard after\par}"
    )
    table, after = parse(rtf).blocks
    assert shape(table) == [
        [("A", 1, 1), ("BC", 2, 1), ("", 1, 1)],
        [("1more", 1, 2), ("2", 1, 1), ("3", 1, 1)],
        [("", 1, 1), ("4", 2, 1), ("", 1, 1)],
    ]
    assert isinstance(table, Table)
    assert [row.is_header for row in table.rows] == [True, False, False]
    assert text_of(after) == "after"


def test_a_row_further_right_keeps_its_columns() -> None:
    rtf = (
        r"{\rtf1\ansi\trowd\trleft0\cellx1000\cellx2000\pard\intbl a\cell b\cell\row"
        r"\trowd\trleft1000\cellx2000\pard\intbl c\cell\row}"
    )
    assert shape(parse(rtf).blocks[0]) == [
        [("a", 1, 1), ("b", 1, 1)],
        [("", 1, 1), ("c", 1, 1)],
    ]


def test_table_in_a_cell() -> None:
    rtf = (
        r"{\rtf1\ansi\trowd\cellx4000\cellx8000\pard\intbl before\par\pard\intbl\itap2 x\nestcell y\nestcell"
        r"{\*\nesttableprops\trowd\cellx1000\cellx2000\nestrow}{\nonesttables\par}\pard\intbl after\cell z\cell\row}"
    )
    (table,) = parse(rtf).blocks
    assert isinstance(table, Table)
    before, inner, after = table.rows[0].cells[0].blocks
    assert (text_of(before), text_of(after)) == ("before", "after")
    assert shape(inner) == [[("x", 1, 1), ("y", 1, 1)]]
    assert text_of(table.rows[0].cells[1].blocks[0]) == "z"


def test_links_notes_comments_and_running_text() -> None:
    rtf = (
        r"{\rtf1\ansi{\header Head\par}{\footer Foot\par}"
        r'See {\field{\*\fldinst{ HYPERLINK "https://example.org/a" \\l "b" }}{\fldrslt{\ul the page}}}'
        r"{\super\chftn{\footnote\pard{\super\chftn} A note.}}, page {\field{\*\fldinst PAGE}{\fldrslt 3}}"
        r"{\*\atnid AL}{\*\atnauthor Ada}\chatn{\*\annotation\chatn Why?}.\par{\header Head\par}}"
    )
    content = parse(rtf)
    assert texts(content) == [
        "Head",
        "See the page[1], page 3.",
        "Foot",
        "[1] A note.",
        "Ada: Why?",
    ]
    text = content.blocks[1]
    assert isinstance(text, Paragraph)
    assert text.inlines[1] == Link(text="the page", target="https://example.org/a#b")
    assert isinstance(content.blocks[-1], Quote)
    assert texts(parse(rtf, drop_running_headers=True))[0].startswith("See")


def test_images_are_noted_with_their_size() -> None:
    png = (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\x01\0\0\0\0\x20").hex()
    raw = b"{\\rtf1\\ansi{\\pict\\wmetafile8\\picw500\\pich400\\bin4 }{}\\}{\\pict\\dibitmap0\\picw7\\pich9 00}}"
    rtf = (
        rf"{{\rtf1\ansi a{{\*\shppict{{\pict{{\*\picprop{{\sp{{\sn wzDescription}}{{\sv A pear}}}}}}\pngblip\picw1 {png}}}}}"
        r"{\nonshppict{\pict\wmetafile8 00}}}"
    )
    text, image = parse(rtf).blocks
    assert text_of(text) == "a"
    assert isinstance(image, Image)
    assert (image.alt, image.media_type, image.width, image.height) == (
        "A pear",
        "image/png",
        256,
        32,
    )
    drawing, bitmap = parse(raw).blocks
    assert isinstance(drawing, Image)
    assert isinstance(bitmap, Image)
    assert (drawing.media_type, drawing.width) == ("image/wmf", UNSET)
    assert (bitmap.media_type, bitmap.width, bitmap.height) == ("image/bmp", 7, 9)


def test_text_boxes_are_read_once() -> None:
    rtf = r"{\rtf1\ansi a {\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt box\par}}{\shprslt{\*\do{\dptxbxtext box}}}}b\par}"
    assert texts(parse(rtf)) == ["a b", "box"]


def test_pages_end_where_another_begins() -> None:
    rtf = r"{\rtf1\ansi\page one\page\page two\sect\sectd\sbknone three\sect four\page}"
    content = parse(rtf)
    assert texts(content) == ["one", "", "two", "three", "", "four"]
    assert [isinstance(block, PageBreak) for block in content.blocks].count(True) == 2


def test_what_a_document_says_about_itself() -> None:
    rtf = (
        r"{\rtf1\ansi\ansicpg1251\deflang1049{\fonttbl{\f0\fcharset0 A;}}{\info{\title \'cf\'e8\'f1\'fc\'ec\'ee}{\author Ada; Max}{\operator No}"
        r"{\creatim\yr2026\mo2\dy3\hr4\min5}{\revtim\yr2026\mo13\dy1}}x}"
    )
    content = parse(rtf)
    assert (content.title, content.author, content.language) == ("Письмо", "Ada; Max", "ru-RU")
    assert content.created_at == datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    assert content.modified_at is UNSET


@pytest.mark.parametrize(
    ("rtf", "expected"),
    [
        pytest.param(r"{\rtf1\ansi one\par tw", ["one", "tw"], id="cut-in-text"),
        pytest.param(r"{\rtf1\ansi{\b one\par two\'e", ["one", "twoe"], id="cut-in-hex"),
        pytest.param(r"{\rtf1 \trowd\cellx9\intbl a\cell b", ["a\nb"], id="cut-in-row"),
        pytest.param(r"{\rtf1 a}}}b{", ["a"], id="after-the-end"),
        pytest.param("{\\rtf1 a\\", ["a"], id="cut-after-backslash"),
        pytest.param(r"{\rtf1 a\bin99 bcd", ["a"], id="binary-beyond-end"),
        pytest.param(r"{\rtf1 a\bin-9 b}", ["ab"], id="negative-binary"),
        pytest.param(r"{\rtf", [], id="head-only"),
    ],
)
def test_damaged_files_give_what_is_there(rtf: str, expected: list[str]) -> None:
    assert texts(parse(rtf)) == expected


@pytest.mark.parametrize("data", [b"", b"hello", b"{\\rt", b"\xef\xbb\xbf{\\rtf1 a}"])
def test_what_is_no_rtf_is_an_error(data: bytes) -> None:
    with pytest.raises(ParseFailed, match="begin with"):
        parse(data)


def test_deep_groups_are_refused() -> None:
    with pytest.raises(ParseFailed, match="nested more than 1000"):
        parse(r"{\rtf1 " + "{" * 100_000)


PIECES = [
    *(
        r"\trowd",
        r"\cellx100",
        r"\cell",
        r"\row",
        r"\intbl ",
        r"\itap3 ",
        r"\nestcell",
        r"\nestrow",
    ),
    *(
        r"\par ",
        r"\pard",
        r"{\footnote ",
        r"{\*\annotation ",
        r"{\header ",
        r"{\pict ",
        r"{\*\pn\pnlvlblt}",
    ),
    *(
        r"{\field",
        r"{\*\fldinst HYPERLINK x}",
        r"{\fldrslt ",
        r"\u-10180",
        r"\u56398?",
        r"\uc3 ",
        r"\bin2 ",
    ),
    *(
        r"{\stylesheet ",
        r"\s1 ",
        "heading 1;",
        r"{\fonttbl",
        r"\f1",
        r"\fcharset128 ",
        r"\'83",
        r"\'",
    ),
    *(
        r"{\upr",
        r"{\*\ud",
        r"{\sp",
        r"{\sn ",
        r"{\sv ",
        r"{\shptxt ",
        r"\clmrg",
        r"\clvmrg",
        r"\clvmgf",
    ),
    *(
        "{",
        "}",
        "}",
        "a",
        " ",
        "\n",
        r"\*",
        r"\page",
        r"\sect",
        r"{\info{\creatim\yr99999999 ",
        r"\trleft-9 ",
    ),
]


@given(
    body=st.binary(max_size=200) | st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode)
)
def test_any_bytes_raise_declared_errors_only(body: bytes) -> None:
    try:
        content = parse(b"{\\rtf1" + body)
    except (ParseFailed, ParseLimitExceeded) as error:
        assert error.filename == "letter.rtf"  # noqa: PT017 - either outcome is right
    else:
        indexes = [block.provenance.index for block in content.blocks if block.provenance]
        assert indexes == list(range(len(content.blocks)))


HOSTILE = {
    "words": r"\b\i",
    "long-word": "\\" + "b" * 40,
    "digits": r"\b" + "1" * 40,
    "groups": "{}",
    "unicode": r"\u20013?",
    "hex": r"\'e9",
    "binary": r"\bin1 x",
    "lines": "a\n",
    "styles": r"{\stylesheet a",
    "cells": r"\cell ",
    "definitions": r"\cellx9 ",
    "joined": r"\clmrg\cellx9 x\cell ",
    "rows": r"\trowd\cellx9 x\cell\row ",
    "tables-in-tables": r"\itap3 x\nestcell\itap2 y\nestcell ",
    "fields": r"{\field{\*\fldinst HYPERLINK x}{\fldrslt y}}",
    "notes": r"{\footnote x}",
    "pictures": r"{\pict 00}",
    "names": "x" * 30,
}


def seconds(rtf: str) -> float:
    start = time.perf_counter()
    parse(rtf, limits=ParseLimits(max_blocks=10**9))
    return time.perf_counter() - start


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_size(name: str) -> None:
    head, piece = r"{\rtf1\ansi ", HOSTILE[name]
    if name == "styles":
        head, piece = r"{\rtf1\ansi{\stylesheet ", "a"
    small = min(seconds(head + piece * 300) for _ in range(2))
    large = min(seconds(head + piece * 2_400) for _ in range(2))
    assert large < 30 * small + 0.2  # 8 times the size; with the square it would be 64 times


FONT_CHARSETS = {
    "shift_jis": 128,
    "euc-kr": 129,
    "gb18030": 134,
    "big5": 136,
    "windows-1250": 238,
    "windows-1251": 204,
    "windows-1252": 0,
    "windows-1253": 161,
    "windows-1254": 162,
    "windows-1255": 177,
    "windows-1256": 178,
}


@pytest.mark.parametrize("charset", FONT_CHARSETS)
def test_texts_in_the_charsets_of_fonts_are_recalled(charset: str) -> None:
    text = CHARSETS[charset]
    coded = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else rf"\'{byte:02x}"
        for byte in text.encode(charset)
    )
    font = rf"{{\fonttbl{{\f0\fcharset{FONT_CHARSETS[charset]} X;}}}}"
    assert texts(parse(rf"{{\rtf1\ansi{font}\f0 {coded}}}")) == [" ".join(text.split(" ")).strip()]
