"""Texts in the charsets of before Unicode are read, however the file says or does not say what they are in."""

from __future__ import annotations

import time
from difflib import SequenceMatcher

import pytest
from file_parser_corpus.languages import CHARSETS, FRENCH, JAPANESE, RUSSIAN
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser_builtin.domain.charset import decode


@pytest.mark.parametrize("charset", CHARSETS)
def test_whole_text_is_recalled(charset: str) -> None:
    text = CHARSETS[charset]
    assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize("charset", CHARSETS)
def test_one_sentence_is_recalled(charset: str) -> None:
    text = CHARSETS[charset][:100]
    matched = SequenceMatcher(None, text, decode(text.encode(charset)).text, autojunk=False)
    assert sum(block.size for block in matched.get_matching_blocks()) / len(text) >= 0.98


@pytest.mark.parametrize(
    ("data", "declared", "charset"),
    [
        pytest.param("é".encode("utf-32"), None, "utf-32le", id="utf-32-mark"),
        pytest.param("hello there".encode("utf-16-be"), None, "utf-16be", id="unmarked-utf-16"),
        pytest.param(RUSSIAN.encode("koi8-r"), "koi8-r", "koi8-r", id="declared"),
        pytest.param(RUSSIAN.encode("koi8-r"), "utf-8", "koi8-u", id="declared-wrong"),
        pytest.param(
            FRENCH.encode("cp1252"), "iso-8859-1", "windows-1252", id="latin-1-of-the-web"
        ),
        pytest.param(JAPANESE.encode("cp932"), "x-sjis", "shift_jis", id="unknown-name"),
        pytest.param("① ②".encode("cp932"), "shift_jis", "shift_jis", id="larger-family"),
        pytest.param("½ © ®".encode("cp1252"), None, "windows-1252", id="too-little-to-guess"),
    ],
)
def test_what_decides(data: bytes, declared: str | None, charset: str) -> None:
    assert decode(data, declared).charset == charset


def test_letters_far_behind_are_found() -> None:
    data = b"name,price\n" * 50_000 + RUSSIAN.encode("cp1251")
    assert decode(data).text.endswith(RUSSIAN)


def test_a_large_text_is_looked_at_in_part_only() -> None:
    sample, whole = RUSSIAN.encode("cp1251") * 250, RUSSIAN.encode("cp1251") * 25_000
    start = time.perf_counter()
    decode(sample)
    middle = time.perf_counter()
    assert decode(whole).charset == "windows-1251"
    assert time.perf_counter() - middle < 100 * (middle - start)  # decoding it, not guessing it


@given(
    data=st.binary(max_size=200),
    declared=st.none() | st.sampled_from(["utf-7", "hex", "\0", "big5", "rot13"]),
)
def test_any_bytes_are_some_text(data: bytes, declared: str | None) -> None:
    assert decode(data, declared).charset
