"""Where a redirect leads, and whether we go there."""

from __future__ import annotations

from typing import Final

import attrs
from yarl import URL

from modkit.http.calls import Call
from modkit.http.config import RedirectPolicy
from modkit.http.origins import host_of, is_one_of, origin_of, read_url, shown_url
from modkit_errors.outbound import InvalidUrl, RedirectRefused

_REDIRECTS: Final = {301, 302, 303, 307, 308}
_CREDENTIALS: Final = {"authorization", "cookie", "proxy-authorization"}


def redirected(call: Call, status: int, location: str, policy: RedirectPolicy) -> Call | None:
    """Return the call that an answer to *call* asks for, or ``None`` if it is no redirect.

    303 becomes GET, and 301 and 302 after POST too, as all browsers have it; the rest keeps method and body. Credentials
    go no further than their origin.

    Args:
        call: What was answered.
        status: Of the answer.
        location: Its ``Location``; empty for none.
        policy: Where we go.

    Raises:
        RedirectRefused: It leads to where we do not go, or the body cannot be sent again.

    Source:
        RFC 9110, section 15.4.
    """
    if status not in _REDIRECTS or not location or not policy.max_redirects:
        return None
    here = shown_url(call.url)
    try:
        target = read_url(str(call.url.join(URL(location))))
    except (InvalidUrl, ValueError):
        raise RedirectRefused(here, "its Location is no URL that can be called") from None
    same_origin = origin_of(target) == origin_of(call.url)
    if call.url.scheme == "https" and target.scheme != "https":
        raise RedirectRefused(here, "it leads away from https")
    if not same_origin and not is_one_of(host_of(target), policy.allowed_hosts):
        raise RedirectRefused(
            here, "it leads to another origin, which is not among the allowed hosts"
        )
    moved = attrs.evolve(call, url=target)
    if not same_origin:
        moved = _without(moved, _CREDENTIALS)
    if (status == 303 and call.method != "HEAD") or (
        status in {301, 302} and call.method == "POST"
    ):
        return attrs.evolve(
            _without(moved, {"content-type", "content-encoding"}), method="GET", body=None
        )
    if not moved.is_replayable:
        raise RedirectRefused(here, "the body of the call cannot be sent again")
    return moved


def _without(call: Call, names: set[str]) -> Call:
    kept = {name: value for name, value in call.headers.items() if name not in names}
    return attrs.evolve(call, headers=kept)
