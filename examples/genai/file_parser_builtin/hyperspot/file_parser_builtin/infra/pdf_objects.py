"""What is drawn on a page of a PDF: which text objects there are in which font, straight lines, and images."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from attrs import define, field

from hyperspot.file_parser_builtin.domain.page_text import PLAIN_FACE, Face, face
from hyperspot.file_parser_builtin.infra import pdf_calls as calls

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5  # FPDF_PAGEOBJ_*
_MOVE, _LINE, _CURVE = 2, 0, 1  # FPDF_SEGMENT_*
_MAX_OBJECTS: Final = 100_000
_MAX_PATHS: Final = 4_000  # beyond it the page is a drawing, and its lines are no table
_MAX_SEGMENTS: Final = 2_000
_MAX_FORM_DEPTH: Final = 4
_MAX_RULE_WIDTH: Final = 2.5
_MIN_RULE_LENGTH: Final = 6.0
_MIN_IMAGE_SIDE: Final = 12.0
_MAX_IMAGES: Final = 200  # more are the pieces of one picture
_FIXED_FLAG, _ITALIC_FLAG, _BOLD_FLAG = 1, 1 << 6, 1 << 18  # ISO 32000-1, table 123
_BOLD_WEIGHT: Final = 600
_BOLD: Final = re.compile(
    r"bold|black|heavy|demi|\+?CM(?:B|SSB)|NimbusSanL-Bold|SFBX|-Medi\b", re.IGNORECASE
)
_ITALIC: Final = re.compile(r"ital|obli|slant|\+?CM(?:TI|SL|MI)\d|SFTI|SFSL", re.IGNORECASE)
_FIXED: Final = re.compile(
    r"courier|mono|consol|typewriter|fixed|menlo|CM(?:TT|SLTT|ITT)|SFTT|inconsolata|nimbusmon",
    re.IGNORECASE,
)
_NAME_BYTES: Final = 128

Rectangle: TypeAlias = tuple[float, float, float, float]
"""left, bottom, right, top in the page's own coordinates"""


@define
class PageObjects:
    """What is drawn on a page.

    Attributes:
        places: By address of a text object its place in the order of drawing.
        changes: For each place, how often the look has changed up to there.
        faces: By place.
        rules: Horizontal and vertical lines.
        images: Of visible size.
    """

    places: dict[int | None, int] = field(factory=dict[int | None, int])
    changes: list[int] = field(factory=list[int])
    faces: list[Face] = field(factory=list[Face])
    rules: list[Rectangle] = field(factory=list[Rectangle])
    images: list[Rectangle] = field(factory=list[Rectangle])


def page_objects(page: int) -> PageObjects:
    """Return what is drawn on the page at the address *page*."""
    found = PageObjects()
    places, changes, face_list = found.places, found.changes, found.faces
    faces: dict[int, Face] = {}
    paths = 0
    change, last_font, look = 0, 0, PLAIN_FACE
    font_of = calls.object_font
    for item, kind in _objects(page):
        if kind == _TEXT:
            font = font_of(item)
            if font != last_font:
                last_font = font
                if font not in faces:
                    faces[font] = _face(font)
                if faces[font] is not look:
                    look = faces[font]
                    change += 1
            places[item] = len(changes)
            changes.append(change)
            face_list.append(look)
        elif kind == _PATH:
            paths += 1
            if paths <= _MAX_PATHS:
                _add_rules(item, found.rules)
        elif kind == _IMAGE and (box := _bounds(item)) and _is_visible(box):
            found.images.append(box)
    if paths > _MAX_PATHS:
        found.rules.clear()
    del found.images[_MAX_IMAGES:]
    return found


def _is_visible(image: Rectangle) -> bool:
    left, bottom, right, top = image
    return right - left >= _MIN_IMAGE_SIDE and top - bottom >= _MIN_IMAGE_SIDE


def _objects(page: int) -> Iterator[tuple[int, int]]:
    """Yield the objects of a page with their kinds."""
    get_object, kind_of = calls.get_object, calls.object_type
    for number in range(min(calls.count_objects(page), _MAX_OBJECTS)):
        item = get_object(page, number)
        kind = kind_of(item)
        yield item, kind
        if kind == _FORM:
            yield from _form_objects(item, 1)


