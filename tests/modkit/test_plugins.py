"""Choosing one worker of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.plugins import Plugin, PluginContract, PluginEntry, Plugins, is_plugin_contract
from modkit_errors.refusals import NoPlugin

workers = st.lists(
    st.builds(
        Plugin,
        id=st.sampled_from("abcdef"),
        vendor=st.sampled_from(["acme", "hyperspot"]),
        priority=st.integers(0, 3),
    ),
    unique_by=lambda plugin: plugin.id,
)


def view(plugins: list[Plugin]) -> Plugins[str]:
    return Plugins(
        "Store",
        lambda: tuple(PluginEntry(plugin=item, module="m", client=item.id) for item in plugins),
    )


@given(plugins=workers, vendor=st.sampled_from([None, "acme", "hyperspot", "nobody"]))
def test_choice_is_the_first_of_the_vendor_whatever_the_order(
    plugins: list[Plugin], vendor: str | None
) -> None:
    fitting = [item for item in plugins if vendor in (None, item.vendor)]
    if not fitting:
        with pytest.raises(NoPlugin):
            view(plugins).choose(vendor=vendor)
        return
    best = min(fitting, key=lambda item: (item.priority, item.id))
    assert view(plugins).choose(vendor=vendor).plugin == best
    assert view(plugins[::-1]).choose(vendor=vendor).client == best.id


def test_choice_asks_whether_the_worker_accepts() -> None:
    plugins = [Plugin(id="a", properties={"types": ("pdf",)}), Plugin(id="b", priority=900)]
    assert view(plugins).choose(accepts=lambda item: not item.properties).client == "b"


def test_no_fitting_worker_lists_those_that_are_installed() -> None:
    with pytest.raises(
        NoPlugin, match=r"No Store worker of vendor 'x' fits; installed: a \(acme\)"
    ):
        view([Plugin(id="a", vendor="acme")]).choose(vendor="x")
    with pytest.raises(NoPlugin, match="installed: none"):
        view([]).choose()


def test_view_follows_what_comes_and_goes() -> None:
    plugins: list[Plugin] = []
    live = view(plugins)
    assert live.all() == ()
    plugins.append(Plugin(id="a"))
    assert [entry.client for entry in live.all()] == ["a"]


def test_plugin_contract_is_told_by_its_base() -> None:
    assert is_plugin_contract(type("Store", (PluginContract,), {}))
    assert not is_plugin_contract(int)
    assert not is_plugin_contract("Store")
