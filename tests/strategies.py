"""Hypothesis strategies that several test files share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import attrs
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

_numbers = itertools.count()  # so that every made class has a name of its own


class Colour(Enum):
    """A choice of texts."""

    RED = "red"
    GREEN = "green"


texts = st.text(st.characters(codec="utf-8"), max_size=20)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)
moments = st.datetimes(timezones=st.just(UTC))
decimals = st.decimals(min_value=-(10**20), max_value=10**20, places=3)

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    UUID: st.uuids(),
    datetime: moments,
    date: st.dates(),
    Decimal: decimals,
    Colour: st.sampled_from(Colour),
    Literal["a", "b"]: st.sampled_from(["a", "b"]),
    Literal[1, 2]: st.sampled_from([1, 2]),
    Annotated[int, Meta(ge=0, lt=10)]: st.integers(0, 9),
    Annotated[str, Meta(min_length=1, max_length=5)]: texts.filter(
        lambda text: 1 <= len(text) <= 5
    ),
    Annotated[str, Meta(pattern="^[a-z]+$")]: st.from_regex("[a-z]+", fullmatch=True),
}


@attrs.frozen
class Sample:
    """A type and a strategy for its values."""

    kind: Any
    values: st.SearchStrategy[Any]


def _containers(inner: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    return st.one_of(
        inner.map(lambda item: Sample(list[item.kind], st.lists(item.values, max_size=3))),
        inner.map(
            lambda item: Sample(tuple[item.kind, ...], st.lists(item.values, max_size=3).map(tuple))
        ),
        inner.map(
            lambda item: Sample(
                dict[str, item.kind], st.dictionaries(texts, item.values, max_size=3)
            )
        ),
        st.tuples(inner, inner).map(
            lambda pair: Sample(
                tuple[pair[0].kind, pair[1].kind], st.tuples(pair[0].values, pair[1].values)
            )
        ),
        inner.map(
            lambda item: Sample(
                item.kind | None if isinstance(item.kind, type) else item.kind, item.values
            )
        ),
        st.lists(inner, max_size=4).flatmap(
            lambda items: st.lists(st.booleans(), min_size=4, max_size=4).map(
                lambda optional: model_of(items, optional)
            )
        ),
    )


leaf_samples: st.SearchStrategy[Sample] = st.sampled_from(list(LEAVES)).map(
    lambda kind: Sample(kind, LEAVES[kind])
) | st.sampled_from([str, int, UUID, Colour]).map(
    lambda kind: Sample(frozenset[kind], st.frozensets(LEAVES[kind], max_size=3))
)
samples: st.SearchStrategy[Sample] = st.recursive(leaf_samples, _containers, max_leaves=8)


def model_of(items: list[Sample], optional: list[bool]) -> Sample:
    """Return a new attrs class with a field per item, some of which may be unset."""
    hints: dict[str, Any] = {}
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": hints}
    values: dict[str, st.SearchStrategy[Any]] = {}
    for position, (item, may_be_unset) in enumerate(zip(items, optional, strict=False)):
        name = f"{'zyxw'[position]}_field"
        hints[name] = item.kind | UnsetType if may_be_unset else item.kind
        values[name] = (item.values | st.just(UNSET)) if may_be_unset else item.values
        if may_be_unset:
            body[name] = UNSET
    cls: Callable[..., Any] = attrs.frozen(kw_only=True)(type(f"Made{next(_numbers)}", (), body))
    return Sample(cls, st.fixed_dictionaries(values).map(lambda found: cls(**found)))


models: st.SearchStrategy[Sample] = st.lists(samples, min_size=1, max_size=4).flatmap(
    lambda items: st.lists(st.booleans(), min_size=4, max_size=4).map(
        lambda optional: model_of(items, optional)
    )
)
