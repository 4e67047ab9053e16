"""What a download is called, and how its address is shown."""

from __future__ import annotations

import re
from contextlib import suppress
from email.message import Message
from typing import Final
from urllib.parse import unquote, urlsplit

_EXTENDED_NAME: Final = re.compile(
    r";\s*filename\*\s*=\s*(?P<charset>utf-8|iso-8859-1)'[^']*'(?P<name>[^\s;]+)", re.IGNORECASE
)
"""The name that counts where there are two; RFC 6266, section 4.3."""


def shown_address(url: str) -> str:
    """Return *url* as it may be stored and shown: without user, password, query and fragment, which may hold secrets.

    Example:
        >>> shown_address("https://me:pw@Example.com:8443/a/b.pdf?token=1#p2")
        'https://example.com:8443/a/b.pdf'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}{parts.path}"


def name_of_download(url: str, disposition: str) -> str | None:
    """Return the name that the header ``Content-Disposition`` gives a file, else the last segment of *url*, else None.

    Example:
        >>> name_of_download("https://example.com/get/7", "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf")
        'résumé.pdf'
        >>> name_of_download("https://example.com/a/annual%20report.pdf?v=2", "")
        'annual report.pdf'
    """
    return _declared_name(disposition) or unquote(urlsplit(url).path.rpartition("/")[2]) or None


def _declared_name(disposition: str) -> str | None:
    if found := _EXTENDED_NAME.search(disposition):
        return unquote(found["name"], found["charset"])
    message = Message()
    message["content-disposition"] = disposition or "inline"
    with suppress(ValueError):  # a charset that cannot decode it
        return message.get_filename()
    return None
