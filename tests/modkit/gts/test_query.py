"""Queries: a pattern and conditions on the documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts.query import Condition, InvalidQuery, Query
from tests.modkit.gts.samples import EVENT, stored


def named(number: int) -> str:
    return f"{EVENT}a.b.c.n{number}.v1"


DOCUMENTS: list[dict[str, Any]] = [
    {"id": named(0), "status": "active", "note": "a, b", "flag": True, "count": 3},
    {"id": named(1), "status": "inactive", "flag": False, "count": 3.5, "empty": ""},
    {"id": named(2), "status": "active", "none": None, "inner": {"name": "x"}},
]
FOUND = {
    "gts.*": [0, 1, 2],
    named(1): [1],
    EVENT: [0, 1, 2],
    "gts.y.*": [],
    "gts.x.*[status=active]": [0, 2],
    'gts.x.*[status="active", flag=true]': [0],
    "gts.x.*[ status = 'inactive' ]": [1],
    'gts.x.*[note="a, b"]': [0],
    "gts.x.*[flag=false]": [1],
    "gts.x.*[count=3]": [0],
    "gts.x.*[count=3.5]": [1],
    "gts.x.*[empty=*]": [],
    "gts.x.*[none=*]": [],
    "gts.x.*[none=None]": [],
    "gts.x.*[status=*]": [0, 1, 2],
    "gts.x.*[inner.name=x]": [2],
    "gts.x.*[status=active,status=inactive]": [],
    "gts.x.*[]": [0, 1, 2],
}
REFUSED = {
    "gts.x.core": "it has 2 of the parts",
    "gtsa.x.core.*": "it begins with 'gts.'",
    "gts.x.*~[status=active]": "a pattern has one wildcard, at its end",
    "gts.x.*[status=active": "the bracket is not closed",
    "gts.x.*[status]": "conditions are name=value",
    "gts.x.*[=active]": "conditions are name=value",
    'gts.x.*[status="active]': "conditions are name=value",
    "gts.x.*[a=b c=d]x": "the bracket is not closed",
}


@pytest.mark.parametrize(("expression", "found"), FOUND.items(), ids=list(FOUND))
def test_query_finds(expression: str, found: list[int]) -> None:
    results = Query.parse(expression).run(stored(*DOCUMENTS))
    assert [one.id for one in results] == [named(number) for number in found]


@pytest.mark.parametrize(("expression", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_text_that_is_no_query_is_refused_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        Query.parse(expression)
    assert str(refused.value).startswith(f"Invalid query: {expression}: ")
    assert reason in refused.value.reason


@given(st.text(st.sampled_from("gts.x*[]=,\"' ab~v1"), max_size=40))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    for expression in (text, f"gts.x.*[{text}]"):
        try:
            query = Query.parse(expression)
        except InvalidQuery:
            continue
        assert all(condition.name for condition in query.conditions)


@given(
    st.text(st.characters(exclude_characters='"'), min_size=1).filter(lambda text: text != "*"),
    st.from_regex(r"[a-z]+", fullmatch=True).filter(lambda name: name != "id"),
)
def test_quoted_value_is_found_as_it_is(value: str, name: str) -> None:
    query = Query.parse(f'gts.x.*[{name}="{value}"]')
    assert query.conditions == (Condition(name, value),)
    store = stored({"id": named(1), name: value}, {"id": named(2), name: f"{value}x"})
    assert [one.id for one in query.run(store)] == [named(1)]
