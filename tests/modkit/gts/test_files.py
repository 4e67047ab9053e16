"""Documents in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from modkit.gts.documents import UnreadableDocument, read_object
from modkit.gts.files import read_files


def test_files_and_folders_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('[{"id": "1"}, {"id": "2"}]')
    (tmp_path / "a.yaml").write_text("id: '3'\nlist: [1, 2]\n")
    (tmp_path / "c.gts").write_text('{"id": "4"}')
    (tmp_path / "readme.md").write_text("no document")
    found = list(read_files(tmp_path, tmp_path / "c.gts"))
    assert [(one.path.name, one.content["id"]) for one in found] == [
        ("a.yaml", "3"),
        ("b.json", "1"),
        ("b.json", "2"),
        ("c.gts", "4"),
        ("c.gts", "4"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "Expecting property name"),
        ("a.json", "[1]", "an object is wanted, not 1"),
        ("a.yaml", "a: [", "expected the node content"),
        ("a.yaml", "!!python/object:os.system {}", "could not determine a constructor"),
        ("a.json", '{"a": 1, "a": 2}', "the name 'a' stands twice in one object"),
    ],
)
def test_unreadable_file_is_named(tmp_path: Path, name: str, text: str, reason: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnreadableDocument) as refused:
        list(read_files(tmp_path))
    assert name in refused.value.reason
    assert reason in refused.value.reason


def test_object_is_wanted() -> None:
    assert read_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(UnreadableDocument, match="an object is wanted, and this is list"):
        read_object("[]")
