"""Valid identifiers and patterns, made part by part."""

from __future__ import annotations

from hypothesis import strategies as st

tokens = st.from_regex(r"[a-z_][a-z0-9_]{0,7}", fullmatch=True)
numbers = st.integers(0, 99).map(str)
versions = st.one_of(
    numbers.map("v{}".format), st.tuples(numbers, numbers).map("v{0[0]}.{0[1]}".format)
)
segments = st.tuples(tokens, tokens, tokens, tokens, versions).map(".".join)
uuids = st.uuids().map(str)
types = st.lists(segments, min_size=1, max_size=4).map(lambda links: f"gts.{'~'.join(links)}~")
instances = st.tuples(types, segments | uuids).map("".join)
identifiers = types | instances
