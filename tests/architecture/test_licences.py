"""The licence check of the `audit` session reads SPDX expressions as they are meant."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import cast

import pytest

from tests.source_tree import ROOT

is_accepted = cast(
    "Callable[[str], bool]", runpy.run_path(str(ROOT / ".ci" / "licences.py"))["is_accepted"]
)


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        pytest.param("MIT", True, id="one that we accept"),
        pytest.param("GPL-3.0-only", False, id="one that we do not"),
        pytest.param("GPL-3.0-only OR MIT", True, id="a choice"),
        pytest.param("GPL-3.0-only AND MIT", False, id="both at once"),
        pytest.param("MIT OR GPL-3.0-only AND LGPL-2.1-only", True, id="AND binds tighter"),
        pytest.param("(MIT OR GPL-3.0-only) AND LGPL-2.1-only", False, id="brackets"),
        pytest.param("Apache-2.0 WITH LLVM-exception", True, id="an exception"),
        pytest.param("(MIT", False, id="an open bracket"),
        pytest.param("MIT OR", False, id="half an expression"),
        pytest.param("MIT License of sorts", False, id="words"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_expression_is_accepted_when_it_grants_a_good_licence(
    expression: str, accepted: bool
) -> None:
    assert is_accepted(expression) is accepted
