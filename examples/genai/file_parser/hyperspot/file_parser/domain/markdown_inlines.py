"""Inlines as GitHub-flavoured Markdown: whatever the text, it reads back as the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from hyperspot.file_parser.contract.models import Code, Image, Inline, Link, Style

_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<~|]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore inside a word is never emphasis
    r"|(?<!\S)\#"
    r"|&(?=\#|[A-Za-z][A-Za-z0-9]*;)"
)
_LINE_START: Final = re.compile(r"^(?:([-+=>:])|(\d{1,9})([.)](?=\s|$)))", re.MULTILINE)
_SPACES_AROUND_BREAK: Final = re.compile(r"[ \t]*\n[ \t]*")
_BACKTICKS: Final = re.compile(r"`+")
_SAFE_TARGET: Final = re.compile(r"(?:https?|ftps?|mailto|tel):|[^:]*(?:[/?#]|$)", re.IGNORECASE)
_TARGET_ESCAPES: Final = {
    ord(character): f"%{ord(character):02X}" for character in ' \t\n\r\x0b\x0c<>()[]\\"`|'
}


def render_inlines(inlines: Iterable[Inline]) -> str:
    """Return *inlines* as Markdown lines; a forced line break is a backslash at the end of a line."""
    rendered = ""
    for piece in _merged(inlines):
        if isinstance(piece, Link) and rendered.endswith("!"):
            rendered = rendered[:-1] + "\\!"  # or it would become an image
        rendered += _piece(piece, after=rendered[-1:])
    lines = _SPACES_AROUND_BREAK.sub("\n", rendered.strip())
    return _LINE_START.sub(_escape_start, lines).replace("\n", "\\\n")


def render_one_line(inlines: Iterable[Inline]) -> str:
    """Return *inlines* as one Markdown line; a forced line break becomes a space."""
    return render_inlines(inlines).replace("\\\n", " ")


def render_code(text: str) -> str:
    """Return *text* as a code span, whatever backticks it has."""
    line = " ".join(text.split("\n"))
    if not line.strip():
        return ""
    fence = "`" * _unused_length(line, 1)
    padding = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def tagged(core: str, style: Style) -> str:
    """Return *core* between the HTML tags of *style*."""
    for flag, tag in (
        (style.underline, "u"),
        (style.strike, "del"),
        (style.italic, "em"),
        (style.bold, "strong"),
    ):
        if flag:
            core = f"<{tag}>{core}</{tag}>"
    return core


def is_safe_target(target: str) -> bool:
    """Return whether *target* leads somewhere and runs nothing: http, ftp, mail, telephone or a relative address."""
    return _SAFE_TARGET.match(target) is not None


def describe_image(image: Image) -> str:
    """Return what stands for *image* in a text: its own description, else what is known of it.

    Example:
        >>> describe_image(Image(media_type="image/png", width=640, height=480))
        'image/png, 640 x 480'
    """
    alt = " ".join((image.alt or "").split())
    size = f"{image.width} x {image.height}" if image.width and image.height else ""
    return alt or ", ".join(filter(None, (image.media_type or "image", size)))


def fence_for(text: str) -> str:
    """Return a code fence longer than any run of backticks in *text*."""
    return "`" * max(3, max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)


def _unused_length(text: str, shortest: int) -> int:
    used = {len(run) for run in _BACKTICKS.findall(text)}
    length = shortest
    while length in used:
        length += 1
    return length


def _merged(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Join neighbours that look the same, so that no markup is closed and opened again."""

    def alike(inline: Inline) -> object:
        target = inline.target if isinstance(inline, Link) else None
        return type(inline), inline.style, target

    for _, group in groupby(inlines, key=alike):
        same = list(group)
        text = "".join(inline.text for inline in same)
        first = same[0]
        if isinstance(first, Link):
            yield Link(text=text, target=first.target, style=first.style)
        else:
            yield type(first)(text=text, style=first.style)


def _piece(inline: Inline, *, after: str) -> str:
    if isinstance(inline, Code):
        core = render_code(inline.text)
        return tagged(core, inline.style) if core else inline.text
    if isinstance(inline, Link) and is_safe_target(inline.target):
        text = _escape(" ".join(inline.text.split("\n")).strip()) or _escape(inline.target)
        target = inline.target.translate(_TARGET_ESCAPES)
        return tagged(f"[{text}]({target})", inline.style)
    return _styled(inline.text, inline.style, after=after)


def _styled(text: str, style: Style, *, after: str) -> str:
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    mark = _delimiter(style)
    before = after + text[:start]
    # Emphasis opens and closes for certain only beside letters and digits; HTML tags do everywhere.
    if mark and core[0].isalnum() and core[-1].isalnum() and not before.endswith(mark[0]):
        body = f"{mark}{_escape(core)}{mark}"
    else:
        body = tagged(_escape(core), style)
    return f"{text[:start]}{body}{text[start + len(core) :]}"


def _delimiter(style: Style) -> str:
    if style.underline:
        return ""
    if style.strike:
        return "" if style.bold or style.italic else "~~"
    return ("**" if style.bold else "") + ("*" if style.italic else "")


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def _escape_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"
