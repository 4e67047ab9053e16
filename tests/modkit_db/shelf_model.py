"""What a shelf does, naively: the oracle of the stateful test. It shares no code with modkit_db."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import ColumnElement, or_

from modkit.security import AccessScope, Predicate
from tests.modkit_db.shelf import ALICE, BOB, CAROL, NOW, BookRow

Row = dict[str, Any]

TENANTS = (ALICE, BOB, CAROL)
BOOKS = tuple(UUID(int=number) for number in range(100, 105))
OWNERS = (UUID(int=50), UUID(int=51))
GROUP, SUBGROUP = UUID(int=70), UUID(int=71)
MEMBERS = ((GROUP, BOOKS[0]), (SUBGROUP, BOOKS[1]), (SUBGROUP, BOOKS[2]))
GROUPS_BELOW = ((GROUP, GROUP), (GROUP, SUBGROUP), (SUBGROUP, SUBGROUP))
SUBTREE = ((ALICE, ALICE, False), (BOB, BOB, False), (ALICE, BOB, False), (ALICE, CAROL, True))
KINDS = ("map", "Map", "map ", "comic")

_COLUMNS = {
    "tenant_id": "tenant_id",
    "owner_tenant_id": "tenant_id",
    "id": "id",
    "owner_id": "owner_id",
    "kind": "kind",
}
_POOLS: dict[str, tuple[Any, ...]] = {
    "tenant_id": (*TENANTS, str(ALICE), "none", 7),
    "owner_tenant_id": (*TENANTS, str(BOB)),
    "id": (*BOOKS, str(BOOKS[0])),
    "owner_id": (*OWNERS, None),
    "kind": (*KINDS, None, 3),
    "colour": ("red",),
}


@st.composite
def predicates(draw: st.DrawFn) -> Predicate:
    name = draw(st.sampled_from(["tenant_id"] * 5 + list(_POOLS)))
    operator = draw(st.sampled_from(["eq", "in", "in", *_HIERARCHIES.get(name, ())]))
    pool = (GROUP, SUBGROUP, "none") if "group" in operator else _POOLS[name]
    values = draw(st.lists(st.sampled_from(pool), max_size=3))
    return Predicate(name, operator, tuple(values))


_HIERARCHIES = {"tenant_id": ("in_tenant_subtree",), "id": ("in_group", "in_group_subtree")}
scopes = st.one_of(
    st.frozensets(st.sampled_from(TENANTS), max_size=2).map(AccessScope.tenants),
    st.lists(st.lists(predicates(), max_size=2).map(tuple), max_size=3).map(
        lambda constraints: AccessScope(tuple(constraints))
    ),
    st.just(AccessScope.everything()),
)
books = st.fixed_dictionaries(
    {
        "id": st.sampled_from(BOOKS),
        "tenant_id": st.sampled_from(TENANTS),
        "owner_id": st.none() | st.sampled_from(OWNERS),
        "kind": st.none() | st.sampled_from(KINDS),
        "title": st.sampled_from(("Emma", "emma", "O'Neill", "100%", "")),
        "pages": st.none() | st.integers(-5, 900),
        "added_at": st.just(NOW),
    }
)


def allows(scope: AccessScope, row: Row, *, is_new: bool = False) -> bool:
    """Whether *scope* lets *row* be touched; hierarchies say nothing of a row that *is_new*."""
    return scope.is_everything or any(
        constraint != () and all(_holds(item, row, is_new=is_new) for item in constraint)
        for constraint in scope.constraints
    )


def _holds(predicate: Predicate, row: Row, *, is_new: bool) -> bool:
    if predicate.property not in _COLUMNS or not predicate.values:
        return False
    value = row[_COLUMNS[predicate.property]]
    wanted = [_as_id(item) for item in predicate.values] if predicate.property != "kind" else None
    if predicate.operator in ("eq", "in"):
        given = wanted if wanted is not None else list(predicate.values)
        fitting = UUID if wanted is not None else str
        if not all(isinstance(item, fitting) for item in given):
            return False
        return value in given and not (predicate.operator == "eq" and len(given) > 1)
    if is_new or wanted is None or not all(isinstance(item, UUID) for item in wanted):
        return False
    if predicate.operator == "in_tenant_subtree":
        return any(top in wanted and low == value and not wall for top, low, wall in SUBTREE)
    groups = set(wanted)
    if predicate.operator == "in_group_subtree":
        groups = {low for top, low in GROUPS_BELOW if top in wanted}
    return any(group in groups and member == value for group, member in MEMBERS)


def _as_id(value: Any) -> Any:
    try:
        return UUID(value) if isinstance(value, str) else value
    except ValueError:
        return value


CONDITIONS: dict[str, tuple[list[ColumnElement[bool]], Any]] = {
    "all": ([], lambda _row: True),
    "long": ([BookRow.pages > 100], lambda row: row["pages"] is not None and row["pages"] > 100),
    "map": ([BookRow.kind == "map"], lambda row: row["kind"] == "map"),
    "plain": ([BookRow.kind.is_(None)], lambda row: row["kind"] is None),
    "emma or any": (
        [or_(BookRow.title == "Emma", BookRow.id.is_not(None))],
        lambda _row: True,
    ),
    "quote": ([BookRow.title == "O'Neill"], lambda row: row["title"] == "O'Neill"),
}
"""Conditions that module code adds, each with the same in Python."""
