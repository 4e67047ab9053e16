"""Which redirects are followed, and what goes along."""

from __future__ import annotations

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from modkit.http import (
    EgressRefused,
    HttpClient,
    RedirectPolicy,
    RedirectRefused,
)
from modkit.http.calls import make_call
from modkit.http.origins import origin_of, read_url
from modkit.http.redirecting import redirected

from .conftest import LOCAL, ClientMaker, Server

SECRETS = {"Authorization": "Bearer s", "Cookie": "a=b", "X-Trace": "kept"}


def to(location: str, status: int = 302) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


@pytest.mark.anyio
async def test_a_redirect_within_the_origin_is_followed(client: HttpClient, server: Server) -> None:
    server.answers(to("../b?x=1"), web.Response(text="there"))
    response = await client.get(f"{server.url}/a/a", headers=SECRETS)
    assert (response.text(), response.url) == ("there", f"{server.url}/b")
    assert server.requests[1][1] == "/b?x=1"
    assert server.requests[1][2]["Authorization"] == "Bearer s"
    assert len(server.connections) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "status", "then", "body"),
    [
        ("POST", 301, "GET", b""),
        ("POST", 302, "GET", b""),
        ("POST", 303, "GET", b""),
        ("PUT", 303, "GET", b""),
        ("HEAD", 303, "HEAD", b""),
        ("POST", 307, "POST", b"1"),
        ("POST", 308, "POST", b"1"),
        ("PUT", 301, "PUT", b"1"),
        ("DELETE", 302, "DELETE", b"1"),
    ],
)
async def test_methods_change_as_the_standard_says(
    client: HttpClient, server: Server, method: str, status: int, then: str, body: bytes
) -> None:
    server.answers(to("/b", status), web.Response())
    options = {} if method == "HEAD" else {"json": 1}
    await client.request(method, server.url, **options)
    assert (server.requests[1][0], server.bodies[1]) == (then, body)
    assert ("Content-Type" in server.requests[1][2]) is bool(body)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [300, 304, 305])
async def test_other_3xx_are_answers(client: HttpClient, server: Server, status: int) -> None:
    server.answers(to("/b", status))
    assert (await client.get(server.url)).status == status


@pytest.mark.anyio
async def test_a_redirect_to_nowhere_is_an_answer(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(status=302))
    assert (await client.get(server.url)).status == 302


@pytest.mark.anyio
async def test_redirects_can_be_left_to_the_caller(
    open_client: ClientMaker, server: Server
) -> None:
    server.answers(to("/b"))
    async with open_client(redirects=RedirectPolicy(max_redirects=0)) as client:
        assert (await client.get(server.url)).headers["location"] == "/b"


@pytest.mark.anyio
async def test_a_circle_ends(client: HttpClient, server: Server) -> None:
    server.answers(to("/"))
    with pytest.raises(RedirectRefused, match="too many"):
        await client.get(server.url)
    assert len(server.requests) == 11


@pytest.mark.anyio
@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.2:{port}/", "http://127.0.0.1:1/", "https://127.0.0.1:{port}/", "//other/"],
    ids=["host", "port", "scheme", "scheme-relative"],
)
async def test_another_origin_is_not_gone_to(
    client: HttpClient, server: Server, location: str
) -> None:
    server.answers(to(location.format(port=server.port)))
    with pytest.raises(RedirectRefused, match="another origin"):
        await client.get(server.url)
    assert len(server.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "location",
    ["http://a:b@127.0.0.1/", "ftp://127.0.0.1/", "http://[::1", "javascript:1"],
)
async def test_what_cannot_be_called_is_not_gone_to(
    client: HttpClient, server: Server, location: str
) -> None:
    server.answers(to(location))
    with pytest.raises(RedirectRefused, match="no URL that can be called"):
        await client.get(server.url)


@pytest.mark.anyio
async def test_an_allowed_host_is_gone_to_without_credentials(
    open_client: ClientMaker, server: Server
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    server.answers(to(f"http://b.example.com:{server.port}/"), web.Response(text="there"))
    policy = RedirectPolicy(allowed_hosts=("*.example.com",))
    async with open_client(resolve=resolve, redirects=policy) as client:
        url = f"http://a.example.com:{server.port}/"
        assert (await client.get(url, headers=SECRETS)).text() == "there"
    names = {name.lower() for name in server.requests[1][2]}
    assert "x-trace" in names
    assert names & {"authorization", "cookie"} == set()


@pytest.mark.anyio
async def test_egress_is_checked_again_after_a_redirect(
    open_client: ClientMaker, server: Server
) -> None:
    server.answers(to("http://127.0.0.2/"))
    policy = RedirectPolicy(allowed_hosts=("*",))
    egress = type(LOCAL)(allow_http=True, allowed_networks=("127.0.0.1/32",))
    async with open_client(redirects=policy, egress=egress) as client:
        with pytest.raises(EgressRefused, match="loopback"):
            await client.get(server.url)


def test_https_is_never_left() -> None:
    call = make_call("GET", "https://a.example.com/", {})
    with pytest.raises(RedirectRefused, match="away from https"):
        redirected(call, 302, "http://a.example.com/", RedirectPolicy(allowed_hosts=("*",)))


def test_http_can_be_left_for_https_where_the_host_is_allowed() -> None:
    call = make_call("GET", "http://a.example.com/", {"headers": SECRETS})
    policy = RedirectPolicy(allowed_hosts=("a.example.com",))
    moved = redirected(call, 301, "https://a.example.com/", policy)
    assert moved is not None
    assert str(moved.url) == "https://a.example.com/"
    assert "authorization" not in moved.headers


async def _pieces():
    yield b""


def test_a_used_up_body_cannot_go_along() -> None:
    call = make_call("POST", "https://a.example.com/", {"content": _pieces()})
    with pytest.raises(RedirectRefused, match="cannot be sent again"):
        redirected(call, 307, "/b", RedirectPolicy())


LABELS = st.from_regex(r"[a-zA-Z][a-zA-Z0-9]{0,8}", fullmatch=True)
ORIGINS = st.tuples(
    st.sampled_from(["http", "https"]),
    st.lists(LABELS, min_size=1, max_size=3).map(".".join),
    st.integers(1, 65535),
)


@given(ORIGINS, ORIGINS, st.text(st.characters(min_codepoint=97, max_codepoint=122)))
def test_an_origin_is_scheme_host_and_port(a, b, path: str) -> None:
    def url(origin, path: str) -> URL:
        scheme, host, port = origin
        return read_url(f"{scheme.upper()}://{host}:{port}/{path}?{path}#{path}")

    def parts(origin):
        scheme, host, port = origin
        return scheme, host.lower(), port

    assert origin_of(url(a, path)) == parts(a)
    assert (origin_of(url(a, path)) == origin_of(url(b, ""))) == (parts(a) == parts(b))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://a", "http://a:80/"),
        ("https://A.example", "https://a.example:443/x"),
        ("https://a.example.", "https://a.example"),
        ("http://[::1]", "http://[0:0::1]:80"),
    ],
)
def test_origins_are_the_same_however_they_are_written(left: str, right: str) -> None:
    assert origin_of(read_url(left)) == origin_of(read_url(right))
