"""One idea per file and per function, as far as size can tell."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest

from tests.source_tree import ROOT, files, parsed, shown, sources

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 70
OWN = [source.path for source in sources()] + [
    path for path in files(".py") if path.parent in (ROOT, ROOT / ".ci")
]
SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(path: Path) -> set[int]:
    """Numbers of the lines that hold code: neither blank, nor comment, nor docstring."""
    text = path.read_text(encoding="utf-8")
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(parsed(path)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            lines.difference_update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


def test_code_lines_leave_out_blanks_comments_and_docstrings(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(
        '"""Title.\n\nMore."""\n\n# why\nx = (\n    1,\n)\n\ndef f():\n    """Say."""\n    return x\n'
    )
    assert code_lines(file) == {6, 7, 8, 10, 12}


def test_no_file_holds_a_second_idea() -> None:
    sizes = sorted(((len(code_lines(path)), shown(path)) for path in OWN), reverse=True)
    largest = "\n".join(f"{size:5} {name}" for size, name in sizes[:10])
    assert sizes[0][0] <= MOST_LINES_OF_A_FILE, f"code lines of the largest files:\n{largest}"


@pytest.mark.parametrize("path", [pytest.param(path, id=shown(path)) for path in OWN])
def test_functions_fit_on_a_screen(path: Path) -> None:
    code = code_lines(path)
    functions = (
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = {
        node.name: len(code & set(range(node.lineno, (node.end_lineno or 0) + 1)))
        for node in functions
    }
    long = {name: size for name, size in sizes.items() if size > MOST_LINES_OF_A_FUNCTION}
    assert not long, f"more than {MOST_LINES_OF_A_FUNCTION} code lines: {long}"
