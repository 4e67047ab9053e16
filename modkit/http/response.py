"""Answers: read as a whole, or piece by piece."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from email.message import Message
from typing import Any

import msgspec
from attrs import field, frozen

from modkit.http.headers import Headers
from modkit_errors.outbound import InvalidResponse, UpstreamRefused


@frozen(kw_only=True)
class Response:
    """An answer with its whole body.

    Attributes:
        status: 200..599.
        url: Where it came from after redirects, without query; for people.
        headers: By name, in any case.
        content: The body, unpacked.
    """

    status: int
    url: str
    headers: Headers
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return is_success(self.status)

    def checked(self) -> Response:
        """Return this answer if it is a success.

        Raises:
            UpstreamRefused: The status is not 2xx; what the body says may be a secret and stays out of the message.
        """
        check_status(self.status, self.url)
        return self

    def text(self) -> str:
        """Return the body as text, in the charset that it names or UTF-8; what does not fit becomes ``U+FFFD``."""
        return decoded(self.content, self.headers)

    def json(self) -> Any:
        """Return the body as a JSON value.

        Raises:
            InvalidResponse: It is no JSON.
        """
        try:
            return msgspec.json.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidResponse(self.url, "it is no valid JSON") from error


class StreamedResponse(ABC):
    """An answer whose body is still on its way; valid inside ``async with client.stream(...)``.

    Attributes:
        status: 200..599.
        url: Where it came from after redirects, without query; for people.
        headers: By name, in any case.
    """

    status: int
    url: str
    headers: Headers

    @abstractmethod
    def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the body in pieces as they come, unpacked; once only.

        Raises:
            ResponseTooLarge: There is more than the call allows; the pieces before stay within it.
            UpstreamTooSlow: The next piece did not come within the idle timeout, or the whole took too long.
            UpstreamUnreachable: The connection broke.
            InvalidResponse: It cannot be unpacked.
        """

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return is_success(self.status)

    def checked(self) -> StreamedResponse:
        """Return this answer if it is a success.

        Raises:
            UpstreamRefused: The status is not 2xx.
        """
        check_status(self.status, self.url)
        return self


def is_success(status: int) -> bool:
    """Whether *status* is 2xx."""
    return 200 <= status < 300


def check_status(status: int, url: str) -> None:
    """Raise ``UpstreamRefused`` unless *status* is 2xx."""
    if not is_success(status):
        raise UpstreamRefused(url, status)


def decoded(content: bytes, headers: Headers) -> str:
    """Return *content* as text in the charset of ``content-type``, or in UTF-8 if that is none or of no use."""
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    charset = message.get_content_charset("utf-8")
    try:
        return content.decode(charset, errors="replace")
    except (LookupError, ValueError):  # unknown, no encoding of text, or one that cannot replace
        return content.decode("utf-8", errors="replace")
