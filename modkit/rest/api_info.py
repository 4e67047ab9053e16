"""What an API says about itself as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen


@frozen(kw_only=True)
class ApiInfo:
    """What the OpenAPI document says about the platform as a whole.

    Attributes:
        title: Name of the API.
        version: Version of the API, such as ``1.4.0``.
        description: Markdown.
        servers: Base URLs; none means the origin that serves the document.
        contact_name: Whom to ask.
        contact_url: Where to ask.
        credentials_optional: Whether guarded operations answer callers without credentials too, as in development.
        license: SPDX identifier of the API's licence, such as ``Apache-2.0``; empty leaves it out.
        tags: Descriptions of groups by name, where the default does not suit.
    """

    title: str
    version: str
    description: str = ""
    servers: Sequence[str] = ()
    contact_name: str = ""
    contact_url: str = ""
    license: str = ""
    credentials_optional: bool = False
    tags: Mapping[str, str] = field(factory=dict[str, str])
