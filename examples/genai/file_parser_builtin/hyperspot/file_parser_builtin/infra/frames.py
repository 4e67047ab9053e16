"""Frames on a pipe: how long, of what kind, and the bytes."""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = struct.Struct(">IB")
"""Length of the bytes that follow, and their kind."""

WALLS, DATA, END, TAKEN = 0, 1, 2, 5
"""Kinds of frames of a reader process: the walls that it cannot put up, bytes that its child wrote, how that ended; and
before those two, that it has taken a job.
"""

PROGRESS, OUTCOME = 3, 4
"""Kinds of the frames of a child."""

PROGRESS_EVERY_S: Final = 0.1
"""How often a child says at most how far it is."""


def frame(kind: int, data: bytes) -> bytes:
    """Return a frame."""
    return HEAD.pack(len(data), kind) + data
