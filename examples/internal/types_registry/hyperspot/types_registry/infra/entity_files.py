"""Types and instances in files, read at the start."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from modkit.gts.documents import UnreadableDocument
from modkit.gts.files import FiledDocument, read_files
from modkit.startup_error import Phase, StartupError

_SETTING = "modules.types_registry.config.paths"


def read_entity_files(paths: Iterable[str]) -> tuple[FiledDocument, ...]:
    """Return every document in the files and folders *paths*.

    Raises:
        StartupError: One of them is not there or cannot be read; the message names the file.
    """
    try:
        return tuple(read_files(*map(Path, paths)))
    except (OSError, UnreadableDocument) as error:
        raise StartupError(
            Phase.INIT, str(error), remedy=f"mend it, or take it out of {_SETTING}"
        ) from error
