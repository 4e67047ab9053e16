"""PageFrame: from the coordinates of a page of a PDF to those of the page as it is shown."""

from __future__ import annotations

from typing import Final

from attrs import frozen

_HALF: Final = 2  # of a turn, in quarters


@frozen
class PageFrame:
    """What is visible of a page, and how often it is turned.

    A page counts upwards from its lower left corner, and may be cut and turned to be shown; places count downwards from
    the upper left corner of what is seen.

    Attributes:
        left, bottom, right, top: What is visible, in the page's own coordinates.
        quarters: Turns of 90 degrees, clockwise, 0 to 3.

    Example:
        >>> PageFrame(0, 0, 600, 800, 0).shown(10, 20, 30, 50)
        (10, 750, 30, 780)
        >>> PageFrame(0, 0, 600, 800, 1).shown(10, 20, 30, 50)
        (20, 10, 50, 30)
    """

    left: float
    bottom: float
    right: float
    top: float
    quarters: int = 0

    @property
    def height(self) -> float:
        """Height of the page as it is shown."""
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def shown(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Return the left, top, right and bottom of a rectangle as it is shown."""
        if not self.quarters:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if self.quarters == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.quarters == _HALF:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left

    def is_upright(self, x: float, y: float) -> bool:
        """Whether text that runs in the direction *x*, *y* of the page is horizontal, and not upside down, as shown."""
        for _ in range(self.quarters):
            x, y = y, -x
        return x > 0 and abs(y) < x / 4
