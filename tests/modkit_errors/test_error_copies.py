"""Every error of the platform and of its installed modules can be copied and sent to another process."""

from __future__ import annotations

import copy
import pickle
from typing import Any, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.config import Configuration
from modkit.discovery import installed_modules
from modkit.host import Host
from modkit_errors import PlatformError

CATALOGUE = list(Host(installed_modules(), Configuration.load()).catalogue)


def contents(error: PlatformError) -> tuple[Any, ...]:
    values = attrs.asdict(error, recurse=False)
    return type(error), values, str(error), error.headers()


finite = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS: dict[Any, st.SearchStrategy[Any]] = {float: finite, float | None: st.none() | finite}


@pytest.mark.parametrize("kind", [PlatformError, *CATALOGUE], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_copy_says_the_same(kind: type[PlatformError], data: st.DataObject) -> None:
    hints = get_type_hints(kind)
    strategies = {
        item.name: NUMBERS.get(hints[item.name], st.from_type(hints[item.name]))
        for item in attrs.fields(kind)
    }
    error = kind(**data.draw(st.fixed_dictionaries(strategies)))
    pickled = pickle.loads(pickle.dumps(error))
    for copied in (pickled, copy.copy(error), copy.deepcopy(error)):
        assert contents(copied) == contents(error)
