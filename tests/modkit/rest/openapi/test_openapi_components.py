"""Examples in the API document."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from attrs import frozen

from modkit.codec import UNSET, UnsetType
from modkit.rest.openapi.components import Components, InvalidApi
from modkit.rest.operation import Example


@frozen(kw_only=True)
class Note:
    title: str
    at: datetime
    amount: Decimal
    hint: str | UnsetType = UNSET


NOTE = Note(
    title="t",
    at=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
    amount=Decimal("1E+2"),
)


@pytest.mark.parametrize(("kind", "value"), [(Note, NOTE), (list[Note], [NOTE])], ids=str)
def test_an_example_is_written_as_an_answer_is(kind: Any, value: Any) -> None:
    components = Components.of([str, Note, list[Note]])
    found = components.examples(components.schema(kind), [Example("one", value)])
    written = '{"title": "t", "at": "2026-01-01T00:00:00Z", "amount": "100"}'
    expected = written if kind is Note else f"[{written}]"
    assert found["examples"]["one"]["summary"] == "one"
    assert json.dumps(found["examples"]["one"]["value"]) == expected


def test_an_example_of_another_type_is_refused_by_name() -> None:
    components = Components.of([Note])
    with pytest.raises(InvalidApi, match=r"'one'.*expected Note, got datetime"):
        components.examples(components.schema(Note), [Example("one", NOTE.at)])


def test_an_example_in_plain_json_is_shown_as_it_is() -> None:
    components = Components.of([Note])
    found = components.examples(components.schema(Note), [Example("one", {"b": 1, "a": [None]})])
    assert json.dumps(found["examples"]["one"]["value"]) == '{"b": 1, "a": [null]}'
