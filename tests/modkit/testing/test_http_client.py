"""The client that calls an application in process."""

from __future__ import annotations

from typing import Any

import pytest

from modkit.testing import HttpClient

pytestmark = pytest.mark.anyio


async def mirror(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was sent, in two pieces."""
    request = await receive()
    headers = [(b"X-Twice", b"1"), (b"x-twice", b"2"), (b"x-method", scope["method"].encode())]
    headers += [(name.encode(), scope[name]) for name in ("raw_path", "query_string")]
    headers += [(b"path", scope["path"].encode())]
    headers += [(b"sent-" + name, value) for name, value in scope["headers"]]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": request["body"], "more_body": True})
    await send({"type": "http.response.body", "body": b""})
    assert (await receive())["type"] == "http.disconnect"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
async def test_request_arrives_and_the_whole_answer_returns(method: str) -> None:
    client = HttpClient(mirror, {"X-Base": "base"})
    response = await getattr(client, method)(
        "/a b/%41é?x=1", params={"y": ["2", "3"]}, headers={"X-More": "more"}, json={"k": 1}
    )
    assert (response.status_code, response.json()) == (201, {"k": 1})
    assert response.headers["x-method"] == method.upper()
    assert response.headers["raw_path"] == "/a%20b/%41%C3%A9"
    assert response.headers["path"].encode("latin-1").decode() == "/a b/Aé"
    assert response.headers["query_string"] == "x=1&y=2&y=3"
    assert response.headers["x-twice"] == "1, 2"
    assert response.headers["sent-content-type"] == "application/json"
    assert response.headers["sent-content-length"] == "7"
    assert (response.headers["sent-x-base"], response.headers["sent-x-more"]) == ("base", "more")


async def test_body_is_sent_as_it_is() -> None:
    response = await HttpClient(mirror).post("/", content="grüß".encode())
    assert response.text == "grüß"
    assert "sent-content-type" not in response.headers


async def test_application_that_ends_without_an_answer_is_an_error() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        return

    with pytest.raises(AssertionError, match="ended without a whole answer"):
        await HttpClient(silent).get("/")


async def test_error_of_the_application_reaches_the_test() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("boom")

    with pytest.raises(KeyError, match="boom"):
        await HttpClient(broken).get("/")
