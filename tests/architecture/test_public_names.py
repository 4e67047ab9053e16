"""A package's `__init__` is a table of contents: imports and a sorted `__all__` of described names."""

from __future__ import annotations

import ast

import pytest

from tests.source_tree import SourceFile, definition, imports, sources

PACKAGES = [pytest.param(source, id=source.module) for source in sources() if source.is_package]


def public_list(node: ast.stmt) -> ast.expr | None:
    """What ``__all__`` is set to, where *node* sets it."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id="__all__")])
            | ast.AnnAssign(target=ast.Name(id="__all__"))
        ):
            return node.value
        case _:
            return None


def public_names(source: SourceFile) -> list[str]:
    lists = [names for node in source.tree.body if (names := public_list(node)) is not None]
    return [name for names in lists for name in ast.literal_eval(names)]


def imported_names(source: SourceFile) -> dict[str, tuple[str, str]]:
    found = {here: (module, name) for module, name, here in imports(source)}
    return {here: origin for here, origin in found.items() if origin[0] != "__future__"}


@pytest.mark.parametrize("source", PACKAGES)
def test_package_holds_nothing_but_imports_and_its_public_list(source: SourceFile) -> None:
    rest = source.tree.body[1:] if ast.get_docstring(source.tree) else source.tree.body
    logic = [
        f"line {node.lineno}"
        for node in rest
        if not isinstance(node, ast.Import | ast.ImportFrom) and public_list(node) is None
    ]
    assert not logic, f"{source.module} does more than list names: {', '.join(logic)}"


@pytest.mark.parametrize("source", PACKAGES)
def test_public_list_is_sorted(source: SourceFile) -> None:
    assert public_names(source) == sorted(public_names(source))


@pytest.mark.parametrize("source", PACKAGES)
def test_public_list_is_what_the_package_imports(source: SourceFile) -> None:
    assert public_names(source) == sorted(imported_names(source))


@pytest.mark.parametrize("source", PACKAGES)
def test_public_names_are_described(source: SourceFile) -> None:
    defined = {
        here: definition(module, name) for here, (module, name) in imported_names(source).items()
    }
    silent = [
        name for name, node in defined.items() if node is not None and not ast.get_docstring(node)
    ]
    assert not silent, f"{source.module} exports names without a docstring: {', '.join(silent)}"
