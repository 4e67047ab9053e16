"""One call as it goes out: method, URL, headers and body."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from urllib.parse import urlencode

import msgspec
from attrs import frozen
from yarl import URL

from modkit.http.options import CallOptions
from modkit.http.origins import read_url
from modkit.http.retrying import is_idempotent

_BODIES = ("json", "form", "content")


@frozen(kw_only=True)
class Call:
    """What is sent.

    Attributes:
        method: In upper case.
        url: Where to, without fragment.
        headers: Names in lower case.
        body: Bytes, what yields them, or nothing.
    """

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | AsyncIterable[bytes] | None

    @property
    def is_replayable(self) -> bool:
        """Whether the body can be sent again; an iterator is used up by the first time."""
        return not isinstance(self.body, AsyncIterator)

    @property
    def is_idempotent(self) -> bool:
        """Whether making the call twice does no more than making it once."""
        return is_idempotent(self.method, has_key="idempotency-key" in self.headers)


def make_call(method: str, url_text: str, options: CallOptions) -> Call:
    """Read what a caller asks for.

    Raises:
        InvalidUrl: The URL cannot be called.
        ValueError: The method is no word, or there is more than one body.
    """
    if not (method.isascii() and method.isalpha()):
        raise ValueError(f"a method is a word such as GET, not {method[:20]!r}")
    given = [name for name in _BODIES if name in options]
    if len(given) > 1:
        raise ValueError(f"a call has one body, not {' and '.join(given)}")
    url = read_url(url_text)
    if params := options.get("params"):
        url = url.extend_query(params)
    headers: dict[str, str] = {}
    body: bytes | AsyncIterable[bytes] | None = options.get("content")
    if "json" in options:
        body = msgspec.json.encode(options["json"])
        headers["content-type"] = "application/json"
    elif "form" in options:
        body = urlencode(options["form"]).encode()
        headers["content-type"] = "application/x-www-form-urlencoded"
    headers |= {name.lower(): value for name, value in options.get("headers", {}).items()}
    return Call(method=method.upper(), url=url, headers=headers, body=body)
