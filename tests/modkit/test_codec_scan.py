"""Depth and repeated keys, against slow and plain oracles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.codec.scan import is_too_deep, may_repeat_a_key
from tests.strategies import json_values


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(json_values, st.booleans())
def test_the_depth_is_that_of_the_value_whatever_its_texts_hold(value: Any, is_ascii: bool) -> None:
    wrapped = {'[{"\\': [value, '[[[[{{{{\\"']}
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
    ],
    ids=["open", "text without end", "texts", "flat", "escapes"],
)
def test_a_hostile_body_is_scanned_in_linear_time(body: bytes, is_deep: bool) -> None:
    assert is_too_deep(body, 64) is is_deep  # a quadratic scan would run into the test's time limit
