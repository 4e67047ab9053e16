"""Problem documents, both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_type_hints
from uuid import UUID

import attrs
import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from modkit_errors import (
    Catalogue,
    Conflict,
    FieldError,
    InvalidProblem,
    NotFound,
    PlatformError,
    Problem,
)
from modkit_errors.catalogue import CATEGORIES, OUTBOUND, REFUSALS


@define
class Rich(Conflict):
    """It has a field of every kind."""

    name: str
    note: str | None
    count: int
    ratio: float
    document_id: UUID
    when: datetime
    price: Decimal
    labels: tuple[str, ...]
    counts: dict[int, str]
    either: int | str
    limit: int | None = 5
    parent: str | None = None


CATALOGUE = Catalogue([Rich])
ERRORS = [*CATEGORIES, *REFUSALS, *OUTBOUND, Rich]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
finite = st.floats(allow_nan=False, allow_infinity=False)
utc = st.datetimes(timezones=st.just(UTC))
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: text,
    str | None: st.none() | text,
    int: st.integers(-(2**63), 2**63 - 1),
    int | None: st.none() | st.integers(0, 9),
    float: finite,
    float | None: st.none() | finite,
    UUID: st.uuids(),
    datetime: utc,
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=2),
    tuple[str, ...]: st.lists(text, max_size=3).map(tuple),
    dict[int, str]: st.dictionaries(st.integers(0, 9), text, max_size=3),
    int | str: st.integers(0, 9) | text | st.just("5"),
}
field_errors = st.lists(st.builds(FieldError, text, text, text), max_size=3).map(tuple)


@st.composite
def errors(draw: st.DrawFn) -> PlatformError:
    kind = draw(st.sampled_from(ERRORS))
    hints = get_type_hints(kind)
    own = {
        item.name: draw(VALUES[hints[item.name]])
        for item in attrs.fields(kind)
        if item.name not in ("detail", "errors")
    }
    return kind(**own, detail=draw(text), errors=draw(field_errors))


@given(error=errors(), instance=text, trace_id=text)
def test_error_survives_the_wire(error: PlatformError, instance: str, trace_id: str) -> None:
    sent = Problem.of(error, instance=instance, trace_id=trace_id)
    received = Problem.from_json(sent.to_json())
    assert received.to_json() == sent.to_json()
    assert (received.status, received.instance, received.trace_id) == (
        error.status,
        instance,
        trace_id,
    )
    rebuilt = CATALOGUE.error(received)
    assert type(rebuilt) is type(error)
    assert rebuilt.extensions() == error.extensions()
    assert rebuilt.errors == error.errors
    assert str(rebuilt) == str(error)
    assert rebuilt.headers() == error.headers()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
members = st.sampled_from(
    [
        "type",
        "title",
        "status",
        "code",
        "detail",
        "instance",
        "trace_id",
        "errors",
        "extra",
        "limit",
    ]
)
known_types = st.sampled_from([error.type for error in ERRORS])
almost_problems = st.dictionaries(
    members, json_values | st.integers(399, 600) | known_types, max_size=10
).map(lambda document: json.dumps(document).encode())


@given(body=st.binary(max_size=200) | almost_problems)
def test_any_bytes_are_a_problem_or_refused(body: bytes) -> None:
    try:
        problem = Problem.from_json(body)
    except InvalidProblem:
        return
    assert 400 <= problem.status <= 599
    assert str(CATALOGUE.error(problem)) is not None
    assert CATALOGUE.error(problem).status in {error.status for error in ERRORS}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"status": 399}',
        b'{"status": 600}',
        b'{"status": true}',
        b'{"status": "404"}',
        b'{"status": 404.5}',
        b'{"status": 404',
        b'\xff{"status": 404}',
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_bytes_without_a_status_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidProblem, match="not a problem document"):
        Problem.from_json(body)


def test_foreign_problem_is_read_as_far_as_it_follows_the_standard() -> None:
    body = {"status": 400, "type": 5, "title": None, "errors": {"name": ["required"]}, "hint": 1}
    problem = Problem.from_json(json.dumps(body).encode())
    assert (problem.type, problem.title, problem.errors) == ("about:blank", "", ())
    assert problem.extensions == {"hint": 1}


def test_empty_members_are_left_out() -> None:
    document = json.loads(Problem(type="t", title="T", status=404, code="C").to_json())
    assert document == {"type": "t", "title": "T", "status": 404, "code": "C"}


def test_document_carries_fields_detail_and_field_errors() -> None:
    error = NotFound(detail="No.", errors=(FieldError("$.a", "missing", "say a"),))
    document = json.loads(Problem.of(error, instance="/x", trace_id="ab").to_json())
    assert document == {
        "type": NotFound.type,
        "title": NotFound.title,
        "status": 404,
        "code": "NOT_FOUND",
        "detail": "No.",
        "instance": "/x",
        "trace_id": "ab",
        "errors": [{"field": "$.a", "code": "missing", "message": "say a"}],
    }
