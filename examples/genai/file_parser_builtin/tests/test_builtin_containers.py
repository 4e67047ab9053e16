"""Archives and mail: hostile ones stop at the limits, and what cannot be read inside is said."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from file_parser_corpus.containers import DOCUMENTS, book, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    Image,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseProgress,
    ParseRequest,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.media_types import EML, EPUB, ZIP
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit import UNSET

NAME = "wanted.bin"
BROKEN = (ParseFailed, DocumentEncrypted, ParseLimitExceeded)


def parse(
    data: bytes, media_type: str, told: list[ParseProgress] | None = None, **limits: int
) -> ParsedContent:
    request = ParseRequest(filename=NAME, media_type=media_type, limits=ParseLimits(**limits))
    report = told.append if told is not None else lambda progress: None
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request, report))


def texts(content: ParsedContent) -> list[str]:
    return [text_of(block) for block in content.blocks]


def nested(depth: int) -> bytes:
    data = zipped({"a.txt": b"deep"})
    for _ in range(depth - 1):
        data = zipped({"a.zip": data})
    return data


def flagged(data: bytes, names: set[bytes]) -> bytes:
    """Set the encryption flag of members in the directory."""
    changed = bytearray(data)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        (size,) = struct.unpack_from("<H", data, at + 28)
        if data[at + 46 : at + 46 + size] in names:
            changed[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def overlapping(count: int) -> bytes:
    """An archive whose directory names one member many times."""
    data = zipped({"a.txt": b" " * 500_000})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    directory = entry * count
    tail = struct.pack("<4s4x2H2L2x", b"PK\x05\x06", count, count, len(directory), start)
    return data[:start] + directory + tail


@pytest.mark.parametrize(
    ("data", "limits", "limit"),
    [
        pytest.param(
            zipped({"a.txt": bytes(9_000_000)}),
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            id="ratio",
        ),
        pytest.param(
            overlapping(300),
            {"max_decompressed_bytes": 5 * 10**6},
            "max_decompressed_bytes",
            id="overlapping",
        ),
        pytest.param(nested(4), {}, "max_container_depth", id="nested"),
        pytest.param(
            zipped(dict.fromkeys("abc", b"x")), {"max_members": 2}, "max_members", id="members"
        ),
        pytest.param(
            zipped({"a.zip": zipped(dict.fromkeys("abc", b"x"))}),
            {"max_members": 3},
            "max_members",
            id="members-of-members",
        ),
        pytest.param(
            zipped({"x" * 60_000 + str(n): b"" for n in range(3)}),
            {"max_members": 100},
            "max_members",
            id="directory",
        ),
    ],
)
def test_archive_stops_at_the_limit(data: bytes, limits: dict[str, int], limit: str) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(data, ZIP, **limits)
    assert (caught.value.limit, caught.value.filename) == (limit, NAME)


def test_archives_nested_as_deep_as_allowed_are_read() -> None:
    content = parse(nested(3), ZIP)
    assert texts(content)[-1] == "deep"
    assert content.blocks[-1].provenance
    assert content.blocks[-1].provenance.part == "a.zip/a.zip/a.txt"


def test_damaged_archives_inside_do_not_count_as_depth() -> None:
    broken = nested(1)[:-4]
    data = zipped({**{f"{number}.zip": broken for number in range(4)}, "a.txt": b"last"})
    assert texts(parse(data, ZIP))[-1] == "last"


def test_archive_with_a_password_is_encrypted() -> None:
    data = zipped({"a.txt": b"x", "b.txt": b"y"})
    with pytest.raises(DocumentEncrypted):
        parse(flagged(data, {b"a.txt", b"b.txt"}), ZIP)
    assert texts(parse(flagged(data, {b"a.txt"}), ZIP)) == [
        *("a.txt", "Left out: it is encrypted."),
        *("b.txt", "y"),
    ]


def test_uncommon_packing_is_not_tried() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "x" * 100)
    assert "method 14" in texts(parse(buffer.getvalue(), ZIP))[1]


def test_member_with_a_wrong_checksum_is_left_out_aloud() -> None:
    data = bytearray(zipped({"a.txt": b"x" * 100, "b.txt": b"y"}))
    data[14] ^= 1
    at = data.index(b"PK\x01\x02")
    data[at + 16] ^= 1
    shown = texts(parse(bytes(data), ZIP))
    assert shown[1].startswith("Left out: it cannot be unpacked")
    assert shown[2:] == ["b.txt", "y"]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", nested(1)[:80], b"text"], ids=["empty", "head", "cut", "text"]
)
def test_what_is_no_archive_is_an_error(data: bytes) -> None:
    with pytest.raises(ParseFailed) as caught:
        parse(data, ZIP)
    assert caught.value.filename == NAME


def test_progress_counts_members() -> None:
    told: list[ParseProgress] = []
    parse(zipped({"a.txt": b"x", "b.txt": b"y"}), ZIP, told)
    assert [(item.done, item.total) for item in told] == [(0, 2), (1, 2)]


def test_mail_says_what_it_is() -> None:
    content = parse(DOCUMENTS["prices.eml"](), EML)
    assert content.title == "Preise für 🍐"
    assert content.author == "Änne Groß; bob@example.org"
    assert content.created_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    images = [block for block in content.blocks if isinstance(block, Image)]
    assert [image.alt for image in images] == ["Logo", "logo.png"]


def test_mail_with_odd_headers_is_read_as_far_as_it_goes() -> None:
    content = parse(DOCUMENTS["odd.eml"](), EML)
    assert content.author == "café"
    assert content.created_at is UNSET
    assert texts(content)[-1] == "Hello, world"


def test_plain_text_serves_where_there_is_no_html() -> None:
    data = (
        b"From: a@b.c\nContent-Type: multipart/alternative; boundary=x\n\n"
        b"--x\nContent-Type: text/calendar\n\nBEGIN\n--x\n\nplain\n--x--"
    )
    assert texts(parse(data, EML))[-1] == "plain"


def test_multipart_without_its_parts_is_text() -> None:
    data = b"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\nNo part begins here.\n"
    assert texts(parse(data, EML))[-1] == "No part begins here."


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"no headers\n\nat all", ParseFailed, id="text"),
        pytest.param(b"", ParseFailed, id="empty"),
        pytest.param(
            b"From: a\nContent-Type: multipart/encrypted; boundary=x\n\n",
            DocumentEncrypted,
            id="pgp",
        ),
        pytest.param(
            b"From: a\nContent-Type: application/pkcs7-mime\n\nMII", DocumentEncrypted, id="smime"
        ),
        pytest.param(
            b'From: a\nContent-Type: text/plain; a="' + b";" * 2_000_000,
            ParseFailed,
            id="quadratic-header",
        ),
        pytest.param(
            b"From: a\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 5_000,
            ParseFailed,
            id="parts-in-parts",
        ),
        pytest.param(
            b"From: a\nContent-Type: multipart/mixed; boundary*=x; boundary*0*=y\n\n--x\n\nx",
            ParseFailed,
            id="oddly-numbered-boundary",
        ),
        pytest.param(
            b"From: a\n" + b"Content-Type: message/rfc822\n\n" * 90,
            ParseLimitExceeded,
            id="messages-in-messages",
        ),
    ],
)
def test_mail_that_cannot_be_read_is_an_error_that_names_it(
    data: bytes, error: type[ParseFailed]
) -> None:
    with pytest.raises(error) as caught:
        parse(data, EML)
    assert caught.value.filename == NAME


@pytest.mark.parametrize(
    "headers",
    [
        b"From: " + b"(" * 100_000,
        b"From: " + b"a," * 1_000_000,
        b"Subject: " + b"=?utf-8?q?=41?= " * 100_000,
        b"Date: " + b"1 " * 100_000,
        b"X: " + b"\n y" * 200_000,
        b"Content-Disposition: attachment; filename*=x-none''%41; filename*0*=q'",
    ],
    ids=["comments", "addresses", "words", "date", "folded", "parameters"],
)
def test_hostile_headers_take_little_time(headers: bytes) -> None:
    content = parse(b"To: a\n" + headers + b"\n\nThe text.", EML, timeout_s=5)
    assert "The text." in texts(content)[-1]


def encryption(algorithm: str) -> str:
    return (
        "<encryption><EncryptedData><EncryptionMethod Algorithm='"
        f"{algorithm}'/><CipherData/></EncryptedData></encryption>"
    )


def test_book_says_what_it_is() -> None:
    told: list[ParseProgress] = []
    content = parse(book(), EPUB, told)
    assert (content.title, content.author, content.language) == (
        "Orchards",
        "Ada Byron; Bob",
        "en-GB",
    )
    assert content.created_at == datetime(1999, 5, 1, tzinfo=UTC)
    assert content.modified_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [(item.done, item.total) for item in told] == [(0, 3), (1, 3), (2, 3)]


def test_book_with_protected_chapters_is_encrypted() -> None:
    drm = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(DocumentEncrypted):
        parse(book(**{"META-INF/encryption.xml": drm}), EPUB)


def test_book_with_blurred_fonts_is_read() -> None:
    fonts = encryption("http://www.idpf.org/2008/embedding")
    assert parse(book(**{"META-INF/encryption.xml": fonts}), EPUB).title == "Orchards"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({"META-INF/container.xml": ""}, "is missing", id="no-container"),
        pytest.param({"OPS/book.opf": ""}, "is missing", id="no-package"),
        pytest.param({"OPS/book.opf": "<package>"}, "well-formed", id="cut-package"),
        pytest.param({"OPS/book.opf": "<package/>"}, "no chapters", id="no-chapters"),
        pytest.param({"META-INF/container.xml": "<container/>"}, "is missing", id="no-rootfile"),
    ],
)
def test_book_without_its_description_is_an_error(files: dict[str, str], reason: str) -> None:
    with pytest.raises(ParseFailed, match=reason):
        parse(book(**files), EPUB)


def test_entities_of_a_book_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE package [<!ENTITY e0 "x">{entities}]><package><metadata>&e8;</metadata></package>'
    with pytest.raises(ParseFailed):
        parse(book(**{"OPS/book.opf": bomb}), EPUB)


@settings(max_examples=150)
@given(
    name=st.sampled_from(sorted(DOCUMENTS)),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=4)), min_size=1, max_size=5),
)
def test_a_mutated_container_raises_declared_errors_only(
    name: str, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray(DOCUMENTS[name]())
    for where, change in changes:
        at = int(where * len(data))
        data[at : at + max(len(change), 1)] = change
    media_type = {"eml": EML, "zip": ZIP, "epub": EPUB}[name.rpartition(".")[2]]
    try:
        content = parse(bytes(data), media_type)
    except BROKEN as error:
        assert error.filename  # noqa: PT017 - either outcome is right
    else:
        indexes = [block.provenance.index for block in content.blocks if block.provenance]
        assert indexes == list(range(len(content.blocks)))
