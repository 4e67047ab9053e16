"""Declaring a module."""

from __future__ import annotations

import pytest
from attrs import frozen

from modkit import StartupError, module
from modkit.module import NoConfig, contract_name, spec_of


@frozen(kw_only=True)
class Config:
    depth: int = 1


def test_spec_says_what_the_decorator_was_told() -> None:
    @module(name="user_info", config=Config, requires=(int,), provides=(str,), after=("audit",))
    class UserInfo:
        pass

    spec = spec_of(UserInfo)
    assert (spec.name, spec.config) == ("user_info", Config)
    assert (spec.requires, spec.optional, spec.provides) == ((int,), (), (str,))
    assert spec.after == ("audit",)
    assert spec.module_class is UserInfo
    assert spec.place.startswith(f"{__name__}:")


@pytest.mark.parametrize(
    "name", ["", "Rag", "1rag", "rag-x", "rag__x", "_rag", "rag_", "rag x", "rag\n", "ä", "a" * 64]
)
def test_name_that_is_not_snake_case_is_refused(name: str) -> None:
    with pytest.raises(StartupError, match="is not a module name") as caught:
        module(name=name)
    assert "snake_case" in caught.value.remedy


@pytest.mark.parametrize("name", ["a", "rag2", "rag_2_x", "a" * 63])
def test_snake_case_names_are_accepted(name: str) -> None:
    assert spec_of(module(name=name)(type("M", (), {}))).name == name


def test_config_that_is_no_attrs_class_is_refused() -> None:
    with pytest.raises(StartupError, match="the config of module 'rag'") as caught:
        module(name="rag", config=dict)
    assert "@frozen" in caught.value.remedy


@pytest.mark.parametrize("argument", ["requires", "optional", "provides", "after"])
def test_forgotten_comma_is_explained(argument: str) -> None:
    with pytest.raises(
        StartupError, match=f"{argument} of module 'rag' is .*, which is no tuple"
    ) as caught:
        module(name="rag", **{argument: Config})
    assert caught.value.remedy.endswith(f"{argument}=(Config,)")


def test_mark_is_not_inherited() -> None:
    @module(name="base")
    class Base:
        pass

    class Derived(Base):
        pass

    with pytest.raises(StartupError, match=r"Derived is not a module"):
        spec_of(Derived)
    assert spec_of(module(name="derived")(Derived)).name == "derived"
    assert spec_of(Base).name == "base"


def test_module_without_configuration_has_an_empty_section() -> None:
    assert spec_of(module(name="plain")(type("Plain", (), {}))).config is NoConfig


def test_contract_is_named_for_messages() -> None:
    assert contract_name(int) == "int"
    assert contract_name(list[int]) in ("list", "list[int]")
