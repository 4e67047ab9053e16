"""Identifiers: what is one, what it says, and what the refusal of another text says."""

from __future__ import annotations

import copy
import pickle
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts import (
    GtsId,
    GtsInstanceId,
    GtsSegment,
    GtsTypeId,
    InvalidGtsId,
    is_gts_id,
    is_gts_type_id,
)
from modkit.gts.grammar import MAX_ID_CHARACTERS, SEGMENT, UUID_TAIL
from tests.modkit.gts.strategies import identifiers, instances, segments, types

REFUSED = {
    "gts.x.core.events.type.v01~": "segment 1: version 'v01' has a leading zero, write v1",
    "gts.x.core.events.type.v1.2.3~": "segment 1: version 'v1.2.3' has more than vMAJOR.MINOR",
    "gts.x.core.events.type.1~": "segment 1: version '1' follows the four tokens and begins with v, such as v1 or v1.2",
    "gts.x.core.events.type.v-1~": "segment 1: version 'v-1' is no vMAJOR or vMAJOR.MINOR of whole numbers",
    "gts.x.core.events.type.v1": "a single segment names a type: end it with ~, or put the type and ~ before it",
    "gts.x.core.events.v1~": "segment 1: it has 4 of the parts vendor.package.namespace.type.vMAJOR[.MINOR]",
    "gts.x.Core.events.type.v1~": "segment 1: package 'Core' is no token: use a-z, 0-9 and _, and no digit first",
    "gts.x.core.events.type.v1~a.b.c.1d.v1": "segment 2: type '1d' is no token: use a-z, 0-9 and _, and no digit first",
    "gts.x.core.events.type.v1~~": "segment 2: it is empty; write one ~ between segments",
    "gts.x.core.events.type.v1~gts.a.b.c.d.v1~": "segment 2: 'gts.' stands at the beginning of the identifier only",
    "gts.x.core.events.type.v1~7A1D2F34-5678-49AB-9012-ABCDEF123456": "segment 2: '7A1D2F34-5678-49AB-9012-ABCDEF123456' is no UUID in lower case",
    "gts.x.core.events.type.v1~7a1d2f34-5678-49ab-9012-abcdef123456~a.b.c.d.v1": "segment 2: a UUID names an instance, and comes last",
    "gts.x.core.*": "a wildcard makes it a pattern; an identifier has none",
    "GTS.x.core.events.type.v1~": "it begins with 'gts.', in lower case",
    " gts.x.core.events.type.v1~": "it begins or ends with white space",
    "gts.x.core.events.type.v1~\n": "it begins or ends with white space",
    "gts.x.core.events.type.v\u0661~": "segment 1: version 'v\u0661' is no vMAJOR or vMAJOR.MINOR of whole numbers",
    "": "it begins with 'gts.', in lower case",
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_refusal_names_the_segment_and_the_fix(text: str, reason: str) -> None:
    with pytest.raises(InvalidGtsId) as refused:
        GtsId(text)
    assert refused.value.reason == reason
    assert str(refused.value) == f"Invalid GTS identifier: {text}: {reason}"


def test_long_text_is_refused_at_once_and_cut_in_the_message() -> None:
    with pytest.raises(InvalidGtsId) as refused:
        GtsId("gts." + "a" * 100_000)
    assert refused.value.reason == "it has 100004 characters, at most 1024 are allowed"
    assert len(str(refused.value)) < 300


def test_segments_tell_what_each_link_says() -> None:
    found = GtsId("gts.x.core.events.type.v1~acme.shop._.order_placed.v2.10").segments
    assert found == (
        GtsSegment("x", "core", "events", "type", 1, None, is_type=True),
        GtsSegment("acme", "shop", "_", "order_placed", 2, 10, is_type=False),
    )


def test_uuid_tail_names_an_instance_and_is_no_segment() -> None:
    named = GtsId("gts.x.core.events.type.v1~7a1d2f34-5678-49ab-9012-abcdef123456")
    assert isinstance(named, GtsInstanceId)
    assert named.uuid_tail == uuid.UUID("7a1d2f34-5678-49ab-9012-abcdef123456")
    assert [segment.type_name for segment in named.segments] == ["type"]
    assert GtsId("gts.x.core.events.type.v1~").uuid_tail is None


def test_kind_of_identifier_is_its_class() -> None:
    assert type(GtsId("gts.a.b.c.d.v1~")) is GtsTypeId
    assert type(GtsId("gts.a.b.c.d.v1~e.f.g.h.v1")) is GtsInstanceId


def test_wrong_kind_is_refused() -> None:
    with pytest.raises(InvalidGtsId, match="names an instance, and a type is wanted"):
        GtsTypeId("gts.a.b.c.d.v1~e.f.g.h.v1")
    with pytest.raises(InvalidGtsId, match="names a type, and an instance is wanted"):
        GtsInstanceId("gts.a.b.c.d.v1~")


@pytest.mark.parametrize("other", [None, 1, b"gts.a.b.c.d.v1~", ["gts.a.b.c.d.v1~"]])
def test_what_is_no_text_is_no_identifier(other: object) -> None:
    assert not is_gts_id(other)
    assert not is_gts_type_id(other)


@given(identifiers)
def test_segments_make_up_the_text_again(text: str) -> None:
    found = GtsId(text)
    links = [
        f"{one.vendor}.{one.package}.{one.namespace}.{one.type_name}.v{one.ver_major}"
        + ("" if one.ver_minor is None else f".{one.ver_minor}")
        + ("~" if one.is_type else "")
        for one in found.segments
    ]
    assert f"gts.{''.join(links)}{found.uuid_tail or ''}" == text


@given(identifiers)
def test_chain_ends_with_the_type_and_each_has_the_one_before_as_parent(text: str) -> None:
    found = GtsId(text)
    chain = found.chain
    assert chain[-1] == (found if found.is_type else found.parent)
    assert [one.parent for one in chain] == [None, *chain[:-1]]


@given(identifiers)
def test_copies_are_equal_and_of_the_same_class(text: str) -> None:
    found = GtsId(text)
    for again in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert (again, type(again)) == (found, type(found))


@given(types, instances)
def test_type_ends_with_a_tilde_and_an_instance_does_not(of_type: str, of_instance: str) -> None:
    assert is_gts_type_id(of_type)
    assert is_gts_id(of_instance)
    assert not is_gts_type_id(of_instance)


@given(segments)
def test_single_segment_is_a_type_or_nothing(segment: str) -> None:
    assert is_gts_id(f"gts.{segment}~")
    assert not is_gts_id(f"gts.{segment}")


@given(st.text(st.sampled_from("gts.av1~*-0_ \nAé"), max_size=40) | st.text(max_size=40))
def test_text_is_an_identifier_or_refused_with_a_reason(text: str) -> None:
    for candidate in (text, f"gts.{text}", f"gts.a.b.c.d.v1~{text}"):
        if is_gts_id(candidate):
            assert GtsId(candidate) == candidate
        else:
            with pytest.raises(InvalidGtsId) as refused:
                GtsId(candidate)
            assert refused.value.reason


@given(identifiers)
def test_uuid_is_that_of_the_whole_text(text: str) -> None:
    space = uuid.uuid5(uuid.NAMESPACE_URL, "gts")
    assert GtsId(text).uuid == uuid.uuid5(space, text)


@given(
    text=st.from_regex(rf"gts\.({SEGMENT}~?){{1,3}}({UUID_TAIL})?", fullmatch=True)
    | st.text(alphabet="gtsv.~_-019a\n")
)
def test_possessive_grammar_is_the_plain_grammar(text: str) -> None:
    plain = re.compile(rf"gts\.{SEGMENT}~(?:{SEGMENT}~)*(?:{SEGMENT}|{UUID_TAIL})?")
    assert is_gts_id(text) is (len(text) <= MAX_ID_CHARACTERS and plain.fullmatch(text) is not None)
