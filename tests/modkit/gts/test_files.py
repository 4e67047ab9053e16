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
    (tmp_path / "d.jsonc").write_text('[\n// a list\n{"id": "5"},]')
    found = list(read_files(tmp_path, tmp_path / "c.gts"))
    assert [(one.path.name, one.content["id"]) for one in found] == [
        ("a.yaml", "3"),
        ("b.json", "1"),
        ("b.json", "2"),
        ("c.gts", "4"),
        ("d.jsonc", "5"),
        ("c.gts", "4"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "Expecting property name"),
        ("a.json", "[1]", "an object is wanted, not 1"),
        ("a.json", "[{},\n 1]", "a.json:2: an object is wanted, not 1"),
        ("a.json", b"\n\xff", "line 2 is not UTF-8"),
        ("a.yaml", "a: 1\nb: [", "line 3 column 1"),
        ("a.yaml", "", "an object is wanted, not None"),
        ("a.yaml", "a: 1\na: 2", "line 2 column"),
        ("a.yaml", "!!python/object:os.system {}", "line 1 column 1"),
        ("a.jsonc", '{// a\n"b": 1 /*', "comment that begins in line 2 does not end"),
        ("a.jsonc", '{// a\n"b": x}', "line 2 column 6"),
        ("a.json", '{"a": 1, "a": 2}', "the name 'a' stands twice in one object"),
    ],
)
def test_unreadable_file_is_named(
    tmp_path: Path, name: str, text: str | bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UnreadableDocument) as refused:
        list(read_files(tmp_path))
    assert name in refused.value.reason
    assert reason in refused.value.reason


def test_object_is_wanted() -> None:
    assert read_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(UnreadableDocument, match="an object is wanted, and this is list"):
        read_object("[]")


def test_every_document_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\n[ {"id": 1}\n,{"id": [2,\n2]},\n\n{"id": 3}]')
    (tmp_path / "b.yaml").write_text("- id: 1\n\n- id: &two 2\n  same: *two\n")
    (tmp_path / "c.json").write_text('\n\n{"id": "2026-01-01"}')
    (tmp_path / "d.yaml").write_text("\nid: 2026-01-01\n")
    found = [(one.path.name, one.line) for one in read_files(tmp_path)]
    assert found == [
        ("a.json", 2),
        ("a.json", 3),
        ("a.json", 6),
        ("b.yaml", 1),
        ("b.yaml", 3),
        ("c.json", 3),
        ("d.yaml", 2),
    ]
    dates = [one.content["id"] for one in read_files(tmp_path / "c.json", tmp_path / "d.yaml")]
    assert dates == ["2026-01-01", "2026-01-01"]


def test_aliases_cost_what_they_stand_for(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    with pytest.raises(UnreadableDocument, match=r"bomb\.yaml: line"):
        list(read_files(tmp_path))
