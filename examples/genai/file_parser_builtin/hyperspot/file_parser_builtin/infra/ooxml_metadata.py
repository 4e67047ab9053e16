"""What an Office document says about itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract.building import one_line
from hyperspot.file_parser_builtin.infra.ooxml import OoxmlPackage, XmlElement, child
from modkit import UNSET, UnsetType

_USUAL_PART: Final = "docProps/core.xml"


@frozen(kw_only=True)
class CoreProperties:
    """The core properties; those that are missing or cannot be read are not set."""

    title: str | UnsetType
    author: str | UnsetType
    language: str | UnsetType
    created_at: datetime | UnsetType
    modified_at: datetime | UnsetType

    @classmethod
    def read(cls, package: OoxmlPackage) -> CoreProperties:
        """Read them from a document of Microsoft Office."""
        about = dict(package.relationships("").values())
        core = package.tree(about.get("core-properties", _USUAL_PART))
        return cls(
            title=_text(core, "title") or UNSET,
            author=_text(core, "creator") or UNSET,
            language=_text(core, "language") or UNSET,
            created_at=_date(_text(core, "created")),
            modified_at=_date(_text(core, "modified")),
        )

    @classmethod
    def read_opendocument(cls, package: OoxmlPackage) -> CoreProperties:
        """Read what an OpenDocument has of them."""
        meta = child(package.tree("meta.xml"), "meta")
        return cls(
            title=_text(meta, "title") or UNSET,
            author=_text(meta, "initial-creator") or _text(meta, "creator") or UNSET,
            language=_text(meta, "language") or UNSET,
            created_at=_date(_text(meta, "creation-date")),
            modified_at=_date(_text(meta, "date")),
        )


def _text(core: XmlElement | None, name: str) -> str:
    found = child(core, name)
    return one_line(found.text or "") if found is not None else ""


def _date(text: str) -> datetime | UnsetType:
    """Read a W3C date and time; one that cannot be read is as if not given."""
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNSET
