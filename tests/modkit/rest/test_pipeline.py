"""Every stage refuses with a problem document, in one order, and every answer carries the same headers."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated, Any
from uuid import UUID

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit.observability.context import REQUEST, RequestInfo
from modkit.ports.policy import PolicyDecisionPoint
from modkit.rest.cors import CorsSettings
from modkit.rest.operation import InvalidOperations
from modkit.rest.parameters import Header
from modkit.rest.routes import Routes
from modkit.security import AccessScope, SecurityContext

pytestmark = pytest.mark.anyio

REQUEST_ID = "01a20786-e326-73e1-afbe-41a64abc62d7"


@frozen(kw_only=True)
class Item:
    name: str


class Shop:
    """Handlers whose end a test decides."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.entered = asyncio.Event()
        self.stopped = asyncio.Event()
        self.seen: list[RequestInfo | None] = []

    async def get_item(self, item_id: UUID, limit: int = 5) -> Item:
        self.seen.append(REQUEST.get())
        return Item(name=f"{item_id.int} {limit}")

    async def create_item(self, body: Item) -> Item:
        return body

    async def slow(self) -> Item:
        self.entered.set()
        try:
            await self.go_on.wait()
        finally:
            self.stopped.set()
        return Item(name="slow")

    async def stubborn(self) -> Item:
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            return Item(name="swallowed")
        return Item(name="late")

    async def who(self, ctx: SecurityContext, scope: AccessScope) -> Item:
        return Item(name=f"{ctx.subject_id.int} {len(scope.constraints)}")

    async def delete_item(self) -> None:
        return None

    async def page(self, x_kind: Annotated[str, Header("X-Kind")] = "") -> bytes:
        return b"<p>" + x_kind.encode()


def shop_routes(shop: Shop) -> Routes:
    routes = Routes("shop")

    def name(path: str) -> str:
        return "shop." + path.rpartition("/")[2].strip("{}")

    routes.get("/shop/v1/items/{item_id}").operation_id("shop.get_item").summary(
        "A"
    ).public().returns(Item).handler(shop.get_item)
    routes.post("/shop/v1/items").operation_id("shop.create_item").summary("A").public().returns(
        Item
    ).body_limit(64).handler(shop.create_item)
    routes.get("/shop/v1/slow").operation_id(name("slow")).summary("A").timeout(
        0.05
    ).public().returns(Item).handler(shop.slow)
    routes.get("/shop/v1/endless").operation_id(name("endless")).summary("A").timeout(0).in_flight(
        1
    ).public().returns(Item).handler(shop.slow)
    routes.get("/shop/v1/stubborn").operation_id(name("stubborn")).summary("A").timeout(
        0.01
    ).public().returns(Item).handler(shop.stubborn)
    routes.get("/shop/v1/who").operation_id(name("who")).summary("A").requires(
        "items", "read"
    ).returns(Item).handler(shop.who)
    routes.delete("/shop/v1/items").operation_id("shop.delete_item").summary("A").requires(
        "items", "write"
    ).returns_nothing().handler(shop.delete_item)
    routes.get("/shop/v1/page").operation_id(name("page")).summary("A").header(
        "content-security-policy", "default-src 'self'"
    ).public().returns_bytes("text/html; charset=utf-8").handler(shop.page)
    return routes


@pytest.fixture(name="shop")
def shop_fixture() -> Shop:
    return Shop()


ITEM = f"/shop/v1/items/{UUID(int=3)}"


