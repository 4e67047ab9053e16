"""Typography: what is usual in a document, and so what stands out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from hyperspot.file_parser_builtin.domain.page_text import PLAIN_FACE, Face, Line, PageText

_SIZE_STEP: Final = 0.5  # sizes are compared in half points
_LARGER: Final = 1.15
_SMALLEST_BOLD: Final = 0.97  # of the usual size: bold lines below it are no headings
_MAX_LEVEL: Final = 6
_MAX_SPACING: Final = 1.5  # of the font size, from line to line inside a paragraph
_SPACING_STEP: Final = 0.05


@frozen
class Typography:
    """What is usual in a document.

    Attributes:
        size: Of the font that most characters have, in points.
        face: Its look.
        spacing: From baseline to baseline inside a paragraph, in font sizes.
        levels: Level of a heading by its size, and whether it is bold without being larger.
    """

    size: float
    face: Face
    spacing: float
    levels: dict[tuple[float, bool], int]

    @classmethod
    def of(cls, pages: Sequence[PageText]) -> Typography:
        """Return what is usual on *pages*."""
        characters: Counter[tuple[float, Face]] = Counter()
        for page in pages:
            for line in page.lines:
                if line.is_upright:
                    characters[rounded(line.size), line.face] += len(line.text)
        sizes: Counter[float] = Counter()
        for (size, _), count in characters.items():
            sizes[size] += count
        size = sizes.most_common(1)[0][0] if sizes else 0.0
        faces = {face: count for (at, face), count in characters.items() if at == size}
        face = max(faces, key=lambda face: faces[face], default=PLAIN_FACE)
        return cls(size, face, _usual_spacing(pages), _levels(characters, size, face))

    def level(self, lines: Sequence[Line]) -> int | None:
        """Return the level of the heading that *lines* look like; None if they look like text."""
        first = lines[0]
        size = rounded(first.size)
        if found := self.levels.get((size, False)):
            return found
        is_bold = all(line.face.is_bold and not line.runs for line in lines)
        return self.levels.get((size, True)) if is_bold else None


def rounded(size: float) -> float:
    """Return a font size as it is compared with others."""
    return round(size / _SIZE_STEP) * _SIZE_STEP


def _levels(
    characters: Iterable[tuple[float, Face]], usual: float, face: Face
) -> dict[tuple[float, bool], int]:
    looks = list(characters)
    larger = sorted({size for size, _ in looks if size > usual * _LARGER}, reverse=True)
    levels = {(size, False): min(rank, _MAX_LEVEL) for rank, size in enumerate(larger, 1)}
    if face.is_bold:
        return levels
    bold = {size for size, found in looks if found.is_bold and not found.is_fixed_width}
    beside = sorted(
        (s for s in bold if usual * _SMALLEST_BOLD <= s <= usual * _LARGER), reverse=True
    )
    for rank, size in enumerate(beside, len(larger) + 1):
        levels[size, True] = min(rank, _MAX_LEVEL)
    return levels


def _usual_spacing(pages: Sequence[PageText]) -> float:
    """Return the most common distance from line to line, in font sizes."""
    seen: Counter[int] = Counter()
    for page in pages:
        for above, below in pairwise(page.lines):
            down = (below.baseline - above.baseline) / max(below.size, 1.0)
            if _SPACING_STEP < down < 2 * _MAX_SPACING:
                seen[round(down / _SPACING_STEP)] += 1
    usual = seen.most_common(1)[0][0] * _SPACING_STEP if seen else _MAX_SPACING
    return min(max(usual, 1.0), _MAX_SPACING)
