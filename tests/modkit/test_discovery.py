"""Finding modules by entry points."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from modkit import StartupError, module, on_start
from modkit.discovery import ENTRY_POINT_GROUP, installed_modules, specs_of


class Installed:
    """Distributions that are found on the path for the length of a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, distribution: str, entry_points: str) -> None:
        folder = self._folder / f"{distribution}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n"
        )
        (folder / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{entry_points}\n")


@pytest.fixture(name="installed")
def installed_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    found = ModuleType("found_modules")
    found.First = module(name="first")(type("First", (), {}))
    found.Second = module(name="second")(type("Second", (), {}))
    found.Plain = type("Plain", (), {})
    found.text = "text"
    monkeypatch.setitem(sys.modules, "found_modules", found)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    importlib.invalidate_caches()
    return Installed(tmp_path)


def test_installed_modules_come_in_the_order_of_names(installed: Installed) -> None:
    installed.add("acme-second", "second = found_modules:Second")
    installed.add("zeta-first", "first = found_modules:First")
    assert [spec.name for spec in installed_modules()] == ["first", "second"]


def test_no_module_is_no_error(installed: Installed) -> None:
    assert installed_modules() == ()


@pytest.mark.parametrize(
    "entry",
    ["first = found_modules:Second", "first = found_modules:Plain", "first = found_modules:text"],
    ids=["other_name", "not_marked", "no_class"],
)
def test_entry_point_must_name_a_module_of_its_own_name(installed: Installed, entry: str) -> None:
    installed.add("acme", entry)
    with pytest.raises(StartupError) as caught:
        installed_modules()
    assert "found_modules" in str(caught.value) or "Plain is not a module" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "target", ["no_such_package:First", "found_modules:Missing"], ids=["package", "attribute"]
)
def test_module_that_cannot_be_imported_names_its_distribution(
    installed: Installed, target: str
) -> None:
    installed.add("acme", f"first = {target}")
    with pytest.raises(StartupError, match="of acme cannot be imported") as caught:
        installed_modules()
    assert caught.value.module == "first"
    assert caught.value.remedy == "repair or uninstall acme"


def test_mistake_in_a_declaration_is_shown_as_it_is(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_: object) -> type:
        @on_start
        def warm_up(self: object) -> None: ...  # type: ignore[type-var]  # the misuse under test

        return type("First", (), {"warm_up": warm_up})

    installed.add("acme", "first = found_modules:First")
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", load)
    with pytest.raises(StartupError, match="warm_up is not a coroutine function"):
        installed_modules()


def test_two_classes_of_one_name_are_refused() -> None:
    classes = [module(name="same")(type(name, (), {})) for name in ("One", "Two")]
    with pytest.raises(StartupError, match=r"One and .*Two are both the module 'same'"):
        specs_of(classes)


def test_the_same_class_twice_is_one_module() -> None:
    only = module(name="same")(type("One", (), {}))
    assert [spec.name for spec in specs_of([only, only])] == ["same"]
