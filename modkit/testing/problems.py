"""Looking at a problem document in a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from modkit_errors import InvalidProblem, Problem
from modkit_errors.problem import MEDIA_TYPE


class ProblemResponse(Protocol):
    """A response as HTTP clients have it."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def content(self) -> bytes:
        """Body."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers; names in lower case, or of any case to the mapping."""
        ...


def assert_problem(
    response: ProblemResponse | bytes, *, code: str | None = None, status: int | None = None
) -> Problem:
    """Assert that *response* is a problem document, and return it for a closer look.

    Args:
        response: A response of any HTTP client, or the body alone.
        code: The code that it must have, UPPER_SNAKE; any if None.
        status: The status that it must have; any if None.

    Raises:
        AssertionError: It is no problem document, or another one; the message shows what came instead.

    Example:
        >>> problem = assert_problem(b'{"status": 404, "code": "NOT_FOUND"}', code="NOT_FOUND")
        >>> problem.status
        404
    """
    body = response if isinstance(response, bytes) else response.content
    try:
        problem = Problem.from_json(body)
    except InvalidProblem as error:
        got = "" if isinstance(response, bytes) else f"status {response.status_code}, "
        raise AssertionError(
            f"expected a problem document, got {got}body {body[:500]!r}"
        ) from error
    if not isinstance(response, bytes):
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if media_type != MEDIA_TYPE:
            raise AssertionError(f"expected content-type {MEDIA_TYPE}, got {media_type!r}")
        if response.status_code != problem.status:
            raise AssertionError(
                f"the status line says {response.status_code}, the problem {problem.status}"
            )
    if (code or problem.code, status or problem.status) != (problem.code, problem.status):
        expected = " ".join(str(part) for part in (status, code) if part)
        raise AssertionError(
            f"expected {expected}, got {problem.status} {problem.code}: {problem.detail}"
        )
    return problem
