"""The API page in a real browser: it loads nothing from elsewhere and shows the operations."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.shop_run import running_shop

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 120


@pytest.fixture(name="browser", scope="module")
def browser_fixture() -> str:
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    missing = f"none of {', '.join(BROWSERS)} is installed"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(name="url", scope="module")
def url_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_shop(tmp_path_factory.mktemp("home")) as url:
        yield url


def rendered(browser: str, url: str, profile: Path) -> str:
    """Return the page as it stands once its scripts have run."""
    command = [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
        "--no-sandbox",  # it may not have one in a container, and the page is our own
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # nothing else can be reached
        f"--user-data-dir={profile}",
        "--virtual-time-budget=20000",
        "--dump-dom",
        url,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    return ended.stdout


@pytest.mark.timeout(PATIENCE_S * 2)
def test_page_shows_the_operations(browser: str, url: str, tmp_path: Path) -> None:
    page = rendered(browser, f"{url}/docs", tmp_path)
    assert r'id="operations-shop-shop\.create_item"' in page
    assert r'id="operations-file_parser-file_parser\.upload"' in page
    assert "Parse an uploaded file into blocks" in page
    assert "Failed to load API definition" not in page


@pytest.mark.timeout(PATIENCE_S * 2)
def test_page_opens_an_operation_by_its_link(browser: str, url: str, tmp_path: Path) -> None:
    page = rendered(browser, f"{url}/docs#/shop/shop.create_item", tmp_path)
    assert "An item of that name exists." in page
