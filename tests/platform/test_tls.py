"""HTTPS from a certificate and a key, and what is said when they are wrong."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from tests.platform.conftest import PATIENCE_S, StartPlatform, Wire, trusting

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the command openssl makes the certificates"
)


@frozen
class Pair:
    certificate: Path
    key: Path

    def settings(self, **others: Path) -> dict[str, Any]:
        files = {"certificate_file": self.certificate, "key_file": self.key, **others}
        return {f"modules.api_ingress.config.tls.{name}": path for name, path in files.items()}


def make_pair(folder: Path, *more: str) -> Pair:
    folder.mkdir()
    pair = Pair(folder / "tls.crt", folder / "tls.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
        + ["-out", str(pair.certificate), "-keyout", str(pair.key)]
        + (list(more) or ["-nodes"]),
        check=True,
        capture_output=True,
    )
    return pair


@pytest.fixture(scope="module", name="pair")
def pair_fixture(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_pair(tmp_path_factory.mktemp("tls") / "right")


def test_https_is_served_and_browsers_are_told_to_insist(
    start_platform: StartPlatform, pair: Pair
) -> None:
    platform = start_platform(settings=pair.settings())
    plain = socket.create_connection(platform.address, timeout=PATIENCE_S)
    with Wire(trusting(pair.certificate).wrap_socket(plain, server_hostname="127.0.0.1")) as wire:
        answer = wire.ask("GET /healthz")
        assert answer.body == b"ok"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        wire.send(b"nonsense\r\n\r\n")
        assert wire.answer().code == "BAD_REQUEST"
    assert "https://127.0.0.1" in platform.text
    with platform.connect() as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b"HTTP/1.1 200" not in wire.rest()
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0


def test_plain_http_tells_browsers_nothing(start_platform: StartPlatform) -> None:
    platform = start_platform()
    assert "strict-transport-security" not in platform.ask("GET /healthz").headers


def test_a_key_of_another_certificate_is_refused(
    start_platform: StartPlatform, pair: Pair, tmp_path: Path
) -> None:
    other = make_pair(tmp_path / "other")
    platform = start_platform(settings=pair.settings(key_file=other.key), is_ready=False)
    assert platform.end() == 3
    assert (
        f"TLS certificate {pair.certificate} with key {other.key} cannot be used" in platform.text
    )
    assert "PEM files that belong together" in platform.text
    assert "Traceback" not in platform.text


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(
    start_platform: StartPlatform, tmp_path: Path
) -> None:
    locked = make_pair(tmp_path / "locked", "-passout", "pass:secret")
    platform = start_platform(settings=locked.settings(), is_ready=False)
    assert platform.end() == 3
    assert "the key is encrypted; store it without a password" in platform.text
