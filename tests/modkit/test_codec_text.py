"""What a textual parameter may look like."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.codec import Meta, UnsupportedType, decoder, text_decoder
from modkit_errors import PlatformError


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (str, "", ""),
        (str, " a ", " a "),
        (int, "-12", -12),
        (int, "0", 0),
        (float, "1e3", 1000.0),
        (float, "5", 5.0),
        (bool, "true", True),
        (bool, "false", False),
        (UUID, "00000000-0000-0000-0000-00000000000A", UUID(int=10)),
        (datetime, "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        (date, "2026-01-02", date(2026, 1, 2)),
        (Decimal, "1.10", Decimal("1.10")),
        (Colour, "red", Colour.RED),
        (Level, "1", Level.LOW),
        (Literal["a", 5], "5", 5),
        (int | None, "5", 5),
        (Annotated[int, Meta(ge=1, le=200)], "200", 200),
        (Annotated[int, Meta(ge=1)] | None, "1", 1),
    ],
    ids=str,
)
def test_a_text_becomes_a_value(kind: Any, text: str, value: Any) -> None:
    found = text_decoder(kind)(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *[
            (int, text)
            for text in (
                "",
                " 1",
                "1 ",
                "1_0",
                "0x1",
                "+1",
                "01",
                "1.0",
                "1e2",
                "\N{ARABIC-INDIC DIGIT ONE}",
                "9223372036854775808",
                "9" * 5_000,
                "1\n",
            )
        ],
        *[
            (float, text)
            for text in (
                "",
                "nan",
                "inf",
                "-Infinity",
                "1e999",
                ".5",
                "1.",
                "1_0",
                " 1",
                "0x1p3",
                "\N{ARABIC-INDIC DIGIT ONE}",
            )
        ],
        *[(bool, text) for text in ("", "True", "1", "yes", "TRUE", "on")],
        *[
            (Decimal, text)
            for text in ("", "NaN", "1e5", " 1", "1_0", "\N{ARABIC-INDIC DIGIT ONE}")
        ],
        *[(date, text) for text in ("", "2026-1-1", "2026-02-30", "20260101")],
        (UUID, "0" * 32),
        (UUID, "{00000000-0000-0000-0000-00000000000a}"),
        (datetime, "2026-01-01T00:00:00"),
        (datetime, "2026-01-01"),
        (Colour, "RED"),
        (Level, "2"),
        (Level, "LOW"),
        (Level, "1.0"),
        (Literal["a", 5], "05"),
        (Literal["a", 5], "5.0"),
        (Annotated[int, Meta(ge=1)], "0"),
        (Annotated[str, Meta(max_length=3)], "abcd"),
        (Annotated[str, Meta(pattern="^a$")], "a\n"),
    ],
    ids=str,
)
def test_another_form_is_refused_with_a_short_message(kind: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|must") as caught:
        text_decoder(kind)(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "kind", [list[int], dict[str, int], Any, int | str, tuple[int, str]], ids=str
)
def test_a_parameter_is_one_simple_value(kind: Any) -> None:
    with pytest.raises(UnsupportedType, match="a parameter is one"):
        text_decoder(kind)


@given(st.text(max_size=12) | st.from_regex(r"[-+0-9.eE_ xn]{0,8}"))
def test_a_number_is_accepted_exactly_when_json_has_it(text: str) -> None:
    try:
        expected = json.loads(text) if text.strip() == text else None
    except ValueError:
        expected = None
    is_number = type(expected) in (int, float) and abs(expected) < float("inf")
    try:
        found: float | None = text_decoder(float)(text)
    except ValueError:
        found = None
    assert found == (expected if is_number else None)


_PLACES = [*'0123456789abcdefABCDEF-+.eE: TZ\\"u', "\N{ARABIC-INDIC DIGIT ONE}", "00", "2026"]
_TEXTS = (
    st.lists(st.sampled_from(_PLACES), max_size=40).map("".join)
    | st.uuids().map(str)
    | st.uuids().map(lambda value: str(value)[:-6] + "\\u0030")
    | st.integers(-(2**70), 2**70).map(str)
    | st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    | st.dates().map(str)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
)


def _decoded(decode: Any, text: Any) -> Any:
    try:
        return decode(text)
    except (ValueError, PlatformError):
        return "refused"


@pytest.mark.parametrize("kind", [str, UUID, datetime, date, Decimal, Colour], ids=str)
@given(text=_TEXTS)
def test_a_text_is_decoded_as_the_same_text_in_json(kind: Any, text: str) -> None:
    assert _decoded(text_decoder(kind), text) == _decoded(decoder(kind), json.dumps(text).encode())


@pytest.mark.parametrize(
    "kind",
    [int, Annotated[int, Meta(ge=-5, lt=2000)], Annotated[int, Meta(multiple_of=5)]],
    ids=str,
)
@given(text=_TEXTS)
def test_an_integer_is_decoded_as_json_but_in_digits_only(kind: Any, text: str) -> None:
    is_in_digits = text.isascii() and text.removeprefix("-").isdigit()
    expected = _decoded(decoder(kind), text.encode()) if is_in_digits else "refused"
    assert _decoded(text_decoder(kind), text) == expected
