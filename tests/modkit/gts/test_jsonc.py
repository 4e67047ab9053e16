"""JSON with comments and trailing commas becomes the JSON that was meant, line by line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts.documents import UnreadableDocument, read_json
from modkit.gts.jsonc import json_of
from tests.strategies import json_values

GAPS = st.sampled_from(["", " ", "\n", "// it's, [a]\n", "/* {,} // */", "/**/", '/* " */', "\t"])


def written(draw: st.DrawFn, value: object) -> str:
    """Write *value* with comments wherever one may stand, and with trailing commas."""

    def gap() -> str:
        return draw(GAPS)

    def items(texts: list[str]) -> str:
        last = "," if texts and draw(st.booleans()) else ""
        return ",".join(f"{gap()}{text}{gap()}" for text in texts) + last + gap()

    if isinstance(value, list):
        return f"[{items([written(draw, one) for one in value])}]"
    if isinstance(value, dict):
        pairs = [
            f"{json.dumps(key)}{gap()}:{gap()}{written(draw, one)}" for key, one in value.items()
        ]
        return f"{{{items(pairs)}}}"
    return json.dumps(value)


@given(st.data(), json_values)
def test_what_is_written_with_comments_is_read_as_without(
    data: st.DataObject, value: object
) -> None:
    text = data.draw(st.composite(written)(value))
    plain = json_of(text)
    assert read_json(plain) == value
    assert len(plain) == len(text)
    assert [i for i, one in enumerate(plain) if one == "\n"] == [
        i for i, one in enumerate(text) if one == "\n"
    ]


@given(json_values)
def test_json_stays_as_it_is(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert json_of(text) == text


@pytest.mark.parametrize(
    "text", ["[,]", "{,}", "[1,,]", '{"a":,}', "[1 2]", "1,", '"//', "[1/**/2]"]
)
def test_what_is_no_json_either_way_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDocument):
        read_json(json_of(text))


def test_an_open_comment_is_named_by_its_line() -> None:
    with pytest.raises(UnreadableDocument, match="begins in line 2 does not end"):
        json_of("[\n /* 1]")


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text", ["/*" * 500_000, ", " * 500_000, '"' * 500_001, " " * 10**6, "/" * 10**6]
)
def test_garbage_takes_linear_time(text: str) -> None:
    with pytest.raises(UnreadableDocument):
        read_json(json_of(text))