def _form_objects(form: int, depth: int) -> Iterator[tuple[int, int]]:
    for number in range(min(calls.count_form_objects(form), _MAX_OBJECTS)):
        item = calls.get_form_object(form, number)
        # What a form draws is in its own coordinates, so only its text is of use.
        kind = calls.object_type(item)
        if kind == _TEXT:
            yield item, kind
        elif kind == _FORM and depth < _MAX_FORM_DEPTH:
            yield from _form_objects(item, depth + 1)


def _face(font: int) -> Face:
    if not font:
        return PLAIN_FACE
    buffer = ctypes.create_string_buffer(_NAME_BYTES)
    length = calls.font_name(font, ctypes.addressof(buffer), _NAME_BYTES)
    name = buffer.value.decode("utf-8", "replace") if 0 < length <= _NAME_BYTES else ""
    flags = max(calls.font_flags(font), 0)
    return face(
        is_bold=bool(flags & _BOLD_FLAG or _BOLD.search(name))
        or calls.font_weight(font) > _BOLD_WEIGHT,
        is_italic=bool(flags & _ITALIC_FLAG or _ITALIC.search(name)),
        is_fixed_width=bool(flags & _FIXED_FLAG or _FIXED.search(name)),
    )


def _bounds(item: int) -> Rectangle | None:
    box = (ctypes.c_float * 4)()
    at = ctypes.addressof(box)
    if not calls.object_bounds(item, at, at + 4, at + 8, at + 12):
        return None
    left, bottom, right, top = box
    return left, bottom, right, top


def _add_rules(path: int, rules: list[Rectangle]) -> None:
    box = _bounds(path)
    if box is None:
        return
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if width < _MIN_RULE_LENGTH and height < _MIN_RULE_LENGTH:
        return
    if width <= _MAX_RULE_WIDTH or height <= _MAX_RULE_WIDTH:
        rules.append(_thin(*box))
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    calls.draw_mode(path, ctypes.addressof(fill), ctypes.addressof(stroke))
    if stroke.value or calls.count_segments(path) > 5:
        rules.extend(_straight(path, is_filled=not stroke.value))


def _thin(left: float, bottom: float, right: float, top: float) -> Rectangle:
    if right - left >= top - bottom:
        middle = (bottom + top) / 2
        return left, middle, right, middle
    middle = (left + right) / 2
    return middle, bottom, middle, top


def _straight(path: int, *, is_filled: bool) -> Iterator[Rectangle]:
    """Yield the horizontal and vertical lines of a path with several; of a filled one, its thin rectangles."""
    matrix = (ctypes.c_float * 6)()
    calls.object_matrix(path, ctypes.addressof(matrix))
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    figure: list[tuple[float, float]] = []
    for number in range(min(calls.count_segments(path), _MAX_SEGMENTS)):
        segment = calls.get_segment(path, number)
        kind = calls.segment_type(segment)
        calls.segment_point(segment, ctypes.addressof(x), ctypes.addressof(y))
        if kind == _MOVE:
            yield from _edges(figure, is_filled=is_filled)
            figure = []
        elif kind == _CURVE:
            figure = []
        figure.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if calls.segment_closes(segment):
            figure.append(figure[0])
    yield from _edges(figure, is_filled=is_filled)


def _edges(figure: list[tuple[float, float]], *, is_filled: bool) -> Iterator[Rectangle]:
    if is_filled:
        if len(figure) > 3:
            xs, ys = [x for x, _ in figure], [y for _, y in figure]
            box = min(xs), min(ys), max(xs), max(ys)
            if min(box[2] - box[0], box[3] - box[1]) <= _MAX_RULE_WIDTH:
                yield _thin(*box)
        return
    for (x0, y0), (x1, y1) in pairwise(figure):
        is_straight = abs(x0 - x1) < 0.5 or abs(y0 - y1) < 0.5
        if is_straight and abs(x0 - x1) + abs(y0 - y1) >= _MIN_RULE_LENGTH:
            yield _thin(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
