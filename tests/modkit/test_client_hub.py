"""The client hub: stable handles, and errors that say what to change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Generic, Protocol, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.client_handle import HubError
from modkit.client_hub import ClientHub, ModuleHub
from modkit.module import ModuleSpec
from modkit.plugins import Plugin, PluginContract, PluginScope
from modkit_errors.refusals import ProviderStopped

T = TypeVar("T")


class Greeter(ABC):
    @abstractmethod
    async def greet(self, name: str) -> str: ...

    @abstractmethod
    def stream(self) -> AsyncIterator[int]: ...

    def twice(self, name: str) -> str:
        return name * 2

    @staticmethod
    def language() -> str:
        return "en"


class Polite(Greeter):
    def __init__(self, word: str) -> None:
        self._word = word

    async def greet(self, name: str) -> str:
        return f"{self._word} {name}"

    async def stream(self) -> AsyncIterator[int]:
        yield 1
        yield 2

    def twice(self, name: str) -> str:
        return f"{self._word} {name} {name}"


class Store(PluginContract):
    @abstractmethod
    async def name(self) -> str: ...


class NamedStore(Store):
    def __init__(self, name: str) -> None:
        self._name = name

    async def name(self) -> str:
        return self._name


class Speaks(Protocol):
    async def speak(self) -> str: ...


class Box(ABC, Generic[T]):
    @abstractmethod
    async def open(self) -> T: ...


class IntBox(Box[int]):
    async def open(self) -> int:
        return 7


def module_hub(hub: ClientHub, name: str = "mod", **declared: tuple[object, ...]) -> ModuleHub:
    spec = ModuleSpec(name=name, module_class=type(name, (), {}), **declared)
    hub.declare([spec])
    return ModuleHub(hub, spec, frozenset(spec.provides))


@pytest.mark.anyio
@given(words=st.lists(st.sampled_from(["hello", "hi", "hey"]), min_size=1, max_size=6))
async def test_handle_is_stable_and_reaches_the_newest_provider(words: list[str]) -> None:
    hub = ClientHub()
    hub.provide(Greeter, Polite("first"), owner="a")
    handle = hub.get(Greeter)
    for word in words:
        hub.provide(Greeter, Polite(word), owner="a")
        assert hub.get(Greeter) is handle
        assert await handle.greet("Ada") == f"{word} Ada"
        assert handle.twice("Ada") == f"{word} Ada Ada"
    assert [item async for item in handle.stream()] == [1, 2]
    assert handle.language() == "en"
    assert isinstance(handle, Greeter)
    assert repr(handle) == "<handle of Greeter>"


@pytest.mark.anyio
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["provide", "withdraw"]), st.sampled_from("ab"), st.sampled_from("xy")
        )
    )
)
async def test_hub_behaves_like_a_table_of_owners(steps: list[tuple[str, str, str]]) -> None:
    hub = ClientHub()
    model: dict[str, str] = {}
    handles: dict[str, Store] = {}
    for step, owner, worker in steps:
        if step == "withdraw":
            hub.withdraw(owner)
            model = {key: who for key, who in model.items() if who != owner}
        elif model.get(worker, owner) != owner:
            with pytest.raises(HubError, match=f"which {model[worker]} already provides"):
                hub.provide(Store, NamedStore(owner), owner=owner, plugin=Plugin(id=worker))
        else:
            hub.provide(Store, NamedStore(owner), owner=owner, plugin=Plugin(id=worker))
            model[worker] = owner
        for key in model:
            handle = hub.get(Store, scope=PluginScope(key))
            assert handles.setdefault(key, handle) is handle
        for key, handle in handles.items():
            if key in model:
                assert await handle.name() == model[key]
            else:
                with pytest.raises(ProviderStopped):
                    await handle.name()
    assert {entry.plugin.id: entry.module for entry in hub.plugins(Store).all()} == model


def test_wrong_instance_is_refused() -> None:
    with pytest.raises(HubError, match="a provides Greeter with a int, which does not inherit it"):
        ClientHub().provide(Greeter, 5, owner="a")


@pytest.mark.anyio
async def test_protocol_is_checked_by_its_methods() -> None:
    class Dog:
        async def speak(self) -> str:
            return "woof"

    hub = ClientHub()
    with pytest.raises(HubError, match=r"with a int, which has no speak\(\)"):
        hub.provide(Speaks, 5, owner="a")
    hub.provide(Speaks, Dog(), owner="a")
    assert await hub.get(Speaks).speak() == "woof"


@pytest.mark.anyio
async def test_generic_contract_is_its_own_key() -> None:
    hub = ClientHub()
    hub.provide(Box[int], IntBox(), owner="a")
    assert await hub.get(Box[int]).open() == 7
    assert hub.try_get(Box[str]) is None


def test_contract_with_a_property_is_refused() -> None:
    class Bad(Greeter):
        @property
        def size(self) -> int:
            return 1

    with pytest.raises(HubError, match=r"Bad\.size is a property; a contract has methods only"):
        ClientHub().provide(Bad, type("Impl", (Polite, Bad), {})("hi"), owner="a")


def test_contract_with_an_abstract_special_method_is_refused() -> None:
    class Reachable(ABC):
        @abstractmethod
        def __call__(self) -> int: ...

    class Impl(Reachable):
        def __call__(self) -> int:
            return 1

    with pytest.raises(HubError, match=r"Reachable\.__call__ is abstract"):
        ClientHub().provide(Reachable, Impl(), owner="a")


@pytest.mark.anyio
async def test_default_serves_until_a_module_provides() -> None:
    made: list[Polite] = []

    def default() -> Polite:
        made.append(Polite("default"))
        return made[-1]

    hub = ClientHub({Greeter: default})
    handle = hub.get(Greeter)
    assert hub.get(Greeter) is handle
    assert await handle.greet("Ada") == "default Ada"
    hub.provide(Greeter, Polite("real"), owner="a")
    assert await handle.greet("Ada") == "real Ada"
    assert len(made) == 1


def test_nobody_provides_lists_who_provides_what() -> None:
    hub = ClientHub()
    with pytest.raises(HubError, match="no enabled module provides Greeter; provided are: none"):
        hub.get(Greeter)
    module_hub(hub, "boxes", provides=(IntBox,))
    with pytest.raises(HubError, match=r"provided are: IntBox \(boxes\)"):
        hub.get(Greeter)


def test_asking_before_the_provider_has_started_says_so() -> None:
    hub = ClientHub()
    module_hub(hub, "late", provides=(Greeter,))
    with pytest.raises(HubError, match="late will provide Greeter, but has not yet"):
        hub.get(Greeter)


def test_worker_that_is_not_there_is_named_with_those_that_are() -> None:
    hub = ClientHub()
    hub.provide(Store, NamedStore("x"), owner="a", plugin=Plugin(id="x"))
    with pytest.raises(HubError, match=r"no worker 'y' of Store; there are: x"):
        hub.get(Store, scope=PluginScope("y"))
    assert hub.try_get(Store, scope=PluginScope("y")) is None


def test_plugin_contract_without_a_scope_is_explained() -> None:
    with pytest.raises(HubError, match="Store has many providers: name one"):
        ClientHub().get(Store)


@pytest.mark.anyio
async def test_withdrawn_client_answers_that_its_module_does_not_run() -> None:
    hub = ClientHub()
    hub.provide(Greeter, Polite("hi"), owner="a")
    handle = hub.get(Greeter)
    hub.withdraw("a")
    with pytest.raises(ProviderStopped) as caught:
        await handle.greet("Ada")
    assert (caught.value.contract, caught.value.module) == ("Greeter", "a")


def test_undeclared_use_is_refused() -> None:
    hub = ClientHub()
    hub.provide(Greeter, Polite("hi"), owner="a")
    user = module_hub(hub, "user")
    for ask in (user.get, user.try_get):
        with pytest.raises(HubError, match=r"user asks for Greeter without declaring it"):
            ask(Greeter)
    with pytest.raises(HubError, match="user asks for Store without declaring it"):
        user.plugins(Store)
    assert module_hub(hub, "other", optional=(Greeter,)).get(Greeter) is hub.get(Greeter)


def test_undeclared_provide_is_refused() -> None:
    with pytest.raises(HubError, match=r"mod provides Greeter without declaring it; add it to"):
        module_hub(ClientHub()).provide(Greeter, Polite("hi"))


def test_declared_contract_that_is_not_provided_is_refused() -> None:
    with pytest.raises(HubError, match=r"did not call ctx\.hub\.provide\(Greeter, \.\.\.\)"):
        module_hub(ClientHub(), provides=(Greeter,)).commit()
    with pytest.raises(HubError, match=r"did not call ctx\.hub\.provide_plugin\(Store, \.\.\.\)"):
        module_hub(ClientHub(), provides=(Store,)).commit()


def test_providing_twice_in_init_is_refused() -> None:
    mine = module_hub(ClientHub(), provides=(Greeter, Store))
    mine.provide(Greeter, Polite("a"))
    with pytest.raises(HubError, match="mod provides Greeter twice in its init"):
        mine.provide(Greeter, Polite("b"))
    mine.provide_plugin(Store, NamedStore("x"), Plugin(id="x"))
    mine.provide_plugin(Store, NamedStore("y"), Plugin(id="y"))
    with pytest.raises(HubError, match="mod provides worker 'x' of Store twice in its init"):
        mine.provide_plugin(Store, NamedStore("z"), Plugin(id="x"))


@pytest.mark.anyio
async def test_nothing_is_visible_before_commit_and_all_after() -> None:
    hub = ClientHub()
    mine = module_hub(hub, provides=(Greeter,))
    mine.provide(Greeter, Polite("one"))
    assert hub.try_get(Greeter) is None
    mine.commit()
    handle = hub.get(Greeter)
    assert await handle.greet("Ada") == "one Ada"
    mine.provide(Greeter, Polite("two"))
    assert await handle.greet("Ada") == "two Ada"


@pytest.mark.anyio
async def test_retired_instance_cannot_take_its_client_back_until_it_commits_again() -> None:
    hub = ClientHub()
    old, new = (module_hub(hub, provides=(Greeter,)) for _ in range(2))
    old.provide(Greeter, Polite("old"))
    old.commit()
    old.retire()
    new.provide(Greeter, Polite("new"))
    new.commit()
    old.provide(Greeter, Polite("old again"))
    assert await hub.get(Greeter).greet("Ada") == "new Ada"
    old.commit()
    assert await hub.get(Greeter).greet("Ada") == "old again Ada"


def test_each_kind_of_contract_has_its_own_way_of_providing() -> None:
    mine = module_hub(ClientHub(), provides=(Greeter, Store))
    with pytest.raises(HubError, match=r"call ctx\.hub\.provide_plugin\(Store"):
        mine.provide(Store, NamedStore("x"))
    with pytest.raises(HubError, match=r"Greeter has one provider; call ctx\.hub\.provide"):
        mine.provide_plugin(Greeter, Polite("x"), Plugin(id="x"))  # type: ignore[type-var]  # the misuse under test


def test_provider_that_was_not_chosen_has_no_effect() -> None:
    hub = ClientHub()
    spec = ModuleSpec(name="spare", module_class=int, provides=(Greeter,))
    spare = ModuleHub(hub, spec, frozenset())
    spare.provide(Greeter, Polite("spare"))
    spare.commit()
    assert hub.try_get(Greeter) is None
