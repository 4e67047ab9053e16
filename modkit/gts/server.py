"""The HTTP server that the specification's conformance suite talks to; for trials and tests, on loopback.

A platform serves types through its types registry instead, with authorisation and problem documents. Here every
answer is 200, a negative one included, but for a document that cannot be registered: 422.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import frozen

from modkit.gts.documents import UnreadableDocument, read_json
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.operations import (
    DEFAULT_LIMIT,
    MOST_RESULTS,
    Answer,
    GtsOperations,
    match,
    parse_id,
    uuid_of,
    validate_id,
)

_MOST_BODY_BYTES: Final = 16 * 1024**2
_ENTITIES: Final = "/entities/"


@frozen
class _Request:
    query: Mapping[str, str]
    body: Any

    def asked(self, name: str) -> str:
        return self.query.get(name, "")

    def sent(self, *names: str) -> str:
        members = self.body if is_object(self.body) else {}
        return next((str(members[name]) for name in names if name in members), "")

    def document(self) -> dict[str, Any]:
        if not is_object(self.body):
            raise UnreadableDocument("an object is wanted")
        return self.body

    def limit(self) -> int:
        text = self.asked("limit")
        wanted = (
            int(text) if text.isascii() and text.isdigit() and len(text) < 10 else DEFAULT_LIMIT
        )
        return min(max(wanted, 1), MOST_RESULTS)


def _handlers(operations: GtsOperations) -> dict[tuple[str, str], Callable[[_Request], Any]]:
    def register(request: _Request) -> Answer:
        return operations.register(request.document(), validate=request.asked("validate") == "true")

    def register_all(request: _Request) -> Answer:
        documents = request.body if is_array(request.body) else []
        results = [
            operations.register(one) if is_object(one) else {"ok": False, "error": "no object"}
            for one in documents
        ]
        return {"ok": all(one["ok"] for one in results), "results": results}

    def register_type(request: _Request) -> Answer:
        schema = request.document().get("type_schema")
        content = dict(schema) if is_object(schema) else {}
        content.setdefault("$id", f"gts://{request.sent('type_id')}")
        content.setdefault("$schema", "https://json-schema.org/draft/2020-12/schema")
        return operations.register(content)

    return {
        ("GET", "/entities"): lambda request: operations.list_entities(request.limit()),
        ("POST", "/entities"): register,
        ("POST", "/entities/bulk"): register_all,
        ("POST", "/type-schemas"): register_type,
        ("GET", "/validate-id"): lambda request: validate_id(request.asked("gts_id")),
        ("POST", "/extract-id"): lambda request: operations.extract_id(request.document()),
        ("GET", "/parse-id"): lambda request: parse_id(request.asked("gts_id")),
        ("GET", "/match-id-pattern"): lambda request: match(
            request.asked("candidate"), request.asked("pattern")
        ),
        ("GET", "/uuid"): lambda request: uuid_of(request.asked("gts_id")),
        ("POST", "/validate-instance"): lambda request: operations.validate_instance(
            request.sent("instance_id")
        ),
        ("POST", "/validate-type-schema"): lambda request: operations.validate_type(
            request.sent("type_id")
        ),
        ("POST", "/validate-entity"): lambda request: operations.validate_entity(
            request.sent("entity_id", "gts_id")
        ),
        ("GET", "/resolve-relationships"): lambda request: operations.resolve_relationships(
            request.asked("gts_id")
        ),
        ("GET", "/compatibility"): lambda request: operations.compatibility(
            request.asked("old_type_id"), request.asked("new_type_id")
        ),
        ("POST", "/cast"): lambda request: operations.cast(
            request.sent("instance_id"), request.sent("to_type_id")
        ),
        ("GET", "/query"): lambda request: operations.query(request.asked("expr"), request.limit()),
        ("GET", "/attr"): lambda request: operations.attribute(request.asked("gts_with_path")),
    }


_REGISTERING: Final = frozenset({"/entities", "/entities/bulk", "/type-schemas"})


class GtsServer(ThreadingHTTPServer):
    """Serves the operations on one store; requests take turns at the store.

    Args:
        operations: What answers.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one, which ``server_port`` tells.
    """

    daemon_threads = True

    def __init__(
        self, operations: GtsOperations, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__((host, port), _Handler)
        self._operations = operations
        self._handlers = _handlers(operations)
        self._turn = threading.Lock()

    def answer(self, method: str, target: str, body: bytes) -> tuple[HTTPStatus, Answer]:
        """Return status and body of the answer to one request."""
        url = urlsplit(target)
        path = unquote(url.path)
        handler = self._handlers.get((method, path))
        try:
            request = _Request(
                dict(parse_qsl(url.query, keep_blank_values=True)),
                read_json(body) if body else None,
            )
            with self._turn:
                if handler is not None:
                    answer = handler(request)
                elif method == "GET" and path.startswith(_ENTITIES):
                    answer = self._operations.get_entity(path.removeprefix(_ENTITIES))
                else:
                    return HTTPStatus.NOT_FOUND, {"ok": False, "error": f"no {method} {path}"}
        except UnreadableDocument as error:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"ok": False, "error": str(error)}
        refused = path in _REGISTERING and method == "POST" and not answer["ok"]
        return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK, answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        text = self.headers.get("content-length", "")
        length = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
        if length > _MOST_BODY_BYTES:
            self.close_connection = True
            self._send(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                {"ok": False, "error": f"at most {_MOST_BODY_BYTES} bytes are read"},
            )
            return
        self._answer("POST", self.rfile.read(length))

    def _answer(self, method: str, body: bytes) -> None:
        assert isinstance(self.server, GtsServer)  # nothing else makes one of these
        self._send(*self.server.answer(method, self.path, body))

    def _send(self, status: HTTPStatus, answer: Answer) -> None:
        encoded = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Log nothing: who tries the server sees the answers."""
