"""The profile for a laptop is open to this machine only, and goes out of use once a file is named."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from hyperspot.api_ingress.config import ApiIngressConfig
from hyperspot.platform import APPLICATION
from modkit.discovery import installed_modules

INGRESS = "modules.api_ingress.config"
EXAMPLES = Path(__file__).parents[2]


def test_the_laptop_profile_listens_on_loopback_and_asks_for_no_credentials() -> None:
    config = APPLICATION.configuration().section(INGRESS, ApiIngressConfig)
    assert config.auth_disabled
    assert config.bind_addr.startswith("127.0.0.1:")


def test_a_named_file_puts_the_profile_out_of_use(tmp_path: Path) -> None:
    file = tmp_path / "production.yaml"
    file.write_text("server: {workers: 2}\n", encoding="utf-8")
    config = APPLICATION.configuration([file]).section(INGRESS, ApiIngressConfig)
    assert not config.auth_disabled
    assert not config.enable_docs


def test_every_module_of_the_examples_is_part_of_the_platform() -> None:
    project = tomllib.loads((EXAMPLES / "platform" / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {name.partition("[")[0] for name in project["project"]["dependencies"]}
    folders = [path.parent for path in EXAMPLES.glob("*/*/pyproject.toml")]
    shipped = {f"hyperspot-{folder.name.replace('_', '-')}" for folder in folders}
    assert wanted == {*shipped, "hyperspot-modkit"}
    assert {spec.name for spec in installed_modules()} >= {folder.name for folder in folders}


def test_start_loads_no_client_that_nothing_is_fetched_with() -> None:
    code = (
        "import sys; from hyperspot.platform.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "assert 'hyperspot.file_parser.module' in sys.modules\n"
        "assert 'aiohttp' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
