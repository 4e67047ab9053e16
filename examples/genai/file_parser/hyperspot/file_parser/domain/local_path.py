"""Which paths callers may name, by their text alone: nothing here looks at the file system."""

from __future__ import annotations

from pathlib import PurePosixPath

from hyperspot.file_parser.contract.errors import PathNotAllowed


def names_below(base: PurePosixPath, path: str) -> tuple[str, ...]:
    """Return the names that lead from the folder *base* to *path*, which is absolute or relative to it.

    Raises:
        PathNotAllowed: It leads elsewhere, goes up with ``..`` or has characters that no name has.

    Example:
        >>> names_below(PurePosixPath("/srv/in"), "/srv/in/a/./b.txt")
        ('a', 'b.txt')
    """
    if "\0" in path or any("\ud800" <= character <= "\udfff" for character in path):
        raise PathNotAllowed(path)
    names = PurePosixPath(path).parts
    if names[:1] and names[0].startswith("/"):
        if names[: len(base.parts)] != base.parts:
            raise PathNotAllowed(path)
        names = names[len(base.parts) :]
    if ".." in names:
        raise PathNotAllowed(path)
    return names