async def test_a_typed_get_is_answered(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(asgi.api_of(shop_routes(shop)), "GET", f"{ITEM}?limit=7")
    assert (answer.status, answer.json) == (200, {"name": "3 7"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "cache-control" not in answer.headers


async def test_head_answers_the_headers_of_get_without_its_body(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    get = await asgi.call(api, "GET", ITEM, headers={"x-request-id": "r"})
    head = await asgi.call(api, "HEAD", ITEM, headers={"x-request-id": "r"})
    assert head.headers == get.headers
    assert (head.status, head.body) == (200, b"")
    assert (await asgi.call(api, "HEAD", "/nowhere")).body == b""


async def test_fixed_headers_and_bytes_are_sent_as_declared(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(
        asgi.api_of(shop_routes(shop)), "GET", "/shop/v1/page", headers={"x-kind": "hi"}
    )
    assert answer.body == b"<p>hi"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'self'"


REFUSALS = [
    pytest.param("GET", "/nowhere", {}, None, 404, "NOT_FOUND", id="unknown-path"),
    pytest.param("GET", f"{ITEM}/", {}, None, 404, "NOT_FOUND", id="trailing-slash"),
    pytest.param("PATCH", ITEM, {}, None, 405, "METHOD_NOT_ALLOWED", id="unknown-method"),
    pytest.param("BREW", ITEM, {}, None, 405, "METHOD_NOT_ALLOWED", id="odd-method"),
    pytest.param(
        "GET", "/shop/v1/items/%zz", {}, None, 400, "INVALID_PATH", id="bad-escape-in-path"
    ),
    pytest.param("GET", "/shop/v1/items/%ff", {}, None, 400, "INVALID_PATH", id="no-utf-8-in-path"),
    pytest.param("GET", "/shop/v1/items/x", {}, None, 400, "INVALID_PATH", id="no-uuid"),
    pytest.param("GET", f"{ITEM}?limit=x", {}, None, 400, "INVALID_QUERY", id="no-number"),
    pytest.param(
        "GET", f"{ITEM}?limit=%zz", {}, None, 400, "INVALID_QUERY", id="bad-escape-in-query"
    ),
    pytest.param(
        "GET", f"{ITEM}?limit=%ff", {}, None, 400, "INVALID_QUERY", id="no-utf-8-in-query"
    ),
    pytest.param(
        "GET", f"{ITEM}?limit=\xff", {}, None, 400, "INVALID_QUERY", id="raw-bytes-in-query"
    ),
    pytest.param("GET", f"{ITEM}?lim=1", {}, None, 400, "INVALID_QUERY", id="unknown-query"),
    pytest.param(
        "GET", f"{ITEM}?limit=1&limit=2", {}, None, 400, "INVALID_QUERY", id="repeated-query"
    ),
    pytest.param(
        "GET", ITEM, {"accept": "text/html"}, None, 406, "NOT_ACCEPTABLE", id="not-acceptable"
    ),
    pytest.param(
        "GET",
        ITEM,
        {"accept": "application/json;q=0, */*"},
        None,
        406,
        "NOT_ACCEPTABLE",
        id="weight-zero",
    ),
    pytest.param("GET", f"{ITEM}?{'a' * 9000}", {}, None, 414, "URI_TOO_LONG", id="long-uri"),
    pytest.param(
        "GET", ITEM, {"x-a": "a" * 40_000}, None, 431, "HEADERS_TOO_LARGE", id="large-headers"
    ),
    pytest.param(
        "POST", "/shop/v1/items", {}, b"", 415, "UNSUPPORTED_MEDIA_TYPE", id="no-media-type"
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "text/plain"},
        b"{}",
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="wrong-media-type",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json", "content-encoding": "gzip"},
        b"{}",
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        id="encoded-body",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b"",
        400,
        "MALFORMED_JSON",
        id="empty-body",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b"{",
        400,
        "MALFORMED_JSON",
        id="malformed",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b"[" * 60,
        400,
        "MALFORMED_JSON",
        id="deep",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b'{"name": NaN}',
        400,
        "MALFORMED_JSON",
        id="nan",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b'{"name": 1}',
        422,
        "VALIDATION_ERROR",
        id="wrong-type",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b'{"name": "a", "b": 1}',
        422,
        "VALIDATION_ERROR",
        id="unknown-field",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        b" " * 65,
        413,
        "REQUEST_TOO_LARGE",
        id="declared-too-large",
    ),
    pytest.param(
        "POST",
        "/shop/v1/items",
        {"content-type": "application/json"},
        [b" " * 40, b" " * 40],
        413,
        "REQUEST_TOO_LARGE",
        id="chunked-too-large",
    ),
    pytest.param("GET", "/shop/v1/who", {}, None, 401, "UNAUTHENTICATED", id="no-token"),
    pytest.param(
        "GET",
        "/shop/v1/who",
        {"authorization": "Basic YQ=="},
        None,
        401,
        "UNAUTHENTICATED",
        id="other-scheme",
    ),
    pytest.param(
        "GET",
        "/shop/v1/who",
        {"authorization": "Bearer "},
        None,
        401,
        "UNAUTHENTICATED",
        id="empty-token",
    ),
    pytest.param(
        "GET",
        "/shop/v1/who",
        {"authorization": "Bearer m\xe4x"},
        None,
        401,
        "UNAUTHENTICATED",
        id="odd-token",
    ),
    pytest.param(
        "GET",
        "/shop/v1/who",
        {"authorization": "Bearer bob"},
        None,
        401,
        "UNAUTHENTICATED",
        id="unknown-token",
    ),
    pytest.param(
        "DELETE",
        "/shop/v1/items",
        {"authorization": "Bearer alice"},
        None,
        403,
        "FORBIDDEN",
        id="denied",
    ),
    pytest.param("GET", "/shop/v1/slow", {}, None, 504, "OPERATION_TIMEOUT", id="handler-hangs"),
]


@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "code"), REFUSALS)
async def test_a_refusal_is_a_problem(
    asgi: Any,
    shop: Shop,
    method: str,
    path: str,
    headers: dict[str, str],
    body: Any,
    status: int,
    code: str,
) -> None:
    api = asgi.api_of(shop_routes(shop))
    answer = await asgi.call(
        api, method, path, headers={**headers, "x-request-id": "r-1"}, body=body
    )
    assert (answer.status, answer.problem.code) == (status, code)
    assert answer.problem.instance == path.partition("?")[0]
    assert answer.headers["x-request-id"] == "r-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.is_whole
    assert api.in_flight == 0


async def test_refusals_carry_the_headers_that_their_status_asks_for(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    assert (await asgi.call(api, "PATCH", ITEM)).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await asgi.call(api, "GET", "/shop/v1/who")).headers["www-authenticate"] == "Bearer"
    json = {"content-type": "application/json"}
    large = await asgi.call(api, "POST", "/shop/v1/items", headers=json, body=b" " * 65)
    assert large.headers["connection"] == "close"


async def test_all_errors_of_all_parameters_come_at_once(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(
        asgi.api_of(shop_routes(shop)), "GET", "/shop/v1/items/x?limit=y&other=1"
    )
    assert answer.problem.code == "INVALID_PATH"
    assert list(answer.fields) == ["path.item_id", "query.limit", "query.other"]
    assert "known are: limit" in answer.problem.errors[2].message


async def test_a_json_body_in_pieces_is_whole(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(
        asgi.api_of(shop_routes(shop)),
        "POST",
        "/shop/v1/items",
        headers={"content-type": "application/json; charset=utf-8"},
        body=[b'{"na', b"", b'me": "a"}'],
    )
    assert (answer.status, answer.json) == (200, {"name": "a"})
    assert answer.headers["cache-control"] == "no-store"


async def test_a_slow_body_is_refused_and_the_connection_closed(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop), body_timeout_s=0.02)
    json = {"content-type": "application/json"}
    answer = await asgi.call(
        api, "POST", "/shop/v1/items", headers=json, body=[b"{"], stays_open=True
    )
    assert (answer.status, answer.problem.code) == (408, "REQUEST_TIMEOUT")
    assert answer.headers["connection"] == "close"


async def test_a_timeout_cancels_the_handler(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(asgi.api_of(shop_routes(shop)), "GET", "/shop/v1/slow")
    assert answer.status == 504
    assert shop.stopped.is_set()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_handler_that_swallows_its_cancellation_still_answers(
    asgi: Any, shop: Shop
) -> None:
    answer = await asgi.call(asgi.api_of(shop_routes(shop)), "GET", "/shop/v1/stubborn")
    assert answer.json == {"name": "swallowed"}
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_cancelling_the_server_task_is_not_swallowed(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    call = asgi.begin(api, "GET", "/shop/v1/endless")
    task = asyncio.create_task(call.run())
    await shop.entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert shop.stopped.is_set()
    assert api.in_flight == 0
    assert call.answer.status == 0


async def test_a_client_that_leaves_before_its_body_gets_nothing(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    json = {"content-type": "application/json"}
    call = asgi.begin(api, "POST", "/shop/v1/items", headers=json, body=[b"{"], stays_open=True)
    call.gone.set()
    answer = await call.run()
    assert answer.status == 0
    assert api.in_flight == 0


@pytest.mark.parametrize(
    ("own", "settings"), [("/shop/v1/endless", {}), ("/shop/v1/page", {"in_flight_limit": 1})]
)
async def test_too_many_requests_at_once_are_refused(
    asgi: Any, shop: Shop, own: str, settings: dict[str, int]
) -> None:
    api = asgi.api_of(shop_routes(shop), **settings)
    first = asyncio.create_task(asgi.call(api, "GET", "/shop/v1/endless"))
    await shop.entered.wait()
    refused = await asgi.call(api, "GET", own)
    assert (refused.status, refused.problem.code) == (503, "OVERLOADED")
    assert refused.headers["retry-after"] == "1"
    shop.go_on.set()
    assert (await first).status == 200
    assert (await asgi.call(api, "GET", own)).status == 200


async def test_a_draining_server_finishes_and_refuses(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    first = asyncio.create_task(asgi.call(api, "GET", "/shop/v1/endless"))
    await shop.entered.wait()
    api.drain()
    refused = await asgi.call(api, "GET", ITEM)
    assert (refused.status, refused.problem.code) == (503, "SERVICE_UNAVAILABLE")
    assert refused.headers["retry-after"]
    shop.go_on.set()
    assert (await first).status == 200


async def test_a_known_caller_and_the_decision_reach_the_handler(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    answer = await asgi.call(api, "GET", "/shop/v1/who", headers={"authorization": "bearer alice"})
    assert answer.json == {"name": "7 1"}


async def test_without_authentication_every_caller_is_the_fixed_subject(
    asgi: Any, shop: Shop
) -> None:
    api = asgi.api_of(shop_routes(shop), anonymous_subject=asgi.alice)
    assert (await asgi.call(api, "GET", "/shop/v1/who")).json == {"name": "7 1"}


async def test_two_authorization_headers_are_refused(asgi: Any, shop: Shop) -> None:
    call = asgi.begin(asgi.api_of(shop_routes(shop)), "GET", "/shop/v1/who")
    call.headers += [(b"authorization", b"Bearer alice"), (b"authorization", b"Bearer bob")]
    answer = await call.run()
    assert (answer.status, answer.problem.code) == (400, "INVALID_HEADER")


@pytest.mark.parametrize("sent", ["", "a b", "\xe4", "a" * 129, "a\tb"])
async def test_an_invalid_request_id_is_replaced(asgi: Any, shop: Shop, sent: str) -> None:
    answer = await asgi.call(
        asgi.api_of(shop_routes(shop)), "GET", ITEM, headers={"x-request-id": sent}
    )
    assert UUID(answer.headers["x-request-id"]).version == 7


@pytest.mark.parametrize(
    ("sent", "is_continued"),
    [
        pytest.param(f"00-{'a' * 32}-{'b' * 16}-01", True, id="valid"),
        pytest.param(f"cc-{'a' * 32}-{'b' * 16}-01-more", True, id="future-version"),
        pytest.param(f"00-{'a' * 32}-{'b' * 16}-01-more", False, id="version-0-is-longer"),
        pytest.param(f"ff-{'a' * 32}-{'b' * 16}-01", False, id="version-ff"),
        pytest.param(f"00-{'0' * 32}-{'b' * 16}-01", False, id="zero-trace"),
        pytest.param(f"00-{'a' * 32}-{'0' * 16}-01", False, id="zero-parent"),
        pytest.param(f"00-{'A' * 32}-{'b' * 16}-01", False, id="upper-case"),
        pytest.param("garbage", False, id="garbage"),
    ],
)
async def test_a_trace_is_continued_where_it_is_valid(
    asgi: Any, shop: Shop, sent: str, is_continued: bool
) -> None:
    api = asgi.api_of(shop_routes(shop))
    answer = await asgi.call(api, "GET", "/nowhere", headers={"traceparent": sent})
    assert (answer.problem.trace_id == "a" * 32) is is_continued
    await asgi.call(api, "GET", ITEM, headers={"traceparent": sent, "x-request-id": "r-1"})
    (seen,) = shop.seen
    assert seen is not None
    assert seen.request_id == "r-1"
    assert (seen.trace_id == "a" * 32) is is_continued
    assert REQUEST.get() is None


async def test_every_request_is_logged_once(
    asgi: Any, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "modkit.access")
    api = asgi.api_of(shop_routes(shop))
    answer = await asgi.call(api, "GET", ITEM)
    await asgi.call(api, "GET", "/nowhere")
    served, missing = caplog.records
    assert (served.method, served.path, served.route, served.status) == (
        "GET",
        ITEM,
        "/shop/v1/items/{item_id}",
        200,
    )  # type: ignore[attr-defined] # extra fields of the record
    assert served.request_id == answer.headers["x-request-id"]  # type: ignore[attr-defined] # as above
    assert served.sent_bytes == len(answer.body)  # type: ignore[attr-defined] # as above
    assert (missing.status, missing.route) == (404, "")  # type: ignore[attr-defined] # as above


async def test_options_names_the_methods(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    answer = await asgi.call(api, "OPTIONS", "/shop/v1/items")
    assert (answer.status, answer.headers["allow"], answer.body) == (
        204,
        "DELETE, OPTIONS, POST",
        b"",
    )
    assert "content-length" not in answer.headers
    assert (await asgi.call(api, "OPTIONS", "/nowhere")).status == 404


CORS = CorsSettings(allowed_origins=("https://app.example",), allow_credentials=True)
PREFLIGHT = {"origin": "https://app.example", "access-control-request-method": "DELETE"}


async def test_a_preflight_is_answered_before_authentication(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop), cors=CORS)
    answer = await asgi.call(api, "OPTIONS", "/shop/v1/items", headers=PREFLIGHT)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["vary"] == "origin"


async def test_a_foreign_origin_is_told_nothing(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop), cors=CORS)
    answer = await asgi.call(
        api, "OPTIONS", "/shop/v1/items", headers={**PREFLIGHT, "origin": "https://evil.example"}
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["vary"] == "origin"


async def test_refusals_are_readable_for_an_allowed_page(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop), cors=CorsSettings(allowed_origins=("*",)))
    answer = await asgi.call(api, "GET", "/nowhere", headers={"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-request-id" in answer.headers["access-control-expose-headers"]


def test_every_origin_with_credentials_does_not_start() -> None:
    with pytest.raises(ValueError, match="allow_credentials"):
        CorsSettings(allowed_origins=("*",), allow_credentials=True)


@pytest.mark.parametrize(
    "origin", ["app.example", "https://app.example/", "https://App.example", "null", ""]
)
def test_an_origin_must_be_one(origin: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        CorsSettings(allowed_origins=(origin,))


async def test_behind_tls_browsers_are_told_to_stay_there(asgi: Any, shop: Shop) -> None:
    answer = await asgi.call(asgi.api_of(shop_routes(shop), hsts_max_age_s=60), "GET", ITEM)
    assert answer.headers["strict-transport-security"] == "max-age=60"


def test_a_protected_route_without_an_authenticator_does_not_start(shop: Shop, asgi: Any) -> None:
    from modkit.rest.api import RestApi

    api = RestApi()
    with pytest.raises(InvalidOperations, match="no authenticator is installed"):
        api.mount("shop", shop_routes(shop).operations)
    assert api.operations == ()


async def test_lifespan_is_refused_and_other_connections_are_ignored(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    with pytest.raises(RuntimeError, match="lifespan off"):
        await api({"type": "lifespan"}, None, None)
    await api({"type": "other"}, None, None)


raw_text = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=255), max_size=40)


@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "DELETE", "FOO"]),
    path=raw_text.map(lambda text: text.replace("?", "")),
    prefix=st.sampled_from(["/", "/shop/v1/items/", "/shop/v1/items", f"{ITEM}"]),
    query=raw_text,
    headers=st.dictionaries(
        st.sampled_from(
            [
                "accept",
                "content-type",
                "content-length",
                "authorization",
                "origin",
                "traceparent",
                "x-request-id",
                "x-kind",
            ]
        ),
        raw_text,
    ),
    body=st.binary(max_size=80),
)
async def test_any_bytes_get_a_valid_answer(
    asgi: Any, method: str, path: str, prefix: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    api = asgi.api_of(shop_routes(Shop()), cors=CORS)
    answer = await asgi.call(api, method, f"{prefix}{path}?{query}", headers=headers, body=body)
    assert answer.is_whole
    assert answer.status < 500
    if answer.status >= 400 and method != "HEAD":
        assert answer.problem.code


@pytest.mark.parametrize("is_continued", [True, False])
async def test_a_configured_tracer_gets_one_span_per_request(
    asgi: Any, shop: Shop, monkeypatch: pytest.MonkeyPatch, is_continued: bool
) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("modkit.rest.api.tracer", provider.get_tracer)
    headers = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"} if is_continued else {}
    api = asgi.api_of(shop_routes(shop))
    await asgi.call(api, "GET", ITEM, headers=headers)
    problem = (await asgi.call(api, "GET", "/shop/v1/slow", headers=headers)).problem
    served, failed = exporter.get_finished_spans()
    assert served.name == "GET /shop/v1/items/{item_id}"
    assert dict(served.attributes or {})["http.response.status_code"] == 200
    assert not failed.status.is_ok
    assert problem.trace_id == f"{failed.context.trace_id:032x}"
    assert (problem.trace_id == "a" * 32) is is_continued
    assert (served.parent is not None) is is_continued
    assert shop.seen[0] is not None
    assert shop.seen[0].trace_id == f"{served.context.trace_id:032x}"


async def maybe(body: Item | None = None) -> Item:
    return body or Item(name="none")


async def test_an_optional_body_may_be_absent(asgi: Any) -> None:
    routes = Routes("shop")
    (
        routes.post("/shop/v1/a")
        .operation_id("shop.a")
        .summary("A")
        .timeout(0)
        .public()
        .returns(Item)
        .handler(maybe)
    )
    api = asgi.api_of(routes)
    assert (await asgi.call(api, "POST", "/shop/v1/a")).json == {"name": "none"}
    given_one = await asgi.call(api, "POST", "/shop/v1/a", json_body={"name": "a"})
    assert given_one.json == {"name": "a"}
    untyped = await asgi.call(api, "POST", "/shop/v1/a", body=b'{"name": "a"}')
    assert untyped.status == 415


async def test_what_really_arrives_is_counted_whatever_was_declared(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    for length in ("1", "x", "9" * 30):
        headers = {"content-type": "application/json", "content-length": length}
        answer = await asgi.call(api, "POST", "/shop/v1/items", headers=headers, body=b" " * 65)
        assert (answer.status, answer.problem.code) == (413, "REQUEST_TOO_LARGE")


async def test_a_path_below_a_mount_point_is_found(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    call = asgi.begin(api, "GET", f"/mounted{ITEM}")

    async def below(scope: Any, receive: Any, send: Any) -> None:
        await api({**scope, "root_path": "/mounted"}, receive, send)

    call.app = below
    assert (await call.run()).status == 200


async def test_a_server_that_hides_the_raw_path_is_refused(asgi: Any, shop: Shop) -> None:
    api = asgi.api_of(shop_routes(shop))
    call = asgi.begin(api, "GET", ITEM)

    async def hiding(scope: Any, receive: Any, send: Any) -> None:
        await api({**scope, "raw_path": None}, receive, send)

    call.app = hiding
    assert (await call.run()).problem.code == "INVALID_PATH"


@pytest.mark.parametrize("piece", [b" " * 60, b" " * 600_000], ids=["small", "large"])
async def test_the_rest_of_a_refused_body_is_read_so_that_the_client_sees_why(
    asgi: Any, shop: Shop, piece: bytes
) -> None:
    api = asgi.api_of(shop_routes(shop))
    json = {"content-type": "application/json"}
    call = asgi.begin(api, "POST", "/shop/v1/items", headers=json, body=[piece] * 4)
    answer = await call.run()
    assert (answer.status, answer.problem.code) == (413, "REQUEST_TOO_LARGE")
    assert len(call._left) == (0 if len(piece) < 100 else 1)  # not more than is polite


@pytest.mark.parametrize(
    ("limits", "accepted_bytes"),
    [
        pytest.param({"json_limit_bytes": 100}, 100, id="json"),
        pytest.param({"json_limit_bytes": 100, "body_limit_bytes": 40}, 40, id="smaller-for-all"),
        pytest.param({"json_limit_bytes": 40, "body_limit_bytes": 100}, 40, id="larger-for-others"),
    ],
)
async def test_a_json_body_has_a_limit_of_its_own(
    asgi: Any, shop: Shop, limits: dict[str, int], accepted_bytes: int
) -> None:
    routes = Routes("shop")
    routes.post("/shop/v1/items").operation_id("shop.create_item").summary("A").public().returns(
        Item
    ).handler(shop.create_item)
    api = asgi.api_of(routes, **limits)
    json = {"content-type": "application/json"}
    body = b'{"name": "a"}'.ljust(accepted_bytes)
    for pieces in (body, [body[:20], body[20:]]):
        answer = await asgi.call(api, "POST", "/shop/v1/items", headers=json, body=pieces)
        assert answer.status == 200
    for pieces in (body + b" ", [body, b" "]):
        answer = await asgi.call(api, "POST", "/shop/v1/items", headers=json, body=pieces)
        assert (answer.status, answer.problem.code) == (413, "REQUEST_TOO_LARGE")
        assert answer.json["limit_bytes"] == accepted_bytes


async def test_an_empty_scope_refuses_a_handler_that_does_not_take_it(asgi: Any) -> None:
    from modkit.rest.api import RestApi
    from modkit.rest.compile import Hosting
    from modkit.rest.pipeline import PipelineSettings

    class NothingPolicy(PolicyDecisionPoint):
        async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
            return AccessScope.nothing()

    async def everything() -> str:
        return "everything"

    async def what_may_be_seen(scope: AccessScope) -> str:
        return "nothing" if scope.is_empty else "something"

    routes = Routes("shop")
    for name, handler in (("all", everything), ("mine", what_may_be_seen)):
        routes.get(f"/shop/v1/{name}").operation_id(f"shop.{name}").summary("List").requires(
            "things", "read"
        ).returns(str).handler(handler)
    api = RestApi(
        Hosting(settings=PipelineSettings(anonymous_subject=asgi.alice), policy=NothingPolicy())
    )
    api.mount("shop", routes.operations)
    refused = await asgi.call(api, "GET", "/shop/v1/all")
    assert (refused.status, refused.problem.code) == (403, "FORBIDDEN")
    assert (await asgi.call(api, "GET", "/shop/v1/mine")).json == "nothing"
