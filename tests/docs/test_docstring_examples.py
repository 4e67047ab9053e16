"""Every example in a docstring of the libraries does what it shows."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.source_tree import LIBRARIES, SourceFile, sources

SHOWING = [
    pytest.param(source, id=source.module)
    for source in sources()
    if source.module.partition(".")[0] in LIBRARIES
    and ">>> " in source.path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("source", SHOWING)
def test_docstring_examples_do_what_they_show(source: SourceFile) -> None:
    failed, tried = doctest.testmod(
        importlib.import_module(source.module), optionflags=doctest.ELLIPSIS
    )
    assert (failed, tried > 0) == (0, True)
