"""Plugins are documents of a type: what a worker says about itself is checked when it is provided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from attrs import frozen

from modkit.client_handle import HubError
from modkit.client_hub import ClientHub, ModuleHub
from modkit.gts import GtsStore, gts_type, register, register_type, type_id_of
from modkit.module import ModuleSpec
from modkit.plugin_type import BaseModkitPluginV1, plugin_document
from modkit.plugins import Plugin, PluginContract

BASE = "gts.x.core.modkit.plugin.v1~"


@frozen(kw_only=True)
class CodecProperties:
    """What a codec can do."""

    names: tuple[str, ...]
    rate: int = 1


@gts_type(f"{BASE}x.core.tests.codec.v1~", base=BaseModkitPluginV1)
@frozen(kw_only=True)
class CodecPluginV1(BaseModkitPluginV1):
    """A codec."""

    properties: CodecProperties


class Codec(PluginContract):
    """Encodes."""

    plugin_type: ClassVar[type[BaseModkitPluginV1]] = CodecPluginV1


class Opus(Codec):
    """One codec."""


def provide(plugin: Plugin) -> ClientHub:
    hub = ClientHub()
    spec = ModuleSpec(name="opus", module_class=int, provides=(Codec,))
    mine = ModuleHub(hub, spec, frozenset(spec.provides))
    mine.provide_plugin(Codec, Opus(), plugin)
    mine.commit()
    return hub


@pytest.mark.parametrize(
    "plugin_id",
    ["opus", f"{BASE}x.core.tests.codec.v1~acme.opus._.opus.v1"],
    ids=["short", "whole"],
)
def test_fitting_plugin_is_provided_and_is_a_valid_document(plugin_id: str) -> None:
    plugin = Plugin(id=plugin_id, vendor="acme", properties={"names": ("opus",)})
    (entry,) = provide(plugin).plugins(Codec).all()
    assert entry.plugin is plugin
    store = GtsStore()
    register_type(store, CodecPluginV1)
    document = plugin_document(CodecPluginV1, plugin, module="opus")
    assert register(store, document).id == f"{BASE}x.core.tests.codec.v1~acme.opus._.opus.v1"


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({}, "properties.names is required"),
        ({"names": "opus"}, "properties.names expected an array"),
        ({"names": ["a", 1]}, r"properties.names\[1\] expected a string"),
        ({"names": [], "rates": 1}, "properties.rates is not a field"),
        ({"names": object()}, "object is no JSON value"),
    ],
)
def test_other_properties_are_refused_with_their_place(
    properties: Mapping[str, Any], fault: str
) -> None:
    with pytest.raises(HubError, match=fault) as refused:
        provide(Plugin(id="opus", properties=properties))
    assert "opus provides worker 'opus' of Codec" in str(refused.value)


@pytest.mark.parametrize(
    ("plugin_id", "fault"),
    [
        ("Opus 2", "'Opus 2' is no token"),
        (f"{BASE}acme.a.b.c.v1", "it is no instance of"),
        (f"{BASE}x.core.tests.codec.v1~", "an instance is wanted"),
    ],
)
def test_other_ids_are_refused(plugin_id: str, fault: str) -> None:
    with pytest.raises(HubError, match=fault):
        provide(Plugin(id=plugin_id, properties={"names": []}))


def test_priority_has_bounds() -> None:
    with pytest.raises(HubError, match="priority must be <= 1000"):
        provide(Plugin(id="opus", priority=1001, properties={"names": []}))


def test_type_of_the_contract_is_that_of_its_plugins() -> None:
    assert type_id_of(Codec.plugin_type).parent == type_id_of(BaseModkitPluginV1)
