"""Uploads arrive as streams, and forms are read within limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit.rest.body import BodyStream
from modkit.rest.multipart import MultipartReader, PartHead
from modkit.rest.routes import Routes
from modkit.rest.uploads import Multipart, RawBody, Upload

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class Received:
    size: int
    text: str
    filename: str
    media_type: str
    fields: dict[str, str]


async def upload(file: Upload) -> Received:
    content = b"".join([chunk async for chunk in file])
    return Received(
        size=len(content),
        text=content[:40].decode("latin-1"),
        filename=file.filename or "",
        media_type=file.media_type,
        fields=dict(file.fields),
    )


async def raw(body: RawBody) -> Received:
    content = b"".join([chunk async for chunk in body])
    return Received(size=len(content), text="", filename="", media_type=body.media_type, fields={})


async def form(parts: Multipart) -> dict[str, str]:
    return {part.name: await part.text(limit_bytes=20) async for part in parts}


async def skipping(parts: Multipart) -> list[str]:
    return [f"{part.name} {part.filename}" async for part in parts]


def api_with(asgi: Any, **settings: Any) -> Any:
    routes = Routes("shop")
    routes.post("/shop/v1/upload").operation_id("shop.upload").summary("A").body_limit(
        10_000
    ).public().returns(Received).handler(upload)
    routes.post("/shop/v1/any").operation_id("shop.any").summary("A").accepts(
        "*/*"
    ).public().returns(Received).handler(upload)
    routes.post("/shop/v1/raw").operation_id("shop.raw").summary("A").public().returns(
        Received
    ).handler(raw)
    routes.post("/shop/v1/form").operation_id("shop.form").summary("A").public().returns(
        dict[str, str]
    ).handler(form)
    routes.post("/shop/v1/skip").operation_id("shop.skip").summary("A").public().returns(
        list[str]
    ).handler(skipping)
    return asgi.api_of(routes, **settings)


FORM = {"content-type": 'multipart/form-data; boundary="B"'}


def part(name: str, content: str, *headers: str, filename: str | None = None) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        disposition += f'; filename="{filename}"'
    return "\r\n".join(["--B", disposition, *headers, "", content, ""]).encode()


async def test_raw_bytes_are_the_file(asgi: Any) -> None:
    answer = await asgi.call(
        api_with(asgi),
        "POST",
        "/shop/v1/upload",
        body=[b"ab", b"", b"cd"],
        headers={
            "content-type": "application/octet-stream",
            "content-disposition": 'attachment; filename="C:\\tmp\\a.pdf"',
        },
    )
    assert answer.json == {
        "size": 4,
        "text": "abcd",
        "filename": "a.pdf",
        "media_type": "application/octet-stream",
        "fields": {},
    }


async def test_the_field_file_is_the_file(asgi: Any) -> None:
    body = (
        part("title", "T")
        + part("file", "abcd", "Content-Type: text/plain", filename="../../a b.txt")
        + part("late", "x")
        + b"--B--\r\n"
    )
    answer = await asgi.call(api_with(asgi), "POST", "/shop/v1/upload", body=body, headers=FORM)
    assert answer.json == {
        "size": 4,
        "text": "abcd",
        "filename": "a b.txt",
        "media_type": "text/plain",
        "fields": {"title": "T"},
    }


async def test_other_types_are_refused_unless_accepted(asgi: Any) -> None:
    api = api_with(asgi)
    pdf = {"content-type": "application/pdf"}
    refused = await asgi.call(api, "POST", "/shop/v1/upload", body=b"a", headers=pdf)
    assert (refused.status, refused.problem.extensions["accepted"]) == (
        415,
        ["application/octet-stream", "multipart/form-data"],
    )
    assert (await asgi.call(api, "POST", "/shop/v1/any", body=b"a", headers=pdf)).status == 200


async def test_type_may_be_left_out_where_every_type_is_accepted(asgi: Any) -> None:
    api = api_with(asgi)
    refused = await asgi.call(api, "POST", "/shop/v1/upload", body=b"a")
    assert (refused.status, refused.problem.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    answer = await asgi.call(api, "POST", "/shop/v1/any", body=b"a")
    assert (answer.status, answer.json["text"], answer.json["media_type"]) == (200, "a", "")


async def test_a_form_is_read_part_by_part(asgi: Any) -> None:
    api = api_with(asgi)
    body = part("a", "1") + part("b", "ü") + b"--B--"
    assert (await asgi.call(api, "POST", "/shop/v1/form", body=body, headers=FORM)).json == {
        "a": "1",
        "b": "ü",
    }


async def test_unread_parts_are_skipped(asgi: Any) -> None:
    body = part("a", "1" * 500, filename="x") + part("b", "2") + b"--B--"
    answer = await asgi.call(
        api_with(asgi), "POST", "/shop/v1/skip", body=[body[:100], body[100:]], headers=FORM
    )
    assert answer.json == ["a x", "b None"]


FORM_REFUSALS = [
    pytest.param("form", part("a", "1"), 400, "BAD_REQUEST", id="no-end"),
    pytest.param("upload", part("file", "1"), 400, "BAD_REQUEST", id="file-cut-off"),
    pytest.param("form", b"", 400, "BAD_REQUEST", id="empty"),
    pytest.param("form", b"garbage", 400, "BAD_REQUEST", id="garbage"),
    pytest.param("form", b"--B\r\nX: y\r\n\r\n1\r\n--B--", 400, "BAD_REQUEST", id="no-disposition"),
    pytest.param(
        "form",
        b"--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--",
        400,
        "BAD_REQUEST",
        id="no-name",
    ),
    pytest.param(
        "form",
        part("a", "1", *[f"X-{n}: y" for n in range(9)]) + b"--B--",
        400,
        "BAD_REQUEST",
        id="many-headers",
    ),
    pytest.param(
        "form", part("a", "1", "X: " + "y" * 5000) + b"--B--", 400, "BAD_REQUEST", id="long-header"
    ),
    pytest.param("form", part("a", "1") * 101 + b"--B--", 400, "BAD_REQUEST", id="many-parts"),
    pytest.param("form", part("a", "1" * 21) + b"--B--", 422, "VALIDATION_ERROR", id="long-field"),
    pytest.param(
        "form",
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--B--',
        422,
        "VALIDATION_ERROR",
        id="no-text",
    ),
    pytest.param("upload", part("a", "1") + b"--B--", 422, "VALIDATION_ERROR", id="no-file"),
    pytest.param(
        "upload",
        part("file", "1") + part("file", "2") + b"--B--",
        422,
        "VALIDATION_ERROR",
        id="two-files",
    ),
    pytest.param(
        "upload", part("file", "1" * 10_000) + b"--B--", 413, "REQUEST_TOO_LARGE", id="too-large"
    ),
]


@pytest.mark.parametrize(("name", "body", "status", "code"), FORM_REFUSALS)
@pytest.mark.parametrize("is_chunked", [False, True], ids=["whole", "chunked"])
async def test_a_bad_form_is_refused(
    asgi: Any, name: str, body: bytes, status: int, code: str, is_chunked: bool
) -> None:
    pieces: Any = [body[at : at + 7] for at in range(0, len(body), 7)] if is_chunked else body
    answer = await asgi.call(api_with(asgi), "POST", f"/shop/v1/{name}", body=pieces, headers=FORM)
    assert (answer.status, answer.problem.code) == (status, code)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'b' * 300}",
    ],
)
async def test_a_form_needs_a_boundary(asgi: Any, content_type: str) -> None:
    answer = await asgi.call(
        api_with(asgi), "POST", "/shop/v1/form", body=b"x", headers={"content-type": content_type}
    )
    assert (answer.status, answer.problem.code) == (400, "BAD_REQUEST")


async def test_an_upload_that_stops_arriving_is_refused(asgi: Any) -> None:
    answer = await asgi.call(
        api_with(asgi, body_timeout_s=0.02),
        "POST",
        "/shop/v1/raw",
        body=[b"a"],
        stays_open=True,
        headers={"content-type": "application/octet-stream"},
    )
    assert (answer.status, answer.problem.code) == (408, "REQUEST_TIMEOUT")


async def test_a_client_that_leaves_in_the_middle_ends_the_upload(asgi: Any) -> None:
    api = api_with(asgi)
    octets = {"content-type": "application/octet-stream"}
    call = asgi.begin(api, "POST", "/shop/v1/raw", body=[b"a"], stays_open=True, headers=octets)
    call.gone.set()
    answer = await asyncio.wait_for(call.run(), 5)
    assert (answer.status, api.in_flight) == (0, 0)


@given(
    contents=st.lists(
        st.binary(max_size=60).filter(lambda content: b"--B" not in content), min_size=1, max_size=4
    ),
    cuts=st.lists(st.integers(1, 400), max_size=20),
)
async def test_a_form_means_the_same_however_it_is_cut(
    contents: list[bytes], cuts: list[int]
) -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n'
    body = b"".join(head + content + b"\r\n" for content in contents) + b"--B--\r\n"
    ends = sorted({min(cut, len(body)) for cut in cuts} | {len(body)})
    pieces = [body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    reader = MultipartReader(_Pieces(pieces), b"B")
    found: list[bytearray] = []
    while (item := await reader.next()) is not None:
        if isinstance(item, PartHead):
            found.append(bytearray())
        elif isinstance(item, bytes):
            found[-1] += item
    assert [bytes(content) for content in found] == contents


class _Pieces(BodyStream):
    """A body that is already there."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    async def chunk(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


async def test_the_limit_of_json_bodies_is_not_one_of_uploads(asgi: Any) -> None:
    api = api_with(asgi, json_limit_bytes=1)
    answer = await asgi.call(
        api,
        "POST",
        "/shop/v1/raw",
        body=b"abcd",
        headers={"content-type": "application/octet-stream"},
    )
    assert answer.json["size"] == 4
