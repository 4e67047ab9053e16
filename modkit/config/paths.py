"""Dotted paths of configuration keys, such as ``modules.rag.config.limit``."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

Keys: TypeAlias = tuple[str | int, ...]

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_STEP = re.compile(r'\.?(?P<name>[A-Za-z0-9_-]+)|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]')


def dotted(keys: Keys) -> str:
    """Write *keys* as a path; a position is ``[0]`` and an unusual key ``["a.b"]``.

    Example:
        >>> dotted(("logging", "loggers", "uvicorn.access", "levels", 0))
        'logging.loggers["uvicorn.access"].levels[0]'
    """
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        elif _NAME.fullmatch(key):
            path += f".{key}" if path else key
        else:
            path += f"[{json.dumps(key)}]"
    return path


def split_path(path: str) -> tuple[str, ...]:
    """Read a path of keys back; positions are refused, since lists are only replaced as a whole.

    Raises:
        ValueError: *path* is empty or not a path.
    """
    keys: list[str] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        dot_is_expected = bool(keys) and path[position] != "["
        if step is None or (path[position] == ".") != dot_is_expected:
            raise ValueError(
                f'{path!r} is not a path of keys such as server.port or loggers["a.b"]'
            )
        name: str | None = step["name"]
        keys.append(json.loads(step["quoted"]) if name is None else name)
        position = step.end()
    if not keys:
        raise ValueError("the path of the key is empty")
    return tuple(keys)
