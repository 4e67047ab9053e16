"""The sources as files: libraries, example packages and pages, for tests about the tree itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).resolve().parent.parent
LIBRARIES: Final = ("modkit", "modkit_auth", "modkit_db", "modkit_errors")
PLATFORM: Final = ROOT / "examples" / "platform"
GENERATED: Final = {"__pycache__", "build", "dist", "node_modules"}


@frozen(kw_only=True)
class SourceFile:
    """One Python file of a library or of an example package.

    Attributes:
        path: Where it is.
        module: Its dotted name, such as ``hyperspot.rag.domain.service``; of a package for an ``__init__.py``.
    """

    path: Path
    module: str

    @property
    def is_package(self) -> bool:
        """Whether this is the ``__init__.py`` of a package."""
        return self.path.name == "__init__.py"

    @property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return parsed(self.path)


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def example_folders() -> list[Path]:
    """Folders of the example packages: ``examples/<group>/<name>`` and ``examples/platform``."""
    named = (folder for folder in ROOT.glob("examples/*/*") if folder.parent != PLATFORM)
    return [folder for folder in (*sorted(named), PLATFORM) if any(folder.glob("*"))]


def files(*suffixes: str) -> list[Path]:
    """All files of the project with one of these endings, without hidden, installed and generated ones."""
    return sorted(path for path in _walk(ROOT) if path.name.endswith(suffixes))


@cache
def sources() -> tuple[SourceFile, ...]:
    """All Python files of libraries and example packages, without their tests."""
    roots = [(ROOT, ROOT / library) for library in LIBRARIES]
    roots += [(folder, folder / "hyperspot") for folder in example_folders()]
    found = ((base, path) for base, root in roots for path in _walk(root) if path.suffix == ".py")
    return tuple(
        SourceFile(path=path, module=_module_name(path.relative_to(base)))
        for base, path in sorted(found)
    )


def shown(path: Path) -> str:
    """The path as a person sees it: relative to the project, with slashes."""
    return path.relative_to(ROOT).as_posix()


def imports(source: SourceFile) -> Iterator[tuple[str, str, str]]:
    """What a file imports, wherever in it: (module, name or empty, name that it gets here)."""
    package = source.module if source.is_package else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, alias.name, alias.asname or alias.name) for alias in node.names)


def definition(
    module: str, name: str
) -> ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The class or function of ours behind a name, followed through re-exports; None for all else."""
    source = next((source for source in sources() if source.module == module), None)
    if source is None:
        return None
    for node in source.tree.body:
        if (
            isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == name
        ):
            return node
    found = (
        definition(origin, original)
        for origin, original, here in imports(source)
        if original and here == name
    )
    return next((node for node in found if node is not None), None)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if not hidden and path.name not in GENERATED and shown(path) != "docs/reference":
                yield from _walk(path)
        else:
            yield path


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
