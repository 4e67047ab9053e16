"""Types and instances in files: JSON and YAML, one document or a list of them in each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from modkit.gts.documents import UnreadableDocument, read_json
from modkit.gts.json_kinds import is_array, is_object

JSON_SUFFIXES: Final = frozenset({".gts", ".json"})
YAML_SUFFIXES: Final = frozenset({".yaml", ".yml"})


@frozen
class FiledDocument:
    """A document and where it was found.

    Attributes:
        path: The file.
        content: The document.
    """

    path: Path
    content: dict[str, Any]


def read_files(*paths: Path) -> Iterator[FiledDocument]:
    """Yield every document in the files *paths*, and in those of folders among them by path.

    Raises:
        UnreadableDocument: A file is no JSON or YAML, or holds something else than objects; the file is named.
        OSError: A file cannot be read.
    """
    for path in paths:
        for file in _files(path):
            value = _read(file)
            for one in value if is_array(value) else [value]:
                if not is_object(one):
                    raise UnreadableDocument(f"{file}: an object is wanted, not {one!r:.40}")
                yield FiledDocument(file, one)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    wanted = JSON_SUFFIXES | YAML_SUFFIXES
    yield from sorted(one for one in path.rglob("*") if one.suffix in wanted and one.is_file())


def _read(file: Path) -> Any:
    text = file.read_bytes()
    try:
        return _read_yaml(text) if file.suffix in YAML_SUFFIXES else read_json(text)
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{file}: {error.reason}") from error


def _read_yaml(text: bytes) -> Any:
    import yaml  # noqa: PLC0415 - only files in this format need it

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableDocument(" ".join(str(error).split())[:200]) from error
