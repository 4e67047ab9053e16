"""Revisions of a module's tables: alembic files in a folder of its package, and the table that remembers them."""

from __future__ import annotations

from hashlib import blake2s
from pathlib import Path
from types import ModuleType
from typing import Final

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from attrs import frozen

from modkit.startup_error import Phase, StartupError

HISTORY_PREFIX: Final = "modkit_migrations__"
_MAX_IDENTIFIER: Final = 63  # of PostgreSQL; MariaDB has 64


@frozen
class Revisions:
    """The revision files of one module, in one line from the first to the newest.

    Attributes:
        module: Name of the module.
        script: The files.
    """

    module: str
    script: ScriptDirectory

    @classmethod
    def read(cls, module: str, place: ModuleType | Path) -> Revisions:
        """Read the files of *module* in *place*, a package or a folder.

        Raises:
            StartupError: There is no such folder, a file cannot be read, or the revisions are no single line.
        """
        folder = _folder(place)
        if not folder.is_dir():
            raise StartupError(
                Phase.MIGRATE,
                f"there is no folder of migrations {folder}",
                remedy="create it, or correct `migrations` of the module's class",
                module=module,
            )
        script = ScriptDirectory(folder, version_locations=[folder])
        try:
            heads, bases = script.get_heads(), script.get_bases()
        except Exception as error:  # a revision file is code: it can raise anything
            raise StartupError(
                Phase.MIGRATE,
                f"the revisions in {folder} cannot be read: {error!r}",
                remedy="each file sets revision and down_revision, and defines upgrade()",
                module=module,
            ) from error
        if max(len(heads), len(bases)) > 1:
            raise StartupError(
                Phase.MIGRATE,
                f"the revisions in {folder} are several lines, which end in {', '.join(sorted(heads))}",
                remedy="let each file name the one before it as down_revision",
                module=module,
            )
        return cls(module, script)

    @property
    def history_table(self) -> str:
        """Name of the table that remembers which revision the database has."""
        return history_table(self.module)

    def after(self, current: str | None) -> tuple[Script, ...]:
        """Return the revisions that follow *current*, oldest first; all of them if it is None.

        Raises:
            StartupError: There is no file of *current*: a newer version of the module has been here.
        """
        newest = self.script.get_current_head()
        if newest is None and current is None:
            return ()
        try:
            found = list(self.script.iterate_revisions(newest, current or "base"))
        except (CommandError, RevisionError) as error:
            raise StartupError(
                Phase.MIGRATE,
                f"the tables are at revision {current!r}, of which there is no file",
                remedy="a newer version was here: install it, or restore a backup",
                module=self.module,
            ) from error
        return tuple(reversed(found))


def history_table(module: str) -> str:
    """Return the name of the table that remembers which revision the tables of *module* have.

    Example:
        >>> history_table("rag")
        'modkit_migrations__rag'
    """
    name = f"{HISTORY_PREFIX}{module}"
    if len(name) <= _MAX_IDENTIFIER:
        return name
    mark = blake2s(module.encode(), digest_size=4).hexdigest()
    return f"{name[: _MAX_IDENTIFIER - len(mark) - 2]}__{mark}"


def _folder(place: ModuleType | Path) -> Path:
    return Path(next(iter(place.__path__))) if isinstance(place, ModuleType) else place
