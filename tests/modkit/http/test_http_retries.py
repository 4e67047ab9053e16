"""What is called again, after how long, and when it is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from modkit.http import HttpClient, RetryPolicy, UpstreamTooSlow, UpstreamUnreachable
from modkit.http.retrying import backoff_s, parse_retry_after

from .conftest import ClientMaker, FakeTime, Server

FAILED = web.Response(status=503)
FINE = web.Response(text="fine")


@pytest.mark.anyio
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_a_call_that_may_be_repeated_is(
    client: HttpClient, server: Server, time: FakeTime, method: str, status: int
) -> None:
    server.answers(web.Response(status=status), web.Response(status=status), FINE)
    assert (await client.request(method, server.url)).status == 200
    assert time.slept == [0.05, 0.1]  # half of 100 ms, then half of twice that


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_call_that_may_not_be_repeated_is_not(
    client: HttpClient, server: Server, method: str
) -> None:
    server.answers(FAILED, FINE)
    assert (await client.request(method, server.url)).status == 503


@pytest.mark.anyio
async def test_an_idempotency_key_makes_it_repeatable(client: HttpClient, server: Server) -> None:
    server.answers(FAILED, FINE)
    response = await client.post(server.url, json=1, headers={"Idempotency-Key": "k"})
    assert (response.status, server.bodies) == (200, [b"1", b"1"])


@pytest.mark.anyio
async def test_429_is_repeated_whatever_the_method(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(status=429), FINE)
    assert (await client.post(server.url, json=1)).status == 200


class Upload:
    """A body that can be read again."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"whole"


@pytest.mark.anyio
async def test_a_body_that_starts_anew_is_sent_again(client: HttpClient, server: Server) -> None:
    server.answers(FAILED, FINE)
    assert (await client.put(server.url, content=Upload())).status == 200
    assert server.bodies == [b"whole", b"whole"]


@pytest.mark.anyio
async def test_a_body_that_is_used_up_is_not_sent_again(client: HttpClient, server: Server) -> None:
    server.answers(FAILED, FINE)
    response = await client.put(server.url, content=aiter(Upload()))
    assert (response.status, server.bodies) == (503, [b"whole"])


@pytest.mark.anyio
async def test_the_last_answer_is_returned(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(status=503, text="still closed"))
    assert (await client.get(server.url)).text() == "still closed"
    assert len(server.requests) == 4


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("value", "slept"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 2026 00:16:50 GMT", 10.0),
        ("Thu, 01 Jan 2026 00:00:00 GMT", 0.05),
        ("soon", 0.05),
    ],
    ids=["seconds", "date", "past", "nonsense"],
)
async def test_retry_after_is_honoured(
    client: HttpClient, server: Server, time: FakeTime, value: str, slept: float
) -> None:
    server.answers(web.Response(status=503, headers={"Retry-After": value}), FINE)
    assert (await client.get(server.url)).status == 200
    assert time.slept == [slept]


@pytest.mark.anyio
async def test_a_wait_beyond_the_deadline_is_not_begun(
    client: HttpClient, server: Server, time: FakeTime
) -> None:
    server.answers(web.Response(status=429, headers={"Retry-After": "60"}), FINE)
    assert (await client.get(server.url, timeout_s=59)).status == 429
    assert time.slept == []


@pytest.mark.anyio
async def test_all_attempts_share_one_deadline(
    open_client: ClientMaker, server: Server, time: FakeTime
) -> None:
    server.answers(FAILED)
    retries = RetryPolicy(retries=20, base_delay_s=4.0)
    async with open_client(retries=retries) as client:
        assert (await client.get(server.url, timeout_s=30)).status == 503
    assert sum(time.slept) < 30
    assert len(server.requests) < 20


@pytest.mark.anyio
async def test_a_broken_answer_is_asked_for_again(open_client: ClientMaker, serve_raw) -> None:
    answers = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfi",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfi\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine",
    ]

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with open_client(retries=RetryPolicy(retries=5)) as client:
        assert (await client.get(await serve_raw(answer))).text() == "fine"


@pytest.mark.anyio
async def test_nobody_listening_is_unreachable_and_tried_again(
    client: HttpClient, time: FakeTime, unused_port: int
) -> None:
    with pytest.raises(UpstreamUnreachable, match=r"did not answer: connection refused\.$"):
        await client.get(f"http://127.0.0.1:{unused_port}/")
    assert len(time.slept) == 3


@pytest.mark.anyio
async def test_an_attempt_has_its_own_timeout(open_client: ClientMaker, server: Server) -> None:
    async def slow_once(_: web.Request) -> web.Response:
        if len(server.requests) == 1:
            await asyncio.Event().wait()
        return web.Response(text="fine")

    server.handler = slow_once
    async with open_client(attempt_timeout_s=0.1) as client:
        assert (await client.get(server.url)).text() == "fine"
        server.requests.clear()
        with pytest.raises(UpstreamTooSlow, match=r"within 0\.1 s"):
            await client.post(server.url)


@pytest.mark.anyio
async def test_short_failures_keep_the_connection(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(status=503, body=b"x" * 60_000), FINE)
    await client.get(server.url)
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_long_failures_give_the_connection_up(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(status=503, body=b"x" * 5_000_000), FINE)
    await client.get(server.url)
    assert len(server.connections) == 2


@given(
    st.integers(1, 2000),
    st.floats(0, 1, exclude_max=True),
    st.floats(0.001, 10),
    st.floats(0.001, 100),
)
def test_a_wait_stays_within_its_bounds(
    attempt: int, chance: float, base_s: float, max_s: float
) -> None:
    policy = RetryPolicy(base_delay_s=base_s, max_delay_s=max_s)
    if attempt <= 20:  # more retries than the configuration allows
        assert 0 <= backoff_s(policy, attempt, chance) <= min(max_s, base_s * 2**attempt)


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(0, 200_000_000_000))
def test_a_date_is_read_as_it_was_written(seconds: int) -> None:
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    expected = max(0.0, (date - NOW) / timedelta(seconds=1))
    assert parse_retry_after(format_datetime(date, usegmt=True), NOW) == expected


@given(st.integers(0, 999_999_999))
def test_seconds_are_read_as_they_were_written(seconds: int) -> None:
    assert parse_retry_after(f" {seconds} ", NOW) == seconds


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[A-Z][a-z]{2}, [0-9 :A-Za-z+-]{0,40}")))
def test_any_text_is_read_or_ignored(text: str) -> None:
    seconds = parse_retry_after(text, NOW)
    assert seconds is None or seconds >= 0
