"""The sections that the host reads."""

from __future__ import annotations

from typing import Annotated

import pytest
from attrs import frozen
from msgspec import Meta

from modkit import module
from modkit.config import Configuration, ConfigurationInvalid
from modkit.discovery import specs_of
from modkit.host_config import (
    ModuleRuntimeConfig,
    ServerConfig,
    module_section,
    platform_sections,
)
from modkit.module import spec_of


@frozen(kw_only=True)
class RagConfig:
    depth: Annotated[int, Meta(ge=1)] = 3


@frozen(kw_only=True)
class NeedyConfig:
    key: str


@module(name="rag", config=RagConfig)
class Rag:
    pass


@module(name="needy", config=NeedyConfig)
class Needy:
    pass


def check(*classes: type, **values: object) -> dict[str, object]:
    return Configuration.load(defaults=values).check(platform_sections(specs_of(classes)))


def test_every_module_has_a_section_with_defaults() -> None:
    sections = check(Rag)
    section = sections["modules.rag"]
    assert (section.config, section.enabled) == (RagConfig(), True)
    assert section.runtime == ModuleRuntimeConfig(start_timeout_s=60, stop_timeout_s=30)
    assert sections["server"] == ServerConfig()


def test_values_reach_the_typed_section() -> None:
    sections = check(
        Rag,
        server={"drain_delay_s": 1.5, "providers": {"Clock": "rag"}},
        modules={"rag": {"config": {"depth": 9}, "runtime": {"start_timeout_s": 2}}},
    )
    assert sections["modules.rag"].config == RagConfig(depth=9)
    assert sections["modules.rag"].runtime.start_timeout_s == 2
    assert sections["server"].providers == {"Clock": "rag"}


def test_module_whose_config_has_a_required_key_asks_for_it() -> None:
    with pytest.raises(ConfigurationInvalid, match=r"modules\.needy\.config"):
        check(Needy)
    values = check(Needy, modules={"needy": {"config": {"key": "k"}}})
    assert values["modules.needy"].config == NeedyConfig(key="k")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"server": {"workers": 0}}, "server.workers"),
        ({"server": {"drain_delay_s": -1}}, "server.drain_delay_s"),
        ({"modules": {"rag": {"runtime": {"start_timeout_s": 0}}}}, "runtime.start_timeout_s"),
        ({"modules": {"rag": {"config": {"depth": 0}}}}, "modules.rag.config.depth"),
        ({"modules": {"rag": {"confg": {}}}}, "modules.rag.confg"),
        ({"modules": {"rga": {}}}, "modules.rga"),
        ({"sever": {}}, "sever"),
    ],
)
def test_wrong_values_name_their_path(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        check(Rag, **values)
    assert path in str(caught.value)


def test_section_is_documented_for_the_reference() -> None:
    section = module_section(spec_of(Rag))
    assert section.__doc__ is not None
    assert "``modules.rag``" in section.__doc__
