"""``${VAR}`` inside values of files, and ``file:`` in front of secrets.

``${VAR}`` takes the environment variable, ``${VAR:-other}`` has a text for when it is not set, ``$${`` is
a plain ``${``. Only files are expanded; values of the environment and the command line are final.
``file:`` is followed in ``Secret`` fields only, so that a URL stays a URL.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

MAX_SECRET_BYTES: Final = 64 * 1024
FILE_PREFIX: Final = "file:"

_REFERENCE = re.compile(
    r"(?P<escape>\$\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<other>[^}]*))?\}|(?P<bad>\$\{)"
)


class ReferenceUnresolved(ValueError):
    """A reference leads nowhere; the message says which and what to do, never what was read."""


def has_reference(text: str) -> bool:
    """Whether :func:`expand` would change or refuse *text*."""
    return "${" in text


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Fill in the references of *text*; what is filled in is not expanded again.

    Raises:
        ReferenceUnresolved: A variable is not set and has no other text, or ``${`` starts no reference.

    Example:
        >>> expand("http://${HOST:-localhost}:${PORT}/$${id}", {"PORT": "80"})
        'http://localhost:80/${id}'
    """

    def value(found: re.Match[str]) -> str:
        name: str = found["name"]
        if found["escape"]:
            return "${"
        if found["bad"]:
            raise ReferenceUnresolved(
                "${ starts no reference; write ${NAME} or ${NAME:-other}, or $${ for a plain ${"
            )
        other: str | None = found["other"]
        given = environ.get(name, other)
        if given is None:
            raise ReferenceUnresolved(
                f"the environment variable {name} is not set; set it, or write ${{{name}:-other}}"
            )
        return given

    return _REFERENCE.sub(value, text)


def escape(text: str) -> str:
    """Return a text which :func:`expand` turns into *text*."""
    return text.replace("${", "$${")


def read_secret(reference: str, folder: Path | None) -> str:
    """Return the text of the file that ``file:path`` names, without one newline at its end.

    Args:
        reference: ``file:`` and a path.
        folder: Where a relative path starts; None is the working directory.

    Raises:
        ReferenceUnresolved: No such regular file, not readable, over 64 KiB, or not UTF-8.
    """
    path = (folder or Path()) / reference.removeprefix(FILE_PREFIX)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block the start
            raise ReferenceUnresolved(f"{path} is not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ReferenceUnresolved):
            raise
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise ReferenceUnresolved(f"cannot read the secret from {path}: {reason}") from error
    if len(content) > MAX_SECRET_BYTES:
        raise ReferenceUnresolved(f"{path} is larger than {MAX_SECRET_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # The cause would show bytes of the secret in a traceback.
        raise ReferenceUnresolved(f"{path} is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")
