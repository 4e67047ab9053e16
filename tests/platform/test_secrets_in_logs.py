"""A platform that logs all it can, given secrets in every place they come in by, shows none of them anywhere."""

from __future__ import annotations

import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import psutil
import pytest

from tests.platform.conftest import FIRE, Platform, StartPlatform

FROM_FILE, FROM_VARIABLE, IN_FILE, TOKEN, PASSWORD, COOKIE, IN_QUERY, IN_BODY, IN_HEADER = (
    f"secret-{name}-8d2f"
    for name in (
        *("of-a-file", "of-a-variable", "in-the-configuration"),
        *("token", "password", "cookie", "query", "body", "header"),
    )
)
SECRETS = (
    *(FROM_FILE, FROM_VARIABLE, IN_FILE, TOKEN, PASSWORD, COOKIE, IN_QUERY, IN_BODY, IN_HEADER),
    b64encode(f"alice:{PASSWORD}".encode()).decode(),
)


@pytest.fixture(name="file")
def file_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRE_PASSWORD", FROM_VARIABLE)
    (tmp_path / "password").write_text(f"{FROM_FILE}\n")
    file = tmp_path / "platform.yaml"
    file.write_text(
        "logging: {default: {console_level: debug, file: all.log, file_level: debug}}\n"
        "modules:\n"
        "  api_ingress: {config: {bind_addr: '127.0.0.1:0', auth_disabled: true, enable_docs: true}}\n"
        "  fire: {config: {passwords: "
        f"['file:{tmp_path}/password', '${{FIRE_PASSWORD}}', '{IN_FILE}']}}}}\n"
    )
    return file


def ask_with_secrets(platform: Platform) -> list[bytes]:
    """Send secrets in every part of requests that succeed and that fail; return the bodies."""
    basic = b64encode(f"alice:{PASSWORD}".encode()).decode()
    headers = {"cookie": f"session={COOKIE}", "x_api_key": IN_HEADER}
    answers = [
        platform.ask("GET /openapi.json", authorization=f"Bearer {TOKEN}", **headers),
        platform.ask(f"GET /healthz?access_token={IN_QUERY}", authorization=f"Basic {basic}"),
        platform.ask("GET /fire/v1/state", authorization=f"Bearer {TOKEN}", **headers),
        platform.ask("GET /nowhere", authorization=f"Bearer {TOKEN}", **headers),
        platform.ask("GET /fire/v1/raise", authorization=f"Bearer {TOKEN}", **headers),
        platform.ask("GET /health", authorization=f"Bearer {TOKEN}"),
        platform.ask("POST /fire/v1/notes", f'{{"text":["{IN_BODY}"]}}'.encode()),
        platform.ask("POST /fire/v1/notes", f'{{"text":"{IN_BODY}'.encode()),
        platform.ask("POST /fire/v1/notes", f'{{"text":"{"x" * 100}{IN_BODY}"}}'.encode()),
    ]
    return [answer.body for answer in answers]


def test_no_secret_is_shown(start_platform: StartPlatform, file: Path, tmp_path: Path) -> None:
    platform = start_platform(file=file)
    process = psutil.Process(platform.pid)
    bodies = ask_with_secrets(platform)
    arguments = " ".join(process.cmdline())
    platform.signal(signal.SIGHUP)
    platform.wait_for("configuration reloaded")
    platform.signal(signal.SIGTERM)
    assert platform.end() == 0
    log = (tmp_path / "all.log").read_text()
    assert "configured as" in log
    assert "configured as" in platform.text
    assert "/fire/v1/raise" in log
    places = {"console": platform.text, "log file": log, "arguments": arguments}
    places |= {f"answer {number}": body.decode() for number, body in enumerate(bodies)}
    found = {name: [s for s in SECRETS if s in text] for name, text in places.items()}
    assert found == {name: [] for name in places}


@pytest.mark.parametrize(
    "command",
    [["config", "show"], ["config", "schema"], ["check"], ["modules"], ["openapi"]],
    ids=" ".join,
)
def test_no_command_shows_a_secret(file: Path, command: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, str(FIRE), "-v", "-v", "-c", str(file), *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout
    assert [s for s in SECRETS if s in ended.stdout + ended.stderr] == []


def test_message_about_a_wrong_value_does_not_show_the_secret_beside_it(
    file: Path,
) -> None:
    text = file.read_text().replace("passwords: [", f"passwords: [[{IN_BODY}], ")
    file.write_text(text + f"  {IN_QUERY}: 1\n".replace(IN_QUERY, "nobody"))
    ended = subprocess.run(
        [sys.executable, str(FIRE), "-c", str(file), "check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3
    assert "modules.fire.config.passwords" in ended.stderr
    assert [s for s in SECRETS if s in ended.stdout + ended.stderr] == []
