"""Depth and repeated keys, against slow and plain oracles."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.codec.scan import is_too_deep, may_repeat_a_key, repeated_keys
from tests.strategies import json_values


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(json_values, st.booleans(), st.sampled_from(['[[[[{{{{\\"', "[[[[{{{{", "]}", ""]))
def test_the_depth_is_that_of_the_value_whatever_its_texts_hold(
    value: Any, is_ascii: bool, text: str
) -> None:
    wrapped = {text: [value, text]}
    body = json.dumps(wrapped, ensure_ascii=is_ascii).encode()
    depth = depth_of(wrapped)
    assert not is_too_deep(body, depth)
    assert is_too_deep(body, depth - 1)


@given(json_values, st.booleans())
def test_a_value_without_repeated_keys_is_seldom_suspected(value: Any, is_ascii: bool) -> None:
    body = json.dumps(value, ensure_ascii=is_ascii).encode()
    assert not may_repeat_a_key(body, value)


@pytest.mark.parametrize(
    ("body", "is_deep"),
    [
        (b"[" * 500_000, True),
        (b'"' + b'\\"[' * 500_000, False),
        (b'["' * 500_000, True),
        (b"[]" * 500_000, False),
        (b'"\\[' * 500_000, True),
        (b'"",12,' * 300_000 + b"[" * 65, True),
        (b'[""],' * 300_000, False),
    ],
    ids=["open", "text without end", "texts", "flat", "escapes", "late", "stretches"],
)
def test_a_hostile_body_is_scanned_in_linear_time(body: bytes, is_deep: bool) -> None:
    assert is_too_deep(body, 64) is is_deep  # a quadratic scan would run into the test's time limit


@pytest.mark.parametrize(
    ("body", "bodies"),
    [
        (b"[[1" * 300_000, 3),
        (b"[" * 65 + b'"",12,' * 200_000, 3),
        (b"[" + b'[],"",12,' * 200_000, 3),
        (b'{"a":' * 200_000, 3),
    ],
    ids=["brackets", "texts", "flat", "objects"],
)
def test_a_scan_takes_no_more_memory_than_a_few_bodies(body: bytes, bodies: int) -> None:
    tracemalloc.start()
    try:
        is_too_deep(body, 64)
        assert tracemalloc.get_traced_memory()[1] < bodies * len(body)
    finally:
        tracemalloc.stop()


def test_a_search_for_repeated_keys_takes_no_more_memory_than_a_few_bodies() -> None:
    body = b"[" + b"100," * 100_000 + b"{}]"
    tracemalloc.start()
    try:
        assert not list(repeated_keys(body))
        assert tracemalloc.get_traced_memory()[1] < 10 * len(body)
    finally:
        tracemalloc.stop()
