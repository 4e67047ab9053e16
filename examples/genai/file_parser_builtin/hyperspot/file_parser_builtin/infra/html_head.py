"""What an HTML page says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import frozen
from selectolax.lexbor import LexborHTMLParser, LexborNode

from hyperspot.file_parser.contract.building import one_line
from modkit import UNSET, UnsetType

_AUTHOR: Final = ("author", "dc.creator", "dcterms.creator", "citation_author", "article:author")
_TITLE: Final = ("og:title", "dc.title", "dcterms.title")
_CREATED: Final = (
    *("article:published_time", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date"),
    *("datepublished", "date"),
)
_MODIFIED: Final = ("article:modified_time", "og:updated_time", "dcterms.modified", "datemodified")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_MAX_METAS: Final = 1_000
_MAX_CHARS: Final = 8_000


@frozen(kw_only=True)
class HtmlHead:
    """The front matter of a page.

    Attributes:
        title: Title.
        author: Names, separated by semicolons; addresses of profiles are none.
        language: BCP 47 tag.
        created_at: When the page says it was published, UTC.
        modified_at: When the page says it was last changed, UTC.
        base: Address that relative ones start from; empty for none.
    """

    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    created_at: datetime | UnsetType = UNSET
    modified_at: datetime | UnsetType = UNSET
    base: str = ""

    @classmethod
    def read(cls, tree: LexborHTMLParser) -> HtmlHead:
        """Read the ``title``, the attributes of ``html``, the first 1 000 ``meta`` elements and the first ``base``."""
        said = _metas(tree)
        title = tree.css_first("head > title")
        base = tree.css_first("base[href]")
        return cls(
            title=(one_line(title.text()) if title else "") or _first(said, _TITLE) or UNSET,
            author=_authors(said) or UNSET,
            language=_language(tree, said) or UNSET,
            created_at=_moment(said, _CREATED),
            modified_at=_moment(said, _MODIFIED),
            base=attribute(base, "href").strip() if base else "",
        )


def attribute(node: LexborNode, name: str) -> str:
    """Return an attribute; empty if missing."""
    return node.attributes.get(name) or ""


def _metas(tree: LexborHTMLParser) -> Mapping[str, list[str]]:
    said: dict[str, list[str]] = {}
    for meta in tree.css("meta[content]")[:_MAX_METAS]:
        value = one_line(attribute(meta, "content")[:_MAX_CHARS])
        for key in ("name", "property", "itemprop", "http-equiv"):
            if value and (name := attribute(meta, key).strip().lower()):
                said.setdefault(name, []).append(value)
    return said


def _first(said: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((said[name][0] for name in names if name in said), "")


def _authors(said: Mapping[str, list[str]]) -> str:
    for name in _AUTHOR:
        people = [who for who in said.get(name, ()) if "://" not in who]
        if people:
            return "; ".join(dict.fromkeys(people))
    return ""


def _language(tree: LexborHTMLParser, said: Mapping[str, list[str]]) -> str:
    for tag in _languages(tree, said):
        if _LANGUAGE.fullmatch(tag := tag.strip().replace("_", "-")):
            return tag
    return ""


def _languages(tree: LexborHTMLParser, said: Mapping[str, list[str]]) -> Iterator[str]:
    if tree.root:
        yield attribute(tree.root, "lang")
        yield attribute(tree.root, "xml:lang")
    yield from said.get("content-language", ())
    yield from said.get("dc.language", ())


def _moment(said: Mapping[str, list[str]], names: tuple[str, ...]) -> datetime | UnsetType:
    for name in names:
        for text in said.get(name, ()):
            try:
                read = datetime.fromisoformat(text)
                return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
            except (ValueError, OverflowError):
                continue  # not a date that everybody writes alike: the next may be
    return UNSET
