"""The API page in a real browser: it loads nothing from elsewhere and shows the operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.browser import PATIENCE_S, installed_browser, rendered
from tests.platform.shop_run import running_shop


@pytest.fixture(name="browser", scope="module")
def browser_fixture() -> str:
    return installed_browser()


@pytest.fixture(name="url", scope="module")
def url_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_shop(tmp_path_factory.mktemp("home")) as url:
        yield url


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
