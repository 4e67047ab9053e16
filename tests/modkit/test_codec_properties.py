"""What holds for every type, every value and every body."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from modkit.codec import decoder, encoder
from modkit.codec.check import errors_of
from modkit.codec.reading import ShapeReader
from modkit_errors import Invalid
from modkit_errors.refusals import MalformedJson
from tests.strategies import Sample, json_values, models, samples


@frozen(kw_only=True)
class Node:
    """A recursive model."""

    name: str
    children: list[Node]
    extra: Any = None


def refusal(kind: Any, body: bytes) -> MalformedJson | Invalid | None:
    """Return what the decoder raises, which says what is wrong, and where; anything else fails the test."""
    try:
        decoder(kind)(body)
    except (MalformedJson, Invalid) as error:
        found = error
    else:
        return None
    assert found.errors or isinstance(found, MalformedJson)
    assert all(one.field.startswith("$") and one.code and one.message for one in found.errors)
    assert str(found)
    return found


@given(samples.flatmap(lambda sample: st.tuples(st.just(sample), sample.values)))
def test_what_is_encoded_decodes_to_the_same_value(case: tuple[Sample, Any]) -> None:
    sample, value = case
    body = encoder(sample.kind)(value)
    note(f"{sample.kind} {body!r}")
    assert decoder(sample.kind)(body) == value


@given(
    st.binary()
    | st.binary().map(lambda tail: b'{"name":' + tail)
    | json_values.map(lambda v: json.dumps(v).encode())
)
def test_no_body_raises_anything_but_a_problem(body: bytes) -> None:
    if refusal(Node, body) is None:
        value = decoder(Node)(body)
        assert decoder(Node)(encoder(Node)(value)) == value


@given(st.text('[]{}",:\\u03aA01\n e-.tfn', max_size=60))
def test_no_text_like_json_raises_anything_but_a_problem(text: str) -> None:
    if refusal(Any, text.encode()) is None:
        assert decoder(Any)(text.encode()) == json.loads(text)


@given(models, json_values)
def test_a_body_is_accepted_exactly_when_no_error_is_found(sample: Sample, value: Any) -> None:
    _assert_agreement(sample, value)


@given(models.flatmap(lambda sample: st.tuples(st.just(sample), sample.values)), st.data())
def test_a_changed_body_is_accepted_exactly_when_no_error_is_found(
    case: tuple[Sample, Any], data: st.DataObject
) -> None:
    sample, value = case
    document = json.loads(encoder(sample.kind)(value))
    names = sorted(document)
    if names:
        document[data.draw(st.sampled_from(names))] = data.draw(json_values)
    _assert_agreement(sample, document)


@given(models.flatmap(lambda sample: st.tuples(st.just(sample), sample.values)))
def test_integers_written_as_floats_make_no_difference(case: tuple[Sample, Any]) -> None:
    sample, value = case
    body = encoder(sample.kind)(value)
    floats = json.dumps(_as_floats(json.loads(body))).encode()
    note(f"{sample.kind} {floats!r}")
    assert encoder(sample.kind)(decoder(sample.kind)(floats)) == body


def _as_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_floats(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_floats(part) for part in value]
    return float(value) if type(value) is int and abs(value) < 2**53 else value


def _assert_agreement(sample: Sample, document: Any) -> None:
    errors = errors_of(document, ShapeReader().read(sample.kind))
    refused = refusal(sample.kind, json.dumps(document).encode())
    assert (refused.errors if refused else ()) == errors


@given(models.flatmap(lambda sample: st.tuples(st.just(sample), sample.values)), st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_a_dropped_or_renamed_or_retyped_field_is_named_by_its_path(
    case: tuple[Sample, Any], data: st.DataObject
) -> None:
    sample, value = case
    document = json.loads(encoder(sample.kind)(value))
    required = [item.name for item in attrs.fields(sample.kind) if item.name in document]
    if not required:
        return
    name = data.draw(st.sampled_from(required))
    has_default = getattr(attrs.fields(sample.kind), name).default is not attrs.NOTHING
    change = data.draw(
        st.sampled_from(["rename", "retype"] if has_default else ["drop", "rename", "retype"])
    )
    old = document.pop(name)
    expected = {
        "drop": (f"$.{name}", "missing"),
        "rename": ("$.other", "unknown"),
        "retype": (f"$.{name}", "type"),
    }
    if change == "rename":
        document["other"] = old
    if change == "retype":
        document[name] = {"no": "such"} if not isinstance(old, dict) else 5
    with pytest.raises(Invalid) as caught:
        decoder(sample.kind)(json.dumps(document).encode())
    assert expected[change] in [(error.field, error.code) for error in caught.value.errors]


@given(st.lists(st.text(max_size=3), min_size=2, max_size=6), st.booleans(), st.booleans())
def test_a_key_that_comes_twice_is_refused_and_no_other(
    keys: list[str], is_ascii: bool, is_nested: bool
) -> None:
    members = ",".join(
        f"{json.dumps(key, ensure_ascii=is_ascii)}:{position}" for position, key in enumerate(keys)
    )
    text = f"{{{members}}}"
    body = (f'[{{"a:":{text}}}]' if is_nested else text).encode()
    is_repeated = len(set(keys)) < len(keys)
    refused = refusal(Any, body)
    codes = {found.code for found in refused.errors} if refused else set()
    assert codes == ({"duplicate"} if is_repeated else set())
