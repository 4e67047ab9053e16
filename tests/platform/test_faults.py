"""The running platform under fire: every bad request is a problem document, and nothing is left of it."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.platform.conftest import Answer, Platform, StartPlatform

HEADER_LIMIT_BYTES = 4096
UPGRADE = "connection: upgrade\r\nupgrade: "
KEY = "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


@pytest.fixture(scope="module", name="platform")
def platform_fixture(start_shared_platform: StartPlatform) -> Platform:
    limits = "modules.api_ingress.config.limits"
    return start_shared_platform(
        settings={
            f"{limits}.header_timeout_s": 1,
            f"{limits}.body_timeout_s": 1,
            f"{limits}.header_limit_bytes": HEADER_LIMIT_BYTES,
            f"{limits}.uri_limit_bytes": 1024,
            "logging.default.console_level": "warning",
        }
    )


def request(
    line: str = "GET /healthz HTTP/1.1",
    *headers: str,
    body: bytes = b"",
    host: str = "host: localhost",
) -> bytes:
    return "\r\n".join([line, host, *headers, "", ""]).encode("latin-1") + body


def post(*headers: str, body: bytes = b"", path: str = "/fire/v1/notes") -> bytes:
    return request(f"POST {path} HTTP/1.1", "content-type: application/json", *headers, body=body)


def raw(platform: Platform, data: bytes) -> tuple[Answer, bytes]:
    """Send *data*; return the first answer and what follows it until the server closes."""
    with platform.connect() as wire:
        wire.send(data)
        return wire.answer(), wire.rest()


def assert_quiet(platform: Platform) -> None:
    """Nothing of earlier requests is served any more."""
    with platform.connect() as wire:
        while (state := wire.ask("GET /fire/v1/state").json)["in_flight"] > 1:
            pass
        assert state["in_flight"] == 1


NO_HTTP = {
    "noise": b"\x00\xff\xfe\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /healthz\r\nhost: localhost\r\n\r\n",
    "version 3": b"GET /healthz HTTP/3.0\r\nhost: localhost\r\n\r\n",
    "h2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "unknown method": b"FROB /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "lower case method": b"get /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "connect": b"CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "space in target": b"GET /a b HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "null in target": b"GET /a\x00b HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "null in header": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-a: a\x00b\r\n\r\n",
    "header without colon": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nnonsense\r\n\r\n",
    "space before colon": b"GET /healthz HTTP/1.1\r\nhost : x\r\n\r\n",
    "bare line feed in header": b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-a: b\rc: d\r\n\r\n",
    "length twice": post("content-length: 3", "content-length: 4", body=b"{}\n"),
    "length is no number": post("content-length: three"),
    "negative length": post("content-length: -1"),
    "length and chunked": post(
        "content-length: 4", "transfer-encoding: chunked", body=b"0\r\n\r\n"
    ),
    "chunked and length": post(
        "transfer-encoding: chunked", "content-length: 4", body=b"0\r\n\r\n"
    ),
    "unknown transfer encoding": post("transfer-encoding: gzip", body=b"0\r\n\r\n"),
    "chunked not last": post("transfer-encoding: chunked, gzip", body=b"0\r\n\r\n"),
    "chunk size is no number": post("transfer-encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk longer than its size": post("transfer-encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"),
    "chunk size overflows": post("transfer-encoding: chunked", body=b"f" * 17 + b"\r\n"),
}


@pytest.mark.parametrize("data", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_gets_a_problem_and_nothing_after_it_is_read(
    platform: Platform, data: bytes
) -> None:
    answer, rest = raw(platform, data + request("GET /fire/v1/state HTTP/1.1"))
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert answer.headers["connection"] == "close"
    assert rest == b""
    assert_quiet(platform)


@pytest.mark.parametrize("target", ["*", "//", "/%", "/%zz", "/%ff", "/..", "/a%2fb%00", "/\xe4"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_an_odd_target_is_answered(platform: Platform, method: str, target: str) -> None:
    with platform.connect() as wire:
        wire.send(request(f"{method} {target} HTTP/1.1"))
        answer = wire.answer()
    assert answer.status in (204, 400, 404)
    if answer.status != 204:
        assert answer.code


HEADERS = {
    "one large header": ["x-large: " + "x" * HEADER_LIMIT_BYTES],
    "ten thousand headers": [f"x-{number}: y" for number in range(10_000)],
    "one endless header": ["x-large: " + "x" * 1_000_000],
    "a large cookie": ["cookie: " + "c=1;" * 2000],
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_large_headers_are_refused(platform: Platform, headers: list[str]) -> None:
    with platform.connect() as wire:
        wire.send(request("GET /healthz HTTP/1.1", *headers))
        answer = wire.answer()
    assert (answer.status, answer.code) == (431, "HEADERS_TOO_LARGE")


def test_headers_that_never_end_are_refused(platform: Platform) -> None:
    answer, rest = raw(platform, b"GET /healthz HTTP/1.1\r\nx-large: " + b"x" * 200_000)
    assert (answer.status, answer.code, rest) == (431, "HEADERS_TOO_LARGE", b"")


def test_a_long_target_is_refused(platform: Platform) -> None:
    answer = platform.ask("GET /healthz?" + "q" * 1024)
    assert (answer.status, answer.code) == (414, "URI_TOO_LONG")


def test_slow_headers_are_refused(platform: Platform) -> None:
    answer, rest = raw(platform, b"GET /healthz HTTP/1.1\r\nhost:")
    assert (answer.status, answer.code, rest) == (408, "REQUEST_TIMEOUT", b"")


def test_slow_headers_of_a_second_request_are_refused(platform: Platform) -> None:
    with platform.connect() as wire:
        assert wire.ask("GET /healthz").status == 200
        wire.send(b"GET /healthz HTTP/1.1\r\n")
        assert wire.answer().code == "REQUEST_TIMEOUT"
        assert wire.rest() == b""


def test_a_connection_that_says_nothing_is_closed(platform: Platform) -> None:
    with platform.connect() as wire:
        assert wire.rest() == b""


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/fire/v1/notes", "application/json"),
        ("/fire/v1/uploads", "application/octet-stream"),
    ],
    ids=["json", "streamed"],
)
def test_a_slow_body_is_refused_and_what_stays_away_is_not_waited_for(
    platform: Platform, path: str, media_type: str
) -> None:
    answer, rest = raw(
        platform,
        request(
            f"POST {path} HTTP/1.1",
            f"content-type: {media_type}",
            "content-length: 10",
            body=b'{"te',
        ),
    )
    assert (answer.status, answer.code, rest) == (408, "REQUEST_TIMEOUT", b"")
    assert_quiet(platform)


def test_a_refused_body_that_trickles_in_does_not_hold_the_connection(platform: Platform) -> None:
    with platform.connect() as wire:
        wire.send(post("content-length: 2000"))
        assert wire.answer().status == 413
        wire.send(b"x")
        assert wire.rest() == b""


SMUGGLED = request("GET /fire/v1/state HTTP/1.1")
DECLARED = post(f"content-length: {2000 + len(SMUGGLED)}", body=b" " * 2000 + SMUGGLED)
CHUNKED = post(
    "transfer-encoding: chunked",
    body=b"7d0\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (b" " * 2000, len(SMUGGLED), SMUGGLED),
)
UNWANTED = post(f"content-length: {len(SMUGGLED)}", body=SMUGGLED, path="/fire/v1/nowhere")
WRONG_TYPE = request(
    "POST /fire/v1/notes HTTP/1.1",
    "content-type: text/plain",
    f"content-length: {len(SMUGGLED)}",
    body=SMUGGLED,
)
WITH_GET = request(body=SMUGGLED).replace(
    b"\r\n\r\n", b"\r\ncontent-length: %d\r\n\r\n" % len(SMUGGLED), 1
)
REFUSED = {
    "unknown route": (UNWANTED, 404, "NOT_FOUND"),
    "wrong media type": (WRONG_TYPE, 415, "UNSUPPORTED_MEDIA_TYPE"),
}


@pytest.mark.parametrize("data", [DECLARED, CHUNKED], ids=["declared", "chunked"])
def test_an_oversize_body_is_refused_and_is_no_request(platform: Platform, data: bytes) -> None:
    answer, rest = raw(platform, data)
    assert (answer.status, answer.code, rest) == (413, "REQUEST_TOO_LARGE", b"")


@pytest.mark.parametrize(("data", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_the_connection_goes_on_after_a_refusal_and_the_body_is_no_request(
    platform: Platform, data: bytes, status: int, code: str
) -> None:
    with platform.connect() as wire:
        wire.send(data)
        answer = wire.answer()
        assert (answer.status, answer.code) == (status, code)
        assert wire.ask("GET /healthz").body == b"ok"


def test_the_body_of_a_get_is_no_request(platform: Platform) -> None:
    with platform.connect() as wire:
        wire.send(WITH_GET)
        assert wire.answer().body == b"ok"
        assert wire.ask("GET /healthz").body == b"ok"


def test_pipelined_requests_are_answered_in_order(platform: Platform) -> None:
    body = b'{"text": "hello"}'
    with platform.connect() as wire:
        wire.send(
            request()
            + post(f"content-length: {len(body)}", body=body)
            + request("GET /nowhere HTTP/1.1")
            + request("HEAD /healthz HTTP/1.1")
            + request()
        )
        answers = [wire.answer(is_head=number == 3) for number in range(5)]
    assert [answer.status for answer in answers] == [200, 201, 404, 200, 200]
    assert answers[1].json == {"text": "hello"}


def test_a_good_request_is_answered_before_the_bad_one_behind_it(platform: Platform) -> None:
    with platform.connect() as wire:
        wire.send(request("GET /fire/v1/late HTTP/1.1") + b"\x00\x00\r\n\r\n")
        assert wire.answer().status == 504
        assert wire.rest() == b""


def test_a_client_may_wait_for_leave_to_send(platform: Platform) -> None:
    body = b'{"text": "hello"}'
    with platform.connect() as wire:
        wire.send(post("expect: 100-continue", f"content-length: {len(body)}"))
        assert wire.answer().status == 100
        wire.send(body)
        assert wire.answer().status == 201


def test_a_client_that_waits_for_leave_to_send_is_refused_before_it_does(
    platform: Platform,
) -> None:
    with platform.connect() as wire:
        wire.send(post("expect: 100-continue", "content-length: 100000"))
        assert wire.answer().status == 413


def test_http_1_0_is_served_and_closed(platform: Platform) -> None:
    answer, rest = raw(platform, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert (answer.status, answer.body, rest) == (200, b"ok", b"")
    assert answer.headers["connection"] == "close"


def test_a_wish_for_http_2_is_ignored(platform: Platform) -> None:
    body = b'{"text": "hello"}'
    with platform.connect() as wire:
        wire.send(
            post(
                "connection: Upgrade, HTTP2-Settings",
                "upgrade: h2c",
                "http2-settings: AAMAAABkAAQAoAAAAAIAAAAA",
                f"content-length: {len(body)}",
                body=body,
            )
        )
        answer = wire.answer()
        assert (answer.status, answer.json) == (201, {"text": "hello"})
        assert wire.ask("GET /healthz").body == b"ok"


HANDSHAKES = {
    "on a plain route": ("GET /healthz", KEY, 404),
    "on no route": ("GET /nowhere", KEY, 404),
    "with a body method": ("POST /fire/v1/socket", KEY, 404),
    "without a key": ("GET /fire/v1/socket", "", 426),
    "of another version": ("GET /fire/v1/socket", KEY.replace("13", "7"), 426),
    "with a wrong key": ("GET /fire/v1/socket", KEY.replace("AA=", "A!="), 426),
    "with many headers": (
        "GET /fire/v1/socket",
        KEY + "".join(f"x-{number}: y\r\n" for number in range(300)),
        431,
    ),
}


@pytest.mark.parametrize(("line", "headers", "status"), HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_bad_websocket_handshake_gets_a_problem(
    platform: Platform, line: str, headers: str, status: int
) -> None:
    with platform.connect() as wire:
        wire.send(
            f"{line} HTTP/1.1\r\nhost: localhost\r\n{UPGRADE}websocket\r\n{headers}\r\n".encode()
        )
        answer = wire.answer()
    assert (answer.status, bool(answer.code)) == (status, True)


def test_a_get_of_a_websocket_says_what_it_is(platform: Platform) -> None:
    answer = platform.ask("GET /fire/v1/socket")
    assert (answer.status, answer.code) == (426, "UPGRADE_REQUIRED")
    assert answer.headers["upgrade"] == "websocket"
    assert answer.headers["connection"] == "upgrade"
    assert answer.headers["sec-websocket-version"] == "13"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("raise", 500, "INTERNAL_ERROR"),
        ("lie", 500, "INTERNAL_ERROR"),
        ("exit", 500, "INTERNAL_ERROR"),
        ("late", 504, "OPERATION_TIMEOUT"),
    ],
)
def test_a_bad_handler_gets_a_problem_and_serving_goes_on(
    platform: Platform, path: str, status: int, code: str
) -> None:
    with platform.connect() as wire:
        answer = wire.ask(f"GET /fire/v1/{path}")
        assert (answer.status, answer.code) == (status, code)
        assert b"hunter2" not in answer.body
    assert platform.ask("GET /healthz").body == b"ok"
    assert_quiet(platform)


CUT = {
    "in an event stream": (b"GET /fire/v1/silence HTTP/1.1\r\nhost: localhost\r\n\r\n", b"first"),
    "in a byte stream": (b"GET /fire/v1/bytes HTTP/1.1\r\nhost: localhost\r\n\r\n", b"xxxx"),
}


@pytest.mark.parametrize(("data", "mark"), CUT.values(), ids=CUT)
def test_a_client_that_leaves_ends_its_stream(platform: Platform, data: bytes, mark: bytes) -> None:
    tasks = platform.ask("GET /fire/v1/state").json["tasks"]
    with platform.connect() as wire:
        wire.send(data)
        wire.until(mark)
    assert platform.ask("GET /fire/v1/quiet").status == 200
    state = platform.ask("GET /fire/v1/state").json
    assert (state["in_flight"], state["tasks"]) == (1, tasks)


def test_a_client_that_leaves_ends_its_upload(platform: Platform) -> None:
    tasks = platform.ask("GET /fire/v1/state").json["tasks"]
    with platform.connect() as wire:
        wire.send(
            request(
                "POST /fire/v1/uploads HTTP/1.1",
                "content-type: application/octet-stream",
                "content-length: 1000",
                body=b"half",
            )
        )
        platform.wait_for("upload begun")
    assert platform.ask("GET /fire/v1/quiet").status == 200
    state = platform.ask("GET /fire/v1/state").json
    assert (state["in_flight"], state["tasks"]) == (1, tasks)


@pytest.mark.parametrize("behind", [b"", request()], ids=["alone", "with another behind it"])
def test_a_client_that_leaves_ends_its_request(platform: Platform, behind: bytes) -> None:
    tasks = platform.ask("GET /fire/v1/state").json["tasks"]
    with platform.connect() as wire:
        wire.send(request("GET /fire/v1/hang HTTP/1.1") + behind)
        platform.wait_for("hang waits")
    assert platform.ask("GET /fire/v1/quiet").status == 200
    state = platform.ask("GET /fire/v1/state").json
    assert (state["in_flight"], state["tasks"]) == (1, tasks)


def test_clients_that_leave_after_their_uploads_leave_no_file_and_do_not_hold_the_stop(
    start_platform: StartPlatform, tmp_path: Path
) -> None:
    platform = start_platform()
    upload = request(
        "POST /fire/v1/spool HTTP/1.1",
        "content-type: application/octet-stream",
        "content-length: 200000",
        body=b"x" * 200_000,
    )
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(platform.connect()).send(upload)
        platform.wait_for("spooled", times=16)
        assert len(list(tmp_path.glob("spool-*"))) == 16
    assert_quiet(platform)
    assert list(tmp_path.glob("spool-*")) == []
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert "cut off" not in platform.text


def test_a_connection_goes_on_after_a_request_that_was_watched(platform: Platform) -> None:
    with platform.connect() as wire:
        wire.send(request("GET /fire/v1/late HTTP/1.1") + request())
        assert [wire.answer().status, wire.answer().status] == [504, 200]
        assert wire.ask("GET /fire/v1/late").status == 504
        assert wire.ask("GET /healthz").body == b"ok"


def test_five_hundred_idle_connections_hinder_nobody(platform: Platform) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(platform.connect()) for _ in range(500)]
        assert platform.ask("GET /healthz").body == b"ok"
        assert wires[0].rest() == b""
        assert wires[-1].rest() == b""
    assert platform.ask("GET /healthz").body == b"ok"


def test_a_response_carries_no_server_name_and_a_date(platform: Platform) -> None:
    headers = platform.ask("GET /healthz").headers
    assert "server" not in headers
    assert "date" in headers


def test_after_all_of_it_the_platform_stops_cleanly(start_platform: StartPlatform) -> None:
    platform = start_platform()
    for data in NO_HTTP.values():
        raw(platform, data)
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    assert "Traceback" not in platform.text
    assert all("fatal" not in line.lower() for line in platform.output)
    assert json.loads(platform.output[-1])["event"] == "stopped"
