from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.config.paths import dotted, split_path
from modkit.config.references import ReferenceUnresolved, escape, expand, read_secret
from modkit.config.scalars import resolve_plain


@given(st.lists(st.text(), min_size=1).map(tuple))
def test_a_path_is_read_back_as_its_keys(keys: tuple[str, ...]) -> None:
    assert split_path(dotted(keys)) == keys


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", "a[0]", 'a["b', 'a["b"]c', "a b", 'a.["b"]']
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        split_path(path)


@given(st.text())
def test_an_escaped_text_expands_to_itself(text: str) -> None:
    assert expand(escape(text), {}) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${A}", "1"),
        ("x${A}y${B}z", "x1y${A}z"),
        ("${C:-d}", "d"),
        ("${C:-}", ""),
        ("${A:-d}", "1"),
        ("$${A}", "${A}"),
        ("$A", "$A"),
    ],
)
def test_references_are_filled_in_once(text: str, expected: str) -> None:
    assert expand(text, {"A": "1", "B": "${A}"}) == expected


@pytest.mark.parametrize("text", ["${C}", "${", "${1}", "${A", "${A-b}"])
def test_a_reference_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(ReferenceUnresolved):
        expand(text, {"A": "1"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-12", -12),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("yes", True),
        ("OFF", False),
        ("", None),
        ("Null", None),
        ("0755", "0755"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("1_000", "1_000"),
        ("yEs", "yEs"),
        ("9" * 5000, "9" * 5000),
    ],
    ids=lambda value: str(value)[:12],
)
def test_plain_text_has_one_meaning(text: str, expected: object) -> None:
    value = resolve_plain(text)
    assert value == expected
    assert type(value) is type(expected)


@given(st.integers(-(10**39), 10**39) | st.floats(allow_nan=False) | st.booleans())
def test_a_printed_number_or_boolean_is_read_back(value: float | bool) -> None:
    assert resolve_plain(str(value).replace("inf", ".inf")) == value


def test_a_secret_file_loses_one_newline_and_is_relative_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"s3cret\n\n")
    assert read_secret("file:key", tmp_path) == "s3cret\n"
    assert read_secret(f"file:{tmp_path / 'key'}", None) == "s3cret\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot read"), (b"\xff\xfe", "UTF-8"), (b"x" * 65_537, "larger")],
    ids=["missing", "binary", "large"],
)
def test_a_bad_secret_file_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(ReferenceUnresolved, match=reason):
        read_secret("file:key", tmp_path)


def test_a_folder_is_no_secret_file(tmp_path: Path) -> None:
    with pytest.raises(ReferenceUnresolved, match="not a regular file"):
        read_secret("file:.", tmp_path)
