"""HTML made flat enough that building its tree takes time in proportion to its size."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from attrs import define, field

_MAX_DEPTH: Final = 512  # as in browsers
_MAX_FORMATTING: Final = 32  # each is opened again in every paragraph after one that leaves it open
_MAX_ATTRIBUTES: Final = 100  # each is compared with all before it
_MAX_ROOTS: Final = 8  # the attributes of all <html> and <body> are those of one element
_FLAT: Final = "wbr"  # an element without content, which means nothing to us

_MARK: Final = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/>]{0,60}+))")
_COMMENT_END: Final = re.compile(r"--!?>")
_ATTRIBUTE: Final = (
    r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+|))?+"
)
_SOME_ATTRIBUTES: Final = re.compile(rf"(?:{_ATTRIBUTE}){{0,{_MAX_ATTRIBUTES}}}+")
_REST_OF_TAG: Final = re.compile(rf"(?:{_ATTRIBUTE})*+[\s/]*+")
_SPACE: Final = re.compile(r"[\s/]*+")
_SHALLOW: Final = frozenset(
    # Elements without content, and those that the next of their kind closes.
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody"),
        *("tfoot", "caption", "colgroup", "option", "optgroup", "a"),
        *("html", "head", "body"),
    )
)
_RUBY: Final = ("rb", "rp", "rt", "rtc")  # the end of <ruby> ends those in it
_FORMATTING: Final = frozenset(
    "b big code em font i nobr s small strike strong tt u".split()  # noqa: SIM905 - a list of names
)
_RAW: Final = {
    name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes")
}
_OTHER_RULES: Final = (
    "svg",
    "math",
    "select",
    "frameset",
)  # inside, the text of those is no raw text
_DRAWN: Final = frozenset("path circle rect line polyline polygon ellipse use stop image".split())  # noqa: SIM905
_HTML_IN_DRAWINGS: Final = ("foreignobject", "desc", "title", "annotation-xml", "mtext", "mi", "mo")


def tamed(html: str) -> str:
    """Return *html* without the tags that would make its tree deeper than 512 levels; no text is lost.

    A parser compares an element with those that it is in, and an attribute with those of its element, so that deep nesting
    and many attributes take time with their square. Tags beyond 512 open elements, 32 open formatting elements, and
    attributes beyond 100 are made to mean nothing, as browsers do with depth.

    Example:
        >>> tamed("<i>" * 33 + "x" + "</i>" * 33) == "<i>" * 32 + "<wbr>x</wbr>" + "</i>" * 32
        True
    """
    return _Taming(html).run()


@define
class _Taming:
    _html: str
    _pieces: list[str] = field(factory=list[str], init=False)
    _copied: int = field(default=0, init=False)  # how much of the page is in the pieces
    _open: Counter[str] = field(factory=Counter[str], init=False)
    _flattened: Counter[str] = field(factory=Counter[str], init=False)
    _depth: int = field(default=0, init=False)
    _formatting: int = field(default=0, init=False)
    _roots: int = field(default=0, init=False)
    _before_ruby: list[Counter[str]] = field(factory=list[Counter[str]], init=False)

    def run(self) -> str:
        at = 0
        while found := _MARK.search(self._html, at):
            if not found[2]:
                end = _COMMENT_END.search(self._html, found.start() + 2)
                if end is None:
                    break
                at = end.end()
                continue
            name = found[2].lower()
            if found[1]:
                self._close(name, found)
                at = found.end()
            else:
                at = self._tag_end(found.end())
                self._start(name, found, self._html.startswith("/>", at - 2))
                at = self._after_raw_text(name, at)
        return "".join([*self._pieces, self._html[self._copied :]]) if self._pieces else self._html

    def _tag_end(self, at: int) -> int:
        """Return where a tag ends of which the name ends at *at*, and drop the attributes that are too many."""
        html = self._html
        some = _SPACE.match(html, _end(_SOME_ATTRIBUTES, html, at))
        kept = some.end() if some else at
        if kept >= len(html) or html[kept] == ">":
            return kept + 1
        end = _end(_REST_OF_TAG, html, kept)
        self._pieces.append(html[self._copied : kept])
        self._copied = end
        return end + 1

    def _start(self, name: str, found: re.Match[str], is_empty: bool) -> None:
        if name in ("html", "body"):
            self._roots += 1
            if self._roots > _MAX_ROOTS:
                self._flatten(found)
            return
        if name in _SHALLOW or (is_empty and name in _DRAWN and self._is_drawing()):
            return
        is_formatting = name in _FORMATTING
        if self._depth >= _MAX_DEPTH or (is_formatting and self._formatting >= _MAX_FORMATTING):
            self._flattened[name] += 1
            self._flatten(found)
            return
        if name == "ruby":
            self._before_ruby.append(Counter({part: self._open[part] for part in _RUBY}))
        self._open[name] += 1
        self._depth += 1
        self._formatting += is_formatting

    def _close(self, name: str, found: re.Match[str]) -> None:
        if self._flattened[name]:
            self._flattened[name] -= 1
            self._flatten(found)
        elif self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
            self._formatting -= name in _FORMATTING
            if name == "ruby":
                before = self._before_ruby.pop()
                for part in _RUBY:
                    ended = max(self._open[part] - before[part], 0)
                    self._open[part] -= ended
                    self._depth -= ended

    def _flatten(self, found: re.Match[str]) -> None:
        start, end = found.span(2)
        if start >= self._copied:
            self._pieces += (self._html[self._copied : start], _FLAT)
            self._copied = end

    def _after_raw_text(self, name: str, at: int) -> int:
        """Return where markup goes on after the start of an element; text in scripts and styles is none."""
        if name not in _RAW or any(self._open[other] for other in _OTHER_RULES):
            return at
        end = _RAW[name].search(self._html, at)
        return end.start() if end else len(self._html)

    def _is_drawing(self) -> bool:
        return self._open["svg"] > 0 and not any(self._open[name] for name in _HTML_IN_DRAWINGS)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
