"""The certificate of the server, loaded at start so that a wrong one shows before anything is served."""

from __future__ import annotations

import ssl

from hyperspot.api_ingress.config import TlsConfig
from modkit import Phase, StartupError

_SECTION = "modules.api_ingress.config.tls"


def server_context(tls: TlsConfig) -> ssl.SSLContext | None:
    """Return what serves HTTPS with the configured certificate; None for plain HTTP.

    Raises:
        StartupError: One of the two files is not named, cannot be read, or does not fit the other.
    """
    if tls.certificate_file is None and tls.key_file is None:
        return None
    if tls.certificate_file is None or tls.key_file is None:
        missing = "certificate_file" if tls.certificate_file is None else "key_file"
        raise StartupError(
            Phase.CONFIGURE,
            f"{_SECTION}.{missing} is not set, and a server needs both certificate and key",
            remedy=f"set {_SECTION}.{missing}, or neither for plain HTTP",
        )
    for name, file in (("certificate_file", tls.certificate_file), ("key_file", tls.key_file)):
        try:
            file.expanduser().read_bytes()
        except OSError as error:
            raise StartupError(
                Phase.CONFIGURE,
                f"{_SECTION}.{name}: cannot read {file}: {error.strerror or error}",
                remedy="name a PEM file that this user may read",
            ) from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(
            tls.certificate_file.expanduser(), tls.key_file.expanduser(), password=_no_password
        )
    except (ssl.SSLError, ValueError) as error:
        raise StartupError(
            Phase.CONFIGURE,
            f"TLS certificate {tls.certificate_file} with key {tls.key_file} cannot be used: {error}",
            remedy=f"set {_SECTION}.certificate_file and key_file to PEM files that belong together",
        ) from error
    return context


def _no_password() -> str:
    """Refuse, since the default would wait for someone to type it."""
    raise ValueError(
        "the key is encrypted; store it without a password, readable by this user only"
    )
