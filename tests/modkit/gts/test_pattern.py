"""Patterns: what they cover, and which texts are none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.gts import GtsPattern, InvalidGtsId, InvalidGtsPattern
from modkit.gts.pattern import without_minors
from tests.modkit.gts.strategies import identifiers, tokens, types

COVERED = [
    ("gts.*", "gts.acme.pkg.ns.type.v1~"),
    ("gts.acme.*", "gts.acme.pkg.*"),
    ("gts.acme.*", "gts.acme.*"),
    ("gts.a.b.c.d.*", "gts.a.b.c.d.v1.2~e.f.g.h.v1"),
    ("gts.a.b.c.d.v*", "gts.a.b.c.d.v1.2~"),
    ("gts.a.b.c.d.v0.*", "gts.a.b.c.d.v0~"),
    ("gts.a.b.c.d.v1.*", "gts.a.b.c.d.v1.3~e.f.g.h.v1~"),
    ("gts.a.b.c.d.v1~", "gts.a.b.c.d.v1.5~"),
    ("gts.a.b.c.d.v1~", "gts.a.b.c.d.v1.0~e.f.g.h.v1"),
    ("gts.a.b.c.d.v1~", "gts.a.b.c.d.v1.0~e.f.*"),
    ("gts.a.b.c.d.v1~", "gts.a.b.c.d.v1.*"),
    ("gts.a.b.c.d.v1~*", "gts.a.b.c.d.v1.0~e.f.*"),
    ("gts.a.b.c.d.v1~*", "gts.a.b.c.d.v1~7a1d2f34-5678-49ab-9012-abcdef123456"),
    ("gts.a.b.c.d.v1~e.f.g.h.v1", "gts.a.b.c.d.v1.5~e.f.g.h.v1.2"),
    ("gts.x.v1.*", "gts.x.v1.ns.type.v3~"),
]
NOT_COVERED = [
    ("gts.a.b.c.d.v1~*", "gts.a.b.c.d.v1~"),
    ("gts.a.b.c.d.v1~*", "gts.a.b.c.d.v1.*"),
    ("gts.a.b.c.d.v0.*", "gts.a.b.c.d.v1~"),
    ("gts.a.b.c.d.v1.*", "gts.a.b.c.d.v11~"),
    ("gts.a.b.c.d.v1~", "gts.a.b.c.d.v10~"),
    ("gts.a.b.c.d.v1.1~", "gts.a.b.c.d.v1~"),
    ("gts.a.b.c.d.v1.1~*", "gts.a.b.c.d.v1.0~e.f.g.h.v1~"),
    ("gts.a.b.c.d.v1~e.*", "gts.a.b.c.d.v1~"),
    ("gts.a.b.c.d.v1~e.*", "gts.a.b.c.d.v1~ee.f.g.h.v1"),
    ("gts.a.b.c.d.v1~e.f.g.h.v1", "gts.a.b.c.d.v1~e.f.g.h.v1~"),
    ("gts.acme.pkg.*", "gts.acme.*"),
]
NO_PATTERN = {
    "gts.x.*.events.type.v1~": "a pattern has one wildcard, at its end",
    "gts.*.pkg.*": "a pattern has one wildcard, at its end",
    "gts.vendor*": "the wildcard follows a dot or ~, and stands for all that comes after",
    "gts.x.b@d!.*": "segment 1: 'b@d!' is no token: use a-z, 0-9 and _, no digit first",
    "gts.a.b.c.d.v1.2.*": "segment 1: a segment is vendor.package.namespace.type.vMAJOR[.MINOR], and this one goes on after it",
    "gts.a.b.c.d~a.*": "segment 1: it has 4 of the parts vendor.package.namespace.type.vMAJOR[.MINOR]",
    "gts.a.b.c.d.v1": "a single segment names a type: end it with ~, or put the type and ~ before it",
    "*": "it begins with 'gts.', in lower case",
}


@pytest.mark.parametrize(("pattern", "candidate"), COVERED)
def test_pattern_covers(pattern: str, candidate: str) -> None:
    assert GtsPattern.parse(pattern).matches(candidate)


@pytest.mark.parametrize(("pattern", "candidate"), NOT_COVERED)
def test_pattern_does_not_cover(pattern: str, candidate: str) -> None:
    assert not GtsPattern.parse(pattern).matches(candidate)


@pytest.mark.parametrize(("text", "reason"), NO_PATTERN.items(), ids=list(NO_PATTERN))
def test_refusal_says_what_a_pattern_is(text: str, reason: str) -> None:
    with pytest.raises(InvalidGtsPattern) as refused:
        GtsPattern.parse(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize("candidate", ["gts.a.b.c.d.v1", "gts.a*", "x", "gts.a.b.c.d.v1~\n"])
def test_candidate_must_be_an_identifier_or_a_pattern(candidate: str) -> None:
    with pytest.raises(InvalidGtsId):
        GtsPattern.parse("gts.*").matches(candidate)


@given(identifiers)
def test_identifier_covers_itself(text: str) -> None:
    assert GtsPattern.parse(text).matches(text)


@given(types, identifiers)
def test_type_covers_all_below_it(base: str, other: str) -> None:
    below = base + other.removeprefix("gts.")
    assert GtsPattern.parse(base).matches(below)
    assert GtsPattern.parse(f"{base}*").matches(below)
    assert not GtsPattern.parse(f"{base}*").matches(base)


@given(identifiers, identifiers, st.data())
def test_wildcard_covers_what_begins_like_it_apart_from_minor_versions(
    text: str, other: str, data: st.DataObject
) -> None:
    cuts = [
        end
        for end, letter in enumerate(text, 1)
        if letter == "~" or (letter == "." and end < text.find(".v"))
    ]
    pattern = GtsPattern.parse(text[: data.draw(st.sampled_from(cuts or [4]))] + "*")
    for candidate in (text, other):
        begins = _versionless(candidate).startswith(_versionless(pattern.text[:-1]))
        assert not pattern.matches(candidate) or begins
        assert not pattern.matches(candidate) or without_minors(candidate).startswith(
            pattern.index_prefix
        )


@given(st.lists(tokens, min_size=4, max_size=4), st.integers(0, 50), st.integers(0, 50))
def test_open_version_covers_each_minor_one_and_a_closed_one_itself_only(
    names: list[str], minor: int, other: int
) -> None:
    stem = f"gts.{'.'.join(names)}.v3"
    assert GtsPattern.parse(f"{stem}~").matches(f"{stem}.{minor}~")
    assert GtsPattern.parse(f"{stem}.{minor}~").matches(f"{stem}.{other}~") is (minor == other)


def _versionless(text: str) -> str:
    # Names may begin with v as well: a version is what stands before the end of a link.
    return re.sub(r"\.v[0-9]+(?:\.[0-9]+)?(?=~|$)", "", text)
