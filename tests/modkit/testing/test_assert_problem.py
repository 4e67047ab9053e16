"""Assertions on problem documents."""

from __future__ import annotations

import pytest

from modkit.testing import Response, assert_problem
from modkit_errors import NotFound, Problem

BODY = Problem.of(NotFound(detail="No cat.")).to_json()


def response(
    body: bytes = BODY, status: int = 404, media_type: str = "application/problem+json"
) -> Response:
    return Response(status_code=status, headers={"content-type": media_type}, content=body)


def test_problem_is_returned_for_a_closer_look() -> None:
    assert assert_problem(BODY).detail == "No cat."
    assert assert_problem(response(), code="NOT_FOUND", status=404).title == NotFound.title
    assert assert_problem(response(media_type="application/problem+json; charset=utf-8"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (response(b"oops", 500), "expected a problem document, got status 500, body b'oops'"),
        (b"[]", r"expected a problem document, got body b'\[\]'"),
        (response(media_type="application/json"), "expected content-type application/problem"),
        (response(status=500), "the status line says 500, the problem 404"),
    ],
    ids=["text", "bytes", "media_type", "status_line"],
)
def test_what_is_no_problem_is_shown(given: Response | bytes, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        assert_problem(given)


def test_another_problem_is_shown() -> None:
    with pytest.raises(AssertionError, match=r"expected CONFLICT, got 404 NOT_FOUND: No cat\."):
        assert_problem(response(), code="CONFLICT")
    with pytest.raises(AssertionError, match="expected 409, got 404"):
        assert_problem(response(), status=409)
