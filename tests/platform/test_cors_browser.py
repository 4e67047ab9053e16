"""Pages of other origins in a real browser: a listed one may call and read, any other may not."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.platform.browser import PATIENCE_S, installed_browser, showing
from tests.platform.shop_platform import TOKEN
from tests.platform.shop_run import running_shop

MISSING = "00000000-0000-0000-0000-000000000001"
ITEM = {"name": "N", "thing": {"type": "book", "pages": 1}, "price": "1"}

# What each page tries: path, options of fetch. It sends what it saw to the server that it is from.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "simple": ("/shop/v1/quote/a/2026-01-02", {}),
    "with token": ("/shop/v1/items", {"headers": {"authorization": f"Bearer {TOKEN}"}}),
    "without token": ("/shop/v1/items", {}),
    "created": (
        "/shop/v1/items",
        {
            "method": "POST",
            "headers": {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
            "body": json.dumps(ITEM),
        },
    ),
    "patch of nothing": (
        f"/shop/v1/items/{MISSING}",
        {
            "method": "PATCH",
            "headers": {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
            "body": "{}",
        },
    ),
    "invalid": (
        "/shop/v1/items",
        {
            "method": "POST",
            "headers": {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
            "body": json.dumps({**ITEM, "price": []}),
        },
    ),
    "unknown path": ("/nowhere", {}),
    "header of no list": ("/shop/v1/quote/a/2026-01-02", {"headers": {"x-unlisted": "1"}}),
    "with cookies": ("/shop/v1/quote/a/2026-01-02", {"credentials": "include"}),
}
PAGE = """<!doctype html><script>
const calls = CALLS, found = {};
(async () => {
  for (const [name, [path, options]] of Object.entries(calls)) {
    try {
      const answer = await fetch("API" + path, options);
      const text = await answer.text();
      found[name] = {
        status: answer.status, body: text,
        request_id: answer.headers.get("x-request-id"), location: answer.headers.get("location"),
        date: answer.headers.get("date"),
      };
    } catch (error) { found[name] = {error: error.name}; }
  }
  await fetch("/seen", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""
SANDBOXED = """<!doctype html><iframe sandbox="allow-scripts" srcdoc="&lt;script&gt;
fetch('API/shop/v1/quote/a/2026-01-02').then(
  answer => parent.postMessage('read', '*'), () => parent.postMessage('refused', '*'));
&lt;/script&gt;"></iframe>
<script>addEventListener("message", event => {
  fetch("/seen", {method: "POST", body: JSON.stringify({sandboxed: event.data})});
});</script>"""


class Pages:
    """A web server of one origin, which shows what it is given and keeps what its pages have seen."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.seen: queue.Queue[dict[str, Any]] = queue.Queue()
        pages, seen = self.pages, self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                seen.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def served_pages() -> Iterator[Pages]:
    pages = Pages()
    thread = threading.Thread(target=pages.server.serve_forever)
    thread.start()
    try:
        yield pages
    finally:
        pages.server.shutdown()
        pages.server.server_close()
        thread.join()


@pytest.fixture(name="seen", scope="module")
def seen_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the page of a listed origin, one of a foreign origin and a sandboxed frame have seen."""
    browser = installed_browser()
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        listed, foreign = (stack.enter_context(served_pages()) for _ in range(2))
        api = stack.enter_context(
            running_shop(
                home,
                auth_disabled=False,
                more={"modules.api_ingress.config.cors.allowed_origins": f"['{listed.origin}']"},
            )
        )
        page = PAGE.replace("CALLS", json.dumps(CALLS)).replace("API", api)
        listed.pages["/"] = foreign.pages["/"] = page
        listed.pages["/frame"] = SANDBOXED.replace("API", api)
        found: dict[str, Any] = {}
        for name, pages, path in (
            ("listed", listed, "/"),
            ("foreign", foreign, "/"),
            ("frame", listed, "/frame"),
        ):
            profile = tmp_path_factory.mktemp("profile")
            with showing(browser, f"{pages.origin}{path}", profile):
                found[name] = pages.seen.get(timeout=PATIENCE_S)
        return found


@pytest.mark.timeout(PATIENCE_S * 3)
def test_page_of_a_listed_origin_reads_every_answer(seen: dict[str, Any]) -> None:
    statuses = {name: result.get("status") for name, result in seen["listed"].items()}
    assert statuses == {
        "simple": 200,
        "with token": 200,
        "without token": 401,
        "created": 201,
        "patch of nothing": 404,
        "invalid": 422,
        "unknown path": 404,
        "header of no list": None,
        "with cookies": None,
    }


def test_page_reads_problem_documents_of_refusals(seen: dict[str, Any]) -> None:
    problem = json.loads(seen["listed"]["invalid"]["body"])
    assert (problem["status"], problem["errors"][0]["field"]) == (422, "$.price")


def test_page_reads_the_headers_that_are_exposed_and_no_others(seen: dict[str, Any]) -> None:
    created = seen["listed"]["created"]
    assert created["request_id"]
    assert created["location"].startswith("/shop/v1/items/")
    assert created["date"] is None


def test_preflight_needs_no_token_but_a_listed_header(seen: dict[str, Any]) -> None:
    assert seen["listed"]["with token"]["status"] == 200
    assert seen["listed"]["header of no list"] == {"error": "TypeError"}


def test_cookies_are_not_for_other_origins(seen: dict[str, Any]) -> None:
    assert seen["listed"]["with cookies"] == {"error": "TypeError"}


def test_page_of_a_foreign_origin_reads_nothing(seen: dict[str, Any]) -> None:
    assert seen["foreign"] == {name: {"error": "TypeError"} for name in CALLS}


def test_frame_without_an_origin_reads_nothing(seen: dict[str, Any]) -> None:
    assert seen["frame"] == {"sandboxed": "refused"}
