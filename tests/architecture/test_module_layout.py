"""Every example package has the same shape, so that who knows one module knows all."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.source_tree import PLATFORM, ROOT, definition, example_folders, shown

LAYERS = {"contract", "domain", "api", "infra"}
ALLOWED = LAYERS | {"__init__.py", "py.typed", "module.py", "config.py", "testing.py", "testing"}
NAMES = {folder.name for folder in example_folders()}
EXAMPLES = [pytest.param(folder, id=shown(folder)) for folder in example_folders()]
MODULES = [
    pytest.param(folder, id=shown(folder)) for folder in example_folders() if folder != PLATFORM
]
WORKERS = [
    pytest.param(folder, id=shown(folder))
    for folder in example_folders()
    if any(folder.name.startswith(f"{gateway}_") for gateway in NAMES)
]


def project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "__pycache__"}


@pytest.mark.parametrize("folder", EXAMPLES)
def test_example_is_a_described_package(folder: Path) -> None:
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "hyperspot", "tests"} <= entries(folder)


@pytest.mark.parametrize("folder", EXAMPLES)
def test_namespace_holds_one_typed_package_named_after_the_folder(folder: Path) -> None:
    assert entries(folder / "hyperspot") == {folder.name}
    assert {"__init__.py", "py.typed"} <= entries(folder / "hyperspot" / folder.name)


@pytest.mark.parametrize("folder", EXAMPLES)
def test_distribution_is_named_and_licensed_like_its_neighbours(folder: Path) -> None:
    metadata = project(folder)["project"]
    assert metadata["name"] == f"hyperspot-{folder.name.replace('_', '-')}"
    assert metadata["license"] == "Apache-2.0"
    assert metadata["requires-python"] == ">=3.11"
    assert any(requirement.startswith("hyperspot-") for requirement in metadata["dependencies"])
    assert project(folder)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [
        "hyperspot"
    ]


@pytest.mark.parametrize("folder", MODULES)
def test_module_has_only_the_known_layers(folder: Path) -> None:
    assert entries(folder / "hyperspot" / folder.name) <= ALLOWED


@pytest.mark.parametrize("folder", MODULES)
def test_module_starts_from_its_composition_root(folder: Path) -> None:
    assert {"module.py", "__init__.py"} <= entries(folder / "hyperspot" / folder.name)


@pytest.mark.parametrize("folder", WORKERS)
def test_worker_has_no_face_of_its_own(folder: Path) -> None:
    assert not {"api", "contract"} & entries(folder / "hyperspot" / folder.name)


@pytest.mark.parametrize("folder", MODULES)
def test_entry_point_names_a_class_that_exists(folder: Path) -> None:
    points = project(folder)["project"]["entry-points"]["modkit.modules"]
    assert list(points) == [folder.name]
    module, _, name = points[folder.name].partition(":")
    assert module == f"hyperspot.{folder.name}"
    assert isinstance(definition(module, name), ast.ClassDef)


@pytest.mark.parametrize("folder", EXAMPLES)
def test_first_line_of_the_readme_says_what_is_shown(folder: Path) -> None:
    first = (folder / "README.md").read_text(encoding="utf-8").partition("\n")[0]
    assert len(first.removeprefix("# ").split()) > 3, f"{first!r} names no technique"


@pytest.mark.parametrize("folder", EXAMPLES)
def test_table_of_examples_links_to_it(folder: Path) -> None:
    table = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert f"]({folder.relative_to(ROOT / 'examples').as_posix()}/README.md)" in table


def test_mypy_knows_every_example() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"][
        "mypy_path"
    ]
    folders = {f"$MYPY_CONFIG_FILE_DIR/{shown(folder)}" for folder in example_folders()}
    packages = {
        f"$MYPY_CONFIG_FILE_DIR/{shown(file.parent)}"
        for file in (ROOT / "docs" / "snippets").glob("*/pyproject.toml")
    }
    assert set(listed) == {"$MYPY_CONFIG_FILE_DIR", *packages, *folders}
