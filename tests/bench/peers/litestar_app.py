"""Litestar with msgspec structs, its fastest kind of model."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Litestar, Request, get, post
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException
from msgspec import Meta, Struct
from peers.documents import TOKEN, Status, document

_KNOWN = {f"Bearer {TOKEN}": "grace"}


class Section(Struct, forbid_unknown_fields=True):
    heading: Annotated[str, Meta(min_length=1, max_length=200)]
    language: str
    words: Annotated[int, Meta(ge=0)]
    summary: str


class Document(Struct, forbid_unknown_fields=True):
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


async def caller(request: Request[Any, Any, Any]) -> str:
    given = request.headers.get("authorization", "")
    if given not in _KNOWN:
        raise NotAuthorizedException
    return _KNOWN[given]


@get("/bench/v1/ping")
async def ping() -> dict[str, bool]:
    return {"ok": True}


@get("/bench/v1/documents/{document_id:uuid}")
async def read(document_id: UUID, sections: int) -> Document:
    return document(document_id, sections, Document, Section)


@get("/bench/v1/own/{document_id:uuid}", dependencies={"subject": Provide(caller)})
async def read_own(document_id: UUID, sections: int, subject: str) -> Document:
    return document(document_id, sections, Document, Section)


@post("/bench/v1/documents", status_code=200)
async def echo(data: Document) -> Document:
    return data


app = Litestar([ping, read, read_own, echo])
