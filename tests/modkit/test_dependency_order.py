"""Start order: every provider before its users, whatever the order of installation."""

from __future__ import annotations

from abc import ABC
from graphlib import CycleError, TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.dependency_order import choose_providers, start_order
from modkit.module import ModuleSpec
from modkit.plugins import PluginContract
from modkit.startup_error import Phase, StartupError

CONTRACTS = [type(f"Contract{n}", (ABC,), {}) for n in range(8)]
A, B, *_ = CONTRACTS


class Store(PluginContract):
    pass


def spec(name: str, **more: tuple[object, ...]) -> ModuleSpec:
    return ModuleSpec(name=name, module_class=type(name, (), {}), **more)


def order_of(specs: list[ModuleSpec], **more: object) -> list[str]:
    return [item.name for item in start_order(specs, choose_providers(specs), **more)]


@st.composite
def platforms(draw: st.DrawFn) -> list[ModuleSpec]:
    """Module *n* provides contract *n* and needs others in every way that there is."""
    count = draw(st.integers(1, 8))
    contracts = CONTRACTS[:count]
    some = st.lists(st.sampled_from(contracts), max_size=2, unique=True).map(tuple)
    names = [f"m{n}" for n in range(count)]
    some_names = st.lists(st.sampled_from([*names, "absent"]), max_size=1).map(tuple)
    return [
        spec(
            name,
            provides=(contract,),
            requires=draw(some),
            optional=draw(some),
            after=draw(some_names),
        )
        for name, contract in zip(names, contracts, strict=True)
    ]


def graph_of(specs: list[ModuleSpec]) -> dict[str, set[str]]:
    providers = {item.provides[0]: item.name for item in specs}
    return {
        item.name: {providers[contract] for contract in (*item.requires, *item.optional)}
        | {name for name in item.after if name != "absent"}
        for item in specs
    }


@given(
    specs=platforms(), late=st.sets(st.sampled_from([f"m{n}" for n in range(8)])), data=st.data()
)
def test_order_exists_unless_there_is_a_circle(
    specs: list[ModuleSpec], late: set[str], data: st.DataObject
) -> None:
    graph = graph_of(specs)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        with pytest.raises(StartupError, match="modules need each other in a circle") as caught:
            order_of(specs, late=late)
        assert_describes_a_circle(caught.value.problem, graph)
        return
    order = order_of(specs, late=late)
    assert sorted(order) == sorted(graph)
    for place, name in enumerate(order):
        started = set(order[:place])
        assert graph[name] <= started
        could_start = [other for other in order[place:] if graph[other] <= started]
        assert name == min(could_start, key=lambda other: (other in late, other))
    assert order_of(data.draw(st.permutations(specs)), late=late) == order


def assert_describes_a_circle(problem: str, graph: dict[str, set[str]]) -> None:
    steps = [
        (step.split()[0], step.split()[2])
        for step in problem.removeprefix("modules need each other in a circle: ").split(", ")
    ]
    assert all(provider in graph[user] for user, provider in steps)
    assert [provider for _, provider in steps] == [*(user for user, _ in steps[1:]), steps[0][0]]


@given(late=st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_late_modules_come_last_where_nobody_follows_them(late: set[str]) -> None:
    names = order_of([spec(name) for name in "abcd"], late=late)
    assert names == [*sorted(set("abcd") - late), *sorted(late)]


def test_circle_names_both_ends_and_their_contracts() -> None:
    specs = [
        spec("a", provides=(A,), requires=(B,)),
        spec("b", provides=(B,), requires=(A,)),
        spec("c", requires=(A,)),
    ]
    with pytest.raises(StartupError) as caught:
        order_of(specs)
    assert caught.value.phase is Phase.ORDER
    assert caught.value.problem.endswith("a needs b (Contract1), b needs a (Contract0)")
    assert caught.value.remedy


def test_module_that_requires_what_it_provides_is_a_circle() -> None:
    with pytest.raises(StartupError, match=r"a needs a \(Contract0\)"):
        order_of([spec("a", provides=(A,), requires=(A,))])


def test_missing_provider_names_the_user_the_contract_and_what_there_is() -> None:
    with pytest.raises(StartupError, match=r"requires Contract0, which no enabled") as caught:
        order_of([spec("user", requires=(A,)), spec("b", provides=(B,))])
    assert caught.value.module == "user"
    assert "provided are: Contract1" in caught.value.remedy


def test_optional_and_default_contracts_need_no_provider() -> None:
    specs = [spec("user", requires=(A,), optional=(B,))]
    assert order_of(specs, always_provided=[A]) == ["user"]


def test_every_worker_starts_before_its_gateway() -> None:
    specs = [
        spec("gateway", requires=(Store,)),
        spec("worker_x", provides=(Store,)),
        spec("worker_y", provides=(Store,)),
    ]
    assert order_of(specs) == ["worker_x", "worker_y", "gateway"]
    assert order_of(specs[:1]) == ["gateway"]


def test_two_providers_are_refused_until_one_is_chosen() -> None:
    specs = [spec("a", provides=(A,)), spec("b", provides=(A,))]
    with pytest.raises(StartupError, match="a and b each provide Contract0") as caught:
        choose_providers(specs)
    assert "server.providers.Contract0: a" in caught.value.remedy
    assert "modules.a.enabled: false" in caught.value.remedy
    assert choose_providers(specs, {"Contract0": "b"}) == {A: "b"}


def test_three_providers_are_all_named() -> None:
    with pytest.raises(StartupError, match="a and b and c each provide Contract0"):
        choose_providers([spec(name, provides=(A,)) for name in "abc"])


def test_one_choice_serves_contracts_of_one_name() -> None:
    same = type("Contract0", (ABC,), {})
    specs = [spec("a", provides=(A, same)), spec("b", provides=(A, same))]
    assert choose_providers(specs, {"Contract0": "b"}) == {A: "b", same: "b"}


def test_contract_named_twice_by_one_module_has_one_provider() -> None:
    assert choose_providers([spec("a", provides=(A, A))]) == {A: "a"}


@pytest.mark.parametrize(
    ("chosen", "message", "remedy"),
    [
        ({"Contract0": "b"}, "names 'b', which does not provide it", "name one of: a"),
        ({"Contract1": "a"}, "which no enabled module provides", "use one of: Contract0"),
    ],
    ids=["not_a_provider", "not_a_contract"],
)
def test_wrong_choice_is_refused(chosen: dict[str, str], message: str, remedy: str) -> None:
    with pytest.raises(StartupError, match=message) as caught:
        choose_providers([spec("a", provides=(A,)), spec("b")], chosen)
    assert remedy in caught.value.remedy


def test_workers_of_one_contract_never_conflict() -> None:
    specs = [spec("x", provides=(Store,)), spec("y", provides=(Store,))]
    assert choose_providers(specs) == {}


def test_modules_that_become_free_together_start_by_name() -> None:
    specs = [spec(name, requires=(A,)) for name in "ywxzv"] + [spec("q", provides=(A,))]
    assert order_of(specs) == ["q", "v", "w", "x", "y", "z"]
