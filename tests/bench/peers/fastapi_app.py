"""FastAPI with pydantic models, as its tutorial shows it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from peers.documents import TOKEN, Status, document
from pydantic import BaseModel, ConfigDict, Field

_KNOWN = {TOKEN: "grace"}


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid")
    heading: str = Field(min_length=1, max_length=200)
    language: str
    words: int = Field(ge=0)
    summary: str


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: UUID
    title: str = Field(min_length=1, max_length=200)
    owner: str
    pages: int = Field(ge=0, le=100_000)
    is_public: bool
    score: float
    created_at: datetime
    status: Status
    tags: list[str]
    sections: list[Section]


async def caller(
    given: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> str:
    if given.credentials not in _KNOWN:
        raise HTTPException(401)
    return _KNOWN[given.credentials]


app = FastAPI()


@app.get("/bench/v1/ping")
async def ping() -> dict[str, bool]:
    return {"ok": True}


@app.get("/bench/v1/documents/{document_id}")
async def read(document_id: UUID, sections: int) -> Document:
    return document(document_id, sections, Document, Section)


@app.get("/bench/v1/own/{document_id}")
async def read_own(
    document_id: UUID, sections: int, subject: Annotated[str, Depends(caller)]
) -> Document:
    return document(document_id, sections, Document, Section)


@app.post("/bench/v1/documents")
async def echo(sent: Document) -> Document:
    return sent
