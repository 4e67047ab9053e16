"""Identifiers as fields of attrs classes: decoded, encoded, described and refused."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from attrs import frozen
from hypothesis import given

from modkit.codec import decoder, encoder, text_decoder
from modkit.codec.json_schema import schemas
from modkit.gts import GtsId, GtsInstanceId, GtsTypeId, is_gts_id
from modkit_errors import Invalid
from tests.modkit.gts.strategies import identifiers

TYPE = "gts.x.core.events.type.v1~"
TOPIC = "gts.x.core.events.topic.v1~acme.shop._.orders.v1"


@frozen(kw_only=True)
class Subscription:
    """Who wants what."""

    topic: GtsInstanceId
    types: tuple[GtsTypeId, ...] = ()
    labels: dict[GtsId, int] | None = None


def test_json_becomes_identifiers_and_json_again() -> None:
    body = f'{{"topic":"{TOPIC}","types":["{TYPE}"],"labels":{{"{TYPE}":1}}}}'.encode()
    found = decoder(Subscription)(body)
    assert found.topic.parent == "gts.x.core.events.topic.v1~"
    assert [type(one) for one in found.types] == [GtsTypeId]
    assert [type(one) for one in found.labels or ()] == [GtsTypeId]
    assert encoder(Subscription)(found) == body


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        pytest.param(
            f'{{"topic":"{TYPE}"}}', "$.topic", "identifier of an instance", id="type for instance"
        ),
        pytest.param(
            f'{{"topic":"{TOPIC}","types":["{TOPIC}"]}}',
            "$.types[0]",
            "identifier of a type",
            id="instance for type",
        ),
        pytest.param(
            f'{{"topic":"{TOPIC}","labels":{{"gts.x":1}}}}',
            '$.labels["gts.x"]',
            "a GTS identifier",
            id="key",
        ),
    ],
)
def test_other_texts_are_refused_with_their_place(body: str, path: str, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        decoder(Subscription)(body.encode())
    (error,) = refused.value.errors
    assert (error.field, error.code) == (path, "format")
    assert expected in error.message


def test_a_parameter_may_be_an_identifier() -> None:
    decode = text_decoder(GtsTypeId)
    assert type(decode(TYPE)) is GtsTypeId
    with pytest.raises(ValueError, match="identifier of a type"):
        decode(TOPIC)


def test_any_value_may_hold_identifiers() -> None:
    assert encoder(dict[str, Any])({"id": GtsId(TYPE)}) == f'{{"id":"{TYPE}"}}'.encode()


@given(text=identifiers)
def test_schema_accepts_what_the_class_accepts(text: str) -> None:
    for kind in (GtsId, GtsTypeId, GtsInstanceId):
        schema = schemas([kind])[0][kind]
        is_accepted = is_gts_id(text) and isinstance(GtsId(text), kind)
        assert jsonschema.Draft202012Validator(schema).is_valid(text) is is_accepted
        assert (re.search(schema["pattern"], text) is not None) is is_accepted
