"""What a class says about itself: code, type, title, template and headers."""

from __future__ import annotations

from typing import ClassVar

import pytest
from attrs import define

from modkit_errors import Exhausted, NotFound, PlatformError, Unauthenticated
from modkit_errors.catalogue import CATEGORIES, OUTBOUND, REFUSALS
from modkit_errors.categories import snake_case


@define
class HTTPBodyGone(NotFound):
    """The body is not there.

    A second paragraph that is no title.
    """

    template: ClassVar[str] = "No body {name!r}."
    version: ClassVar[int] = 3
    name: str


@define
class Bare(NotFound):
    pass


@pytest.mark.parametrize(
    ("class_name", "expected"),
    [
        ("DocumentNotFound", "document_not_found"),
        ("HTTPBodyGone", "http_body_gone"),
        ("Gone", "gone"),
        ("OAuth2Failed", "o_auth2_failed"),
        ("JSON", "json"),
    ],
)
def test_class_name_becomes_words(class_name: str, expected: str) -> None:
    assert snake_case(class_name) == expected


def test_code_type_and_title_come_from_the_class() -> None:
    error = HTTPBodyGone("x")
    assert error.code == "HTTP_BODY_GONE"
    assert error.type.endswith(".errors.http_body_gone.v3")
    assert error.type.startswith("gts://gts.x.core.errors.err.v1~")
    assert error.title == "The body is not there."
    assert (error.status, error.grpc_code) == (404, "NOT_FOUND")


def test_vendor_and_module_come_from_the_package() -> None:
    made = type("QuotaGone", (NotFound,), {"__module__": "acme.billing.contract.errors"})
    assert made.type == "gts://gts.x.core.errors.err.v1~acme.billing.errors.quota_gone.v1"


def test_a_module_without_a_vendor_package_is_its_own_vendor() -> None:
    made = type("QuotaGone", (NotFound,), {"__module__": "notes.contract.errors"})
    assert made.type == "gts://gts.x.core.errors.err.v1~notes.notes.errors.quota_gone.v1"


def test_class_without_docstring_is_titled_by_its_name() -> None:
    assert Bare.title == "Bare"


def test_detail_wins_over_template_and_template_over_title() -> None:
    assert str(HTTPBodyGone("x", detail="Said.")) == "Said."
    assert str(HTTPBodyGone("x")) == "No body 'x'."
    assert str(Bare()) == "Bare"


def test_braces_in_a_value_are_not_a_template() -> None:
    assert str(HTTPBodyGone("{name.__class__}")) == "No body '{name.__class__}'."


def test_retry_after_is_whole_seconds_and_at_least_one() -> None:
    assert Exhausted(retry_after_s=0.01).headers() == {"retry-after": "1"}
    assert Exhausted(retry_after_s=2.1).headers() == {"retry-after": "3"}
    assert Exhausted().headers() == {}


def test_missing_credentials_are_challenged() -> None:
    assert Unauthenticated().headers() == {"www-authenticate": "Bearer"}


@pytest.mark.parametrize(
    "error", [*CATEGORIES, *REFUSALS, *OUTBOUND], ids=lambda error: str(error.__name__)
)
def test_framework_errors_are_complete(error: type[PlatformError]) -> None:
    assert 400 <= error.status <= 599
    assert error.title.endswith(".")
    assert error.grpc_code.isupper()
    assert error.__doc__
