"""RtfFlow: running text of an RTF file, cut into paragraphs and the cells of tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from attrs import define, field

from hyperspot.file_parser.contract import PLAIN, Image, PageBreak, Style
from hyperspot.file_parser_builtin.infra.rtf_group import (
    ParagraphLook,
    RtfGroup,
    ShownText,
)
from hyperspot.file_parser_builtin.infra.rtf_pieces import (
    Piece,
    RtfRun,
)
from hyperspot.file_parser_builtin.infra.rtf_rows import RtfRows
from hyperspot.file_parser_builtin.infra.rtf_styles import RtfStyles
from modkit import UNSET

_FLAGS: Final = {"b": "bold", "i": "italic", "strike": "strike", "striked": "strike"}
_UNDERLINES: Final = frozenset(
    f"ul{kind}"
    for kind in (
        *("", "d", "dash", "dashd", "dashdd", "db", "hwave", "ldash", "th", "thd", "thdash"),
        *("thdashd", "thdashdd", "thldash", "ululdbwave", "uldbwave", "w", "wave", "dbwave"),
    )
)
_MAX_LIST_LEVEL: Final = 8


def _nothing() -> None:
    """There is nothing to do at the end."""


@define
class RtfFlow(ShownText):
    """Cuts text that is shown.

    Args:
        put: Takes the paragraphs and tables, in order.
        styles: What the styles and lists of the file are.
        label: Text before the first paragraph.
        then: Is called at the end.
    """

    _put: Callable[[Piece], None]
    _styles: RtfStyles
    _label: str = ""
    _then: Callable[[], None] = _nothing
    _content: list[RtfRun | Image] = field(factory=list[RtfRun | Image], init=False)
    _boxed: list[Piece] = field(factory=list[Piece], init=False)
    _rows: RtfRows = field(init=False)
    _last_look: ParagraphLook = field(factory=ParagraphLook, init=False)
    _page_ended: str = field(default="", init=False)
    _is_blank: bool = field(default=True, init=False)

    def __attrs_post_init__(self) -> None:
        self._rows = RtfRows(self._put_shown)

    def shown_text(self, group: RtfGroup, text: str) -> None:
        """See `ShownText`."""
        self._last_look = group.look
        if not group.hidden:
            style = _flagged(group.style, "underline", False) if group.target else group.style
            self._content.append(RtfRun(text, style, group.target))

    def note(self, label: str) -> None:
        """See `ShownText`."""
        self._content.append(RtfRun(label))

    def image(self, image: Image) -> None:
        """See `ShownText`."""
        self._content.append(image)

    def box(self) -> RtfFlow:
        """See `ShownText`."""
        return RtfFlow(self._boxed.append, self._styles)

    def end(self) -> None:
        """End the last paragraph and all tables."""
        self._end_paragraph(self._last_look)
        self._rows.close_to(0)
        self._then()

    def shown_word(self, group: RtfGroup, name: str, value: int | None) -> None:
        """See `ShownText`."""
        if name in ("par", "\n", "\r"):
            self._end_paragraph(group.look)
        elif not (
            _character_word(group, name, value)
            or _paragraph_word(group, name, value)
            or self._break(group.look, name)
            or self._cell(group.look, name)
        ):
            self._rows.define(name, value or 0, is_nested=group.is_nested_row)

    def _break(self, look: ParagraphLook, name: str) -> bool:
        if name in ("page", "sect"):
            self._end_paragraph(look)
            self._page_ended = "" if self._is_blank else name
        elif name in ("sbknone", "sbkcol"):
            self._page_ended = "" if self._page_ended == "sect" else self._page_ended
        else:
            return False
        return True

    def _cell(self, look: ParagraphLook, name: str) -> bool:
        match name:
            case "cell":
                self._end_paragraph(attrs.evolve(look, depth=1))
                self._rows.end_cell(1)
            case "nestcell":
                depth = max(look.depth, 2)
                self._end_paragraph(attrs.evolve(look, depth=depth))
                self._rows.end_cell(depth)
            case "row":
                self._rows.end_row(1)
            case "nestrow":
                self._rows.end_row(max(self._rows.depth, 2))
            case _:
                return False
        return True

    def _end_paragraph(self, look: ParagraphLook) -> None:
        content, self._content = self._content, []
        self._last_look = look
        if content and self._label:
            content.insert(0, RtfRun(f"{self._label} "))
            self._label = ""
        self._rows.close_to(look.depth)
        if content:
            self._rows.put(self._styles.paragraph(look, content))
        boxed, self._boxed[:] = list(self._boxed), []
        for piece in boxed:
            self._rows.put(piece)

    def _put_shown(self, piece: Piece) -> None:
        if self._page_ended:
            self._put(PageBreak())
        self._page_ended, self._is_blank = "", False
        self._put(piece)


def _character_word(group: RtfGroup, name: str, value: int | None) -> bool:
    is_on = value != 0
    if flag := _FLAGS.get(name):
        group.style = _flagged(group.style, flag, is_on)
    elif name in _UNDERLINES:
        group.style = _flagged(group.style, "underline", is_on)
    elif name == "ulnone":
        group.style = _flagged(group.style, "underline", False)
    elif name == "plain":
        group.style, group.hidden, group.font = PLAIN, False, None
    elif name == "f":
        group.font = value
    elif name in ("v", "deleted"):
        group.hidden = is_on
    else:
        return False
    return True


def _flagged(style: Style, flag: str, is_on: bool) -> Style:
    return attrs.evolve(style, **{flag: True if is_on else UNSET})


def _paragraph_word(group: RtfGroup, name: str, value: int | None) -> bool:
    number = value or 0
    match name:
        case "pard":
            group.look = ParagraphLook()
        case "s":
            group.look = attrs.evolve(group.look, style=number)
        case "outlinelevel":
            group.look = attrs.evolve(group.look, outline=number)
        case "ls":
            group.look = attrs.evolve(group.look, list_id=number)
        case "ilvl":
            level = min(max(number, 0), _MAX_LIST_LEVEL)
            group.look = attrs.evolve(group.look, list_level=level)
        case "intbl":
            group.look = attrs.evolve(group.look, depth=max(group.look.depth, 1))
        case "itap":
            group.look = attrs.evolve(group.look, depth=max(number, 0))
        case _:
            return False
    return True
