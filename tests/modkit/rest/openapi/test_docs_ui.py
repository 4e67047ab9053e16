from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from modkit.rest.openapi.docs_ui import ASSET_NAMES, CONTENT_SECURITY_POLICY, asset, docs_page
from modkit.startup_error import StartupError
from modkit_errors import NotFound

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Sample platform", "version": "1.0.0"},
    "paths": {
        "/rag/v1/documents/{document_id}": {
            "get": {
                "operationId": "rag.get_document",
                "summary": "Fetch one document",
                "responses": {"200": {"description": "OK"}},
            }
        }
    },
}


def test_the_page_loads_nothing_but_its_own_assets() -> None:
    page = docs_page("API", "/openapi.json").decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = {url.removeprefix("/docs/assets/") for url in loaded} - {"/openapi.json"}
    assert files == set(ASSET_NAMES)


def test_the_page_has_no_inline_script_and_no_inline_style() -> None:
    page = docs_page("API", "/openapi.json").decode()
    assert re.findall(r"<script[^>]*>([^<]+)</script>", page) == []
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)


def test_the_page_shows_title_and_urls_as_text() -> None:
    page = docs_page('<script>"&', '/"><b>', assets_url="/a'b/").decode()
    assert "<title>&lt;script&gt;&quot;&amp;</title>" in page
    assert 'data-openapi-url="/&quot;&gt;&lt;b&gt;"' in page
    assert 'src="/a&#x27;b/docs-init.js"' in page


@pytest.mark.parametrize("name", ASSET_NAMES)
def test_every_asset_has_content_a_type_and_its_own_tag(name: str) -> None:
    media_type, content, etag = asset(name)
    assert media_type.split(";")[0] in ("text/javascript", "text/css", "image/png")
    assert hashlib.sha256(content).hexdigest().startswith(etag.strip('"'))
    assert len(etag) == 34


@pytest.mark.parametrize("name", ASSET_NAMES)
def test_no_asset_fetches_a_stylesheet_or_script_from_elsewhere(name: str) -> None:
    content = asset(name).content
    assert b"@import" not in content
    assert not re.search(rb"url\(['\"]?https?:", content)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "index.html",
        "../swagger-ui.css",
        "./swagger-ui.css",
        "/etc/passwd",
        "SWAGGER-UI.CSS",
        "swagger-ui.css\0",
        "swagger-ui.css/",
        "swagger-ui-bundle.js.map",
    ],
)
def test_any_other_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        asset(name)


def test_a_missing_bundle_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "swagger_ui_bundle", None)
    asset.cache_clear()
    with pytest.raises(StartupError, match="swagger-ui-bundle-v2"):
        asset("swagger-ui.css")


def test_importing_the_page_does_not_import_the_bundle() -> None:
    code = "import modkit.rest.openapi.docs_ui, sys; print('swagger_ui_bundle' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


class Site(BaseHTTPRequestHandler):
    """The page as the ingress serves it, strict policy included."""

    def do_GET(self) -> None:
        if self.path == "/docs":
            self.answer("text/html; charset=utf-8", docs_page("Sample", "/openapi.json"))
        elif self.path == "/openapi.json":
            self.answer("application/json", json.dumps(DOCUMENT).encode())
        else:
            found = asset(self.path.removeprefix("/docs/assets/"))
            self.answer(found.media_type, found.content)

    def answer(self, media_type: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(content)))
        self.send_header("content-security-policy", CONTENT_SECURITY_POLICY)
        self.send_header("x-content-type-options", "nosniff")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(name="site")
def site_fixture() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_operations_under_the_strict_policy(site: str, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    found = subprocess.run(
        [
            CHROMIUM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--enable-logging=stderr",
            "--virtual-time-budget=10000",
            f"--user-data-dir={tmp_path}",
            "--dump-dom",
            f"{site}/docs",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "Sample platform" in found.stdout
    assert "Fetch one document" in found.stdout
    assert "/rag/v1/documents" in found.stdout
    assert "Content Security Policy" not in found.stderr
