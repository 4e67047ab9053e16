"""Values inside documents by identifier and path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts.attributes import InvalidSelector, Selector, UnknownAttribute, attribute
from modkit.gts.entity import UnknownEntity
from tests.modkit.gts.samples import FIRST, stored

DOCUMENT: dict[str, Any] = {
    "id": FIRST,
    "flag": False,
    "count": 0,
    "none": None,
    "a": {"b-c": [{"d": "x"}, [1, 2]]},
}
FOUND = {
    "id": FIRST,
    "flag": False,
    "count": 0,
    "none": None,
    "a.b-c[0].d": "x",
    "a.b-c[1][1]": 2,
    "a": DOCUMENT["a"],
}
MISSING = {
    "b": ("b", ("id", "flag", "count", "none", "a")),
    "a.x": ("a.x", ("b-c",)),
    "a.b-c[2]": ("a.b-c[2]", ("2 items",)),
    "a.b-c.d": ("a.b-c.d", ("2 items",)),
    "a[0]": ("a[0]", ("b-c",)),
    "id.x": ("id.x", ("str",)),
}


@pytest.mark.parametrize(("path", "value"), FOUND.items(), ids=list(FOUND))
def test_value_is_found(path: str, value: Any) -> None:
    found = attribute(stored(DOCUMENT), f"{FIRST}@{path}")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("path", "told"), MISSING.items(), ids=list(MISSING))
def test_missing_value_tells_what_is_there_instead(path: str, told: tuple[Any, ...]) -> None:
    with pytest.raises(UnknownAttribute) as missing:
        attribute(stored(DOCUMENT), f"{FIRST}@{path}")
    assert (missing.value.path, missing.value.available) == told


@pytest.mark.parametrize("path", ["", ".a", "a..b", "a.", "a[", "a[x]", "a[-1]", "a[0]b", "a]"])
def test_text_that_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidSelector):
        attribute(stored(DOCUMENT), f"{FIRST}@{path}")


def test_selector_without_a_path_is_refused() -> None:
    with pytest.raises(InvalidSelector, match="put @ and a path after the identifier"):
        attribute(stored(DOCUMENT), FIRST)


def test_unknown_entity_is_told() -> None:
    with pytest.raises(UnknownEntity):
        attribute(stored(), f"{FIRST}@id")


steps = st.lists(st.from_regex(r"[^.\[\]@]+", fullmatch=True) | st.integers(0, 999), min_size=1)


@given(steps)
def test_path_is_read_as_it_was_written(path: list[str | int]) -> None:
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    assert Selector.parse(f"{FIRST}@{text.removeprefix('.')}").path == tuple(path)
