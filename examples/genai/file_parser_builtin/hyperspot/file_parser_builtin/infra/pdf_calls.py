"""The functions of pdfium that are called for every line: the same ones, with arguments that cost less to pass.

A handle is passed as an address, and the interpreter is not released and taken again around a call of a few hundred
nanoseconds. Together that halves what a call costs; there are ten for each line of a page.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

import pypdfium2.raw  # type: ignore[import-untyped]  # the binding has no annotations

_RAW: Any = pypdfium2.raw
_ADDRESS: Final = ctypes.c_void_p
_INT: Final = ctypes.c_int


def address_of(handle: Any) -> int:
    """Return the address behind a handle or a function of the binding."""
    return ctypes.cast(handle, _ADDRESS).value or 0


def _call(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(address_of(function))


# Of a text page and the number of a character.
text_object: Final = _call(_RAW.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
font_size: Final = _call(_RAW.FPDFText_GetFontSize, ctypes.c_double, _ADDRESS, _INT)
char_matrix: Final = _call(_RAW.FPDFText_GetMatrix, _INT, _ADDRESS, _INT, _ADDRESS)
char_origin: Final = _call(_RAW.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)
char_box: Final = _call(
    _RAW.FPDFText_GetCharBox, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)
char_index: Final = _call(_RAW.FPDFText_GetCharIndexFromTextIndex, _INT, _ADDRESS, _INT)
count_rects: Final = _call(_RAW.FPDFText_CountRects, _INT, _ADDRESS, _INT, _INT)
get_rect: Final = _call(
    _RAW.FPDFText_GetRect, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)

# Of a page, or a form on it.
count_objects: Final = _call(_RAW.FPDFPage_CountObjects, _INT, _ADDRESS)
get_object: Final = _call(_RAW.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
count_form_objects: Final = _call(_RAW.FPDFFormObj_CountObjects, _INT, _ADDRESS)
get_form_object: Final = _call(_RAW.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)

# Of an object on a page.
object_type: Final = _call(_RAW.FPDFPageObj_GetType, _INT, _ADDRESS)
object_bounds: Final = _call(
    _RAW.FPDFPageObj_GetBounds, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS
)
object_matrix: Final = _call(_RAW.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)
object_font: Final = _call(_RAW.FPDFTextObj_GetFont, _ADDRESS, _ADDRESS)
count_segments: Final = _call(_RAW.FPDFPath_CountSegments, _INT, _ADDRESS)
get_segment: Final = _call(_RAW.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
segment_point: Final = _call(_RAW.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
segment_type: Final = _call(_RAW.FPDFPathSegment_GetType, _INT, _ADDRESS)
segment_closes: Final = _call(_RAW.FPDFPathSegment_GetClose, _INT, _ADDRESS)
draw_mode: Final = _call(_RAW.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)

# Of a font.
font_name: Final = _call(
    _RAW.FPDFFont_GetBaseFontName, ctypes.c_size_t, _ADDRESS, _ADDRESS, ctypes.c_size_t
)
font_flags: Final = _call(_RAW.FPDFFont_GetFlags, _INT, _ADDRESS)
font_weight: Final = _call(_RAW.FPDFFont_GetWeight, _INT, _ADDRESS)
