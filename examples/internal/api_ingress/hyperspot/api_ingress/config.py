"""Configuration of api_ingress."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from attrs import field, frozen

from modkit import Meta
from modkit.rest import CorsSettings


@frozen(kw_only=True)
class TlsConfig:
    """A certificate and its key; both or neither.

    Attributes:
        certificate_file: PEM file of the certificate and its chain; none means plain HTTP.
        key_file: PEM file of the private key.
        hsts_max_age_s: How long browsers insist on HTTPS, in seconds; 0 sends no header.
    """

    certificate_file: Path | None = None
    key_file: Path | None = None
    hsts_max_age_s: Annotated[int, Meta(ge=0)] = 31_536_000


@frozen(kw_only=True)
class LimitsConfig:
    """What one request may use; an operation may set its own body, time and in-flight limit.

    Attributes:
        body_limit_bytes: Largest body.
        json_limit_bytes: Largest JSON body, where ``body_limit_bytes`` is not smaller: it is decoded in one go, and no
            other request goes on meanwhile.
        uri_limit_bytes: Longest path and query together.
        header_limit_bytes: Largest sum of names and values of the request headers.
        header_timeout_s: Longest wait for the request line and headers, in seconds.
        body_timeout_s: Longest wait for a body, or for the next piece of a streamed one, in seconds.
        timeout_s: Longest run time of an operation that does not stream, in seconds.
        in_flight: Most requests served at once.
        keep_alive_s: How long an idle connection stays open, in seconds.
    """

    body_limit_bytes: Annotated[int, Meta(ge=1)] = 16 * 1024**2
    json_limit_bytes: Annotated[int, Meta(ge=1)] = 1024**2
    uri_limit_bytes: Annotated[int, Meta(ge=256)] = 8 * 1024
    header_limit_bytes: Annotated[int, Meta(ge=1024)] = 32 * 1024
    header_timeout_s: Annotated[float, Meta(gt=0)] = 15.0
    body_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    in_flight: Annotated[int, Meta(ge=1)] = 1000
    keep_alive_s: Annotated[int, Meta(ge=1, le=600)] = 30


@frozen(kw_only=True)
class ApiInfoConfig:
    """What the OpenAPI document says about the platform.

    Attributes:
        title: Name of the API.
        version: Its version.
        description: Markdown.
    """

    title: str = "HyperSpot API"
    version: str = "0.1.0"
    description: str = "Every operation of the modules that this platform runs."


@frozen(kw_only=True)
class ApiIngressConfig:
    """Section ``modules.api_ingress.config``.

    Attributes:
        bind_addr: ``host:port`` to listen on; port 0 takes a free one.
        enable_docs: Whether ``/openapi.json`` and ``/docs`` are served.
        auth_disabled: Serve everyone as one fixed subject, without tokens; for development, on loopback only.
        trusted_proxies: Addresses of proxies whose ``X-Forwarded-*`` headers are believed.
        cors: Browser pages of other origins; none may call unless it is listed.
        tls: Certificate and key.
        limits: What one request may use.
        api: Title and version of the API.
    """

    bind_addr: str = "127.0.0.1:8087"
    enable_docs: bool = False
    auth_disabled: bool = False
    trusted_proxies: tuple[str, ...] = ()
    cors: CorsSettings = field(factory=CorsSettings)
    tls: TlsConfig = field(factory=TlsConfig)
    limits: LimitsConfig = field(factory=LimitsConfig)
    api: ApiInfoConfig = field(factory=ApiInfoConfig)
