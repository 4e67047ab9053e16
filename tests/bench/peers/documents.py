"""The task that every peer does: ping, a typed read, the same behind a token, and a typed echo."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from attrs import define
from msgspec import Meta

DOCUMENT_ID = UUID("0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3")
TOKEN = "eyJhbGciOiJSUzI1NiJ9." + "k" * 640  # as long as a usual signed token


# `define` and not our usual `frozen`: freezing costs the handler 3 us a document, and no peer's models do it.


class Status(StrEnum):
    DRAFT = "draft"
    READY = "ready"


@define(kw_only=True)
class Section:
    heading: Annotated[str, Meta(min_length=1, max_length=200)]
    language: str
    words: Annotated[int, Meta(ge=0)]
    summary: str


@define(kw_only=True)
class Document:
    id: UUID
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    owner: str
    pages: Annotated[int, Meta(ge=0, le=100_000)]
    is_public: bool
    score: float
    created_at: datetime
    status: Status
    tags: list[str]
    sections: list[Section]


def document(document_id: UUID, sections: int, kind: Any = Document, part: Any = Section) -> Any:
    """Make the answer; *kind* and *part* are the classes of a peer that needs its own."""
    return kind(
        id=document_id,
        title="Quarterly report",
        owner="grace@example.com",
        pages=48,
        is_public=True,
        score=0.75,
        created_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        status=Status.READY,
        tags=["finance", "internal", "q1"],
        sections=[
            part(heading="Outlook", language="en", words=812, summary="What comes next.")
            for _ in range(sections)
        ],
    )
