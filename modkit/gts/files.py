"""Types and instances in files: JSON, JSON with comments and YAML, one document or a list of them in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from modkit.gts.documents import UnreadableDocument
from modkit.gts.json_kinds import is_object
from modkit.gts.jsonc import json_of
from modkit.gts.located import Located, in_json, in_yaml

MOST_FILE_BYTES: Final = 64 * 1024**2


def _in_jsonc(text: str) -> Iterator[Located]:
    return in_json(json_of(text))


_READERS: Final[dict[str, Callable[[str], Iterator[Located]]]] = {
    ".gts": in_json,
    ".json": in_json,
    ".jsonc": _in_jsonc,
    ".yaml": in_yaml,
    ".yml": in_yaml,
}


@frozen
class FiledDocument:
    """A document and where it was found.

    Attributes:
        path: The file.
        content: The document.
        line: The line where it begins, counted from 1.
    """

    path: Path
    content: dict[str, Any]
    line: int = 1

    @property
    def place(self) -> str:
        """File and line, such as ``types/order.json:12``."""
        return f"{self.path}:{self.line}"


def read_files(*paths: Path) -> Iterator[FiledDocument]:
    """Yield every document in the files *paths*, and in those of folders among them by path.

    Files of folders are read by their ending, ``.json``, ``.gts``, ``.jsonc``, ``.yaml`` or ``.yml``; a file that is
    named is JSON where it has another.

    Raises:
        UnreadableDocument: A file is none of these, is larger than 64 MiB, or holds something else than objects; the
            file is named.
        OSError: A file cannot be read.
    """
    for path in paths:
        for file in _files(path):
            for one in _documents(file):
                if not is_object(one.value):
                    raise UnreadableDocument(
                        f"{file}:{one.line}: an object is wanted, not {one.value!r:.40}"
                    )
                yield FiledDocument(file, one.value, one.line)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted(one for one in path.rglob("*") if one.suffix in _READERS and one.is_file())


def _documents(file: Path) -> list[Located]:
    try:
        return list(_READERS.get(file.suffix, in_json)(_text(file)))
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{file}: {error.reason}") from error


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(MOST_FILE_BYTES + 1)
    if len(data) > MOST_FILE_BYTES:
        raise UnreadableDocument(f"it has more than {MOST_FILE_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableDocument(f"line {line} is not UTF-8 text") from error
