"""Starlette with msgspec: its requests, responses and routes, no middleware."""

from __future__ import annotations

from uuid import UUID

import msgspec
from peers.documents import TOKEN, Document, document
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Document).decode
_KNOWN = {f"Bearer {TOKEN}": "grace"}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def ping(request: Request) -> Response:
    return _json(b'{"ok":true}')


async def read(request: Request) -> Response:
    sections = int(request.query_params["sections"])
    return _json(_ENCODE(document(UUID(request.path_params["document_id"]), sections)))


async def read_own(request: Request) -> Response:
    if request.headers.get("authorization") not in _KNOWN:
        return Response(status_code=401)
    return await read(request)


async def echo(request: Request) -> Response:
    return _json(_ENCODE(_DECODE(await request.body())))


app = Starlette(
    routes=[
        Route("/bench/v1/ping", ping),
        Route("/bench/v1/documents/{document_id}", read),
        Route("/bench/v1/own/{document_id}", read_own),
        Route("/bench/v1/documents", echo, methods=["POST"]),
    ]
)
