"""The catalogue: no two errors alike, and the way back from a problem document."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import pytest
from attrs import define

from modkit_errors import Catalogue, InvalidCatalogue, NotFound, PlatformError, Problem
from modkit_errors.catalogue import CATEGORIES, OUTBOUND, REFUSALS, errors_in


@define
class DocumentLost(NotFound):
    """The document is lost."""

    document_id: str


def twin_of(name: str, **members: Any) -> type[PlatformError]:
    return define(type(name, (NotFound,), {"__module__": __name__, **members}))


def test_framework_errors_are_always_in() -> None:
    assert set(Catalogue()) == {*CATEGORIES, *REFUSALS, *OUTBOUND}
    assert len(Catalogue([DocumentLost])) == len(Catalogue()) + 1


def test_iteration_is_by_status_then_code() -> None:
    keys = [(error.status, error.code) for error in Catalogue([DocumentLost])]
    assert keys == sorted(keys)


def test_the_same_class_twice_is_one_entry() -> None:
    assert len(Catalogue([DocumentLost, DocumentLost])) == len(Catalogue([DocumentLost]))


def test_two_classes_with_one_code_are_refused() -> None:
    other = twin_of("DocumentLost", __module__="elsewhere.errors")
    with pytest.raises(InvalidCatalogue, match=r"DocumentLost .*both have the code DOCUMENT_LOST"):
        Catalogue([DocumentLost, other])


def test_two_classes_with_one_type_are_refused() -> None:
    other = twin_of("DocumentLost", code="SOMETHING_ELSE")
    with pytest.raises(InvalidCatalogue, match="both have the type gts://"):
        Catalogue([DocumentLost, other])


@pytest.mark.parametrize("member", ["type", "title", "status", "instance", "code", "trace_id"])
def test_field_with_the_name_of_a_standard_member_is_refused(member: str) -> None:
    error = twin_of("Taken", __annotations__={member: str})
    with pytest.raises(InvalidCatalogue, match=rf"already has the member '{member}'"):
        Catalogue([error])


def test_template_that_names_no_field_is_refused() -> None:
    error = twin_of("Misspelt", template="No {documnet_id}.", __annotations__={"document_id": str})
    with pytest.raises(InvalidCatalogue, match=r"names 'documnet_id'; its fields are: document_id"):
        Catalogue([error])


def test_errors_in_a_module_are_its_own_public_classes() -> None:
    module = ModuleType("acme.errors")
    own = type("Own", (NotFound,), {"__module__": "acme.errors"})
    vars(module).update(
        Own=own,
        Imported=DocumentLost,
        _Base=type("_Base", (NotFound,), {"__module__": "acme.errors"}),
        text="no class",
        other=int,
    )
    assert errors_in(module) == (own,)


def test_unknown_type_becomes_the_category_of_its_status() -> None:
    problem = Problem(type="urn:other", title="Odd.", status=404, code="ODD", detail="No such cat.")
    error = Catalogue().error(problem)
    assert type(error) is NotFound
    assert str(error) == "No such cat."


@pytest.mark.parametrize(("status", "code"), [(418, "BAD_REQUEST"), (599, "INTERNAL_ERROR")])
def test_unknown_status_becomes_the_nearest_category(status: int, code: str) -> None:
    error = Catalogue().error(Problem(type="urn:other", title="Odd.", status=status, code="ODD"))
    assert (error.code, str(error)) == (code, "Odd.")


def test_unknown_type_keeps_what_its_category_knows() -> None:
    problem = Problem(
        type="urn:x", title="Busy.", status=503, code="X", extensions={"retry_after_s": 4.0}
    )
    assert Catalogue().error(problem).headers() == {"retry-after": "4"}


@pytest.mark.parametrize(
    "extensions", [{}, {"document_id": 5}, {"document_id": None}], ids=["none", "int", "null"]
)
def test_known_type_with_other_fields_becomes_its_category(extensions: dict[str, Any]) -> None:
    problem = Problem(
        type=DocumentLost.type, title="Lost.", status=404, code="X", extensions=extensions
    )
    assert type(Catalogue([DocumentLost]).error(problem)) is NotFound


def test_known_type_with_more_fields_is_rebuilt() -> None:
    problem = Problem(
        type=DocumentLost.type,
        title="Lost.",
        status=404,
        code="X",
        extensions={"document_id": "d", "new": 1},
    )
    error = Catalogue([DocumentLost]).error(problem)
    assert isinstance(error, DocumentLost)
    assert error.document_id == "d"


def test_class_that_only_looks_like_an_error_of_ours_keeps_its_status() -> None:
    @define
    class Teapot(PlatformError):
        """I am a teapot."""

        status: ClassVar[int] = 418

    catalogue = Catalogue([Teapot])
    assert isinstance(catalogue.error(Problem.of(Teapot())), Teapot)
