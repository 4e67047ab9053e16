"""The interactive API page: Swagger UI from bundled files, working offline and under a strict policy."""

from __future__ import annotations

import hashlib
import html
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from modkit.startup_error import Phase, StartupError
from modkit_errors import NotFound

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Send this with the page: nothing inline, nothing from elsewhere, no frame around it."""

_INIT_SCRIPT: Final = b"""\
"use strict";
const root = document.getElementById("swagger-ui");
window.ui = SwaggerUIBundle({
  url: root.dataset.openapiUrl,
  domNode: root,
  deepLinking: true,
  filter: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""

_PAGE_STYLE: Final = b"body { margin: 0; background: #fafafa; }\n"

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{assets}/favicon-32x32.png">
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="stylesheet" href="{assets}/docs-page.css">
</head>
<body>
<noscript>This page needs JavaScript; the same document is at <a href="{document}">{document}</a>.</noscript>
<div id="swagger-ui" data-openapi-url="{document}"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/docs-init.js"></script>
</body>
</html>
"""

_OWN_FILES: Final = {"docs-init.js": _INIT_SCRIPT, "docs-page.css": _PAGE_STYLE}
_MEDIA_TYPES: Final = {
    "docs-init.js": "text/javascript; charset=utf-8",
    "docs-page.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}

ASSET_NAMES: Final = tuple(_MEDIA_TYPES)
"""Every file that the page loads."""


class Asset(NamedTuple):
    """One static file of the page.

    Attributes:
        media_type: Value of ``Content-Type``.
        content: The bytes.
        etag: Strong entity tag of the content, quotes included.
    """

    media_type: str
    content: bytes
    etag: str


def docs_page(title: str, openapi_url: str, *, assets_url: str = "/docs/assets") -> bytes:
    """Return the HTML page that shows the OpenAPI document.

    Args:
        title: Title of the browser's tab, plain text.
        openapi_url: Where the browser finds the document; same origin.
        assets_url: Where the browser finds the assets, without the last slash; same origin.

    Example:
        >>> b'data-openapi-url="/openapi.json"' in docs_page("My API", "/openapi.json")
        True
    """
    page = _PAGE.format(
        title=html.escape(title),
        document=html.escape(openapi_url),
        assets=html.escape(assets_url.rstrip("/")),
    )
    return page.encode()


@cache  # at most one entry per allowed name: any other raises before it is kept
def asset(name: str) -> Asset:
    """Return one of `ASSET_NAMES`, read once per process.

    Raises:
        NotFound: The page has no such file.
        StartupError: The package with the files of Swagger UI is not installed.
    """
    media_type = _MEDIA_TYPES.get(name)
    if media_type is None:
        raise NotFound(detail="The API page has no such file.")
    content = _OWN_FILES.get(name) or (_bundle_folder() / name).read_bytes()
    return Asset(media_type, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _bundle_folder() -> Path:
    try:
        bundle = import_module(
            "swagger_ui_bundle"
        )  # here, so that only who serves the page needs it
    except ImportError as error:
        raise StartupError(
            Phase.COMPOSE,
            "the API page needs the files of Swagger UI, and the package with them is not installed",
            remedy="install swagger-ui-bundle-v2, or switch the API page off",
        ) from error
    return Path(bundle.swagger_ui_path)
