"""What a platform tells the person who started it, once it is ready."""

from __future__ import annotations

from attrs import frozen


@frozen
class Announcement:
    """One line of it, such as ``API docs  http://127.0.0.1:8087/docs``."""

    label: str
    text: str


class Announcements:
    """Collects announcements; given to modules as a resource."""

    def __init__(self) -> None:
        self._items: dict[str, Announcement] = {}

    def add(self, label: str, text: str) -> None:
        """Announce *text* under *label*, in place of what that label said before."""
        self._items[label] = Announcement(label, text)

    def all(self) -> tuple[Announcement, ...]:
        """Return all announcements in the order they were first made."""
        return tuple(self._items.values())
