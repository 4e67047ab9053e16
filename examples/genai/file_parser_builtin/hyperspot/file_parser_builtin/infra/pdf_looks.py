"""Looks inside a line of a PDF: where the font changes, and what leads to an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from hyperspot.file_parser_builtin.domain.page_text import Face, Run
from hyperspot.file_parser_builtin.infra.pdf_objects import PageObjects
from hyperspot.file_parser_builtin.infra.pdf_text_page import Rectangle, TextPage

_WORD: Final = re.compile(r"\S+")


@frozen
class LinkArea:
    """A rectangle on the page, as shown, that leads to an address."""

    box: Rectangle
    target: str

    def covers(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a line with this box is, at least in part, in the area."""
        middle = (top + bottom) / 2
        return self.box[1] <= middle <= self.box[3] and self.box[0] < right and self.box[2] > left


@frozen
class Looks:
    """Finds the looks inside the lines of one page."""

    _page: TextPage
    _objects: PageObjects

    def runs(
        self, text: str, start: int, ends: tuple[int, int], links: Sequence[LinkArea]
    ) -> list[Run]:
        """Return the looks in a line of several; none if it has only one.

        Args:
            text: The line.
            start: Where it begins in the text of the page.
            ends: Places in the order of drawing of its first and its last text object.
            links: Areas that cover a part of it.
        """
        cuts = {0: self._objects.faces[ends[0]]}
        self._find_changes(start, (0, ends[0]), (len(text) - 1, ends[1]), cuts)
        areas = [area for link in links if (area := self._linked(text, start, link))]
        for begin, end, _ in areas:
            for at in (begin, end):
                if at < len(text) and at not in cuts:
                    cuts[at] = cuts[max(cut for cut in cuts if cut < at)]
        runs: list[Run] = []
        for begin, end in pairwise([*sorted(cuts), len(text)]):
            target = next((target for left, right, target in areas if left <= begin < right), "")
            if runs and runs[-1].face is cuts[begin] and runs[-1].target == target:
                runs[-1].text += text[begin:end]
            else:
                runs.append(Run(text[begin:end], cuts[begin], target))
        return runs if len(runs) > 1 or runs[0].target else []

    def _find_changes(
        self, start: int, low: tuple[int, int], high: tuple[int, int], cuts: dict[int, Face]
    ) -> None:
        """Add where the look changes between two characters, each given as its offset and its object's place.

        What stands on a line is drawn in its order, so where no look has changed from one object to another one, it
        is the same in between.
        """
        changes, places, object_at = (
            self._objects.changes,
            self._objects.places,
            self._page.object_at,
        )
        pending = [(*low, *high)]
        while pending:
            begin, first, end, last = pending.pop()
            if changes[first] == changes[last]:
                continue
            at = (begin + end) // 2
            place = first
            while at > begin and (place := places.get(object_at(start + at), -1)) < 0:
                at -= 1  # a space that the library has added is in no object
            if at <= begin:
                # Nothing but such spaces up to the middle: look behind it.
                at = (begin + end) // 2 + 1
                while at < end and (place := places.get(object_at(start + at), -1)) < 0:
                    at += 1
            if at >= end:
                cuts[end] = self._objects.faces[last]
                continue
            pending += [(begin, first, at, place), (at, place, end, last)]

    def _linked(self, text: str, start: int, link: LinkArea) -> tuple[int, int, str] | None:
        """Return from where to where a line leads to an address."""
        left, _, right, _ = link.box
        sides = self._page.sides
        inside: list[int] = []
        for word in _WORD.finditer(text):
            ends = sides(start + word.start()), sides(start + word.end() - 1)
            if min(ends)[0] < right and max(ends)[1] > left:
                inside += [
                    at for at in range(*word.span()) if left <= sum(sides(start + at)) / 2 <= right
                ]
        return (inside[0], inside[-1] + 1, link.target) if inside else None
