"""Raw ASGI by hand, typed through msgspec: the least that the task can cost."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from peers.documents import TOKEN, Document, document

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Document).decode
_JSON = (b"content-type", b"application/json")
_KNOWN = {f"Bearer {TOKEN}".encode(): "grace"}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    path, status = scope["path"], 200
    if path == "/bench/v1/ping":
        body = b'{"ok":true}'
    elif scope["method"] == "POST":
        message = await receive()
        content = message["body"]
        while message.get("more_body"):
            message = await receive()
            content += message["body"]
        body = _ENCODE(_DECODE(content))
    elif "/own/" in path and dict(scope["headers"]).get(b"authorization") not in _KNOWN:
        body, status = b"", 401
    else:
        document_id = uuid.UUID(path.rpartition("/")[2])
        sections = int(scope["query_string"].partition(b"sections=")[2])
        body = _ENCODE(document(document_id, sections))
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
