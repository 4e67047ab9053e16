"""The YAML that a Markdown text may begin with, between two lines of three hyphens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast

import yaml
from attrs import frozen

from hyperspot.file_parser.contract.building import one_line
from modkit import UNSET, UnsetType

_MAX_CHARS: Final = 16 * 1024
_FENCE: Final = re.compile(r"---[ \t]*\n")
_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

_Yaml: TypeAlias = "str | list[_Yaml] | dict[str, _Yaml]"


@frozen(kw_only=True)
class FrontMatter:
    """What a text says about itself before it begins.

    Attributes:
        title: Title.
        author: Names, separated by semicolons.
        language: BCP 47 tag.
        created_at: When it was written, UTC.
        modified_at: When it was last changed, UTC.
    """

    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    created_at: datetime | UnsetType = UNSET
    modified_at: datetime | UnsetType = UNSET


_NOTHING: Final = FrontMatter()


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    r"""Return what *text* says about itself, and the rest; all of it where it does not begin with a YAML mapping.

    At most 16 384 characters are front matter. YAML tags, aliases included, make nothing: every scalar is a string.

    Example:
        >>> about, rest = split_front_matter("---\ntitle: Pears\nauthor: [Ada, Max]\n---\nText\n")
        >>> about.title, about.author, rest
        ('Pears', 'Ada; Max', 'Text\n')
    """
    begin = _FENCE.match(text)
    end = _END.search(text, begin.end(), begin.end() + _MAX_CHARS) if begin else None
    if begin is None or end is None:
        return _NOTHING, text
    said = _mapping(text[begin.end() : end.start()])
    if said is None:
        return _NOTHING, text
    about = FrontMatter(
        title=_text(said.get("title", "")) or UNSET,
        author=_text(said.get("author", said.get("authors", ""))) or UNSET,
        language=_language(_text(said.get("lang", said.get("language", "")))) or UNSET,
        created_at=_moment(_text(said.get("date", ""))),
        modified_at=_moment(_text(said.get("lastmod", said.get("updated", "")))),
    )
    return about, text[end.end() :]


def _mapping(source: str) -> Mapping[str, _Yaml] | None:
    try:
        read: object = yaml.load(source, yaml.BaseLoader)  # noqa: S506 - makes strings, lists and mappings only
    except (yaml.YAMLError, RecursionError, ValueError):
        return None  # a rule, then text: Markdown, too
    if not isinstance(read, dict):
        return None
    said = cast("dict[_Yaml, _Yaml]", read)  # what that loader makes
    return {str(key).lower(): value for key, value in said.items()}


def _text(value: _Yaml) -> str:
    """Return a scalar, the names in a mapping of one person, or those of a list, separated by semicolons."""
    match value:
        case str():
            return one_line(value)
        case list():
            return "; ".join(filter(None, (_name(item) for item in value)))
        case dict():
            return _name(value)


def _name(value: _Yaml) -> str:
    if isinstance(value, dict):
        value = value.get("name", "")
    return one_line(value) if isinstance(value, str) else ""


def _language(tag: str) -> str:
    tag = tag.replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _moment(text: str) -> datetime | UnsetType:
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNSET  # prose, such as "last autumn"
